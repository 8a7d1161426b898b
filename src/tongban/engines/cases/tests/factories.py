"""A small world for tests of cases: one county's market supervision, its people, an item, and the law."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from tongban.engines.cases import registers
from tongban.engines.cases.actions import Applicant, SubmittedMaterial, act, submit
from tongban.engines.cases.models import Case, Task
from tongban.engines.cases.queries.loading import fresh
from tongban.engines.cases.rules.examples import sample
from tongban.engines.cases.rules.guards import actions_of_case, actions_of_task
from tongban.engines.catalog.models import Implementation, StandardItem
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official, person, region, unit
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections

LAW_SECTIONS = ("calendars", "rules", "documents", "messages", "processes")
AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=CHINA)
"""A Monday; the working days of March 2026 are 2–6, 9–13, 16–20, 23–27, 30 and 31."""

TABLES = (
    "clock_calendarday", "clock_calendaryear", "clock_calendarstamp", "clock_limitrule",
    "documents_documenttemplate", "messaging_messagetemplate", "cases_processdefinition",
)  # fmt: skip


def at(text: str) -> dt.datetime:
    """Return a moment in China: ``2026-03-02`` is ten in the morning."""
    moment = dt.datetime.fromisoformat(text)
    return moment.replace(hour=moment.hour or 10, tzinfo=CHINA)


def quiet_effects() -> None:
    """Declare the effects that the standard processes name, if no affair has declared them."""
    try:
        registers.effect("issue_license")
    except KeyError:
        registers.register_effect("issue_license", lambda _context: None)


def publish_law() -> None:
    """Load calendars, rules, texts and processes of the pack ``law``."""
    quiet_effects()
    root = settings.PROJECT_ROOT / "packs" / "law"
    for section in sections():
        if section.name in LAW_SECTIONS:
            section.load(read_section(section, root=root), Loading(root, "law", at("2026-01-01")))


@dataclass
class World:
    """Units, people and items."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        """Return a person: ``world.clerk``."""
        try:
            return self.__dict__["people"][name]
        except KeyError as missing:
            raise AttributeError(name) from missing

    def item(
        self,
        process: str = "licensing-review",
        *,
        statutory: int | None = 20,
        promised: int | None = 15,
        unit_: Unit | None = None,
        case_kind: str = "promised",
    ) -> Implementation:
        """Return an item handled by a process."""
        number = StandardItem.objects.count() + 1
        standard = StandardItem.objects.create(
            code=f"4201310{number:05d}",
            item_type="01",
            name={"zh": f"食品经营许可{number}", "en": f"Food business license {number}"},
            description={"zh": "说明", "en": "Text"},
            result={"name": {"zh": "食品经营许可证", "en": "Food business license"}},
            updated_on=dt.date(2026, 1, 1),
            digest="",
        )
        lead = unit_ or self.units["lead"]
        return Implementation.objects.create(
            code=f"test-{number}",
            scheme="test",
            standard_item=standard,
            unit=lead,
            region_path=lead.region_path,
            level=lead.level,
            name=standard.name,
            case_kind=case_kind,
            statutory_figure=statutory,
            statutory_unit="working_day" if statutory else "",
            promised_figure=promised,
            promised_unit="working_day" if promised is not None else "",
            online_depth="full",
            is_online=True,
            process_code=process,
        )

    def submit(
        self,
        item: Implementation | None = None,
        *,
        when: str = "2026-03-02",
        by: Actor | None = None,
        key: uuid.UUID | None = None,
        account: Account | None = None,
        phone: str = "13900000000",
    ) -> Case:
        """Submit an application for the citizen."""
        who = by or self.citizen
        principal = account or self.citizen.account
        return submit(
            implementation=item or self.item(),
            applicant=Applicant(principal, "张三", "d" * 64, "person", phone=phone, number="420102199001011234"),
            form_version=None,
            answers={"shop": "江畔小厨"},
            materials=[
                SubmittedMaterial("form", "申请书", "form"),
                SubmittedMaterial("layout", "布局图", "upload"),
            ],
            channel="online",
            key=key or uuid.uuid4(),
            by=who,
            at=at(when),
        )

    def do(self, case: Case, action: str, when: str, *, by: Actor | None = None, **data: Any) -> Case:
        """Act on a case as whoever usually does this, with believable values for what must be said."""
        return act(
            case=case,
            action=action,
            by=by or self.actor_for(case, action),
            at=at(when),
            data=self.data(case, action, data),
        )

    def data(self, case: Case, action: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return believable values for an action."""
        loaded = fresh(case)
        state = loaded.state(dt.date(2026, 1, 1))
        found = [each for task in state.live_tasks for each in actions_of_task(loaded.compiled, state, task)]
        found += list(actions_of_case(loaded.compiled, state))
        for each in found:
            if each.code == action:
                values = sample(loaded.compiled, each)
                values.pop("report", None)
                if "unit" in values:
                    values["unit"] = self.units["other"].pk
                if "units" in values:
                    values["units"] = [self.units["other"].pk]
                return {**values, **given}
        return dict(given)

    def actor_for(self, case: Case, action: str) -> Actor:
        """Return who usually does something."""
        if action in ("withdraw", "supplement"):
            return self.citizen
        loaded = fresh(case)
        state = loaded.state(dt.date(2026, 1, 1))
        for task in state.live_tasks:
            for each in actions_of_task(loaded.compiled, state, task):
                if each.code == action:
                    return self.by_role(each.role or task.role, task.unit)
        return self.clerk

    def by_role(self, role: str, unit_id: int) -> Actor:
        """Return the person who holds a role in a unit."""
        for actor in self.people.values():
            if actor.unit is not None and actor.unit.pk == unit_id and role in {each.value for each in actor.roles}:
                return actor
        return self.clerk


