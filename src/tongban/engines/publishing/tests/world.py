"""A small site group for tests: a main site, a city, a topic site; people for each step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tongban.engines.publishing.actions.deciding import accept, approve, send_to_review, submit
from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.actions.publishing import publish
from tongban.engines.publishing.models import Article, Column, Site, Submission
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official, region, unit

AT = dt.datetime(2026, 11, 20, 9, 30, tzinfo=CHINA)
"""A Friday."""
LIMITS = {"submitted": 2, "editing": 3, "review": 2, "approved": 1}
BODY = "<p>全省政务服务改革推进会在武汉召开，会议部署了下一阶段工作。</p>"


@dataclass
class World:
    province: Unit
    city: Unit
    county: Unit
    main: Site
    wuhan: Site
    topic: Site
    news: Column
    headlines: Column
    notices: Column
    documents: Column
    city_news: Column
    city_mirror: Column
    city_notices: Column
    topic_news: Column
    officer: Actor
    editor: Actor
    reviewer: Actor
    publisher: Actor
    city_officer: Actor
    city_editor: Actor
    city_reviewer: Actor
    city_publisher: Actor


def make_site(code: str, kind: str, at: Unit, number: str, parent: Site | None = None) -> Site:
    return Site.objects.create(
        code=code, kind=kind, name={"zh": code, "en": code}, short_name={"zh": code, "en": code}, host=f"{code}.localhost",
        region=at.region, unit=at, identification_code=number, parent=parent,
    )  # fmt: skip


def make_column(site: Site, path: str, of: Unit, parent: Column | None = None, **more: Any) -> Column:
    slug = path.strip("/").rpartition("/")[2]
    values = {"kind": "list", "limits": LIMITS, "points": 5, "watch": "news", "update_cycle_days": 14} | more
    return Column.objects.create(
        site=site, parent=parent, slug=slug, path=path, name={"zh": slug, "en": slug}, unit=of, **values
    )


def make_world() -> World:
    province = region("420000", 2, name="湖北省")
    wuhan = region("420100", 3, province, name="武汉市")
    jiangan = region("420102", 4, wuhan, name="江岸区")
    office, city, county = unit(province, "政务办"), unit(wuhan, "数据局"), unit(jiangan, "市场监管局")
    main = make_site("hubei", "main", office, "4200000001")
    sub = make_site("wuhan", "city", city, "4201000001", main)
    topic = make_site("business", "topic", office, "4200000101", main)
    news = make_column(main, "/news/", office, kind="top", watch="none", update_cycle_days=None)
    headlines = make_column(main, "/news/headlines/", office, news)
    city_top = make_column(sub, "/news/", city, kind="top", watch="none", update_cycle_days=None)
    roles = (Role.COLUMN_EDITOR, Role.COLUMN_REVIEWER, Role.COLUMN_PUBLISHER)
    people = {
        f"{prefix}{name}": official(f"{prefix}{name}", (place, role))
        for prefix, place in (("", office), ("city_", city))
        for name, role in zip(("editor", "reviewer", "publisher"), roles, strict=True)
    }
    return World(
        province=office, city=city, county=county, main=main, wuhan=sub, topic=topic, news=news, headlines=headlines,
        notices=make_column(main, "/news/notices/", office, news),
        documents=make_column(main, "/news/documents/", office, news, kind="open_information"),
        city_news=make_column(sub, "/news/local/", city, city_top),
        city_mirror=make_column(sub, "/news/headlines/", city, city_top, mirror_of=headlines, watch="none", update_cycle_days=None),
        city_notices=make_column(sub, "/news/notices/", city, city_top),
        topic_news=make_column(topic, "/updates/", office),
        officer=official("officer", (county, Role.INFORMATION_OFFICER)),
        city_officer=official("city_officer", (city, Role.INFORMATION_OFFICER)),
        **people,
    )  # fmt: skip


def content(title: str = "推进会召开", **more: Any) -> dict[str, Any]:
    return {"title": title, "body": BODY, "source": "江岸区", "summary": "会议部署工作。"} | more


def drafted(world: World, column: Column | None = None, at: dt.datetime = AT, **more: Any) -> Article:
    return save_draft(column=column or world.headlines, content=content(**more), by=world.officer, at=at)


def offered(world: World, **more: Any) -> Submission:
    return submit(article=drafted(world, **more), by=world.officer, at=AT)


def in_review(world: World, **more: Any) -> Article:
    offer = offered(world, **more)
    accept(submission=offer, by=_of(world, offer.column, "editor"), at=AT)
    return send_to_review(article=offer.article, by=_of(world, offer.column, "editor"), at=AT)


def approved(world: World, **more: Any) -> Article:
    article = in_review(world, **more)
    return approve(article=article, by=_of(world, article.column, "reviewer"), at=AT, seen_findings=True)


def published(world: World, at: dt.datetime = AT, **more: Any) -> Article:
    article = approved(world, **more)
    return publish(article=article, by=_of(world, article.column, "publisher"), at=at)


def _of(world: World, column: Column, who: str) -> Actor:
    return getattr(world, f"city_{who}" if column.site_id == world.wuhan.pk else who)
