"""Who may watch the cases of others, raise and answer orders, and take back an alarm.

The supervisor's seat is read-only by construction: it holds no permission over cases but seeing them and ordering.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.affairs.supervision.models import Alarm, Order
from tongban.engines.cases.permissions import HANDLERS
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import Permission, register, register_policy
from tongban.foundation.organizations.roles import Role, Scope

NOBODY = Q(pk__in=[])
WATCHING = {Role.SUPERVISOR: Scope.REGION, Role.UNIT_HEAD: Scope.SUBTREE}

VIEW = Permission("supervision.view", _("监察办件"), WATCHING)
ALARMS = Permission("supervision.alarms", _("查看监察信号"), {**dict.fromkeys(HANDLERS, Scope.UNIT), **WATCHING})
ORDERS = Permission("supervision.orders", _("查看监察单"), {**dict.fromkeys(HANDLERS, Scope.UNIT), **WATCHING})
REMIND = Permission("supervision.remind", _("催办"), WATCHING)
ORDER = Permission("supervision.order", _("督办"), {Role.SUPERVISOR: Scope.REGION})
ANSWER = Permission(
    "supervision.answer",
    _("回复督办"),
    {**dict.fromkeys(HANDLERS, Scope.UNIT), Role.UNIT_HEAD: Scope.UNIT},
    system=False,
)
ANSWER_LETTER = Permission("supervision.answer_letter", _("答复督查函"), {Role.UNIT_HEAD: Scope.UNIT}, system=False)
JUDGE = Permission("supervision.judge", _("审核督办回复"), {Role.SUPERVISOR: Scope.REGION}, system=False)
WITHDRAW = Permission("supervision.withdraw_alarm", _("撤销监察信号"), {Role.SUPERVISOR: Scope.REGION}, system=False)
EXPLAIN = Permission(
    "supervision.explain_late",
    _("说明超期原因"),
    {
        Role.WINDOW_CLERK: Scope.UNIT,
        Role.REVIEWER: Scope.UNIT,
        Role.APPROVER: Scope.UNIT,
        Role.UNIT_HEAD: Scope.UNIT,
    },
    system=False,
)
RULES = Permission(
    "supervision.rules",
    _("查看监察规则"),
    dict.fromkeys((*HANDLERS, Role.UNIT_HEAD, Role.SUPERVISOR, Role.CATALOG_STEWARD), Scope.ANY),
)


def place_filter(actor: Actor, scope: Scope) -> Q:
    """Return which alarms or orders a scope holds: by the unit that must answer for them."""
    unit = actor.unit
    if unit is None:
        return NOBODY
    if scope is Scope.UNIT:
        return Q(unit=unit.pk)
    if scope is Scope.SUBTREE:
        return Q(unit__path__startswith=unit.path)
    if scope is Scope.REGION:
        return Q(region_path__startswith=unit.region_path)
    return NOBODY


def declare() -> None:
    """Register permissions and policies; scopes over cases filter through the policy of the case engine."""
    register(VIEW, ALARMS, ORDERS, REMIND, ORDER, ANSWER, ANSWER_LETTER, JUDGE, WITHDRAW, EXPLAIN, RULES)
    register_policy(Alarm, place_filter)
    register_policy(Order, place_filter)
