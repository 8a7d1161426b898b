"""Objections (申诉): a unit or person says that an entry is wrong; a supervisor decides; upheld, the points come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.engines.indicators.actions.entering import stream_of, take_back
from tongban.engines.indicators.actions.settling import resettle
from tongban.engines.indicators.addressing import link, recipient_of, supervisors_of
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Objection, ObjectionFile, PointEntry
from tongban.engines.indicators.permissions import DECIDE, OBJECT
from tongban.engines.indicators.queries import may_object, objectable, spec_of
from tongban.engines.indicators.registers import source_of
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.files.models import StoredFile
from tongban.foundation.messaging.actions import queue
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError, require

MOST_TEXT = 2000
MOST_FILES = 5


@transaction.atomic
def file_objection(
    *, entry: PointEntry, grounds: str, files: Sequence[StoredFile], by: Actor, at: dt.datetime
) -> Objection:
    """Object to an entry, for the unit (its head) or for oneself.

    :raises NotAllowedError: if the entry is neither the own unit's nor the own
    :raises ScoreError: if no ground is given, the entry no longer counts or is disputed already, or the time is over
    """
    locked = PointEntry.objects.select_for_update(of=("self",)).select_related("scheme", "unit").get(pk=entry.pk)
    whose = may_object(by, locked)
    if not whose or by.account is None:
        raise NotAllowedError(OBJECT.code)
    text = grounds.strip()
    if not text:
        raise ScoreError(_("请写明申诉理由。"), "grounds")
    if len(text) > MOST_TEXT:
        raise ScoreError(_("理由最多 %(most)s 字，请缩短或者写在附件里。") % {"most": MOST_TEXT}, "grounds")
    if len(files) > MOST_FILES:
        raise ScoreError(_("最多附 %(most)s 个文件，请合并后再传。") % {"most": MOST_FILES}, "files")
    if not objectable(locked, on=local_date(at)):
        raise ScoreError(_("这一项已经冲销、已有申诉，或者过了申诉期限，不能再申诉。"))
    within = spec_of(locked.scheme).objection.decide_within
    objection = Objection.objects.create(
        number=f"SS{locked.pk:08d}",
        entry=locked,
        unit=locked.unit,
        filed_by=by.account,
        personal=whose == "person",
        grounds=text,
        filed_at=at,
        due_on=calendar_for(locked.unit.region_code).add_working_days(local_date(at), within),
    )
    ObjectionFile.objects.bulk_create([ObjectionFile(objection=objection, file=file) for file in files])
    record(
        stream=stream_of(locked.unit),
        kind="objection.filed",
        actor=by.key,
        at=at,
        data={"objection": objection.number, "entry": locked.key, "files": [file.sha256 for file in files]},
    )
    _tell_supervisors(objection, _rule_title(locked), at=at)
    return objection


@transaction.atomic
def decide_objection(*, objection: Objection, upheld: bool, decision: str, by: Actor, at: dt.datetime) -> Objection:
    """Decide an objection. Upheld, what the points were for is withdrawn and a counter-entry gives the points back.

    :raises NotAllowedError: if the actor may not decide it
    :raises ScoreError: if no reason is given, it is decided already, or the actor filed it
    """
    require(by, DECIDE.code, objection)
    locked = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if locked.state != Objection.State.OPEN:
        raise ScoreError(_("这件申诉已经决定。"))
    if by.account is None or locked.filed_by_id == by.account.pk:
        raise ScoreError(_("提出申诉的人不能决定自己的申诉。"))
    text = decision.strip()
    if not text:
        raise ScoreError(_("请写明决定的理由。"), "decision")
    if len(text) > MOST_TEXT:
        raise ScoreError(_("理由最多 %(most)s 字，请缩短。") % {"most": MOST_TEXT}, "decision")
    locked.state = Objection.State.UPHELD if upheld else Objection.State.REJECTED
    locked.decision, locked.decided_at, locked.decided_by = text, at, by.account
    locked.save(update_fields=["state", "decision", "decided_at", "decided_by"])
    entry = PointEntry.objects.select_related("scheme", "unit").get(pk=locked.entry_id)
    record(
        stream=stream_of(entry.unit),
        kind="objection.upheld" if upheld else "objection.rejected",
        actor=by.key,
        at=at,
        data={"objection": locked.number, "entry": entry.key},
    )
    _carry_out(entry, locked, by=by, at=at)
    _tell(locked, entry, at=at)
    return locked


def _carry_out(entry: PointEntry, objection: Objection, *, by: Actor, at: dt.datetime) -> None:
    """Give the points back if the objection was upheld, and tell the source of the points what was decided."""
    upheld = objection.state == Objection.State.UPHELD
    if upheld:
        take_back(entry=entry, note=objection.decision, by=by, at=at)
    source = source_of(entry.about)
    if source is not None and spec_of(entry.scheme).rule(entry.rule).signal:
        decided = source.withdraw if upheld else source.confirm
        decided(entry.about, objection.decision, by, at)
    if upheld:
        resettle(entry=entry, by=by, at=at)


def _tell_supervisors(objection: Objection, rule: str, *, at: dt.datetime) -> None:
    """Tell those who may decide."""
    for account in supervisors_of(objection.unit, on=local_date(at)):
        queue(
            template="score-objection-filed",
            to=recipient_of(account),
            params={
                "number": objection.number,
                "unit": objection.unit.name,
                "rule": rule,
                "due": objection.due_on.isoformat(),
                "link": link("objection", objection.number),
            },
            about=f"objection:{objection.number}",
            key=f"objection:{objection.number}:filed:{account.pk}",
            at=at,
        )


def _tell(objection: Objection, entry: PointEntry, *, at: dt.datetime) -> None:
    """Tell the person who objected what was decided."""
    upheld = objection.state == Objection.State.UPHELD
    queue(
        template="score-objection-upheld" if upheld else "score-objection-rejected",
        to=recipient_of(objection.filed_by),
        params={
            "number": objection.number,
            "rule": _rule_title(entry),
            "link": link("objection", objection.number),
        },
        about=f"objection:{objection.number}",
        key=f"objection:{objection.number}:decided",
        at=at,
    )


def _rule_title(entry: PointEntry) -> str:
    return spec_of(entry.scheme).rule(entry.rule).title.zh
