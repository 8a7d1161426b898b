"""Published items for tests of the public pages, written straight into the tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tongban.engines.publishing.indexing import article_grams, search_texts, vector
from tongban.engines.publishing.models import Article, Column, Placement
from tongban.engines.publishing.tests.world import AT
from tongban.foundation.clock.now import local_date

LAW = (
    "<p>（2019年4月23日修订）</p><h2>第一章　总则</h2><p>第一条　为了规范行政许可的设定和实施，制定本法。</p>"
    "<p>第二条　本法所称行政许可，是指准予其从事特定活动的行为。</p><h2>第二章　期限</h2>"
    "<p>第十二条　行政机关应当自受理之日起二十日内作出决定。</p><p>二十日内不能作出决定的，可以延长十日。</p>"
)


def put(column: Column, title: str, at: dt.datetime = AT, **more: Any) -> Article:
    """Publish an item in a column."""
    body = more.pop("body", f"<p>{title}的全文。</p>")
    kind = more.pop("kind", "news")
    folded, text = search_texts(title, [more.get("doc_no", "")], body)
    grams = article_grams(folded, text, published_on=local_date(at), kind=kind)
    article = Article.objects.create(
        column=column, unit=column.unit, kind=kind, status="published", stage="done", title=title, body=body,
        published_at=at, first_published_at=at, stage_since=at, created_at=at, latest_n=1, published_n=1,
        search_title=folded, search_text=text, search_grams=vector(grams), **more,
    )  # fmt: skip
    Placement.objects.create(article=article, column=column, is_home=True, live=True, published_at=at)
    Column.objects.filter(pk=column.pk).update(
        published_count=Placement.objects.filter(column=column, live=True).count()
    )
    Column.objects.filter(mirror_of=column).update(
        published_count=Placement.objects.filter(column=column, live=True).count()
    )
    return article
