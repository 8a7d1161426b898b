"""Cases with a past, made by the real actions at injected moments, for journeys that need weeks to have gone by.

Run inside an installation: ``manage.py shell -c "from tests.journeys.past import late_case; late_case()"``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

from tongban.engines.cases.actions import Applicant, SubmittedMaterial, act, submit, sweep
from tongban.engines.cases.models import Case, CaseClock
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import CHINA, today
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.answers import example_answers
from tongban.foundation.messaging.actions import as_history
from tongban.foundation.organizations.actor import Actor, actor_of

DRUGS = "药品零售企业许可（新办）"
HOME = "/420000/420100/420102/"
PROCESS = "licensing-expert"
MEMBERS = ["张三川（演示）", "李四维（演示）", "王五行（演示）"]


def moment(days: int, hour: int = 10) -> dt.datetime:
    """Return an hour some working days ago."""
    day = calendar_for().add_working_days(today(), -days)
    return dt.datetime.combine(day, dt.time(hour), tzinfo=CHINA)


def who(username: str, at: dt.datetime) -> Actor:
    """Return a demonstration account as an actor on a day."""
    return actor_of(Account.objects.get(username=username), on=at.date())


def do(case: Case, action: str, username: str, days: int, **data: Any) -> Case:
    """Let someone act some working days ago."""
    at = moment(days)
    return act(case=case, action=action, by=who(username, at), at=at, data=data)


def begun(days: int) -> Case:
    """Return a firm's application with survey and expert review: accepted a day later, surveyed two days after that."""
    item = Implementation.objects.get(name__zh=DRUGS, region_path=HOME)
    at = moment(days)
    firm = Account.objects.select_related("identity").get(username="firm")
    spec = forms.current(item.form_code, today())
    case = submit(
        implementation=item,
        definition_code=PROCESS,
        applicant=Applicant(
            firm, firm.display_name, firm.identity.number_digest, "organization", phone=firm.identity.phone,
            number=firm.identity.number,
        ),
        form_version=spec,
        answers=example_answers(spec.definition, today=at.date()),
        materials=[SubmittedMaterial("application", "药品零售企业许可申请书", "form")],
        channel="online",
        key=uuid4(),
        by=who("firm", at),
        at=at,
    )  # fmt: skip
    case = do(case, "assign", "clerk", days - 1)
    case = do(case, "accept", "clerk", days - 1)
    case = do(case, "assign", "surveyor", days - 1)
    conclusion = {
        "conclusion": "pass",
        "opinion": "场所、设备与申报一致。",
        "members": MEMBERS[:2],
        "record": "记录由各方签字。",
    }
    return do(case, "finish_survey", "surveyor", days - 2, **conclusion)


def late_case() -> str:
    """Make a case whose survey and expert review were done, which then lay in review past every limit; turn its lights."""
    with as_history():
        case = begun(30)
        case = do(case, "start_expert_review", "reviewer", 27, reason="涉及专业技术判断", expected_days=5)
        agreed = {"conclusion": "agree", "opinion": "经评议，原则同意。", "members": MEMBERS}
        case = do(case, "finish_expert_review", "reviewer", 24, **agreed)
        case = do(case, "assign", "reviewer", 24, assignee=Account.objects.get(username="reviewer").pk)
        clock = CaseClock.objects.get(case=case, kind="step", task__step="review")
        for day in (clock.warn_on, clock.due_on):
            assert day is not None
            after = day if day == clock.warn_on else day + dt.timedelta(days=1)
            sweep(at=dt.datetime.combine(after, dt.time(8), tzinfo=CHINA))
    return case.number


def hidden_case() -> str:
    """Make a case whose clock has stood for an expert review since long ago, in which nothing happens."""
    with as_history():
        case = begun(26)
        held = moment(18).date().isoformat()
        started = {"reason": "涉及专业技术判断", "expected_days": 8, "held_on": held, "place": "本机关第一会议室"}
        case = do(case, "start_expert_review", "reviewer", 23, **started)
    return case.number
