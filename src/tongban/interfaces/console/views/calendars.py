"""The years' working days: what is held, what someone enters, what would follow, and a second person's confirmation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.engines.cases.queries.recounts import dry_run, recounts
from tongban.foundation.clock import proposals
from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.models import CalendarProposal, CalendarYear
from tongban.foundation.clock.notice import write_notice
from tongban.foundation.clock.now import now, today
from tongban.foundation.clock.queries import calendar_for, calendar_if, missing_year
from tongban.foundation.clock.rules import ClockError
from tongban.foundation.clock.wording import holiday_text, say
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.models import Region
from tongban.foundation.organizations.permissions import allows
from tongban.interfaces.console.forms import ArrangementForm, DeclineForm
from tongban.interfaces.console.months import months
from tongban.interfaces.console.views.shared import show

RECENT = 5
_FIELD = {"proposal.source": "source", "proposal.place": "jurisdiction", "proposal.waiting": None}


@permitted("calendars.view")
@require_GET
def listing(request: ActorRequest) -> HttpResponseBase:
    """List the years held, the entries that wait, and how far recounts have come."""
    rows = CalendarYear.objects.annotate(
        rest=Count("days", filter=Q(days__is_workday=False)), work=Count("days", filter=Q(days__is_workday=True))
    ).order_by("-year", "jurisdiction")
    entries = CalendarProposal.objects.order_by("-pk")
    context = {
        "rows": rows,
        "missing": missing_year(today()),
        "waiting": entries.filter(state=CalendarProposal.State.WAITING),
        "settled": entries.exclude(state=CalendarProposal.State.WAITING)[:RECENT],
        "recounts": recounts()[:RECENT],
        "may_enter": allows(request.actor, "calendars.enter"),
    }
    return show(request, "calendars", context)


@permitted("calendars.view")
@require_GET
def year(request: ActorRequest, year: int) -> HttpResponseBase:
    """Show the months of a year as they are held for a place."""
    place = request.GET.get("place", "")
    row = get_object_or_404(CalendarYear, year=year, jurisdiction=place)
    calendar = calendar_for(place)
    if not calendar.covers(dt.date(year, 1, 1)):
        raise Http404
    context = {
        "row": row,
        "place": place_name(place),
        "months": months(calendar, calendar, year),
        "may_enter": allows(request.actor, "calendars.enter"),
    }
    return show(request, "calendar_year", context)


@permitted("calendars.enter")
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponseBase:
    """Enter a year's arrangement: see first what it would do, then hand it on for confirmation."""
    form = ArrangementForm(request.POST if request.method == "POST" else None, initial=_first(request))
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            entry = proposals.read_entry(**{name: data[name] for name in _READ})
            if request.POST.get("do") == "propose":
                made = proposals.propose(entry=entry, text=data["text"], by=person(request.actor), at=now())
                messages.success(request, _("已录入，须由另一人核对、确认后生效。"))
                return redirect("console:calendar_proposal", pk=made.pk)
            context |= consequences(entry)
        except ClockError as refused:
            form.add_error(_FIELD.get(refused.code, "text"), say(refused))
    return show(request, "calendar_new", context, form)


_READ = ("jurisdiction", "year", "text", "source", "source_number")


def _first(request: ActorRequest) -> dict[str, Any]:
    """Return what the form begins with: the year asked for as it is held, or the next year, empty."""
    place, asked = request.GET.get("place", ""), request.GET.get("year", "")
    row = None
    if asked.isdigit():
        row = CalendarYear.objects.filter(year=int(asked), jurisdiction=place).first()
    if row is None:
        return {"year": missing_year(today()) or today().year + 1, "jurisdiction": place}
    days = {works: {each.day: each.name for each in row.days.filter(is_workday=works)} for works in (False, True)}
    official = row.status == CalendarYear.Status.OFFICIAL
    return {
        "year": row.year,
        "jurisdiction": place,
        "text": write_notice(days[False], days[True]),
        "source": row.source if official else "",
        "source_number": row.source_number,
    }


@permitted("calendars.view")
@require_GET
def proposal(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Show an entry with what it would do, and let a second person decide."""
    row = get_object_or_404(CalendarProposal, pk=pk)
    return _shown(request, row, None)


def _shown(request: ActorRequest, row: CalendarProposal, form: DeclineForm | None) -> HttpResponseBase:
    waiting = row.state == CalendarProposal.State.WAITING
    context = {
        "row": row,
        "place": place_name(row.jurisdiction),
        "own": row.proposed_by == request.actor.key,
        "may_confirm": waiting and allows(request.actor, "calendars.confirm"),
        "form": form or DeclineForm(),
        **(consequences(proposals.entry_of(row)) if waiting else {}),
    }
    return show(request, "calendar_proposal", context, form)


@permitted("calendars.confirm")
@require_POST
def confirm(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Let an entry take effect."""
    row = get_object_or_404(CalendarProposal, pk=pk)
    try:
        changed = proposals.confirm(proposal=row, by=person(request.actor), at=now())
    except ClockError as refused:
        messages.error(request, say(refused))
        return redirect("console:calendar_proposal", pk=pk)
    done = _("已生效，在办件的到期日正在重新计算。") if changed else _("已确认，与现有安排相同，没有日期变动。")
    messages.success(request, done)
    return redirect("console:calendars")


@permitted("calendars.view")
@require_POST
def decline(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Send an entry back with the reason; its author takes it back."""
    row = get_object_or_404(CalendarProposal, pk=pk)
    own = row.proposed_by == request.actor.key
    if not own and not allows(request.actor, "calendars.confirm"):
        raise Http404
    form = DeclineForm(request.POST)
    form.is_valid()
    try:
        proposals.decline(proposal=row, note=form.cleaned_data.get("note", ""), by=person(request.actor), at=now())
    except ClockError as refused:
        if refused.code != "proposal.note":
            messages.error(request, say(refused))
            return redirect("console:calendar_proposal", pk=pk)
        form.add_error("note", say(refused))
        return _shown(request, row, form)
    messages.success(request, _("已撤回。") if own else _("已退回。"))
    return redirect("console:calendars")


def consequences(entry: YearEntry) -> dict[str, Any]:
    """Return what an arrangement would do: the months, the differing days, the running cases."""
    before, after = calendar_for(entry.jurisdiction), calendar_if(entry, entry.jurisdiction)
    differing = proposals.differences(before, after, entry.year)
    return {
        "entry": entry,
        "months": months(before, after, entry.year),
        "differences": [(each, holiday_text(each.name) if each.name else "") for each in differing],
        "dry": dry_run(entry, at=now()),
    }


def person(actor: Actor) -> proposals.Person:
    """Return an actor as the clock keeps people."""
    return proposals.Person(actor.key, actor.name)


def place_name(code: str) -> str:
    """Return the name of a place, or its code if no region bears it."""
    if not code:
        return _("全国")
    region = Region.objects.filter(code=code.ljust(6, "0")).first()
    return f"{region.name}（{code}）" if region is not None else code
