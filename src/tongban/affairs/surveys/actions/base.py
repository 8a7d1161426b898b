"""What every act does: lock the row, ask permission and rules, move it, write it down, tell the column."""

from __future__ import annotations

import datetime as dt
import html
import secrets
from collections.abc import Iterable
from typing import TypeVar

from tongban.affairs.surveys.models import DeskEvent, Gate, Interview, Survey
from tongban.affairs.surveys.rules.stages import Act, Stage, after
from tongban.affairs.surveys.wording import refuse
from tongban.engines.publishing.actions.stamps import bump
from tongban.engines.publishing.models import Column
from tongban.engines.publishing.queries.working import findings_in
from tongban.engines.publishing.rules.checks import Finding
from tongban.engines.publishing.rules.content import Content
from tongban.foundation.audit.actions import append
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor

T = TypeVar("T", Survey, Interview)
PERSONAL = ("identity_number", "bank_card", "phone_number", "word_")
"""What is looked for in texts of this slice; the other checks are about articles."""


def locked(row: T) -> T:
    """Read a survey or an interview anew, with column, site and unit, and hold its row until the transaction ends."""
    found = type(row).objects.select_related("column__site", "unit").select_for_update(of=("self",))
    return found.get(pk=row.pk)


def moved(stage: str, act: Act) -> Stage:
    """Return the stage an act leads to.

    :raises SurveyRefusedError: if it does not fit
    """
    found = after(stage, act)
    if found is None:
        raise refuse("fixed" if act is Act.SAVE else "wrong_stage")
    return found


def must_be_another(row: Survey | Interview, part: str, by: Actor) -> None:
    """Let only someone review who wrote none of it since it was begun.

    :raises SurveyRefusedError: if the actor wrote in it, or is no person
    """
    if by.account is None:
        raise refuse("no_reviewer")
    if row.events.filter(part=part, act__in=("save", "send"), by=by.account).exists():
        raise refuse("own_text")


def note(row: Survey | Interview, part: str, act: str, *, by: Actor, at: dt.datetime, reason: str = "") -> None:
    """Write down what was done, for the desk and in the audit record."""
    own = {"survey": row} if isinstance(row, Survey) else {"interview": row}
    DeskEvent.objects.create(part=part, act=act, by=by.account, by_name=by.name[:80], at=at, reason=reason[:300], **own)
    append(
        stream=f"{'survey' if isinstance(row, Survey) else 'interview'}:{row.pk}",
        kind=f"{part}.{act}",
        actor=by.key,
        at=at,
        data={"stage": row.stage, "version": row.version},
    )


def told(row: Survey | Interview, *, at: dt.datetime) -> None:
    """Tell the column that what it shows has changed, so that no kept page stays."""
    bump([row.column_id], at=at, day=local_date(at))


def reason_of(text: str) -> str:
    """Return a reason.

    :raises SurveyRefusedError: if there is none
    """
    found = text.strip()
    if not found:
        raise refuse("reason_missing")
    return found


def new_gate() -> Gate:
    """Make the random key of one survey or interview."""
    return Gate.objects.create(key=secrets.token_hex(32))


def shut(gate: Gate | None, *, at: dt.datetime) -> None:
    """Destroy a key and everything made with it."""
    if gate is None:
        return
    gate.marks.all().delete()
    Gate.objects.filter(pk=gate.pk).update(key="", closed_at=at)


def findings(texts: Iterable[str], *, column: Column, at: dt.datetime) -> list[Finding]:
    """Return what the checks before publication find in texts: personal data and listed wordings."""
    body = "".join(f"<p>{html.escape(text)}</p>" for text in texts if text.strip())
    found = findings_in(Content(title="—", body=body, kind="page"), column=column, at=at)
    return [finding for finding in found if finding.code.startswith(PERSONAL)]


def must_pass(found: list[Finding], *, seen: bool) -> None:
    """Stop at blocking findings, and at others nobody says to have seen.

    :raises SurveyRefusedError: with the findings
    """
    code = "blocking_findings" if any(each.blocks for each in found) else "unseen_findings" if found else ""
    if code and (code == "blocking_findings" or not seen):
        refused = refuse(code)
        refused.findings = found
        raise refused
