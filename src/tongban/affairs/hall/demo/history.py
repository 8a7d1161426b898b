"""Makes a believable past by driving the real actions with an injected clock."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import typst
from django.core.files.uploadedfile import SimpleUploadedFile

from tongban.affairs.hall.actions.apply import ApplicationError, submit_answers
from tongban.affairs.hall.demo import script
from tongban.affairs.hall.demo.people import create_staff
from tongban.affairs.hall.demo.script import APPLICANT, SYSTEM, Turn
from tongban.affairs.hall.materials import plan
from tongban.engines.cases.actions import ActionRefused, act, answer_rating, rate, settle
from tongban.engines.cases.loading import Loaded, load_case
from tongban.engines.cases.models import Case, Task
from tongban.engines.cases.queries import ratable
from tongban.engines.cases.rules.compiled import StepDef
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import CHINA
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Calendar
from tongban.foundation.documents.typesetting import FONT, fonts
from tongban.foundation.files.actions import store_upload
from tongban.foundation.files.models import StoredFile
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.answers import example_answers
from tongban.foundation.forms.models import FormVersion
from tongban.foundation.forms.prefill import fixed, prefilled
from tongban.foundation.forms.schema import AddressField
from tongban.foundation.messaging.actions import as_history
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.models import Level, Posting, Unit

SEED = UUID("5b0e6c1a-7b1e-4f7a-9d55-2f6a3a0d1c20")
MOST_TURNS = 24
PACES = (0.6, 1.0, 1.6, 3.2, 9.0)
"""How slowly a case is handled; the slowest pass their limits."""
SAMPLE_NAME = "演示材料.pdf"
PLAYED = (
    "licensing-instant",
    "licensing-review",
    "licensing-survey",
    "licensing-expert",
    "licensing-hearing",
    "licensing-publication",
)
"""The processes whose course is drawn by lot; the others have a few written cases (:mod:`newer`)."""
DEMO_REGION = "/420000/420100/420102/"


@dataclass(slots=True)
class World:
    """What every invented case draws from."""

    places: list[Implementation]
    weights: list[float]
    applicants: list[Account]
    sample: StoredFile
    now: dt.datetime
    postings: dict[tuple[int, str], list[Posting]] = field(default_factory=dict)
    staff: dict[int, Actor] = field(default_factory=dict)
    people: dict[int, Actor] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=calendar_for)

    def official(self, unit: Unit, role: str, *, other_than: frozenset[int], on: dt.date) -> Actor:
        """Return an official of a unit with a role, if possible someone who has not handled the case."""
        if (unit.pk, role) not in self.postings:
            rows = Posting.objects.filter(unit=unit, role=role).select_related("account").order_by("pk")
            self.postings[unit.pk, role] = list(rows)
        held = [posting for posting in self.postings[unit.pk, role] if posting.valid_from <= on]
        chosen = next((posting for posting in held if posting.account_id not in other_than), held[0])
        if chosen.pk not in self.staff:
            self.staff[chosen.pk] = actor_of(chosen.account, on=on, posting_id=chosen.pk)
        return self.staff[chosen.pk]

    def applicant(self, account: Account, *, on: dt.date) -> Actor:
        """Return an applicant as an actor."""
        if account.pk not in self.people:
            self.people[account.pk] = actor_of(account, on=on)
        return self.people[account.pk]


def prepare(applicants: list[Account], *, now: dt.datetime, seed: int = 3) -> World:
    """Choose the units of the history, give them officials, and store the sample material."""
    rng = random.Random(seed)  # noqa: S311
    online = list(
        Implementation.objects.filter(is_online=True, status="in_force", process_code__in=PLAYED)
        .filter(standard_item__renewal__isnull=True)
        .select_related("unit", "unit__region", "standard_item")
        .order_by("code")
    )
    home = [row for row in online if row.region_path.startswith(DEMO_REGION)]
    by_item: dict[int, list[Implementation]] = {}
    for row in online:
        by_item.setdefault(row.standard_item_id, []).append(row)
    others = [row for rows in by_item.values() for row in rng.sample(rows, min(len(rows), 14))]
    places = list({row.pk: row for row in [*home, *others]}.values())
    weights = [_weight(row) for row in places]
    create_staff([row.unit for row in places], at=now)
    sample = _sample(now)
    return World(places, weights, applicants, sample, now)


def _weight(row: Implementation) -> float:
    busy = 6.0 if row.region_path == DEMO_REGION else 1.0
    return busy * (2.5 if row.unit.line == "market_supervision" else 1.0)


def _sample(now: dt.datetime) -> StoredFile:
    """Return the one file handed in with every invented case, uploaded by the demonstration's citizen."""
    owner = Account.objects.get(username="citizen")
    known = StoredFile.objects.filter(uploaded_by=owner, name=SAMPLE_NAME).first()
    if known is not None:
        return known
    upload = SimpleUploadedFile(SAMPLE_NAME, sample_pdf(), content_type="application/pdf")
    return store_upload(upload=upload, by=owner, at=now)


