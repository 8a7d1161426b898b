"""The values that notices and messages may use: the case, its dates, and what was said with the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from tongban.engines.cases import registers, wording
from tongban.engines.cases.actions.places import speaking_for
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import CaseClock, CaseMaterial
from tongban.engines.cases.queries.codes import secret_of
from tongban.engines.cases.registers import ActContext
from tongban.engines.cases.rules.compiled import SpecialDef
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Limit, Unit
from tongban.foundation.clock.wording import limit_text
from tongban.foundation.organizations.models import Unit as Office
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.statements import load


@dataclass(frozen=True, slots=True)
class Source:
    """What facts are made from."""

    loaded: Loaded
    context: ActContext

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what was said with the act."""
        return self.context.data

    @property
    def on(self) -> dt.date:
        """Return the day of the act."""
        return local_date(self.context.at)

    @property
    def unit(self) -> Office:
        """Return the unit that speaks to the applicant with this act."""
        return speaking_for(self.loaded.case, self.loaded.compiled, self.context.task)

    @property
    def special(self) -> SpecialDef | None:
        """Return the special procedure the act is about."""
        specials = self.loaded.compiled.specials
        step = self.context.task.step if self.context.task else ""
        return specials.get(step) or specials.get(self.context.action.removeprefix("start_"))

    def clock(self, kind: str) -> CaseClock | None:
        """Return the latest clock of a kind."""
        return next((clock for clock in reversed(self.loaded.clocks) if clock.kind == kind), None)

    def due(self, kind: str) -> str:
        """Return when a clock falls due."""
        clock = self.clock(kind)
        return _date(clock.due_on if clock else None)

    def limit(self, kind: str) -> str:
        """Return a clock's limit in words."""
        clock = self.clock(kind)
        return period(clock.figure, clock.unit) if clock and clock.figure else ""


