"""The invented people and firms of the demonstration: who signs in, and who stands behind the history."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from tongban.affairs.hall.demo import names
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Delegation, Identity
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.text.identifiers import citizen_number, credit_code, organization_code

PASSWORD = "Tongban-2026"  # noqa: S105
DEMO_LINE = "market_supervision"
DEMO_REGION = "420102"
STAFF_ROLES = (Role.WINDOW_CLERK, Role.REVIEWER, Role.SURVEYOR, Role.EXPERT_COORDINATOR, Role.APPROVER, Role.UNIT_HEAD)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account a visitor may sign in with."""

    username: str
    name: str
    kind: str
    purpose: str
    roles: tuple[Role, ...] = ()
    line: str = DEMO_LINE
    region: str = DEMO_REGION
    title: str = ""


ACCOUNTS = (
    DemoAccount("citizen", "陈晓禾", "person", "个人申请人"),
    DemoAccount("firm", "武汉江畔小厨餐饮管理有限公司", "organization", "法人申请人"),
    DemoAccount("clerk", "赵一鸣", "official", "窗口收件", (Role.WINDOW_CLERK,), title="收件窗口"),
    DemoAccount("reviewer", "王若水", "official", "审查", (Role.REVIEWER, Role.EXPERT_COORDINATOR), title="行政审批科"),
    DemoAccount("surveyor", "张远", "official", "现场核查", (Role.SURVEYOR,), title="食品经营监管科"),
    DemoAccount("approver", "李知行", "official", "决定", (Role.APPROVER,), title="分管副局长"),
    DemoAccount(
        "head",
        "周正",
        "official",
        "单位负责人、信息公开机构负责人",
        (Role.UNIT_HEAD, Role.DISCLOSURE_HEAD),
        title="局长",
    ),
    DemoAccount(
        "joint_clerk",
        "郑同办",
        "official",
        "并联审批牵头",
        (Role.WINDOW_CLERK, Role.JOINT_COORDINATOR),
        "government_service",
        title="综合窗口",
    ),
    DemoAccount(
        "joint_approver",
        "冯一决",
        "official",
        "并联审批决定、制证",
        (Role.APPROVER, Role.REVIEWER),
        "government_service",
        title="分管副局长",
    ),
    DemoAccount(
        "county_education",
        "钱初审",
        "official",
        "县级受理和审查（教育）",
        (Role.WINDOW_CLERK, Role.REVIEWER),
        "education",
        title="教师管理科",
    ),
    DemoAccount(
        "city_education",
        "沈复核",
        "official",
        "市级审查、制证（教育）",
        (Role.REVIEWER, Role.WINDOW_CLERK),
        "education",
        "420100",
        "教师资格办公室",
    ),
    DemoAccount(
        "city_decision", "韩定夺", "official", "市级决定（教育）", (Role.APPROVER,), "education", "420100", "分管副局长"
    ),
    DemoAccount(
        "supervisor", "孙明察", "official", "效能监察", (Role.SUPERVISOR,), "government_service", "420000", "效能监察处"
    ),
    DemoAccount(
        "editor",
        "何清源",
        "official",
        "省门户栏目编辑",
        (Role.COLUMN_EDITOR, Role.INFORMATION_OFFICER),
        "government_service",
        "420000",
        "门户网站处",
    ),
    DemoAccount(
        "portal_reviewer",
        "吴慎之",
        "official",
        "省门户审核和发布",
        (Role.COLUMN_REVIEWER, Role.COLUMN_PUBLISHER),
        "government_service",
        "420000",
        "门户网站处处长",
    ),
    DemoAccount("county_submitter", "徐小满", "official", "县区信息报送", (Role.INFORMATION_OFFICER,), title="办公室"),
    DemoAccount(
        "city_editor",
        "胡汉生",
        "official",
        "市州子站编辑",
        (Role.COLUMN_EDITOR, Role.INFORMATION_OFFICER),
        "government_service",
        "420100",
        "网站管理科",
    ),
    DemoAccount(
        "city_reviewer",
        "罗江月",
        "official",
        "市州子站审核和发布",
        (Role.COLUMN_REVIEWER, Role.COLUMN_PUBLISHER),
        "government_service",
        "420100",
        "网站管理科科长",
    ),
    DemoAccount(
        "sysadmin", "系统管理员（演示）", "official", "系统管理员", (Role.SYSTEM_ADMIN,), "government_service", "420000"
    ),
    DemoAccount(
        "secadmin",
        "安全管理员（演示）",
        "official",
        "安全管理员",
        (Role.SECURITY_ADMIN,),
        "government_service",
        "420000",
    ),
    DemoAccount(
        "auditor", "审计管理员（演示）", "official", "审计管理员", (Role.AUDIT_ADMIN,), "government_service", "420000"
    ),
)


