"""Fill Wagtail's tree with the articles that Tongban holds in the same database.

Sites and columns go through Wagtail's own tree; the articles are written by one statement, with the paths that its tree
would have given them (four digits of base 36 a level). Search is off, which is Wagtail's best case.
"""

from __future__ import annotations

import time

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from wagtail.models import Locale, Page, Site

from tests.scale.wagtail_peer.models import ArticlePage, ColumnPage, HomePage
from tongban.engines.publishing.models import Column
from tongban.engines.publishing.models import Site as TongbanSite

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STEP = " || ".join(f"substr('{DIGITS}', (n / {36**power} % 36 + 1)::int, 1)" for power in (3, 2, 1, 0))


def load() -> None:
    """Make the peer's tables and pages unless they are there."""
    call_command("migrate", verbosity=0)
    if HomePage.objects.exists():
        return
    started = time.monotonic()
    Locale.objects.get_or_create(language_code="zh-hans")
    root = Page.objects.get(depth=1)
    Site.objects.all().delete()
    root.get_children().delete()
    root.refresh_from_db()
    for number, site in enumerate(TongbanSite.objects.select_related("region", "unit").order_by("order", "code")):
        _site(root, site, first=number == 0)
    _articles()
    print(f"  Wagtail's tree: {Page.objects.count()} pages in {time.monotonic() - started:.0f} s")


def _site(root: Page, site: TongbanSite, *, first: bool) -> None:
    home = HomePage(
        title=str(site), slug=site.code, show_in_menus=True, site_code=site.code, kind=site.kind, names=site.name,
        texts=site.settings, region=site.region.name if site.region else "", unit_name=site.unit.name,
        identification_code=site.identification_code,
    )  # fmt: skip
    root.add_child(instance=home)
    Site.objects.create(
        hostname="127.0.0.1" if first else f"{site.code}.localhost", port=80, root_page=home, is_default_site=first
    )
    made: dict[int | None, Page] = {None: home}
    for column in Column.objects.filter(site=site).select_related("unit").order_by("path"):
        parent = made[column.parent_id]
        page = ColumnPage(
            title=str(column), slug=column.slug, show_in_menus=True, source_id=column.pk, scheme_code=column.scheme_code,
            kind=column.kind, names=column.name, keywords=column.keywords, unit_name=column.unit.name, column_path=column.path,
        )  # fmt: skip
        parent.add_child(instance=page)
        parent.refresh_from_db()
        made[column.pk] = page


def _articles() -> None:
    """Write one page an article below the page of its home column, oldest first."""
    kind = ContentType.objects.get_for_model(ArticlePage).pk
    locale = Locale.objects.get(language_code="zh-hans").pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TEMP TABLE peer_source AS
            SELECT a.id AS article, p.path AS above, p.depth, p.url_path, p.id AS parent, p.numchild
                     + row_number() OVER (PARTITION BY p.id ORDER BY a.published_at, a.id) AS n
              FROM publishing_article a
              JOIN peer_columnpage c ON c.source_id = a.column_id
              JOIN wagtailcore_page p ON p.id = c.page_ptr_id
             WHERE a.status = 'published';
            INSERT INTO wagtailcore_page (path, depth, numchild, title, draft_title, slug, live, has_unpublished_changes,
                   url_path, seo_title, show_in_menus, search_description, expired, content_type_id, locked,
                   first_published_at, last_published_at, latest_revision_created_at, translation_key, locale_id)
            SELECT s.above || {STEP}, s.depth + 1, 0, a.title, a.title, a.id::text, true, false,
                   s.url_path || a.id || '/', '', false, '', false, {kind}, false,
                   a.published_at, a.published_at, a.published_at, gen_random_uuid(), {locale}
              FROM peer_source s JOIN publishing_article a ON a.id = s.article;
            INSERT INTO peer_articlepage (page_ptr_id, source_id, subtitle, summary, body, source, author, kind, index_no,
                   doc_no, written_on, validity, unit_id, published_on)
            SELECT p.id, a.id, a.subtitle, a.summary, a.body, a.source, a.author, a.kind, a.index_no, a.doc_no, a.written_on,
                   a.validity, a.unit_id, a.published_at
              FROM wagtailcore_page p
              JOIN peer_source s ON p.path = s.above || {STEP}
              JOIN publishing_article a ON a.id = s.article;
            UPDATE wagtailcore_page p SET numchild = p.numchild + s.count
              FROM (SELECT parent, count(*) FROM peer_source GROUP BY parent) s WHERE p.id = s.parent;
            DROP TABLE peer_source;
            """
        )
    with connection.cursor() as cursor:
        for table in ("wagtailcore_page", "peer_articlepage"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def addresses() -> dict[str, str]:
    """Return the paths of the main site's home, its fullest column, and an article of that."""
    home = HomePage.objects.order_by("path").first()
    assert home is not None
    column = ColumnPage.objects.descendant_of(home).filter(kind="list").order_by("-numchild").first()
    assert column is not None
    article = ArticlePage.objects.child_of(column).order_by("-published_on").first()
    assert article is not None
    found = {"home": home, "list": column, "article": article}
    return {name: page.get_url_parts()[2] for name, page in found.items()}
