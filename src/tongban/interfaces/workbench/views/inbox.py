"""The inbox and the other lists of a desk; accepting and assigning several cases at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tongban.engines.cases.actions import ActionRefused, act
from tongban.engines.cases.loading import compiled_of
from tongban.engines.cases.models import Case, Rating, Task
from tongban.engines.cases.queries import (
    InboxFilter,
    available_actions,
    done_by,
    inbox,
    inbox_choices,
    inbox_rows,
    inbox_tabs,
)
from tongban.engines.cases.rules.vocabulary import Kind
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, official, permitted
from tongban.foundation.organizations.models import Posting
from tongban.foundation.organizations.permissions import NotAllowedError, allows
from tongban.foundation.organizations.queries import postings_in_force
from tongban.foundation.packs.localized import localized
from tongban.foundation.ui.navigation import first_place
from tongban.interfaces.workbench.desks import DESKS, Desk, filter_from

if TYPE_CHECKING:
    import datetime as dt

    from tongban.foundation.organizations.actor import Actor

PAGE = 50
DONE = "done"
INBOX = "cases.inbox"


@official
@require_safe
def inbox_page(request: ActorRequest) -> HttpResponse:
    """Show one's own open work, or another list of the desk named by ``view``.

    Officials who handle no cases come here too after signing in: they go on to the first page of their own menu.
    """
    view = request.GET.get("view", "")
    if not allows(request.actor, INBOX):
        place = first_place(request.actor)
        if view or not place:
            raise NotAllowedError(INBOX)
        return HttpResponseRedirect(place)
    if view == DONE:
        return _done(request)
    desk = DESKS.get(view)
    if desk is None:
        raise Http404
    return render(request, "workbench/inbox.html", _context(request, desk))


def _context(request: ActorRequest, desk: Desk) -> dict[str, Any]:
    actor, at = request.actor, now()
    day = local_date(at)
    wanted, strange_day = filter_from(request.GET)
    rows = desk.rows(actor, day)
    page = Paginator(inbox(actor, wanted, today=day, rows=rows), PAGE).get_page(request.GET.get("page"))
    return {
        "desk": desk,
        "wanted": wanted,
        "wanted_item": str(wanted.item or ""),
        "narrowed": _narrows(wanted),
        "strange_day": strange_day,
        "tabs": inbox_tabs(actor, wanted, today=day, rows=rows),
        "choices": inbox_choices(actor, rows),
        "page": page,
        "rows": inbox_rows(page.object_list, today=day),
        "at": at,
        "batch": desk.batch and bool(page.object_list),
        "colleagues": _colleagues(actor, day) if desk.batch else (),
        "key": uuid4(),
    }


def _narrows(wanted: InboxFilter) -> bool:
    return any((wanted.item, wanted.step, wanted.channel, wanted.text, wanted.due_before, wanted.assigned))


def _colleagues(actor: Actor, on: dt.date) -> tuple[Posting, ...]:
    """Return the postings of the unit in the actor's own roles, one a person; a head chooses among everyone."""
    if actor.unit is None:
        return ()
    rows = postings_in_force(on=on).filter(unit=actor.unit.pk, account__is_active=True)
    if "unit_head" not in actor.roles:
        rows = rows.filter(role__in=[role.value for role in actor.roles])
    return tuple({row.account_id: row for row in rows}.values())


def _done(request: ActorRequest) -> HttpResponse:
    page = Paginator(done_by(request.actor), PAGE).get_page(request.GET.get("page"))
    rows = [
        (task, localized(compiled_of(task.case).title_of(task.step)), str(Case.Status(task.case.status).label))
        for task in page.object_list
    ]
    return render(request, "workbench/done.html", {"page": page, "rows": rows})


@permitted("cases.answer_rating")
@require_safe
def ratings(request: ActorRequest) -> HttpResponse:
    """List the bad reviews of the unit that wait to be followed up, the oldest first."""
    actor = request.actor
    rows = Rating.objects.filter(
        is_bad=True, answered_at__isnull=True, case__unit=actor.unit.pk if actor.unit else None
    )
    rows = rows.select_related("case", "case__implementation").order_by("rated_at")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "workbench/ratings.html", {"page": page})


@permitted(INBOX)
@require_POST
def batch(request: ActorRequest) -> HttpResponse:
    """Accept or assign the chosen tasks, each through the one door; say how many went through and why others did not."""
    chosen = [int(key) for key in request.POST.getlist("task") if key.isascii() and key.isdigit() and len(key) < 19]
    kind = Kind.ASSIGN if request.POST.get("do") == "assign" else Kind.ACCEPT
    if not chosen:
        messages.warning(request, _("没有选中办件。请先在列表左侧勾选。"))
    else:
        _tell(request, kind, list(_run(request, kind, chosen[:PAGE])))
    return HttpResponseRedirect(_back(request))


def _run(request: ActorRequest, kind: Kind, chosen: list[int]) -> Iterator[tuple[str, str]]:
    """Act on each task; yield the case's number with the reason if it was refused."""
    at, actor = now(), request.actor
    key = _key(request.POST.get("key", ""))
    data = {"assignee": request.POST.get("assignee", "")} if kind is Kind.ASSIGN else {}
    tasks = Task.objects.filter(pk__in=chosen, unit=actor.unit.pk if actor.unit else None, closed_at__isnull=True)
    for task in tasks.select_related("case").order_by("case__number"):
        offers = available_actions(task.case, actor, at=at)
        offer = next((each for each in offers if each.kind == kind.value and each.task == task.pk), None)
        if offer is None or offer.disabled_reason:
            yield task.case.number, offer.disabled_reason if offer else _("当前环节不能这样办理。")
            continue
        try:
            act(case=task.case, action=offer.code, by=actor, at=at, data=data, key=f"{key}:{task.pk}", task=task.pk)
        except ActionRefused as refused:
            yield task.case.number, " ".join([str(refused), *refused.field_errors.values()])
        else:
            yield task.case.number, ""


def _key(typed: str) -> str:
    try:
        return UUID(typed).hex
    except ValueError:
        return uuid4().hex


def _tell(request: ActorRequest, kind: Kind, outcome: list[tuple[str, str]]) -> None:
    done = sum(not reason for _number, reason in outcome)
    if done and kind is Kind.ACCEPT:
        text = ngettext("已受理 %(count)s 件。", "已受理 %(count)s 件。", done)
        messages.success(request, text % {"count": done})
    elif done:
        name = Account.objects.filter(pk=_number(request.POST.get("assignee"))).values_list("display_name", flat=True)
        text = ngettext("已分派 %(count)s 件给%(name)s。", "已分派 %(count)s 件给%(name)s。", done)
        messages.success(request, text % {"count": done, "name": name.first() or request.actor.name})
    for number, reason in outcome:
        if reason:
            messages.warning(request, _("%(number)s 没有办理：%(reason)s") % {"number": number, "reason": reason})


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def _back(request: ActorRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else reverse("workbench:inbox")
