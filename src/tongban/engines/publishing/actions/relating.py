"""Finds the articles that belong to one when it is published; readers find them ready.

Looked at are the newest of its column and of its subject: two reads by index, whatever the number of articles.
"""

from __future__ import annotations

from tongban.engines.publishing.models import Article, Column, Related
from tongban.engines.publishing.rules.checks import linked_articles
from tongban.engines.publishing.rules.content import Content
from tongban.engines.publishing.rules.relating import Text, chosen
from tongban.foundation.rows.statements import insert, ready

LOOKED_AT = 80
_CANDIDATES = """
SELECT a.id, a.title, a.keywords, a.subject_id FROM publishing_article a WHERE a.language = %(language)s AND a.id IN (
    (SELECT article_id FROM publishing_placement WHERE column_id = %(column)s AND live AND article_id <> %(pk)s
     ORDER BY published_at DESC, article_id DESC LIMIT %(most)s)
    UNION
    (SELECT id FROM publishing_article WHERE subject_id = %(subject)s AND status = 'published' AND id <> %(pk)s
     ORDER BY published_at DESC LIMIT %(most)s)
)
"""
_KNOWN = "SELECT id FROM publishing_article WHERE id = ANY(%s) AND first_published_at IS NOT NULL"
_FORGET = "DELETE FROM publishing_related WHERE article_id = %s"
_SHOWN_WITH = """
SELECT DISTINCT p.column_id FROM publishing_related r JOIN publishing_placement p ON p.article_id = r.article_id AND p.live
WHERE r.other_id = %s
"""


def relate(row: Article, content: Content) -> None:
    """Write down what is shown with an article that has just become public, in the caller's transaction."""
    linked = linked_articles(row.body)
    candidates: list[Text] = []
    with ready() as cursor:
        if row.column.kind != Column.Kind.LIBRARY:
            values = {"pk": row.pk, "column": row.column_id, "subject": row.subject_id, "language": row.language}
            cursor.execute(_CANDIDATES, {**values, "most": LOOKED_AT})
            candidates = [Text(*found) for found in cursor.fetchall()]
        named: set[int] = set()
        if content.related or linked:
            cursor.execute(_KNOWN, ([*content.related, *linked],))
            named = {pk for (pk,) in cursor.fetchall()}
        if row.published_n > 1:
            cursor.execute(_FORGET, (row.pk,))
    of = Text(row.pk, row.title, row.keywords, row.subject_id)
    declared = [pk for pk in content.related if pk in named]
    found = chosen(of, declared, linked & named, candidates)
    insert([Related(article=row, other_id=pk, order=order) for order, pk in enumerate(found)])


def shown_with(pk: int) -> list[int]:
    """Return the columns whose articles name this one as related: their pages change when it appears or goes."""
    with ready() as cursor:
        cursor.execute(_SHOWN_WITH, (pk,))
        return [column for (column,) in cursor.fetchall()]
