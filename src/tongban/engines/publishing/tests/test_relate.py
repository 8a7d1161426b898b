"""Related articles: the editor's own first, then what the text links to, then what resembles it; never one taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.actions.publishing import lift_withdrawal, withdraw
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, Column, Related
from tongban.engines.publishing.rules.relating import Text, chosen, likeness
from tongban.engines.publishing.tests import test_mail_news
from tongban.engines.publishing.tests.world import AT, World, content, drafted, published

texts, world = test_mail_news.texts, test_mail_news.world


def related(article: Article) -> list[int]:
    return list(Related.objects.filter(article=article).order_by("order").values_list("other", flat=True))


def test_the_declared_come_first_then_the_linked_then_the_alike(world: World) -> None:
    alike = published(world, title="食品经营许可改革试点工作推进会召开")
    other = published(world, title="全省旅游收入创新高")
    linked = published(world, title="水利工程开工", column=world.notices)
    article = published(
        world,
        title="食品经营许可改革试点工作扩大",
        related=[other.pk],
        body=f'<p>见<a href="/articles/{linked.pk}/">水利工程</a>。</p>',
    )
    assert related(article) == [other.pk, linked.pk, alike.pk]


def test_what_is_not_alike_is_not_offered(world: World) -> None:
    published(world, title="全省旅游收入创新高")
    assert related(published(world, title="食品经营许可改革")) == []


@pytest.mark.parametrize("act", ["withdraw", "lift"])
def test_pages_that_name_an_article_change_when_it_goes_and_comes_back(world: World, act: str) -> None:
    other = published(world, title="水利工程开工", column=world.notices)
    published(world, title="食品经营许可改革", related=[other.pk])
    if act == "lift":
        withdraw(article=other, reason="有误", by=world.publisher, at=AT)
    before = dict(Column.objects.values_list("pk", "stamp"))
    if act == "lift":
        lift_withdrawal(article=other, reason="核实无误", by=world.publisher, at=AT)
    else:
        withdraw(article=other, reason="有误", by=world.publisher, at=AT)
    after = dict(Column.objects.values_list("pk", "stamp"))
    assert after[world.headlines.pk] == before[world.headlines.pk] + 1
    assert after[world.city_mirror.pk] == before[world.city_mirror.pk] + 1
    counted = Column.objects.get(pk=world.headlines.pk)
    assert counted.published_count == 1, "its list has neither grown nor shrunk"


def test_an_article_that_does_not_exist_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(PublishingRefusedError) as refused:
        drafted(world, related=[987654321])
    assert "related" in refused.value.fields


def test_a_text_without_related_articles_keeps_its_checksum(world: World) -> None:
    article = drafted(world)
    again = save_draft(column=world.headlines, content=content(related=[]), by=world.officer, at=AT, article=article)
    assert again.latest_n == 1


@pytest.mark.parametrize(
    ("more", "least"), [({"subject": 1}, 0.2), ({"keywords": "许可，改革"}, 0.3), ({"title": "食品经营许可新规"}, 0.4)]
)
def test_subject_keywords_and_title_make_articles_alike(more: dict[str, Any], least: float) -> None:
    one = Text(1, "食品经营许可改革", "许可、改革", 1)
    other = Text(2, **({"title": "水利", "keywords": "", "subject": None} | more))
    assert likeness(one, other) >= least
    assert likeness(one, Text(3, "水利", "", None)) == 0
    assert chosen(one, [1, 9, 9], [4], [other])[:2] == [9, 4]