def sample_pdf() -> bytes:
    """Return a one-page PDF that says it is invented."""
    source = f'#set text(font: "{FONT}", size: 16pt)\n#align(center + horizon)[演示材料：内容为虚构]'
    return bytes(typst.compile(source.encode(), font_paths=fonts()))


@cache
def _form(code: str, on: dt.date) -> FormVersion:
    """Return the form of today: the past was made with it."""
    return forms.current(code, on)


def make_case(world: World, serial: int, *, days: int) -> Case | None:
    """Make the case with a serial number and play it up to now; the same serial gives the same case only once.

    :param days: how far back the history reaches, in calendar days
    """
    key = uuid5(SEED, str(serial))
    if Case.objects.filter(submission_key=key).exists():
        return None
    rng = random.Random(serial)  # noqa: S311
    place = rng.choices(world.places, world.weights)[0]
    start = _start(world, rng, days)
    case = apply_for(world, place, rng.choice(_fitting(world.applicants, place)), key, start, rng)
    play(world, case, start, rng)
    return case


def _start(world: World, rng: random.Random, days: int) -> dt.datetime:
    back = days * rng.random() ** 1.7
    at = (world.now - dt.timedelta(days=back)).astimezone(CHINA)
    return at.replace(
        hour=rng.choice((8, 9, 10, 11, 14, 15, 16, 19, 20)), minute=rng.randrange(60), second=rng.randrange(60)
    )


def _fitting(applicants: Sequence[Account], place: Implementation) -> list[Account]:
    item = place.standard_item
    wanted = [
        account
        for account in applicants
        if (item.for_persons and account.kind == Account.Kind.PERSON)
        or (item.for_organizations and account.kind == Account.Kind.ORGANIZATION)
    ]
    return wanted or list(applicants)


def apply_for(
    world: World,
    place: Implementation,
    account: Account,
    key: UUID,
    at: dt.datetime,
    rng: random.Random,
    *,
    renews: str = "",
) -> Case:
    """Hand an application in with the form's example answers, mostly online, sometimes through the counter."""
    version = _form(place.form_code, world.now.date())
    spec = version.definition
    by = world.applicant(account, on=at.date())
    answers = example_answers(spec, today=at.date(), file_id=str(world.sample.pk))
    answers |= {scenario["code"]: rng.choice(scenario["choices"])["code"] for scenario in place.standard_item.scenarios}
    for _page, item in spec.top_fields():
        if isinstance(item, AddressField) and item.level == "county" and place.level >= Level.COUNTY:
            answers[item.id] = {"region": place.unit.region.code[:6], "detail": f"演示路 {rng.randrange(1, 400)} 号"}
    answers |= fixed(spec, prefilled(spec, by, at=at))
    channel = rng.choices(("online", "window"), (88, 12))[0] if place.process_code in PLAYED else "online"
    if channel == "window":
        by = world.official(place.unit, "window_clerk", other_than=frozenset(), on=at.date())
    return submit_answers(
        implementation=place,
        applicant=account,
        form_version=version,
        answers=answers,
        materials=_materials(world, place, account, answers, at.date()),
        channel=channel,
        key=key,
        owner=world.sample.uploaded_by,
        renews=renews,
        by=by,
        at=at,
    )


def _materials(
    world: World, place: Implementation, account: Account, answers: Mapping[str, Any], on: dt.date
) -> dict[str, dict[str, Any]]:
    """Give every open material: the sample where a file may be uploaded, else the first way there is."""
    given: dict[str, dict[str, Any]] = {}
    for slot in plan(place, answers=answers, applicant=account, chosen={}, on=on).open:
        way = "upload" if "upload" in slot.ways else slot.ways[0]
        given[slot.code] = {"way": way, "files": [str(world.sample.pk)] if way == "upload" else []}
    return given


