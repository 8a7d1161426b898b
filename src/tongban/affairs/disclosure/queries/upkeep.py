"""What the database alone tells of sites and columns: upkeep, guides, late disclosure, unanswered messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Length

from tongban.affairs.disclosure.models import Finding
from tongban.affairs.disclosure.registers import Message, message_sources
from tongban.affairs.disclosure.rules.inspection import Check, ColumnFacts, Problem, column_problem, home_problem
from tongban.engines.cases.models import Case
from tongban.engines.catalog.models import Implementation
from tongban.engines.publishing.models import Article, Column, Site
from tongban.foundation.clock.now import local_date
from tongban.foundation.packs.localized import localized

CONTENT = (Column.Kind.LIST, Column.Kind.OPEN_INFORMATION, Column.Kind.SPECIAL, Column.Kind.SINGLE)
ELEMENTS = ("place", "hours")
"""Elements that a unit must state itself; for its telephone the guide falls back to the hotline."""
LISTS = ("bases", "conditions", "steps", "materials")
REQUESTS = "information-request"
"""The process of requests for information."""
WAITING = dt.timedelta(days=92)
"""Three months, after which a message counts as unanswered (INS-07)."""
HOME_WATCH = ("news", "notices")


def column_facts(sites: Mapping[int, Site], *, opened_on: dt.date) -> list[ColumnFacts]:
    """Return the open columns of sites that hold content; a mirroring column has what its source has.

    :param opened_on: the first day of the watch: a column without any item is empty only after its cycle from then
    """
    rows = Column.objects.filter(site__in=sites, is_open=True, kind__in=CONTENT).select_related("mirror_of")
    return [_facts(row, opened_on) for row in rows.order_by("site", "order", "pk")]


def _facts(row: Column, opened_on: dt.date) -> ColumnFacts:
    source = row.mirror_of or row
    return ColumnFacts(
        id=row.pk,
        site_id=row.site_id,
        unit_id=row.unit_id,
        watch=row.watch,
        cycle_days=row.update_cycle_days,
        count=source.published_count,
        last_on=local_date(source.last_published_at) if source.last_published_at else None,
        opened_on=opened_on,
        on_home=row.watch in HOME_WATCH,
    )


def upkeep(sites: Mapping[int, Site], *, on: dt.date, opened_on: dt.date, home_days: int) -> Iterator[Problem]:
    """Yield stale and empty columns, and home pages on which nothing is new."""
    by_site: dict[int, list[ColumnFacts]] = {}
    for facts in column_facts(sites, opened_on=opened_on):
        by_site.setdefault(facts.site_id, []).append(facts)
        found = column_problem(facts, on=on)
        if found is not None:
            yield found
    for pk, site in sites.items():
        stale = home_problem(by_site.get(pk, []), site_id=pk, unit_id=site.unit_id, on=on, days=home_days)
        if stale is not None:
            yield stale


def _site_of_region(sites: Mapping[int, Site]) -> tuple[dict[str, Site], Site | None]:
    cities = {site.region.path: site for site in sites.values() if site.kind == Site.Kind.CITY and site.region}
    return cities, next((site for site in sites.values() if site.kind == Site.Kind.MAIN), None)


def guides(sites: Mapping[int, Site]) -> Iterator[Problem]:
    """Yield guides in force that lack an element people need: basis, conditions, process, materials, place, hours, phone."""
    cities, main = _site_of_region(sites)
    lacking = Q()
    for element in ELEMENTS:
        lacking |= Q(**{f"elements__{element}": None}) | Q(**{f"elements__{element}": ""})
        lacking |= ~Q(elements__has_key=element)
    item = Q(standard_item__conditions=[]) | Q(standard_item__steps=[])
    item |= Q(standard_item__bases__isnull=True) | Q(standard_item__materials__isnull=True)
    rows = Implementation.objects.filter(lacking | item, status=Implementation.Status.IN_FORCE).distinct()
    for row in rows.select_related("standard_item").order_by("pk"):
        site = next((one for path, one in cities.items() if row.region_path.startswith(path)), main)
        if site is None:
            continue
        params = {"name": localized(row.name), "missing": "、".join(_missing(row))}
        yield Problem(Check.GUIDE, f"guide:{row.code}", site.pk, row.unit_id, params=params)


def _missing(row: Implementation) -> Iterator[str]:
    yield from (element for element in ELEMENTS if not row.elements.get(element))
    item = row.standard_item
    held = {
        "bases": item.bases.exists(),
        "conditions": bool(item.conditions),
        "steps": bool(item.steps),
        "materials": item.materials.exists(),
    }
    yield from (name for name in LISTS if not held[name])


def late_disclosures(sites: Mapping[int, Site], *, on: dt.date) -> Iterator[Problem]:
    """Yield what should have been public by now and is not (政府信息公开条例 Art. 26: 20 working days)."""
    rows = Article.objects.filter(publish_due_on__lt=on, first_published_at__isnull=True, column__site__in=sites)
    rows = rows.exclude(stage=Article.Stage.DECLINED).select_related("column").order_by("pk")
    for row in rows:
        params = {"title": row.title, "due": row.publish_due_on.isoformat() if row.publish_due_on else ""}
        column = row.column
        yield Problem(
            Check.DISCLOSURE_LATE, f"article:{row.pk}", column.site_id, row.unit_id, column.pk, row.pk, params=params
        )


def unanswered(sites: Mapping[int, Site], *, at: dt.datetime) -> Iterator[Problem]:
    """Yield messages of the public that nobody answered in three months, as their registered sources tell."""
    for name, source in message_sources().items():
        for message in source(at):
            if message.site_id in sites:
                yield Problem(
                    Check.UNANSWERED,
                    f"{name}:{message.key}",
                    message.site_id,
                    message.unit_id,
                    params={"title": message.title, "days": message.days},
                )


def pages_to_look_at(site: Site, *, since: dt.datetime, most: int) -> tuple[list[Column], list[Article]]:
    """Return one column of each kind, and articles: with open findings, changed lately, some in turn, one of each kind."""
    columns: dict[str, Column] = {}
    rows = Column.objects.filter(site=site, is_open=True).exclude(kind=Column.Kind.SERVICE)
    for row in rows.annotate(depth=Length("path")).order_by("-published_count", "depth", "pk"):
        columns.setdefault(row.kind, row)
    public = Article.objects.filter(
        status=Article.Status.PUBLISHED, placements__column__site=site, placements__live=True
    ).select_related("column")
    found = Finding.objects.filter(site=site, resolved_at=None, article__isnull=False).values("article")
    chosen = {row.pk: row for row in public.filter(pk__in=found).order_by("pk")}
    chosen |= {row.pk: row for row in public.filter(changed_at__gte=since).order_by("-changed_at", "-pk")[:most]}
    chosen |= {row.pk: row for row in _in_turn(public, since, most=max(1, most // 4))}
    kinds = public.order_by("kind", "-published_at", "-pk").distinct("kind")
    chosen |= {row.pk: row for row in kinds}
    return list(columns.values()), list(chosen.values())


def _in_turn(public: QuerySet[Article], night: dt.datetime, *, most: int) -> list[Article]:
    """Return the older articles whose turn it is: a stretch of keys that moves on each night and begins anew."""
    edges = public.aggregate(first=Min("pk"), last=Max("pk"))
    if edges["first"] is None:
        return []
    start = edges["first"] + night.toordinal() * most % (edges["last"] - edges["first"] + 1)
    return list(public.filter(pk__gte=start).order_by("pk").distinct()[:most])


def guides_to_look_at(site: Site, *, night: dt.datetime) -> list[tuple[str, int]]:
    """Return the guides whose page is looked at in a night (code, unit): another one each night, with the main site."""
    if site.kind != Site.Kind.MAIN:
        return []
    rows = Implementation.objects.filter(status=Implementation.Status.IN_FORCE).order_by("pk")
    number = rows.count()
    return list(rows.values_list("code", "unit_id")[night.toordinal() % number :][:1]) if number else []


def unanswered_requests(at: dt.datetime) -> Iterator[Message]:
    """Yield the requests for information (依申请公开) that are open for more than three months, at the site of their region."""
    rows = Case.objects.filter(
        definition__code=REQUESTS, closed_at=None, decided_at=None, submitted_at__lt=at - WAITING
    )
    cities, main = _site_of_region({site.pk: site for site in Site.objects.select_related("region")})
    for row in rows.order_by("submitted_at"):
        site = next((one for path, one in cities.items() if row.region_path.startswith(path)), main)
        if site is not None:
            yield Message(row.number, site.pk, row.unit_id, row.title, (at - row.submitted_at).days)
