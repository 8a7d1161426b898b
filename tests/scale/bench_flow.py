"""Cases a second through the whole process, beside the same rows written in raw SQL: ``python3 tb.py bench flow``.

One case is submitted, accepted, surveyed, reviewed, decided, its license made and delivered, by the real actions with their
checks, clocks, documents, messages and audit records: seven acts. The raw run writes exactly the rows that one such case
wrote, statement by statement in the same transactions, through psycopg with prepared statements; their values are ready
before the clock runs. Both put messages into the outbox and documents into their table; PDFs are typeset and sealed when
they are first asked for, so on neither side. The two take turns in short blocks, so that other work on the machine slows
both alike.
"""

from __future__ import annotations

import datetime as dt
import secrets
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[2])]

import django

django.setup()

import psutil
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

CASES, QUICK, WARM, BLOCK = 200, 20, 10, 10
"""Measured cases, with ``--quick``, cases before the measurement, and cases in a row of one kind."""
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
class Spent:
    """What the cases of one kind took: seconds on the wall, of this process's and of the server's CPU, and of each block."""

    backend: psutil.Process
    cases: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    served: float = 0.0
    blocks: list[float] = field(default_factory=list)

    @contextmanager
    def block(self, count: int) -> Iterator[None]:
        """Add the time of what runs inside."""
        started, used, served = time.perf_counter(), time.process_time(), self._served()
        yield
        seconds = time.perf_counter() - started
        self.cases, self.wall, self.cpu = self.cases + count, self.wall + seconds, self.cpu + time.process_time() - used
        self.served += self._served() - served
        self.blocks.append(seconds / count)

    def _served(self) -> float:
        spent = self.backend.cpu_times()
        return float(spent.user + spent.system)


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
        process_code="licensing-survey", region_path=PLACE, name__zh="食品经营许可（新办）"
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
    for _warm in range(WARM):
        whole(held, at)
    recording = record(held, at)
    with psycopg.connect(**_address(), autocommit=True) as raw:
        mine: Any = connection.connection
        ours, raws = (Spent(psutil.Process(each.info.backend_pid)) for each in (mine, raw))
        start = secrets.randbelow(800_000)  # a second run on the same database must not meet the rows of the first
        replays = [Replay(recording, start + serial) for serial in range(WARM + count)]
        for replay in replays[:WARM]:
            replay.run(raw)
        for first in range(WARM, WARM + count, BLOCK):
            block = replays[first : first + BLOCK]
            with ours.block(len(block)):
                for _case in block:
                    whole(held, at)
            with raws.block(len(block)):
                for replay in block:
                    replay.run(raw)
    acts = 1 + len(ACTS)
    print(f"{'':24}{'cases/s':>8}{'ms/case':>9}{'ms/act':>8}{'CPU ms/case':>13}{'+ server':>10}{'writes/case':>13}")
    for name, each in (("whole process", ours), ("same rows in raw SQL", raws)):
        print(
            f"{name:24}{each.cases / each.wall:8.1f}{1000 * each.wall / each.cases:9.1f}"
            f"{1000 * each.wall / each.cases / acts:8.2f}{1000 * each.cpu / each.cases:13.1f}"
            f"{1000 * each.served / each.cases:10.1f}{recording.statements:13d}"
        )
    ratios = sorted(theirs / our for our, theirs in zip(ours.blocks, raws.blocks, strict=True))
    print(
        f"the process runs at {100 * raws.wall / ours.wall:.0f} % of raw SQL (goal: 33 %); "
        f"the middle of {len(ratios)} pairs of blocks: {100 * statistics.median(ratios):.0f} %"
    )


if __name__ == "__main__":
    main()
