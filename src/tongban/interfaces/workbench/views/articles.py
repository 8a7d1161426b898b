"""Articles at the editors' desk: lists, one article with what can be done, acts, batches."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.engines.publishing.actions.batches import in_batch
from tongban.engines.publishing.actions.deciding import approve, send_to_review
from tongban.engines.publishing.actions.publishing import publish, withdraw
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, Column, EditorialEvent, Placement, Site, Submission
from tongban.engines.publishing.permissions import ARRANGE, VIEW
from tongban.engines.publishing.queries.working import (
    articles_of,
    findings_of,
    latest_content,
    offers_to,
    to_disclose_of,
    work_of,
)
from tongban.engines.publishing.rules.chain import WRITABLE, Stage
from tongban.engines.publishing.wording import field_title, finding_text
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import NotAllowedError, visible
from tongban.interfaces.workbench.editing.acts import ACT_TITLES, Offer, offers, perform

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

PAGE = 30
MOST_BATCH = 100
MOST_EVENTS = 60
SOON_DAYS = 1
DISCLOSE_SOON_DAYS = 5
"""Calendar days before the last day of publication from which its light is amber."""
LONGEST_KEY = 11
"""Digits of the longest number taken for an article's."""
BATCHES: dict[str, Any] = {"send": send_to_review, "approve": approve, "publish": publish, "withdraw": withdraw}


def one(request: ActorRequest, key: int) -> Article:
    """Return an article the actor may see.

    :raises Http404: else
    """
    rows = Article.objects.select_related("column__site__parent", "unit", "image").filter(pk=key)
    row = rows.filter(Q(pk__in=articles_of(request.actor).order_by().values("pk")) | _shown_to(request.actor)).first()
    if row is None:
        raise Http404
    return row


def _shown_to(actor: Actor) -> Q:
    """Return the articles that are offered to the actor's columns or stand in them, whoever wrote them."""
    own = visible(actor, ARRANGE.code, Column.objects.all()).order_by().values("pk")
    offered = offers_to(actor).order_by().values("article")
    return Q(pk__in=offered) | Q(placements__column__in=own, placements__live=True)


def light_of(row: Article, today: Any) -> str:
    """Return the light of the stage an article stands in."""
    due = row.stage_due_on
    if due is None:
        return "none"
    return "red" if due < today else "amber" if (due - today).days <= SOON_DAYS else "green"


def disclosure_light(row: Article, today: dt.date) -> str:
    """Return the light of the day by which information must be public (政府信息公开条例 Art. 26)."""
    due = row.publish_due_on
    if due is None:
        return "none"
    return "red" if due < today else "amber" if (due - today).days <= DISCLOSE_SOON_DAYS else "green"


@permitted(VIEW.code)
@require_safe
@never_cache
def articles(request: ActorRequest) -> HttpResponse:
    """List what waits for the actor, what is offered to his columns, what must be public by a day, or everything."""
    view = request.GET.get("view", "")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    today = local_date(now())
    if view == "offers":
        offered = Paginator(offers_to(request.actor), PAGE).get_page(request.GET.get("page"))
        return render(request, "workbench/articles/offers.html", {"page": offered, "view": view, "today": today})
    if view == "disclose":
        due = Paginator(to_disclose_of(request.actor), PAGE).get_page(request.GET.get("page"))
        lit = [(row, disclosure_light(row, today)) for row in due.object_list]
        return render(request, "workbench/articles/disclose.html", {"page": due, "rows": lit, "view": view})
    rows = _narrowed(articles_of(request.actor) if view == "all" else work_of(request.actor), request, text)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "view": view,
        "page": page,
        "rows": [(row, light_of(row, today)) for row in page.object_list],
        "text": text,
        "stages": Article.Stage.choices,
        "statuses": Article.Status.choices,
        "sites": Site.objects.order_by("order", "code"),
        "chosen": {name: request.GET.get(name, "") for name in ("stage", "status", "site")},
        "narrowed": bool(text or any(request.GET.get(name) for name in ("stage", "status", "site"))),
        "batches": [("send", _("送审")), ("approve", _("审核通过")), ("publish", _("发布")), ("withdraw", _("撤回"))],
    }
    return render(request, "workbench/articles/list.html", context)


def _narrowed(rows: QuerySet[Article], request: ActorRequest, text: str) -> QuerySet[Article]:
    if text:
        wanted = Q(title__icontains=text) | Q(doc_no__icontains=text) | Q(index_no=text)
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY:
            wanted |= Q(pk=int(text))
        rows = rows.filter(wanted)
    for name, look_up in (("stage", "stage"), ("status", "status"), ("site", "column__site__code")):
        if value := request.GET.get(name, "")[:40]:
            rows = rows.filter(**{look_up: value})
    return rows


