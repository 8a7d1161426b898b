"""The desk's side menu, with figures that cost two queries a page however many entries there are."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tongban.affairs.disclosure.queries.inspection import open_findings
from tongban.affairs.disclosure.queries.league import SERIES
from tongban.affairs.supervision.permissions import ALARMS, ANSWER, JUDGE, ORDERS, RULES
from tongban.affairs.supervision.queries.orders import to_answer, to_judge
from tongban.affairs.supervision.queries.scores import SCHEME
from tongban.affairs.surveys.queries.interviews import waiting_for as interviews_waiting
from tongban.affairs.surveys.queries.surveys import waiting_for as surveys_waiting
from tongban.engines.cases.queries import DeskCounts, bad_reviews, desk_counts
from tongban.engines.indicators.models import Objection
from tongban.engines.indicators.permissions import DECIDE
from tongban.engines.indicators.queries import unopened
from tongban.engines.publishing.queries.working import offers_to, work_of
from tongban.foundation.clock.now import today
from tongban.foundation.organizations.permissions import allows, scopes, visible
from tongban.foundation.organizations.roles import Role
from tongban.foundation.ui.navigation import SideEntry, register_side

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tongban.affairs.disclosure.models import Finding
    from tongban.affairs.supervision.models import Order
    from tongban.engines.indicators.models import BulletinDelivery
    from tongban.foundation.organizations.actor import Actor

_held: ContextVar[tuple[Actor, DeskCounts] | None] = ContextVar("desk_counts", default=None)


def counts(actor: Actor) -> DeskCounts:
    """Return the figures of a desk; asked again for the same actor (there is a new one with each request) they are kept."""
    held = _held.get()
    if held is not None and held[0] is actor:
        return held[1]
    found = desk_counts(actor, today=today())
    _held.set((actor, found))
    return found


def _figure(name: str) -> Callable[[Actor], int | None]:
    return lambda actor: int(getattr(counts(actor), name))


def _to_judge(actor: Actor) -> QuerySet[Order] | None:
    return to_judge(actor) if scopes(actor, JUDGE.code) else None


def _findings(actor: Actor) -> QuerySet[Finding]:
    return open_findings(actor).filter(excused_at=None)


def _open_objections(actor: Actor) -> QuerySet[Objection] | None:
    """Return the objections that wait for those who decide them."""
    if not allows(actor, DECIDE.code):
        return None
    return visible(actor, DECIDE.code, Objection.objects.filter(state=Objection.State.OPEN))


def _unopened(series: str) -> Callable[[Actor], QuerySet[BulletinDelivery] | None]:
    """Return what tells the bulletins of a series that a head has not opened."""
    return lambda actor: unopened(actor).filter(bulletin__code=series) if Role.UNIT_HEAD in actor.roles else None


def declare() -> None:
    """Add the entries."""
    mine, office, watch, score, sites = _("我的工作"), _("科室"), _("监察"), _("效能"), _("网站")
    inbox = "workbench:inbox"
    register_side(
        SideEntry(inbox, _("待办"), mine, 110, "cases.inbox", _figure("todo")),
        SideEntry(inbox, _("已办"), mine, 120, "cases.inbox", query="view=done"),
        SideEntry("workbench:counter", _("窗口代录"), mine, 130, "hall.file_at_counter"),
        SideEntry(inbox, _("科室在办"), office, 210, "cases.inbox", _figure("unit_running"), "view=unit"),
        SideEntry(inbox, _("待分派"), office, 220, "cases.inbox", _figure("unassigned"), "view=unassigned"),
        SideEntry(inbox, _("会商"), office, 230, "cases.inbox", _figure("consultations"), "view=consultations"),
        SideEntry(inbox, _("停计中"), office, 240, "cases.inbox", _figure("paused"), "view=paused"),
        SideEntry(inbox, _("环节超时"), office, 250, "cases.inbox", _figure("late_steps"), "view=late"),
        SideEntry("workbench:late_reasons", _("超期原因"), office, 255, "supervision.explain_late"),
        SideEntry("workbench:ratings", _("差评回访"), office, 260, "cases.answer_rating", bad_reviews, ""),
        SideEntry("workbench:orders_to_answer", _("督办待复"), mine, 140, ANSWER.code, to_answer),
        SideEntry("workbench:supervision", _("时限监察"), watch, 310, "supervision.view"),
        SideEntry("workbench:supervision_cases", _("在办件"), watch, 320, "supervision.view"),
        SideEntry("workbench:supervision_cases", _("超期在办"), watch, 330, "supervision.view", query="light=red"),
        SideEntry("workbench:scores", _("效能得分"), watch, 355, "scores.enter"),
        SideEntry("workbench:scores_mine", _("本单位得分"), score, 410, "cases.inbox"),
        SideEntry("workbench:scores_me", _("我的得分"), score, 420, "cases.inbox"),
        SideEntry("workbench:objections", _("记分申诉"), score, 430, "scores.objections", _open_objections),
        SideEntry("workbench:bulletins", _("效能通报"), score, 440, "scores.bulletins", _unopened(SCHEME)),
        SideEntry("workbench:alarms", _("监察信号"), watch, 340, ALARMS.code),
        SideEntry("workbench:orders", _("催办和督办"), watch, 350, ORDERS.code, _to_judge),
        SideEntry("workbench:rules", _("监察规则"), watch, 360, RULES.code),
        SideEntry("workbench:articles", _("稿件"), sites, 510, "publishing.view", work_of),
        SideEntry("workbench:articles", _("报送待采用"), sites, 515, "publishing.publish", offers_to, "view=offers"),
        SideEntry("workbench:columns", _("负责的栏目"), sites, 520, "publishing.arrange"),
        SideEntry("workbench:media", _("媒体库"), sites, 525, "publishing.media"),
        SideEntry("workbench:words", _("检查词表"), sites, 530, "publishing.words"),
        SideEntry("workbench:visits", _("访问统计"), sites, 535, "publishing.visits"),
        SideEntry("workbench:surveys", _("征集调查"), sites, 532, "surveys.view", surveys_waiting),
        SideEntry("workbench:interviews", _("在线访谈"), sites, 534, "surveys.view", interviews_waiting),
        SideEntry("workbench:inspection", _("网站检查"), sites, 540, "inspection.view", _findings),
        SideEntry("workbench:league", _("报送通报"), sites, 550, "scores.bulletins", _unopened(SERIES)),
    )
