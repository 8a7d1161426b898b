"""A few written cases of the items that the history does not draw by lot: requests, registrations, joint, two levels, renewal."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.affairs.hall.actions.apply import ApplicationError
from tongban.affairs.hall.actions.charging import Demand, issue_charge
from tongban.affairs.hall.demo.history import DEMO_REGION, SEED, World, apply_for
from tongban.affairs.hall.demo.people import create_staff
from tongban.engines.cases.actions import ActionRefused, act, settle
from tongban.engines.cases.loading import load_case
from tongban.engines.cases.models import Case, Task
from tongban.engines.catalog.models import Fee, Implementation
from tongban.engines.licenses.actions.issuing import Holder, issue_license
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.clock.now import CHINA
from tongban.foundation.messaging.actions import as_history
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.models import Unit

JOINT_LINES = ("emergency", "housing", "health")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """An act some days after the application, by whoever has the open task; ``charge`` issues a payment notice instead."""

    action: str
    after: float
    data: Mapping[str, Any] = field(default_factory=dict)
    charge: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """A case: process, line of the unit, who applies, how many days ago, and what has happened."""

    process: str
    line: str
    who: str
    days: int
    steps: Sequence[Step] = ()


def _steps(*names: str, every: float = 1.5, **data: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(name, (place + 1) * every, data.get(name, {})) for place, name in enumerate(names))


_MARKET = "market_supervision"
_OPINION = {"opinion": "材料齐全，符合规定。"}
_REPLY = {"opinion": "你申请的信息予以公开，文件见附件，也可以在政府信息公开专栏查阅。"}
_REFUSED = {
    "reason": "本机关没有制作或者获取你申请的信息。",
    "basis": "《中华人民共和国政府信息公开条例》第三十六条第四项",
    "remedies": "可以自收到本答复之日起六十日内申请行政复议，或者在六个月内提起行政诉讼。",
}
_ELECTRONIC = {"delivery": "electronic"}
_AGREE = {"conclusion": "agree", "opinion": "同意，场所符合要求。"}
STORIES = (
    Story("information-request", _MARKET, "citizen", 40, _steps(
        "confirm", "propose", "disclose", "deliver", every=3, propose=_OPINION, disclose=_REPLY, deliver=_ELECTRONIC)),
    Story("information-request", _MARKET, "firm", 33, _steps(
        "confirm", "propose", "decline", every=4, propose=_OPINION, decline=_REFUSED)),
    Story("information-request", _MARKET, "firm", 9, (
        Step("confirm", 1), Step("charge", 3, charge=120))),
    Story("registration", _MARKET, "citizen", 12, _steps(
        "register", "issue", "deliver", every=0.3, register=_OPINION, deliver=_ELECTRONIC)),
    Story("registration", _MARKET, "citizen", 6, _steps(
        "return_application", every=1, return_application={"items": ["名称没有表明行业或者经营特点，请补上。"]})),
    Story("registration", _MARKET, "citizen", 1),
    Story("licensing-joint", "government_service", "firm", 34, (
        *_steps("accept", "reply", "reply", "reply", every=2, reply=_AGREE),
        Step("summarise", 10, _OPINION), Step("grant", 12, _OPINION), Step("issue", 13), Step("deliver", 14, _ELECTRONIC))),
    Story("licensing-joint", "government_service", "firm", 8, _steps("accept", "reply", every=2, reply=_AGREE)),
    Story("licensing-two-level", "education", "citizen", 36, _steps(
        "accept", "pass", "agree", "grant", "issue", "deliver", every=3,
        **{"pass": _OPINION, "agree": _OPINION, "grant": _OPINION, "deliver": _ELECTRONIC})),
    Story("licensing-two-level", "education", "citizen", 10, (
        Step("accept", 1), Step("pass", 5, _OPINION))),
    Story("simplified-deregistration", _MARKET, "applicant", 30),
    Story("simplified-deregistration", _MARKET, "applicant", 8),
)  # fmt: skip


def play_newer(world: World) -> Iterator[str]:
    """Make the written cases that are not there yet, and a license about to expire with its renewal under way.

    Yields a line for each that the engine refused.
    """
    _staff(world)
    firms = [one for one in world.applicants if one.kind == Account.Kind.ORGANIZATION and one.username != "firm"]
    for number, story in enumerate(STORIES):
        try:
            with as_history():
                _play(world, story, uuid.uuid5(SEED, f"newer-{number}"), firms[number % len(firms)])
        except (ApplicationError, ActionRefused) as wrong:
            yield f"{story.process}: {wrong}"
    try:
        with as_history():
            _renewals(world)
    except (ApplicationError, ActionRefused) as wrong:
        yield f"renewal: {wrong}"


def _staff(world: World) -> None:
    lines = {story.line for story in STORIES} | set(JOINT_LINES)
    here = list(Unit.objects.filter(line__in=lines, region_path=DEMO_REGION).select_related("region"))
    create_staff([*here, *(unit.parent for unit in here if unit.line == "education" and unit.parent)], at=world.now)


def _place(process: str, line: str, **more: Any) -> Implementation:
    rows = Implementation.objects.filter(process_code=process, unit__line=line, region_path=DEMO_REGION, **more)
    return rows.select_related("unit", "unit__region", "standard_item").order_by("code")[0]


def _play(world: World, story: Story, key: uuid.UUID, firm: Account) -> None:
    if Case.objects.filter(submission_key=key).exists():
        return
    account = firm if story.who == "applicant" else Account.objects.get(username=story.who)
    start = _morning(world, story.days)
    if story.process == "simplified-deregistration":
        _business_license(world, account, start - 700 * DAY)
    case = apply_for(world, _place(story.process, story.line), account, key, start, random.Random(str(key)))  # noqa: S311
    for step in story.steps:
        at = start + step.after * DAY
        if at > world.now:
            break
        case = _charge(world, case, step, at) if step.charge else _do(world, case, step, at)
    settle(case=case, at=world.now)


def _morning(world: World, days: int) -> dt.datetime:
    """Return ten o'clock on the working day that many days ago or the next one."""
    day = world.calendar.next_workday((world.now.astimezone(CHINA) - days * DAY).date())
    return min(dt.datetime.combine(day, dt.time(10), tzinfo=CHINA), world.now - dt.timedelta(hours=1))