def unit_of(line: str, region: str) -> Unit:
    """Return the unit of a line in a region."""
    return Unit.objects.get(line=line, region__code=region)


def create_accounts(*, at: dt.datetime) -> int:
    """Create the demonstration accounts that do not exist yet; return how many were created."""
    password = make_password(PASSWORD)
    created = 0
    for demo in ACCOUNTS:
        account, new = Account.objects.get_or_create(
            username=demo.username,
            defaults={
                "kind": demo.kind,
                "display_name": demo.name,
                "joined_at": at,
                "password": password,
                "password_changed_at": at,
            },
        )
        created += new
        for role in demo.roles:
            Posting.objects.get_or_create(
                account=account,
                unit=unit_of(demo.line, demo.region),
                role=role,
                valid_from=dt.date(2024, 1, 1),
                defaults={"title": demo.title},
            )
    _identify(at=at)
    return created


def _identify(*, at: dt.datetime) -> None:
    citizen = Account.objects.get(username="citizen")
    firm = Account.objects.get(username="firm")
    _identity(citizen, "citizen", "陈晓禾", invented_citizen_number(random.Random(7)), "13800000001", at=at)  # noqa: S311
    _identity(
        firm,
        "organization",
        firm.display_name,
        invented_credit_code(1),
        "13800000002",
        at=at,
        representative="林江畔",
        address="武汉市江岸区沿江大道 000 号一层",
    )
    Delegation.objects.get_or_create(principal=firm, agent=citizen, valid_from=dt.date(2025, 1, 1))


def _identity(
    account: Account,
    kind: str,
    name: str,
    number: str,
    phone: str,
    *,
    at: dt.datetime,
    representative: str = "",
    address: str = "",
) -> None:
    Identity.objects.get_or_create(
        account=account,
        defaults={
            "kind": kind,
            "name": name,
            "number": number,
            "number_digest": digest(number),
            "phone": phone,
            "phone_digest": digest(phone),
            "legal_representative": representative,
            "address": address or "武汉市江岸区（演示地址）",
            "verified_by": "demonstration",
            "verified_at": at,
        },
    )


def invented_citizen_number(rng: random.Random) -> str:
    """Return a citizen number with the right check character that belongs to nobody's register here."""
    born = dt.date(1965, 1, 1) + dt.timedelta(days=rng.randrange(365 * 40))
    body = f"420102{born:%Y%m%d}{rng.randrange(1000):03d}"
    return body + citizen_number.check_character(body)


def invented_credit_code(serial: int) -> str:
    """Return a credit code with right check characters from a range no registrar gives out."""
    return credit_code.with_check("91420102" + organization_code.make(f"MA0{serial:05d}"))


def create_staff(units: list[Unit], *, at: dt.datetime) -> int:
    """Give every unit invented officials for each step; nobody can sign in as them. Return how many were created."""
    created = 0
    for unit in units:
        if set(STAFF_ROLES) <= set(Posting.objects.filter(unit=unit).values_list("role", flat=True)):
            continue
        rng = random.Random(unit.code)  # noqa: S311
        staff = [
            Account(
                username=f"staff-{unit.pk}-{role}",
                kind=Account.Kind.OFFICIAL,
                display_name=names.person(rng),
                joined_at=at,
                password=make_password(None),
            )
            for role in STAFF_ROLES
        ]
        Account.objects.bulk_create(staff)
        Posting.objects.bulk_create(
            Posting(account=account, unit=unit, role=role, valid_from=dt.date(2024, 1, 1))
            for account, role in zip(staff, STAFF_ROLES, strict=True)
        )
        created += len(staff)
    return created


def create_applicants(count: int, *, at: dt.datetime) -> list[Account]:
    """Return invented applicants of the history, creating those that do not exist yet: three firms to two persons."""
    known = list(
        Account.objects.filter(Q(username__startswith="applicant-") | Q(username__in=("citizen", "firm")))
        .order_by("pk")
        .select_related("identity")
    )
    rng = random.Random(len(known) + 11)  # noqa: S311
    for serial in itertools.islice(itertools.count(len(known) + 1), max(0, count - len(known))):
        is_firm = serial % 5 < 3
        name = names.firm(rng) if is_firm else names.person(rng)
        account = Account.objects.create(
            username=f"applicant-{serial}",
            kind=Account.Kind.ORGANIZATION if is_firm else Account.Kind.PERSON,
            display_name=name,
            joined_at=at,
            password=make_password(None),
        )
        _identity(
            account,
            "organization" if is_firm else "citizen",
            name,
            invented_credit_code(serial + 100) if is_firm else invented_citizen_number(rng),
            f"1390000{serial:04d}",
            at=at,
            representative=names.person(rng) if is_firm else "",
        )
        known.append(account)
    return known