def play(world: World, case: Case, start: dt.datetime, rng: random.Random) -> None:
    """Let people act on a case until it is over, or until the next act would lie in the future."""
    slow = rng.choices(PACES, (29, 49, 14, 5, 3))[0]
    at = start
    for _turn in range(MOST_TURNS):
        if case.closed_at is not None:
            _review(world, case, rng)
            return
        loaded = load_case(case)
        turn = _next(loaded, rng, slow)
        if turn is None:
            return
        at = script.moment(at, turn.days, world.calendar, rng)
        if at > world.now:
            settle(case=case, at=world.now)
            return
        case = _do(world, case, turn, at, loaded.tasks)


def _do(world: World, case: Case, turn: Turn, at: dt.datetime, tasks: Sequence[Task]) -> Case:
    if turn.role == SYSTEM:
        settle(case=case, at=at)
        return Case.objects.select_related("definition", "unit", "implementation").get(pk=case.pk)
    hands = frozenset(task.closed_by_id for task in tasks if task.closed_by_id is not None)
    by = (
        world.applicant(case.applicant, on=at.date())
        if turn.role == APPLICANT and case.applicant is not None
        else world.official(case.unit, turn.role, other_than=hands, on=at.date())
    )
    data = dict(turn.data)
    if turn.action.startswith("start_"):
        held_on = world.calendar.add_working_days(at.date(), 8)
        data |= {"held_on": held_on.isoformat(), "place": "本机关第一会议室", "notified_on": at.date().isoformat()}
    return act(case=case, action=turn.action, by=by, at=at, data=data)


def _review(world: World, case: Case, rng: random.Random) -> None:
    """Let the applicant rate a case that is over, and the unit follow up a bad rating."""
    said = script.review_of(rng)
    if said is None or case.closed_at is None or case.applicant is None:
        return
    at = case.closed_at + dt.timedelta(days=said.days)
    if at > world.now or not ratable(case):
        return
    by = world.applicant(case.applicant, on=at.date())
    rating = rate(case=case, score=said.score, reasons=said.reasons, comment=said.comment, by=by, at=at)
    answered = at + dt.timedelta(days=said.answered_after) if said.answered_after else None
    if answered is not None and answered <= world.now:
        head = world.official(case.unit, "unit_head", other_than=frozenset(), on=answered.date())
        answer_rating(rating=rating, answer="已电话回访，向申请人说明情况并致歉，已改进。", by=head, at=answered)


def _next(loaded: Loaded, rng: random.Random, slow: float) -> Turn | None:
    if loaded.case.status == Case.Status.CORRECTION:
        return script.correction(rng)
    task = next((task for task in reversed(loaded.tasks) if task.state == Task.State.OPEN), None)
    if task is None:
        return None
    if task.kind == Task.Kind.SPECIAL:
        running = next(special for special in loaded.specials if special.task_id == task.pk)
        conclusions = list(loaded.compiled.specials[running.code].conclusions)
        return script.special(rng, running.code, conclusions=conclusions, slow=slow)
    step = loaded.compiled.steps.get(task.step)
    if step is None:
        return None
    turn = _at_step(loaded, step, rng, slow)
    return replace(turn, role=task.role) if turn is not None and turn.role != SYSTEM else turn


def _at_step(loaded: Loaded, step: StepDef, rng: random.Random, slow: float) -> Turn | None:
    actions = step.actions
    if "accept" in actions:
        return script.acceptance(rng, corrected=bool(loaded.corrections))
    if "pass" in actions:
        held = {special.code for special in loaded.specials if special.ended_at is not None}
        return script.review(rng, missing=set(actions["pass"].requires) - held, slow=slow)
    if "grant" in actions:
        objected = any(task.outcome == "object" for task in loaded.tasks)
        return script.decision(rng, objected=objected, slow=slow if step.role == "approver" else 0.3)
    for code in ("issue", "deliver", "close"):
        if code in actions:
            return script.delivery(rng, code)
    return None


def run(
    world: World, serials: Sequence[int], *, days: int, progress: Callable[[int], None] | None = None
) -> Iterator[str]:
    """Make the cases with these serial numbers; yield a line for each that the engine refused."""
    for done, serial in enumerate(serials, start=1):
        try:
            with as_history():  # the texts of the past are kept as read; none waits for a gateway
                make_case(world, serial, days=days)
        except ApplicationError as wrong:
            yield f"{serial}: {wrong} {[(problem.path, problem.message) for problem in wrong.problems]}"
        except ActionRefused as refused:
            yield f"{serial}: {refused} {refused.field_errors}"
        if progress:
            progress(done)
