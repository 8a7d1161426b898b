"""The fixed list of roles. A role is held through a posting in a unit, with dates."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What an official is appointed to do."""

    WINDOW_CLERK = "window_clerk", _("窗口收件")
    REVIEWER = "reviewer", _("审查")
    SURVEYOR = "surveyor", pgettext_lazy("岗位", "现场核查")
    EXPERT_COORDINATOR = "expert_coordinator", _("专家评审组织")
    APPROVER = "approver", pgettext_lazy("岗位", "决定")
    UNIT_HEAD = "unit_head", _("单位负责人")
    DISCLOSURE_HEAD = "disclosure_head", _("信息公开机构负责人")
    JOINT_COORDINATOR = "joint_coordinator", _("并联审批牵头")
    SUPERVISOR = "supervisor", _("效能监察")
    APPEAL_DISPATCHER = "appeal_dispatcher", _("诉求分派")
    INFORMATION_OFFICER = "information_officer", _("信息报送")
    COLUMN_EDITOR = "column_editor", _("栏目编辑")
    COLUMN_REVIEWER = "column_reviewer", _("栏目审核")
    COLUMN_PUBLISHER = "column_publisher", _("栏目发布")
    CATALOG_STEWARD = "catalog_steward", _("事项管理")
    BID_OPENER = "bid_opener", _("开标")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


class Scope(models.TextChoices):
    """How far a permission reaches."""

    SELF = "self", _("本人经手")
    UNIT = "unit", _("本单位")
    SUBTREE = "subtree", _("本单位及下级")
    LINE = "line", _("本条线")
    REGION = "region", _("本地区")
    PARTY = "party", _("参与单位")
    APPLICANT = "applicant", _("申请人本人")
    ANY = "any", _("不限")