def _date(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _day(at: dt.datetime | None) -> str:
    return local_date(at).isoformat() if at else ""


def period(figure: int, unit: str) -> str:
    """Return a period in words."""
    return limit_text(Limit(figure, Unit(unit)))


def _item(source: Source) -> str:
    item = source.loaded.case.implementation
    return localized(item.name) if item else source.loaded.case.title


def _abandons(source: Source) -> bool:
    rule = source.loaded.compiled.correction
    return rule is not None and rule.abandons(source.loaded.case.unit.line)


def _correction_note(source: Source) -> str:
    note = str(source.data.get("note", ""))
    if _abandons(source) or not source.due("correction"):
        return note
    return _("请在%(day)s前补正。") % {"day": source.due("correction")} + note


def _silence(source: Source) -> str:
    """Return what letting the day pass means: only some departments may take silence for giving up (SAMR Order 16)."""
    return _("，逾期未补正视为放弃申请") if _abandons(source) else ""


def _said_limit(source: Source) -> str:
    days = source.data.get("expected_days")
    if days:
        return period(days, "working_day")
    special = source.special
    return period(special.limit.figure, special.limit.unit) if special and special.limit.figure else ""


def _ends_by(source: Source) -> str:
    days = source.data.get("expected_days")
    if not days:
        return ""
    calendar = calendar_for(source.loaded.case.unit.region_code)
    return calendar.add_working_days(source.on, days).isoformat()


def _result_name(source: Source) -> str:
    item = source.loaded.case.implementation
    if item is None:
        return ""
    result = item.standard_item.result
    return localized(result.get("name")) if isinstance(result, Mapping) else ""


def _materials(source: Source) -> list[dict[str, str]]:
    rows = load(CaseMaterial, "case_id = %s AND current", source.loaded.case.pk)
    return [{"name": row.name, "source": str(CaseMaterial.Source(row.source).label)} for row in rows]


def _extra(source: Source) -> str:
    asked = source.loaded.extensions
    return period(asked[-1].figure, asked[-1].unit) if asked else ""


def _reason(source: Source) -> str:
    asked = source.loaded.extensions
    ground = str(source.data.get("ground", ""))
    said = str(source.data.get("reason", "") or (asked[-1].reason if asked else ""))
    if ground and said:
        return f"{wording.choice(ground)}：{said}"
    return said or str(source.data.get("opinion", ""))


def _conclusion(source: Source) -> str:
    code = str(source.data.get("conclusion", ""))
    step = source.context.task.step if source.context.task else ""
    return wording.outcome(code, source.loaded.compiled, step) if code else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def base_url() -> str:
    """Return the public address of the site."""
    options = settings.OPTIONS
    return str(options.base_url or f"http://127.0.0.1:{options.port}").rstrip("/")


_FACTS: dict[str, Callable[[Source], Any]] = {
    "accepted_on": lambda s: _day(s.loaded.case.accepted_at),
    "applicant": lambda s: s.loaded.case.applicant_name,
    "approved_by": lambda s: s.context.by.name,
    "basis": lambda s: s.data.get("basis") or (s.special.basis if s.special else ""),
    "case_number": lambda s: s.loaded.case.number,
    "chair": lambda s: "、".join(each["text"] for each in s.data.get("members", ())),
    "conclusion": _conclusion,
    "conditions": lambda s: _lines(str(s.data.get("conditions", ""))),
    "correct_by": lambda s: s.due("correction") if _abandons(s) else "",
    "corrections": lambda s: [each["text"] for each in s.data.get("items", ())],
    "count": lambda s: str(len(s.data.get("items", ()))),
    "decided_on": lambda s: _day(s.loaded.case.decided_at),
    "deemed": lambda s: "1" if s.context.action == "deemed_accept" else "",
    "due": lambda s: s.due("correction" if s.data.get("items") else "promised") or s.due("statutory"),
    "ends_by": _ends_by,
    "extra": _extra,
    "held_at": lambda s: "",
    "held_on": lambda s: s.data.get("held_on", ""),
    "item": _item,
    "license": _result_name,
    "license_name": _result_name,
    "limit": _said_limit,
    "materials": _materials,
    "new_due_on": lambda s: s.due("promised") or s.due("statutory"),
    "note": _correction_note,
    "number": lambda s: s.loaded.case.number,
    "opinion": lambda s: s.data.get("opinion", ""),
    "place": lambda s: s.data.get("place", "") or s.unit.address,
    "hours": lambda s: s.unit.hours,
    "progress_url": lambda s: f"{base_url()}/progress/",
    "promised_due_on": lambda s: s.due("promised"),
    "promised_limit": lambda s: s.limit("promised"),
    "proper_unit": lambda s: s.data.get("competent_unit", ""),
    "query_code": lambda s: secret_of(s.loaded.case),
    "reason": _reason,
    "received_on": lambda s: _day(s.loaded.case.submitted_at),
    "reconsideration_body": lambda s: "",
    "remedies": lambda s: s.data.get("remedies", ""),
    "secret": lambda s: secret_of(s.loaded.case),
    "silence": _silence,
    "special": lambda s: localized(s.special.title) if s.special else "",
    "started_on": lambda s: s.on.isoformat(),
    "statutory_due_on": lambda s: s.due("statutory"),
    "statutory_limit": lambda s: s.limit("statutory"),
    "submitted_at": lambda s: f"{s.loaded.case.submitted_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
    "unit": lambda s: s.unit.title,
    "unit_phone": lambda s: s.unit.phone,
    "withdrawn_on": lambda s: s.on.isoformat(),
}


def known_facts() -> frozenset[str]:
    """Return every value that may be used, those of the affairs included."""
    return frozenset(_FACTS).union(*(keys for keys, _source in registers.fact_sources().values()))


def gather(loaded: Loaded, context: ActContext, names: Collection[str], *, language: str) -> dict[str, Any]:
    """Return the values that a text needs, in a language; an effect's value in ``context.extra`` goes first.

    :raises KeyError: if a value is not known (processes are published only when all are)
    """
    source = Source(loaded, context)
    found: dict[str, Any] = {}
    with override(language):
        for name in names:
            if name in context.extra:
                found[name] = context.extra[name]
            elif name in _FACTS:
                found[name] = _FACTS[name](source)
            else:
                found[name] = _registered(name, context)
    return found


def _registered(name: str, context: ActContext) -> Any:
    for keys, source in registers.fact_sources().values():
        if name in keys:
            return source(context)[name]
    raise KeyError(name)