def _do(world: World, case: Case, step: Step, at: dt.datetime) -> Case:
    """Act as someone who holds the role of an open task at its unit, if possible someone who has not handled the case."""
    tasks = load_case(case).tasks
    hands = frozenset(task.closed_by_id for task in tasks if task.closed_by_id is not None)
    task = next(task for task in reversed(tasks) if task.state == Task.State.OPEN)
    unit = Unit.objects.get(pk=task.unit_id)
    by = world.official(unit, task.role, other_than=hands, on=at.date())
    return act(case=case, action=step.action, by=by, at=at, data=dict(step.data), task=task.pk)


def _charge(world: World, case: Case, step: Step, at: dt.datetime) -> Case:
    fee = (
        Fee.objects.filter(item=case.implementation.standard_item_id).order_by("order")[0]
        if case.implementation
        else None
    )
    by = world.official(case.unit, "window_clerk", other_than=frozenset(), on=at.date())
    issue_charge(case=case, demand=Demand(fee, step.charge), key=uuid.uuid5(SEED, case.number), by=by, at=at)
    return case


def _business_license(world: World, account: Account, at: dt.datetime) -> None:
    identity = Identity.objects.get(account=account)
    issue_license(
        type_code="business_license",
        unit=Unit.objects.get(line=_MARKET, region_path=DEMO_REGION),
        holder=Holder(identity.name, identity.number, "organization"),
        data={"address": "武汉市江岸区演示路 1 号", "scope": "日用百货销售"},
        case_number="",
        valid_from=at.date(),
        by=system_actor("hall.demo"),
        at=at,
    )


def _renewals(world: World) -> None:
    """Give the demonstration's firm two food licenses near their end: one being renewed, one still to be."""
    firm = Account.objects.get(username="firm")
    identity = Identity.objects.get(account=firm)
    place = next(
        each
        for each in Implementation.objects.filter(
            standard_item__renewal__license_type="food_business", region_path=DEMO_REGION
        ).select_related("unit", "unit__region", "standard_item")
    )
    for days, renewing in ((45, True), (80, False)):
        key = uuid.uuid5(SEED, f"renewal-{days}")
        last = world.now.astimezone(CHINA).date() + days * DAY
        begun = last.replace(year=last.year - 5, day=min(last.day, 28)) + DAY
        if (
            License.objects.unscoped(reason="the demonstration")
            .filter(type__code="food_business", valid_from=begun, holder_digest=identity.number_digest)
            .exists()
        ):
            continue
        made = issue_license(
            type_code="food_business",
            unit=place.unit,
            holder=Holder(identity.name, identity.number, "organization"),
            data={"address": "武汉市江岸区沿江大道 000 号一层", "area": "120", "business_type": "餐饮服务"},
            case_number="",
            valid_from=begun,
            by=system_actor("hall.demo"),
            at=dt.datetime.combine(begun, dt.time(10), tzinfo=CHINA),
        )
        if renewing:
            start = _morning(world, 5)
            case = apply_for(world, place, firm, key, start, random.Random(days), renews=made.identifier)  # noqa: S311
            _do(world, case, Step("accept", 1), min(start + DAY, world.now))
