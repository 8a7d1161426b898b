"""The public answers: checked by the declared form, taken once, kept without any trace of the person."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import connection, transaction

from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Answer, Comment, Gate, Survey
from tongban.affairs.surveys.queries.surveys import is_verified
from tongban.affairs.surveys.rules import marks
from tongban.affairs.surveys.rules.counting import split
from tongban.affairs.surveys.rules.stages import Phase, survey_phase
from tongban.affairs.surveys.wording import refuse
from tongban.foundation.clock.now import local_date
from tongban.foundation.forms.rules import clean
from tongban.foundation.organizations.actor import Actor

SALT = "tongban.surveys.form"
TOKEN_SECONDS = 12 * 3600
"""How long a form that was handed out is taken; older ones are handed out anew with everything typed."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where an answer comes from. Used for a keyed digest and thrown away; never stored."""

    address: str
    agent: str


def form_token(subject: str) -> str:
    """Return a signed token for one form; it names the form, not the reader."""
    return signing.dumps({"for": subject, "nonce": secrets.token_hex(8)}, salt=SALT)


def nonce_of(token: str, subject: str) -> str:
    """Return the nonce of a token that was handed out for this form.

    :raises SurveyRefusedError: ``old_form`` if it is too old, of another form or not ours
    """
    try:
        read = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        raise refuse("old_form") from None
    if read.get("for") != subject:
        raise refuse("old_form")
    return str(read["nonce"])


_COUNT = (
    "INSERT INTO surveys_mark (gate_id, digest, count) VALUES (%s, %s, 1) "
    "ON CONFLICT (gate_id, digest) DO UPDATE SET count = surveys_mark.count + 1 RETURNING count"
)


def seen(gate: Gate, digest: str) -> int:
    """Count a mark and return how often it was seen, this time included."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [gate.pk, digest])
        return int(cursor.fetchone()[0])


def opened(gate_id: int | None, code: str) -> Gate:
    """Return a key that is in use, so held that no close comes between.

    :raises SurveyRefusedError: with the code, if it has been destroyed
    """
    gate = Gate.objects.select_for_update(no_key=False).filter(pk=gate_id or 0, closed_at=None).first()
    if gate is None:
        raise refuse(code)
    return gate


def may_answer(survey: Survey, *, by: Actor, at: dt.datetime) -> SurveyRefusedError | None:
    """Return why an actor cannot answer now, or None."""
    phase = survey_phase(survey.stage, survey.opens_at, survey.closes_at, at)
    if phase is not Phase.OPEN:
        return refuse("not_open" if phase is Phase.ANNOUNCED else "closed")
    if survey.who == Survey.Who.ACCOUNTS and not is_verified(by.account):
        return refuse("account_needed")
    return None


def answer(
    *, survey: Survey, raw: Mapping[str, Any], token: str, visitor: Visitor, by: Actor, at: dt.datetime
) -> Answer | None:
    """Take an answer; the same form sent again is the same answer and returns None.

    :param raw: what was typed, by question
    :raises SurveyRefusedError: ``wrong_answers`` with ``errors``, ``not_open``, ``closed``, ``account_needed``,
        ``already``, ``already_account``, ``too_many``, ``old_form``
    """
    refused = may_answer(survey, by=by, at=at)
    if refused is not None or survey.form_version is None:
        raise refused or refuse("closed")
    day = local_date(at)
    cleaned = clean(survey.form_version.definition, raw, today=day)
    if cleaned.errors:
        wrong = refuse("wrong_answers")
        wrong.errors = cleaned.errors
        raise wrong
    nonce = nonce_of(token, f"survey:{survey.pk}")
    values, words = split(survey.asked, cleaned.values)
    with transaction.atomic():
        gate = opened(survey.gate_id, "closed")
        if seen(gate, marks.token(gate.key, nonce)) > 1:
            return None
        _once(gate, visitor, by, at)
        made = Answer.objects.create(survey=survey, values=values, answered_on=day)
        Comment.objects.bulk_create(
            Comment(survey=survey, answer=made, question=key, text=text) for key, text in words.items()
        )
    return made


def _once(gate: Gate, visitor: Visitor, by: Actor, at: dt.datetime) -> None:
    """Let each account answer once, and each browser at an address once a day, so many an hour from one address."""
    if by.account is not None:
        if seen(gate, marks.account(gate.key, by.account.pk)) > 1:
            raise refuse("already_account")
        return
    if seen(gate, marks.browser(gate.key, visitor.address, visitor.agent, local_date(at))) > 1:
        raise refuse("already")
    if seen(gate, marks.hour(gate.key, visitor.address, at)) > marks.MOST_AN_HOUR:
        raise refuse("too_many")
