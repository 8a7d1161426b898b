"""Alarms: the list with filters and downloads, one alarm with its proof, withdrawal, and the rules behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.affairs.supervision.actions import OrderRefused, default_reply_days, withdraw_alarm
from tongban.affairs.supervision.models import Alarm, Color
from tongban.affairs.supervision.permissions import ALARMS, ORDER, REMIND, WITHDRAW
from tongban.affairs.supervision.queries import alarms as queries
from tongban.engines.cases import wording
from tongban.engines.cases.models import CaseClock
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Limit, Unit
from tongban.foundation.clock.wording import limit_text
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows
from tongban.foundation.packs.localized import localized
from tongban.interfaces.workbench import tables
from tongban.interfaces.workbench.case_page import veiled

if TYPE_CHECKING:
    from django.http import QueryDict

    from tongban.foundation.organizations.actor import Actor

PAGE = 50


@permitted(ALARMS.code)
@require_safe
@never_cache
def alarms(request: ActorRequest) -> HttpResponseBase:
    """List the alarms in scope by color, rule, unit, state and days; as a file with ``format``."""
    actor, wanted = request.actor, filter_from(request.GET)
    found = queries.alarms(actor, wanted)
    kind = request.GET.get("format", "")
    if kind in tables.FORMATS:
        name = f"alarms-{local_date(now()).isoformat()}"
        return tables.table(name, _("监察信号"), _heads(), _cells(queries.alarm_rows(found[: tables.MOST])), kind=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "narrowed": any(
            (wanted.rule, wanted.state, wanted.text, wanted.unit, wanted.region, wanted.since, wanted.until)
        ),
        "tabs": queries.alarm_tabs(actor, wanted),
        "rules": queries.rule_choices(),
        "states": Alarm.State.choices,
        "page": page,
        "rows": queries.alarm_rows(page.object_list),
        "may_remind": allows(actor, REMIND.code),
        "key": uuid4(),
    }
    return render(request, "workbench/supervision/alarms.html", context)


def filter_from(query: QueryDict) -> queries.AlarmFilter:
    """Return the filter of an address; what is no date or no choice does not narrow."""
    return queries.AlarmFilter(
        color=query.get("color", "") if query.get("color") in Color.values else "",
        rule=query.get("rule", "")[:16],
        state=query.get("state", "") if query.get("state") in Alarm.State.values else "",
        text=query.get("q", "").replace("\x00", "").strip()[:100],
        unit=query.get("unit", "").replace("\x00", "")[:64],
        region=query.get("region", "") if query.get("region", "").isdigit() else "",
        since=_date(query.get("since", "")),
        until=_date(query.get("until", "")),
    )


def _date(typed: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _heads() -> list[str]:
    return [
        _("信号编号"), _("颜色"), _("规则"), _("名称"), _("发生日期"), _("单位"), _("责任人"), _("办件编号"), _("事项"),
        _("环节"), _("认定"), _("依据"), _("状态"), _("监察单"),
    ]  # fmt: skip


def _cells(rows: list[queries.AlarmRow]) -> Iterator[list[str]]:
    for row in rows:
        alarm = row.alarm
        yield [
            alarm.number, str(alarm.get_color_display()), alarm.rule_code, row.title, alarm.entered_on.isoformat(),
            alarm.unit.title, row.person, row.number, row.subject, row.step, row.finding, localized(alarm.basis),
            str(alarm.get_state_display()), " ".join(order.number for order in row.orders),
        ]  # fmt: skip


def found_alarm(actor: Actor, number: str) -> Alarm:
    """Return an alarm through the door.

    :raises Http404: if there is none, or it is none of this official's business
    """
    try:
        return queries.alarm_for(actor, number)
    except Alarm.DoesNotExist as missing:
        raise Http404 from missing


@permitted(ALARMS.code)
@require_safe
@never_cache
def alarm(request: ActorRequest, number: str) -> HttpResponse:
    """Show an alarm with its proof: the rule, the event, the days counted, and the orders that followed."""
    return shown(request, found_alarm(request.actor, number))


def shown(request: ActorRequest, held: Alarm, *, form: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Render the page of an alarm; ``form`` carries what was typed into one of its forms and the mistakes."""
    actor = request.actor
    (row,) = queries.alarm_rows([held])
    event = queries.proof_event(held)
    hide = veiled(actor, held.case) if held.case is not None else str
    live = held.case is not None and held.case.closed_at is None
    may_order = allows(actor, ORDER.code, held) and held.state != Alarm.State.WITHDRAWN
    opened = request.GET.get("do", "") if form is None else form.get("do", "")
    context = {
        "row": row,
        "alarm": held,
        "basis": localized(held.basis),
        "event": event,
        "event_title": localized(event.title) if event is not None else "",
        "event_actor": hide(wording.actor(event.actor_key, event.actor_name)) if event is not None else "",
        "event_note": hide(event.note) if event is not None else "",
        "clock": _clock(held.clock, local_date(now())) if held.clock is not None else None,
        "may_remind": live and held.case is not None and allows(actor, REMIND.code, held.case),
        "may_order": may_order and not any(o.ended_at is None and o.parent_id is None and o.due_on for o in row.orders),
        "may_withdraw": allows(actor, WITHDRAW.code, held) and held.state != Alarm.State.WITHDRAWN,
        "opened": opened,
        "form": form or {},
        "reply_days": default_reply_days(),
        "key": uuid4(),
    }
    return render(request, "workbench/supervision/alarm.html", context, status=status)


def _clock(clock: CaseClock, on: dt.date) -> dict[str, Any]:
    """Return a limit in words: figure, first day, due day, and how many working days it is over."""
    until = clock.ended_on or on
    over = clock.due_on is not None and until > clock.due_on
    calendar = calendar_for(clock.case.unit.region_code)
    return {
        "clock": clock,
        "limit": limit_text(Limit(clock.figure, Unit(clock.unit))),
        "late": max(calendar.working_days_between(clock.due_on, until), 1) if over and clock.due_on else 0,
    }


@permitted(WITHDRAW.code)
@require_POST
def withdraw(request: ActorRequest, number: str) -> HttpResponse:
    """Withdraw a wrong alarm with a reason."""
    held = found_alarm(request.actor, number)
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        withdraw_alarm(alarm=held, reason=reason, by=request.actor, at=now())
    except OrderRefused as refused:
        form = {"do": "withdraw", "reason": reason, "error": refused.message}
        return shown(request, held, form=form, status=422)
    messages.success(request, _("已撤销信号 %(number)s。") % {"number": held.number})
    return HttpResponseRedirect(reverse("workbench:alarm", args=[held.number]))


@permitted("supervision.rules")
@require_safe
def rules(request: ActorRequest) -> HttpResponse:
    """Show every rule with its signal, basis, mark, thresholds and counts in one's scope."""
    rows = queries.rule_rows(request.actor, on=local_date(now()))
    groups = (
        ("limit", _("时限")),
        ("off_hall", _("厅外环节")),
        ("procedure", _("程序")),
        ("order", _("督办")),
    )
    context = {
        "groups": [(title, [row for row in rows if row.rule.group == code]) for code, title in groups],
        "total": len(rows),
    }
    return render(request, "workbench/supervision/rules.html", context)
