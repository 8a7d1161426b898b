"""Cases a second through the whole process, beside the same rows written in raw SQL: ``python3 tb.py bench flow``.

One case is submitted, accepted, surveyed, reviewed, decided, its license made and delivered, by the real actions with their
checks, clocks, documents, messages and audit records: seven acts. The raw run writes exactly the rows that one such case
wrote, statement by statement in the same transactions, through psycopg with prepared statements.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[2])]

import django

django.setup()

import psycopg
from django.core.management import call_command
from django.db import connection

from tests.scale.replay import Recording, Replay
from tongban.affairs.hall.actions.apply import submit_answers
from tongban.affairs.hall.demo.history import World, prepare
from tongban.affairs.hall.demo.people import create_applicants
from tongban.affairs.hall.materials import plan
from tongban.engines.cases.actions import act
from tongban.engines.cases.models import Case
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.forms.answers import example_answers
from tongban.foundation.forms.models import FormVersion
from tongban.foundation.forms.queries import current
from tongban.foundation.forms.schema import AddressField
from tongban.foundation.organizations.roles import Role

CASES, QUICK = 150, 15
PLACE = "/420000/420100/420102/"
ACTS = (
    ("accept", Role.WINDOW_CLERK, {}),
    (
        "finish_survey",
        Role.SURVEYOR,
        {"conclusion": "pass", "opinion": "场所与申报一致。", "members": ["张三川（演示）", "李四维（演示）"]},
    ),
    ("pass", Role.REVIEWER, {"opinion": "材料齐全，符合法定形式，拟同意。"}),
    ("grant", Role.APPROVER, {"opinion": "同意。"}),
    ("issue", Role.WINDOW_CLERK, {}),
    ("deliver", Role.WINDOW_CLERK, {"delivery": "electronic"}),
)


@dataclass(slots=True)
class Application:
    """What every measured case is submitted with."""

    world: World
    item: Implementation
    firm: Account
    version: FormVersion
    answers: dict[str, Any]
    materials: dict[str, Any]


def application() -> Application:
    """Return a complete application of a firm for a food business license."""
    at = now()
    world = prepare(create_applicants(3, at=at), now=at)
    firm = Account.objects.get(username="firm")
    item = Implementation.objects.select_related("standard_item", "unit", "unit__region").get(
        process_code="licensing-survey", region_path=PLACE, form_code="food_business"
    )
    version = current(item.form_code, local_date(at))
    answers = example_answers(version.definition, today=local_date(at), file_id=str(world.sample.pk))
    answers |= {scenario["code"]: scenario["choices"][0]["code"] for scenario in item.standard_item.scenarios}
    for _page, each in version.definition.top_fields():
        if isinstance(each, AddressField) and each.level == "county":
            answers[each.id] = {"region": "420102", "detail": "演示路 1 号"}
    materials = {
        slot.code: {"way": "upload", "files": [str(world.sample.pk)]}
        if "upload" in slot.ways
        else {"way": slot.ways[0]}
        for slot in plan(item, answers=answers, applicant=firm, chosen={}, on=local_date(at)).open
    }
    return Application(world, item, firm, version, answers, materials)


def submit(held: Application, at: dt.datetime) -> Case:
    """Submit one."""
    return submit_answers(
        implementation=held.item,
        applicant=held.firm,
        form_version=held.version,
        answers=held.answers,
        materials=held.materials,
        channel="online",
        key=uuid.uuid4(),
        owner=held.world.sample.uploaded_by,
        by=held.world.applicant(held.firm, on=local_date(at)),
        at=at,
    )


def go_on(held: Application, case: Case, index: int, at: dt.datetime) -> Case:
    """Do the next act; who decides is someone who neither accepted nor reviewed."""
    action, role, data = ACTS[index]
    by = held.world.official(held.item.unit, role, other_than=frozenset(), on=local_date(at))
    return act(case=case, action=action, by=by, at=at, data=data)


def whole(held: Application, at: dt.datetime) -> Case:
    """Take one case through the whole process."""
    case = submit(held, at)
    for index in range(len(ACTS)):
        case = go_on(held, case, index, at + dt.timedelta(minutes=index + 1))
    assert case.closed_at is not None, case.status
    return case


def record(held: Application, at: dt.datetime) -> Recording:
    """Take one case through the process and keep what it wrote."""
    recording = Recording()
    with recording.transaction(connection):
        case = submit(held, at)
    for index in range(len(ACTS)):
        with recording.transaction(connection):
            case = go_on(held, case, index, at + dt.timedelta(minutes=index + 1))
    with psycopg.connect(**_address()) as raw:
        recording.learn(raw, case.number)
    return recording


def _address() -> dict[str, Any]:
    held = {**connection.get_connection_params()}
    return {name: held[name] for name in ("dbname", "user", "password", "host", "port") if held.get(name)}


def main() -> None:
    """Prepare, measure both, and print."""
    count = QUICK if "--quick" in sys.argv else CASES
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("load_demo", "--cases", "0")
    held, at = application(), now()
    for _warm in range(5):
        whole(held, at)
    recording = record(held, at)
    started, used = time.perf_counter(), time.process_time()
    for _case in range(count):
        whole(held, at)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    with psycopg.connect(**_address(), autocommit=True) as raw:
        for serial in range(5):
            Replay(recording, serial).run(raw)
        raw_started, raw_used = time.perf_counter(), time.process_time()
        for serial in range(5, 5 + count):
            Replay(recording, serial).run(raw)
        raw_seconds, raw_cpu = time.perf_counter() - raw_started, time.process_time() - raw_used
    acts = 1 + len(ACTS)
    print(f"{'':26}{'cases/s':>9}{'ms/case':>9}{'ms/act':>8}{'CPU ms/case':>13}{'writes/case':>13}")
    for name, wall, busy in (("whole process", seconds, cpu), ("same rows in raw SQL", raw_seconds, raw_cpu)):
        print(
            f"{name:26}{count / wall:9.1f}{1000 * wall / count:9.1f}{1000 * wall / count / acts:8.2f}"
            f"{1000 * busy / count:13.1f}{recording.statements:13d}"
        )
    print(f"the process runs at {100 * raw_seconds / seconds:.0f} % of raw SQL (goal: 33 %)")


if __name__ == "__main__":
    main()
