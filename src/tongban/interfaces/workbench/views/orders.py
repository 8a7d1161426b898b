"""Reminders and supervision orders: sent, listed, answered with files, judged, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.affairs.supervision import actions
from tongban.affairs.supervision.actions import OrderRefused
from tongban.affairs.supervision.models import Alarm, Order, ReplyFile
from tongban.affairs.supervision.permissions import ALARMS, ANSWER, JUDGE, ORDER, ORDERS, REMIND
from tongban.affairs.supervision.queries import orders as queries
from tongban.engines.cases.models import Case
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.views import file_response
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows, visible
from tongban.interfaces.workbench.acting import own_file
from tongban.interfaces.workbench.case_page import found, head
from tongban.interfaces.workbench.views import alarms as alarm_pages

if TYPE_CHECKING:
    import datetime as dt

    from tongban.foundation.organizations.actor import Actor

PAGE = 50
VIEWS = ("open", "answered", "over")
MOST_BATCH = 100


@permitted(ORDERS.code)
@require_safe
@never_cache
def orders(request: ActorRequest) -> HttpResponse:
    """List the orders in scope, with the lights of their own limits."""
    kind = request.GET.get("kind", "")
    wanted = queries.OrderFilter(
        view=request.GET.get("view", "") if request.GET.get("view") in VIEWS else "",
        kind=kind if kind in Order.Kind.values else "",
        text=request.GET.get("q", "").replace("\x00", "").strip()[:100],
    )
    page = Paginator(queries.orders(request.actor, wanted), PAGE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "tabs": queries.order_tabs(request.actor, wanted),
        "kinds": Order.Kind.choices,
        "page": page,
        "rows": queries.order_rows(page.object_list, on=local_date(now())),
    }
    return render(request, "workbench/supervision/orders.html", context)


@permitted(ANSWER.code)
@require_safe
@never_cache
def to_answer(request: ActorRequest) -> HttpResponse:
    """List what the unit must answer, the most urgent first."""
    page = Paginator(queries.answered_by_me(request.actor), PAGE).get_page(request.GET.get("page"))
    rows = queries.order_rows(page.object_list, on=local_date(now()))
    return render(request, "workbench/supervision/to_answer.html", {"page": page, "rows": rows})


def _found_order(actor: Actor, number: str) -> Order:
    try:
        return queries.order_for(actor, number)
    except Order.DoesNotExist as missing:
        raise Http404 from missing


@permitted(ORDERS.code)
@require_safe
@never_cache
def order(request: ActorRequest, number: str) -> HttpResponse:
    """Show an order with its thread."""
    return _shown(request, _found_order(request.actor, number))


def _shown(
    request: ActorRequest, held: Order, *, form: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    judge = allows(actor, JUDGE.code, held)
    over = held.ended_at is not None
    takes_back = allows(actor, REMIND.code, held.case) if held.kind == Order.Kind.REMINDER else judge
    context = {
        "order": held,
        "row": queries.order_row(held, on=local_date(now())),
        "thread": queries.thread(held),
        "score": queries.score_of(held),
        "children": list(held.children.select_related("unit").order_by("pk")),
        "may_answer": actions.may_answer(actor, held),
        "may_judge": judge and held.state == Order.State.ANSWERED,
        "may_withdraw": takes_back and not over,
        "form": form or {},
        "opened": (form or {}).get("do") or request.GET.get("do", ""),
    }
    return render(request, "workbench/supervision/order.html", context, status=status)


def _to(held: Order) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("workbench:order", args=[held.number]))


@permitted(ANSWER.code)
@require_POST
def answer(request: ActorRequest, number: str) -> HttpResponse:
    """Answer an order with text and files; what was typed and uploaded is kept if something is wrong."""
    actor, at = request.actor, now()
    held = _found_order(actor, number)
    text = request.POST.get("text", "").replace("\x00", "")
    files, problem = _files(request, at)
    try:
        if problem:
            raise OrderRefused(problem, {"files": problem})
        actions.answer(order=held, text=text, files=files, by=actor, at=at)
    except OrderRefused as refused:
        form = {"do": "answer", "text": text, "error": refused.message, "errors": refused.field_errors, "kept": files}
        return _shown(request, held, form=form, status=422)
    messages.success(request, _("已回复 %(number)s。") % {"number": held.number})
    return _to(held)


def _files(request: ActorRequest, at: dt.datetime) -> tuple[list[StoredFile], str]:
    """Return the files of an answer, those kept from an earlier try included, and what is wrong with one."""
    account = request.actor.account
    found_files = [own_file(key, account) for key in request.POST.getlist("kept")[:10]]
    kept = [each for each in found_files if each is not None]
    problem = ""
    for upload in request.FILES.getlist("files"):
        try:
            kept.append(store_upload(upload=upload, by=account, at=at))
        except UploadRejected as rejected:
            problem = _("%(name)s：%(why)s") % {"name": upload.name, "why": rejected.message}
    return kept, problem


@permitted(JUDGE.code)
@require_POST
def judge(request: ActorRequest, number: str) -> HttpResponse:
    """Accept the answer, or send it back with a reason."""
    actor, at = request.actor, now()
    held = _found_order(actor, number)
    text = request.POST.get("text", "").replace("\x00", "")
    back = request.POST.get("do") == "send_back"
    try:
        if back:
            actions.send_back(order=held, reason=text, by=actor, at=at)
        else:
            actions.accept(order=held, text=text, by=actor, at=at)
    except OrderRefused as refused:
        form = {"do": "judge", "text": text, "error": refused.message}
        return _shown(request, held, form=form, status=422)
    messages.success(request, _("已退回重报。") if back else _("已认可回复，已了结。"))
    return _to(held)


@permitted(ORDERS.code)
@require_POST
def withdraw(request: ActorRequest, number: str) -> HttpResponse:
    """Take an order back with a reason."""
    held = _found_order(request.actor, number)
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        actions.withdraw_order(order=held, reason=reason, by=request.actor, at=now())
    except OrderRefused as refused:
        form = {"do": "withdraw", "reason": reason, "error": refused.message}
        return _shown(request, held, form=form, status=422)
    messages.success(request, _("已撤回 %(number)s。") % {"number": held.number})
    return _to(held)


@permitted(ORDERS.code)
@require_safe
def reply_file(request: ActorRequest, number: str, key: int) -> HttpResponseBase:
    """Return a file of an answer to whoever may see the order."""
    held = _found_order(request.actor, number)
    row = ReplyFile.objects.select_related("file").filter(pk=key, reply__order=held).first()
    if row is None:
        raise Http404
    return file_response(row.file, inline="download" not in request.GET)


@permitted(ORDERS.code)
@require_safe
def paper(request: ActorRequest, number: str) -> HttpResponseBase:
    """Return the sealed paper of a letter."""
    held = _found_order(request.actor, number)
    if held.document is None:
        raise Http404
    return file_response(ensure_file(document=held.document, at=now()), inline=True)


# -- sending -----------------------------------------------------------------------------------------------------------


def _key(typed: str) -> str:
    try:
        return UUID(typed).hex
    except ValueError:
        return uuid4().hex


@permitted(REMIND.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def remind_case(request: ActorRequest, number: str) -> HttpResponse:
    """Urge whoever has a case in hand: one text, one click."""
    return _case_form(request, found(request.actor, number), REMIND.code, "remind")


@permitted(ORDER.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def order_case(request: ActorRequest, number: str) -> HttpResponse:
    """Issue a supervision order on a case."""
    return _case_form(request, found(request.actor, number), ORDER.code, "order")


def _case_form(request: ActorRequest, case: Case, code: str, do: str) -> HttpResponse:
    if not allows(request.actor, code, case):
        raise Http404
    form: dict[str, Any] = {"do": do, "text": request.POST.get("text", "").replace("\x00", "")}
    if request.method == "POST":
        try:
            sent = _send(request, do, case=case, alarm=None)
        except OrderRefused as refused:
            form |= {"error": refused.message, "errors": refused.field_errors}
        else:
            return _done(request, sent)
    from tongban.engines.cases.queries import case_file

    context = {
        **head(case, case_file(case, request.actor, at=now()), request.actor),
        "form": form,
        "key": uuid4(),
        "subject": actions.subject_of_case(case),
        "reply_days": actions.default_reply_days(),
        "days": request.POST.get("reply_days", ""),
    }
    return render(request, "workbench/supervision/send.html", context, status=422 if "error" in form else 200)


def _send(request: ActorRequest, do: str, *, case: Case | None, alarm: Alarm | None) -> Order:
    """Send what a form asks for.

    :raises OrderRefused: with nothing written
    """
    actor, at = request.actor, now()
    text = request.POST.get("text", "").replace("\x00", "")
    key = _key(request.POST.get("key", ""))
    if do == "remind" and case is not None:
        return actions.remind(case=case, text=text, key=key, by=actor, at=at, alarm=alarm)
    subject = actions.subject_of_alarm(alarm) if alarm is not None else None
    if subject is None and case is not None:
        subject = actions.subject_of_case(case)
    if subject is None:
        raise Http404
    typed = request.POST.get("reply_days", "").strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 4):
        wrong = _("回复期限请填数字。")
        raise OrderRefused(wrong, {"reply_days": wrong})
    return actions.issue_order(
        subject=subject, text=text, key=key, by=actor, at=at, alarm=alarm, reply_days=int(typed) if typed else None
    )


def _done(request: ActorRequest, sent: Order) -> HttpResponse:
    kind = _("催办") if sent.kind == Order.Kind.REMINDER else _("督办")
    text = _("已向%(unit)s发出%(kind)s %(number)s。")
    messages.success(request, text % {"unit": sent.unit.title, "kind": kind, "number": sent.number})
    return _to(sent)


@permitted(ALARMS.code)
@require_POST
def send_from_alarm(request: ActorRequest, number: str, do: str) -> HttpResponse:
    """Remind or order because of an alarm; whoever may not is refused by the action."""
    held = alarm_pages.found_alarm(request.actor, number)
    try:
        sent = _send(request, do, case=held.case, alarm=held)
    except OrderRefused as refused:
        form = {
            "do": do,
            "text": request.POST.get("text", ""),
            "reply_days": request.POST.get("reply_days", ""),
            "error": refused.message,
            "errors": refused.field_errors,
        }
        return alarm_pages.shown(request, held, form=form, status=422)
    return _done(request, sent)


@permitted(REMIND.code)
@require_POST
def remind_batch(request: ActorRequest) -> HttpResponse:
    """Urge the cases of the chosen alarms, each once; say how many went out and why others did not."""
    actor, at = request.actor, now()
    numbers = request.POST.getlist("alarm")[:MOST_BATCH]
    rows = visible(actor, ALARMS.code, Alarm.objects.filter(number__in=numbers, case__isnull=False))
    by_case = {row.case_id: row for row in rows.select_related("case", "case__unit", "case__definition")}
    key, text = _key(request.POST.get("key", "")), request.POST.get("text", "").replace("\x00", "")
    done, refusals = 0, []
    for row in by_case.values():
        if row.case is None:
            continue
        try:
            actions.remind(case=row.case, text=text, key=f"{key}:{row.case_id}", by=actor, at=at, alarm=row)
            done += 1
        except OrderRefused as refused:
            refusals.append(f"{row.case.number} {refused.message}")
    if not by_case:
        messages.warning(request, _("没有选中信号。请先在列表左侧勾选。"))
    if done:
        messages.success(request, ngettext("已催办 %(count)s 件。", "已催办 %(count)s 件。", done) % {"count": done})
    for refusal in refusals[:10]:
        messages.warning(request, refusal)
    return HttpResponseRedirect(_back(request))


def _back(request: ActorRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else reverse("workbench:alarms")