def world() -> World:
    """Return the world."""
    made = World()
    province = region("420000", 2, None, "湖北省")
    city = region("420100", 3, province, "武汉市")
    county = region("420102", 4, city, "江岸区")
    next_county = region("420103", 4, city, "江汉区")
    top = unit(city, "market_supervision")
    made.units = {
        "superior": top,
        "lead": unit(county, "market_supervision", top),
        "other": unit(county, "health"),
        "next": unit(next_county, "market_supervision", top),
        "emergency": unit(county, "emergency"),
        "housing": unit(county, "housing"),
        "government": unit(county, "people_government"),
    }
    Unit.objects.filter(pk=made.units["lead"].pk).update(
        name="武汉市江岸区市场监督管理局", short_name="江岸市监", address="解放大道 1 号", phone="027-00000000"
    )
    made.units["lead"].refresh_from_db()
    today = dt.date(2026, 3, 2)
    lead, other = made.units["lead"], made.units["other"]
    for name, role, place in (
        ("clerk", Role.WINDOW_CLERK, lead),
        ("second_clerk", Role.WINDOW_CLERK, lead),
        ("reviewer", Role.REVIEWER, lead),
        ("second_reviewer", Role.REVIEWER, lead),
        ("surveyor", Role.SURVEYOR, lead),
        ("expert", Role.EXPERT_COORDINATOR, lead),
        ("approver", Role.APPROVER, lead),
        ("head", Role.UNIT_HEAD, lead),
        ("supervisor", Role.SUPERVISOR, top),
        ("other_clerk", Role.WINDOW_CLERK, other),
        ("other_reviewer", Role.REVIEWER, other),
        ("next_clerk", Role.WINDOW_CLERK, made.units["next"]),
        ("top_head", Role.UNIT_HEAD, top),
        ("top_reviewer", Role.REVIEWER, top),
        ("top_approver", Role.APPROVER, top),
        ("top_clerk", Role.WINDOW_CLERK, top),
        ("coordinator", Role.JOINT_COORDINATOR, lead),
        ("disclosure", Role.DISCLOSURE_HEAD, lead),
        ("emergency", Role.REVIEWER, made.units["emergency"]),
        ("housing", Role.REVIEWER, made.units["housing"]),
        ("mayor", Role.UNIT_HEAD, made.units["government"]),
    ):
        made.people[name] = official(name, (place, role), on=today)
    for name in ("citizen", "stranger", "agent"):
        made.people[name] = actor_of(person(name), on=today)
    return made


def open_steps(case: Case) -> list[str]:
    """Return the open steps of a case."""
    return list(Task.objects.filter(case=case, state="open").values_list("step", flat=True).order_by("pk"))