@permitted(VIEW.code)
@require_POST
def batch(request: ActorRequest) -> HttpResponseRedirect:
    """Do one act on the chosen articles; what is refused is said one by one."""
    code = request.POST.get("do", "")
    keys = [int(key) for key in request.POST.getlist("article")[:MOST_BATCH] if key.isascii() and key.isdigit()]
    rows = list(articles_of(request.actor).filter(pk__in=keys))
    values: dict[str, Any] = {"by": request.actor, "at": now()}
    if code == "withdraw":
        values["reason"] = request.POST.get("reason", "")
    back = redirect(_own_address(request.POST.get("next", "")))
    if code not in BATCHES or not rows:
        messages.error(request, _("请先勾选稿件，再选择要做的事。"))
        return back
    outcome = in_batch(action=BATCHES[code], articles=rows, values=values)
    titles = {row.pk: row.title for row in rows}
    if outcome.done:
        n = len(outcome.done)
        messages.success(request, ngettext("已处理 %(n)s 篇。", "已处理 %(n)s 篇。", n) % {"n": n})
    for key, sentence in outcome.refused.items():
        messages.error(request, _("“%(title)s”没有办成：%(why)s") % {"title": titles[key], "why": sentence})
    return back


def _own_address(path: str) -> str:
    return path if path.startswith("/desk/") else "/desk/articles/"


@permitted(VIEW.code)
@require_safe
@never_cache
def article(request: ActorRequest, key: int) -> HttpResponse:
    """Show an article with its text, the checks, its history, and what can be done."""
    return _page(request, one(request, key))


def _page(
    request: ActorRequest, row: Article, *, tried: str = "", data: Any = None, problem: str = "", status: int = 200
) -> HttpResponse:
    at = now()
    today = local_date(at)
    content = latest_content(row)
    found = offers(row, request.actor)
    context = {
        "article": row,
        "content": content,
        "light": light_of(row, today),
        "today": today,
        "findings": [
            (finding, finding_text(finding), field_title(finding.field)) for finding in findings_of(row, at=at)
        ],
        "offers": [(offer, offer.build(data if offer.code == tried else None), offer.code == tried) for offer in found],
        "tried": tried,
        "problem": problem,
        "writable": row.stage in WRITABLE and _may_write(found, row),
        "places": Placement.objects.filter(article=row).select_related("column__site").order_by("-is_home", "pk"),
        "submissions": Submission.objects.filter(article=row).select_related("column__site", "unit", "decided_by"),
        "events": [
            (event, ACT_TITLES.get(event.act, event.act))
            for event in EditorialEvent.objects.filter(article=row).order_by("-pk")[:MOST_EVENTS]
        ],
        "sites": sites_showing(row),
    }
    return render(request, "workbench/articles/article.html", context, status=status)


def _may_write(found: list[Offer], row: Article) -> bool:
    codes = {offer.code for offer in found}
    return bool(codes & {"send", "submit", "drop"}) or row.stage == Stage.DECLINED


def sites_showing(row: Article) -> list[Site]:
    """Return the sites on which an article is or would be shown: those of its placements and of mirroring columns."""
    sources = Placement.objects.filter(article=row).values("column")
    wanted = Q(columns__in=sources) | Q(columns__mirror_of__in=sources)
    return list(Site.objects.filter(wanted).distinct().order_by("order", "code"))


@permitted(VIEW.code)
@require_POST
def act(request: ActorRequest, key: int, code: str) -> HttpResponseBase:
    """Do one of the offered acts; a refusal shows the page again with everything typed."""
    row = one(request, key)
    offer = next((each for each in offers(row, request.actor) if each.code == code), None)
    if offer is None:
        problem = _("稿件已经不在这个环节，或者您不能这样办理。页面已更新，请再看一遍。")
        return _page(request, row, problem=problem, status=422)
    form = offer.build(request.POST)
    if form is not None and not form.is_valid():
        return _page(request, row, tried=code, data=request.POST, status=422)
    try:
        perform(row, code, by=request.actor, at=now(), values=form.cleaned_data if form is not None else {})
    except PublishingRefusedError as refused:
        return _page(request, one(request, key), tried=code, data=request.POST, problem=refused.message, status=422)
    except NotAllowedError as refused:
        return _page(request, one(request, key), problem=refused.reason, status=422)
    messages.success(request, _("已办：%(act)s") % {"act": offer.title})
    return redirect("workbench:article", key=key)
