"""A column that its unit lets go stale becomes the unit's work; what is put right is closed; each site gets its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tongban.affairs.disclosure.actions.excusing import excuse
from tongban.affairs.disclosure.actions.inspecting import inspect
from tongban.affairs.disclosure.actions.telling import tell_units
from tongban.affairs.disclosure.actions.watching import probe
from tongban.affairs.disclosure.addresses import EACH_SITE, HALL
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.fetching import Fetched
from tongban.affairs.disclosure.models import Finding, InspectionScheme, SiteDay
from tongban.affairs.disclosure.queries import inspection as queries
from tongban.affairs.disclosure.registers import Message, message_sources, register_message_source
from tongban.affairs.disclosure.rules.inspection import Check, ColumnFacts, Weighing, column_problem, cycle_of, judge
from tongban.affairs.disclosure.rules.pages import PageSource
from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.engines.cases.models import Case, ProcessDefinition
from tongban.engines.publishing.models import Article, Column, Placement, Site
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import CHINA
from tongban.foundation.messaging.declarations import load as load_texts
from tongban.foundation.messaging.models import Message as Sent
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.models import Level, Posting, Region, Unit
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.reading import Document
from tongban.foundation.packs.sections import Loading

PACK = Path(__file__).resolve().parents[5] / "packs" / "law"
NIGHT = dt.datetime(2026, 11, 21, 2, 20, tzinfo=CHINA)
ROOT = "http://portal.example"
GOOD = """<!doctype html><html lang="zh-Hans"><head><title>页</title><meta name="SiteName" content="演示">
<meta name="SiteDomain" content="{host}"><meta name="SiteIDCode" content="4200000001"><meta name="ColumnName" content="要闻">
<meta name="ColumnDescription" content="要闻"><meta name="ColumnKeywords" content="要闻"><meta name="ColumnType" content="动态">
<meta name="ArticleTitle" content="题"><meta name="PubDate" content="2026-11-20 09:00"><meta name="ContentSource" content="本站">
</head><body><main><h1>页</h1>{body}</main></body></html>"""


@pytest.fixture
def scheme(db: None) -> InspectionScheme:
    spec = InspectionSpec.model_validate(yaml.safe_load((PACK / "inspection/indicators.yaml").read_text("utf-8")))
    return InspectionScheme.objects.create(
        code=spec.code,
        version=1,
        title=spec.title.model_dump(),
        spec=spec.model_dump(mode="json", exclude_none=True),
        sha256="0",
        effective_from=dt.date(2026, 1, 1),
    )


@pytest.fixture
def unit(db: None) -> Unit:
    region = Region.objects.create(code="420000", name="湖北省", level=Level.PROVINCE, path="/420000/")
    return Unit.objects.create(
        code="U1", name="省政府办公厅", short_name="办公厅", line="people_government", region=region,
        region_path=region.path, level=Level.PROVINCE, path="/U1/",
    )  # fmt: skip


@pytest.fixture
def site(unit: Unit) -> Site:
    return Site.objects.create(
        code="hubei",
        kind=Site.Kind.MAIN,
        name={"zh": "主站", "en": "Main"},
        unit=unit,
        identification_code="4200000001",
    )


def column(site: Site, slug: str, **changes: Any) -> Column:
    values: dict[str, Any] = {"watch": Column.Watch.NEWS, "kind": Column.Kind.LIST, "published_count": 3} | changes
    return Column.objects.create(
        site=site, slug=slug, path=f"/{slug}/", name={"zh": slug, "en": slug}, unit=site.unit, **values
    )


def days_ago(days: int) -> dt.datetime:
    return NIGHT - dt.timedelta(days=days)


def official(unit: Unit, role: Role, name: str) -> Account:
    account = Account.objects.create(username=name, display_name=name, email=f"{name}@example.invalid", joined_at=NIGHT)
    Posting.objects.create(account=account, unit=unit, role=role, valid_from=dt.date(2026, 1, 1))
    return account


def test_a_news_column_is_stale_after_fourteen_days_and_a_notice_column_after_a_hundred_and_eighty() -> None:
    def facts(watch: str, days: int) -> ColumnFacts:
        last = dt.date(2026, 11, 21) - dt.timedelta(days=days)
        return ColumnFacts(1, 1, 1, watch, None, 5, last, dt.date(2026, 1, 1))

    on = dt.date(2026, 11, 21)
    for watch, cycle in (("news", 14), ("notices", 180)):
        assert column_problem(facts(watch, cycle), on=on) is None
        late = column_problem(facts(watch, cycle + 1), on=on)
        assert late is not None
        assert late.check is Check.WATCHED_STALE


def test_a_units_own_cycle_may_be_shorter_than_the_national_one_and_never_longer() -> None:
    def facts(own: int) -> ColumnFacts:
        return ColumnFacts(1, 1, 1, "news", own, 5, None, dt.date(2026, 1, 1))

    assert cycle_of(facts(7)) == 7
    assert cycle_of(facts(60)) == 14


@given(st.lists(st.sampled_from(list(Check)), max_size=60), st.data())
def test_one_finding_less_never_lowers_a_site(found: list[Check], data: st.DataObject) -> None:
    weighings = [Weighing(Check.EMPTY, 5, 5), Weighing(Check.DEAD_LINK, 1, None, 10), Weighing(Check.TAGS, 2, None, 10)]
    before = judge(found, weighings, base=100, pass_from=60)
    assert 0 <= before.score <= 100
    if found:
        less = list(found)
        less.pop(data.draw(st.integers(0, len(found) - 1)))
        after = judge(less, weighings, base=100, pass_from=60)
        assert after.score >= before.score
        assert after.passed >= before.passed


def test_a_veto_fails_a_site_whatever_its_score() -> None:
    weighings = [Weighing(Check.EMPTY, 0, 5)]
    assert judge([Check.EMPTY] * 4, weighings, base=100, pass_from=60).passed
    failed = judge([Check.EMPTY] * 5, weighings, base=100, pass_from=60)
    assert (failed.score, failed.passed, failed.vetoes) == (100, False, ("empty",))


def test_a_stale_column_is_one_finding_until_it_is_renewed(scheme: InspectionScheme, site: Site) -> None:
    stale = column(site, "headlines", last_published_at=days_ago(20))
    column(site, "fresh", last_published_at=days_ago(1))
    for night in (0, 1):
        done = inspect(at=NIGHT + dt.timedelta(days=night), fetch=None, root=ROOT)
    assert (done.opened, done.kept) == (0, 1)
    finding = Finding.objects.get()
    assert (finding.column, finding.unit, finding.params["days"]) == (stale, site.unit, 21)
    stale.last_published_at = NIGHT
    stale.save()
    done = inspect(at=NIGHT + dt.timedelta(days=2), fetch=None, root=ROOT)
    assert (done.opened, done.resolved) == (0, 1)
    assert list(SiteDay.objects.order_by("day").values_list("score", flat=True)) == [95, 95, 100]


def test_a_mirroring_column_is_as_fresh_as_its_source(scheme: InspectionScheme, site: Site) -> None:
    source = column(site, "source", last_published_at=days_ago(1))
    column(site, "mirror", mirror_of=source, published_count=0, last_published_at=None)
    assert inspect(at=NIGHT, fetch=None, root=ROOT).opened == 0


def test_a_column_that_was_never_filled_is_empty(scheme: InspectionScheme, site: Site) -> None:
    column(site, "nothing", published_count=0, last_published_at=None)
    column(site, "single", kind=Column.Kind.SINGLE, watch=Column.Watch.NONE, published_count=0)
    inspect(at=NIGHT, fetch=None, root=ROOT)
    assert Finding.objects.get().check_name == Check.EMPTY


def test_the_duty_unit_is_told_once_of_what_is_new(scheme: InspectionScheme, site: Site, message_text: None) -> None:
    official(site.unit, Role.COLUMN_EDITOR, "editor")
    column(site, "headlines", last_published_at=days_ago(20))
    column(site, "fresh", last_published_at=days_ago(1))
    inspect(at=NIGHT, fetch=None, root=ROOT)
    assert (tell_units(at=NIGHT, root=ROOT), tell_units(at=NIGHT, root=ROOT)) == (1, 0)
    assert "1" in Sent.objects.get().body


@pytest.fixture
def message_text(db: None) -> None:
    file = PACK / "messages/inspection-findings.yaml"
    load_texts([Document(file.name, yaml.safe_load(file.read_text("utf-8")))], Loading(PACK, "law", NIGHT))


def answering(pages: dict[str, Fetched]) -> Callable[[str, float], Fetched]:
    """Answer with these pages, with a good one for each further type, and else with nothing there."""
    good = Fetched(200, 5, GOOD.format(host="portal.example", body=""))
    others = {f"{ROOT}/{path}": good for path in (*EACH_SITE, *HALL)}
    return lambda url, _seconds: (others | pages).get(url, Fetched(404, 5))


def test_a_page_of_every_type_is_looked_at(scheme: InspectionScheme, site: Site) -> None:
    asked: list[str] = []

    def fetch(url: str, _seconds: float) -> Fetched:
        asked.append(url)
        return Fetched(200, 5, GOOD.format(host="portal.example", body="<center>旧</center>"))

    for kind in (Column.Kind.LIST, Column.Kind.INTERACTIVE, Column.Kind.LIBRARY):
        column(site, kind.value, kind=kind, watch=Column.Watch.NONE)
    inspect(at=NIGHT, fetch=fetch, root=ROOT)
    wanted = {"/", "/columns/list/", "/columns/interactive/", "/columns/library/"}
    assert set(asked) == {f"{ROOT}{path}" for path in wanted} | {f"{ROOT}/{path}" for path in (*EACH_SITE, *HALL)}
    assert {row.url for row in Finding.objects.filter(check_name="markup")} == set(asked)


@pytest.mark.parametrize(
    ("domain", "right"), [("wuhan.localhost", True), ("wuhan.localhost:8000", True), ("x.cn", False)]
)
def test_a_domain_with_its_port_is_the_same_domain(domain: str, right: bool) -> None:
    source = PageSource(f'<!doctype html><title>页</title><meta name="SiteDomain" content="{domain}">', ROOT)
    assert (source.tag_faults((), host="wuhan.localhost") == []) is right


FAULTY = {
    "<main><h1>题</h1><a href='/x/'><img src='/a.png' alt=''></a></main>": {"link_text"},
    "<main><h1>题</h1><a href='/x/'><img src='/a.png' alt='图'></a></main>": set(),
    "<main><h1>题</h1><a href='/x/' aria-label='去'><svg></svg></a></main>": set(),
    "<main><h1>题</h1><button></button></main>": {"button_text"},
    "<main><h1>题</h1><iframe src='/x/'></iframe></main>": {"frame_title"},
    "<main><h1>题</h1><p tabindex='3'>文</p></main>": {"tabindex"},
    "<main><h1>题</h1><table><tr><td>1</td></tr></table></main>": {"table_heads"},
    "<main><h1>题</h1><table><tr><th>1</th></tr></table></main>": set(),
    "<main><h1>题</h1><input name='q'></main>": {"label"},
    "<main><h1>题</h1><h3>下</h3></main>": {"heading_skipped"},
    "<h1>题</h1>": {"main"},
}


@pytest.mark.parametrize("body", FAULTY)
def test_what_keeps_people_out_is_seen_in_the_source(body: str) -> None:
    source = PageSource(
        f'<!doctype html><html lang="zh"><head><title>页</title></head><body>{body}</body></html>', ROOT
    )
    assert {fault.code for fault in source.accessibility_faults()} == FAULTY[body]


@pytest.mark.parametrize(
    ("body", "codes"),
    [("<p>文</p>", set()), ("<p id='a'>1</p><p id='a'>2</p>", {"id_twice"}), ("<font>旧</font>", {"obsolete"}),
     ("<p><div></p>", {"markup"})],
)  # fmt: skip
def test_where_the_source_breaks_the_rules_of_html(body: str, codes: set[str]) -> None:
    source = PageSource(
        f'<!doctype html><html lang="zh"><head><title>页</title></head><body>{body}</body></html>', ROOT
    )
    assert {fault.code for fault in source.markup_faults()} == codes


def test_a_request_for_information_nobody_answered_in_three_months_counts_against_the_site_of_its_region(
    scheme: InspectionScheme, site: Site
) -> None:
    definition = ProcessDefinition.objects.create(
        code="information-request", version=1, title={"zh": "申请"}, source="", compiled={}, sha256="0", status="published",
        effective_from=dt.date(2026, 1, 1), published_at=NIGHT, regime="information",
    )  # fmt: skip
    for number, days in (("1", 91), ("2", 95)):
        Case.objects.create(
            number=number * 18, secret_hash=number, definition=definition, title="信息公开申请", unit=site.unit,
            region_path=site.unit.region_path, status=Case.Status.HANDLING, channel="online", submission_key=uuid4(),
            submitted_at=days_ago(days), applicant_kind="person", open_steps="handle",
        )  # fmt: skip
    inspect(at=NIGHT, fetch=None, root=ROOT)
    finding = Finding.objects.get(check_name=Check.UNANSWERED)
    assert (finding.site, finding.unit, finding.params["days"]) == (site, site.unit, 95)


def test_dead_links_and_missing_tags_are_found_on_the_page(scheme: InspectionScheme, site: Site) -> None:
    news = column(site, "headlines", last_published_at=days_ago(1))
    article = Article.objects.create(
        column=news, unit=site.unit, title="题", status="published", published_at=days_ago(1), published_n=1,
        changed_at=days_ago(1), created_at=days_ago(1), stage_since=days_ago(1),
    )  # fmt: skip
    Placement.objects.create(article=article, column=news, is_home=True, live=True, published_at=days_ago(1))
    body = '<a href="/gone/">旧</a> <a href="http://elsewhere.example/">外</a> <img src="/x.png">'
    home = f"{ROOT}/"
    pages = {
        home: Fetched(200, 5, GOOD.format(host="portal.example", body="")),
        f"{ROOT}/columns/headlines/": Fetched(200, 5, GOOD.format(host="another.example", body="")),
        f"{ROOT}/articles/{article.pk}/": Fetched(200, 5, GOOD.format(host="portal.example", body=body)),
    }
    inspect(at=NIGHT, fetch=answering(pages), root=ROOT)
    found = {(row.check_name, row.column_id, row.article_id) for row in Finding.objects.all()}
    assert found == {
        ("tags", news.pk, None),
        ("dead_link", news.pk, article.pk),
        ("accessibility", news.pk, article.pk),
    }
    dead = {row.params["link"] for row in Finding.objects.filter(check_name="dead_link")}
    assert dead == {"http://elsewhere.example/", f"{ROOT}/gone/"}


def test_a_server_that_fails_once_is_not_a_dead_link(scheme: InspectionScheme, site: Site) -> None:
    link = '<a href="http://elsewhere.example/">外</a>'
    pages = {
        f"{ROOT}/": Fetched(200, 5, GOOD.format(host="portal.example", body=link)),
        "http://elsewhere.example/": Fetched(0, 8000),
    }
    inspect(at=NIGHT, fetch=answering(pages), root=ROOT)
    assert not Finding.objects.exists()
    inspect(at=NIGHT + dt.timedelta(days=1), fetch=answering(pages), root=ROOT)
    assert Finding.objects.get().check_name == "dead_link"


def test_a_dead_link_in_an_old_article_stays_a_finding_until_it_is_mended(scheme: InspectionScheme, site: Site) -> None:
    news = column(site, "headlines", last_published_at=days_ago(1))
    article = Article.objects.create(
        column=news, unit=site.unit, title="题", status="published", published_at=days_ago(1), published_n=1,
        changed_at=days_ago(1), created_at=days_ago(1), stage_since=days_ago(1),
    )  # fmt: skip
    Placement.objects.create(article=article, column=news, is_home=True, live=True, published_at=days_ago(1))
    address = f"{ROOT}/articles/{article.pk}/"
    broken = GOOD.format(host="portal.example", body='<a href="/gone/">旧</a>')
    fine = Fetched(200, 5, GOOD.format(host="portal.example", body=""))
    pages = {f"{ROOT}/": fine, f"{ROOT}/columns/headlines/": fine, address: Fetched(200, 5, broken)}
    for night in (0, 5):
        inspect(at=NIGHT + dt.timedelta(days=night), fetch=answering(pages), root=ROOT)
        assert Finding.objects.get(check_name="dead_link").resolved_at is None
    inspect(at=NIGHT + dt.timedelta(days=6), fetch=None, root=ROOT)
    assert Finding.objects.get(check_name="dead_link").resolved_at is None
    pages[address] = fine
    inspect(at=NIGHT + dt.timedelta(days=7), fetch=answering(pages), root=ROOT)
    assert Finding.objects.get(check_name="dead_link").resolved_at is not None


def test_a_home_page_that_fails_in_a_twentieth_of_a_weeks_visits_is_unreachable(
    scheme: InspectionScheme, site: Site
) -> None:
    for number in range(7 * 24):
        at = NIGHT - dt.timedelta(hours=number, minutes=1)
        probe(at=at, fetch=lambda _url, _seconds, n=number: Fetched(200 if n % 20 else 0, 30), root=ROOT)
    inspect(at=NIGHT, fetch=None, root=ROOT)
    assert Finding.objects.get().check_name == Check.UNREACHABLE
    assert not SiteDay.objects.get().passed


def test_messages_that_wait_are_counted_where_their_source_tells(
    scheme: InspectionScheme, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(dict(message_sources()), "letters", None)
    register_message_source("letters", lambda _at: [Message("7", site.pk, site.unit_id, "来信", 100)])
    try:
        inspect(at=NIGHT, fetch=None, root=ROOT)
    finally:
        register_message_source("letters", lambda _at: [])
    assert Finding.objects.get().check_name == Check.UNANSWERED


def test_a_supervisor_accepts_an_explanation_and_the_points_come_back(scheme: InspectionScheme, site: Site) -> None:
    column(site, "headlines", last_published_at=days_ago(20))
    column(site, "fresh", last_published_at=days_ago(1))
    inspect(at=NIGHT, fetch=None, root=ROOT)
    supervisor = actor_of(official(site.unit, Role.SUPERVISOR, "watch"), on=NIGHT.date())
    editor = actor_of(official(site.unit, Role.COLUMN_EDITOR, "editor"), on=NIGHT.date())
    finding = Finding.objects.get()
    with pytest.raises(NotAllowedError):
        excuse(finding=finding, reason="栏目将并入动态", by=editor, at=NIGHT)
    with pytest.raises(DisclosureError, match="请写明情况"):
        excuse(finding=finding, reason=" ", by=supervisor, at=NIGHT)
    excuse(finding=finding, reason="栏目将并入动态", by=supervisor, at=NIGHT)
    assert SiteDay.objects.get().score == 100
    assert queries.open_count(editor) == 0
    assert [row.finding for row in queries.rows_of(queries.findings(editor, queries.FindingFilter(state="excused")), at=NIGHT)] == [finding]  # fmt: skip


def test_a_unit_sees_only_findings_of_its_own(scheme: InspectionScheme, site: Site) -> None:
    column(site, "headlines", last_published_at=days_ago(20))
    column(site, "fresh", last_published_at=days_ago(1))
    inspect(at=NIGHT, fetch=None, root=ROOT)
    other = Unit.objects.create(
        code="U2", name="省水利厅", short_name="水利厅", line="water", region=site.unit.region,
        region_path="/420000/", level=Level.PROVINCE, path="/U2/",
    )  # fmt: skip
    stranger = actor_of(official(other, Role.INFORMATION_OFFICER, "other"), on=NIGHT.date())
    own = actor_of(official(site.unit, Role.INFORMATION_OFFICER, "own"), on=NIGHT.date())
    assert (queries.open_count(stranger), queries.open_count(own)) == (0, 1)
