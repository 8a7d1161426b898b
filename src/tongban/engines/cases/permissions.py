"""Who may see and do what with cases, and how each scope filters them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.models import Case, CaseDocument, CaseMaterial, Task
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import Permission, register, register_policy
from tongban.foundation.organizations.roles import Role, Scope

HANDLERS = (
    Role.WINDOW_CLERK,
    Role.REVIEWER,
    Role.SURVEYOR,
    Role.EXPERT_COORDINATOR,
    Role.APPROVER,
    Role.JOINT_COORDINATOR,
    Role.DISCLOSURE_HEAD,
)
NOBODY = Q(pk__in=[])

VIEW = Permission(
    "cases.view",
    _("查看办件"),
    {**dict.fromkeys(HANDLERS, Scope.PARTY), Role.UNIT_HEAD: Scope.SUBTREE, Role.SUPERVISOR: Scope.REGION},
    citizen=Scope.APPLICANT,
)
SUBMIT = Permission("cases.submit", _("提交申请"), {Role.WINDOW_CLERK: Scope.UNIT}, citizen=Scope.SELF)
ACT = Permission(
    "cases.act",
    _("办理办件"),
    {**dict.fromkeys(HANDLERS, Scope.PARTY), Role.UNIT_HEAD: Scope.PARTY},
    citizen=Scope.APPLICANT,
)
NOTE = Permission(
    "cases.note",
    _("写备注和留言"),
    {**dict.fromkeys(HANDLERS, Scope.PARTY), Role.UNIT_HEAD: Scope.PARTY},
    citizen=Scope.APPLICANT,
)
JUDGE = Permission(
    "cases.judge_material",
    _("核验材料"),
    {Role.WINDOW_CLERK: Scope.PARTY, Role.REVIEWER: Scope.PARTY, Role.SURVEYOR: Scope.PARTY},
)
INBOX = Permission(
    "cases.inbox", _("打开待办"), {**dict.fromkeys(HANDLERS, Scope.UNIT), Role.UNIT_HEAD: Scope.UNIT}, system=False
)
RATE = Permission("cases.rate", _("评价办件"), {}, citizen=Scope.APPLICANT)
ANSWER_RATING = Permission(
    "cases.answer_rating", _("回访差评"), {Role.UNIT_HEAD: Scope.UNIT, Role.WINDOW_CLERK: Scope.UNIT}
)
DEFINITIONS = Permission("cases.definitions", _("查看和迁移流程版本"), {Role.CATALOG_STEWARD: Scope.ANY})
PROCESSES = Permission(
    "cases.processes",
    _("查看流程定义"),
    {
        **dict.fromkeys((*HANDLERS, Role.UNIT_HEAD, Role.SUPERVISOR, Role.CATALOG_STEWARD), Scope.ANY),
    },
)


def case_filter(actor: Actor, scope: Scope) -> Q:
    """Return which cases a scope holds for an actor."""
    if scope is Scope.APPLICANT or scope is Scope.SELF:
        if actor.account is None:
            return NOBODY
        return Q(applicant__in=actor.principals)
    unit = actor.unit
    if unit is None:
        return NOBODY
    if scope is Scope.UNIT:
        return Q(unit=unit.pk)
    if scope is Scope.PARTY:
        return Q(unit=unit.pk) | Q(Exists(Task.objects.filter(case=OuterRef("pk"), unit=unit.pk)))
    if scope is Scope.SUBTREE:
        below = Q(unit__path__startswith=unit.path)
        return below | Q(Exists(Task.objects.filter(case=OuterRef("pk"), unit=unit.pk)))
    if scope is Scope.LINE:
        return Q(unit__line=unit.line, region_path__startswith=unit.region_path)
    if scope is Scope.REGION:
        return Q(region_path__startswith=unit.region_path)
    return NOBODY


def case_test(actor: Actor, scope: Scope, case: Case) -> bool | None:
    """Tell of one case what :func:`case_filter` says of it, as far as its own columns tell."""
    if scope is Scope.APPLICANT or scope is Scope.SELF:
        own = actor.account is not None and case.agent_id == actor.account.pk
        return own or (actor.account is not None and case.applicant_id in actor.principals)
    if actor.unit is None:
        return False
    if scope is Scope.REGION:
        return case.region_path.startswith(actor.unit.region_path)
    if scope in (Scope.UNIT, Scope.PARTY, Scope.SUBTREE) and case.unit_id == actor.unit.pk:
        return True
    return None


def _through_case(actor: Actor, scope: Scope) -> Q:
    return Q(case__in=Case.objects.filter(case_filter(actor, scope)))


def task_filter(actor: Actor, scope: Scope) -> Q:
    """Return which tasks a scope holds: those of the unit itself for handlers, else those of the visible cases."""
    unit = actor.unit
    if scope in (Scope.UNIT, Scope.PARTY):
        return Q(unit=unit.pk) if unit is not None else NOBODY
    return _through_case(actor, scope)


def declare() -> None:
    """Register permissions and policies."""
    register(VIEW, SUBMIT, ACT, NOTE, JUDGE, INBOX, RATE, ANSWER_RATING, DEFINITIONS, PROCESSES)
    register_policy(Case, case_filter, row_test=case_test)
    register_policy(Task, task_filter)
    register_policy(CaseMaterial, _through_case)
    register_policy(CaseDocument, _through_case)
