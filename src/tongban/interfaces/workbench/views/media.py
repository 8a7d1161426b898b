"""The media library, the wordings that are looked for, and the columns a unit answers for."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.engines.publishing.actions.media import add_picture, describe_media
from tongban.engines.publishing.actions.words import add_word, switch_word
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Column, ListedWord, LocalOverride, MediaItem
from tongban.engines.publishing.permissions import ARRANGE, MEDIA, WORDS
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.files.actions import UploadRejected
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import visible
from tongban.interfaces.workbench.editing.forms import DescribeForm, PictureForm, WordForm

PAGE = 24
WORDS_PAGE = 60
READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@permitted(MEDIA.code)
@READ_WRITE
@never_cache
def library(request: ActorRequest) -> HttpResponseBase:
    """Show the unit's pictures and take new ones."""
    form = PictureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            add_picture(
                upload=values["upload"], title=values["title"], alt=values["alt"], credit=values["credit"],
                by=request.actor, at=now(),
            )  # fmt: skip
        except PublishingRefusedError as refused:
            form.add_error("alt" if refused.code == "alt_missing" else "upload", refused.message)
        except UploadRejected as rejected:
            form.add_error("upload", str(rejected))
        else:
            messages.success(request, _("图片已存入媒体库。"))
            return redirect("workbench:media")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    rows = MediaItem.objects.filter(unit=request.actor.unit)
    rows = rows.filter(title__icontains=text) | rows.filter(alt__icontains=text) if text else rows
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    wrong = form.is_bound and bool(form.errors)
    context = {"form": form, "page": page, "text": text, "wrong": wrong}
    return render(request, "workbench/articles/media.html", context, status=422 if wrong else 200)


@permitted(MEDIA.code)
@READ_WRITE
@never_cache
def describe(request: ActorRequest, key: int) -> HttpResponseBase:
    """Change what is said of a picture."""
    row = visible(request.actor, MEDIA.code, MediaItem.objects.all()).filter(pk=key).first()
    if row is None:
        raise Http404
    form = DescribeForm(request.POST or None, initial={"title": row.title, "alt": row.alt, "credit": row.credit})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        describe_media(
            media=row, title=values["title"], alt=values["alt"], credit=values["credit"], by=request.actor, at=now()
        )
        messages.success(request, _("已保存。"))
        return redirect("workbench:media")
    wrong = form.is_bound and bool(form.errors)
    context = {"form": form, "item": row, "wrong": wrong}
    return render(request, "workbench/articles/describe.html", context, status=422 if wrong else 200)


@permitted(WORDS.code)
@READ_WRITE
@never_cache
def words(request: ActorRequest) -> HttpResponseBase:
    """List the wordings that are looked for before publication, and add one."""
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            add_word(
                text=values["text"], kind=values["kind"], replacement=values["replacement"], blocks=values["blocks"],
                note=values["note"], by=request.actor, at=now(),
            )  # fmt: skip
        except PublishingRefusedError as refused:
            form.add_error("text", refused.message)
        else:
            messages.success(request, _("已加入词表。"))
            return redirect("workbench:words")
    page = Paginator(ListedWord.objects.order_by("-is_active", "-pk"), WORDS_PAGE).get_page(request.GET.get("page"))
    wrong = form.is_bound and bool(form.errors)
    return render(request, "workbench/articles/words.html", {"form": form, "page": page}, status=422 if wrong else 200)


@permitted(WORDS.code)
@require_POST
def switch(request: ActorRequest, key: int) -> HttpResponseRedirect:
    """Use a wording again, or no longer."""
    row = get_object_or_404(ListedWord, pk=key)
    switch_word(word=row, active=not row.is_active, by=request.actor, at=now())
    return redirect("workbench:words")


@permitted(ARRANGE.code)
@require_safe
@never_cache
def columns(request: ActorRequest) -> HttpResponse:
    """Show the columns the unit answers for, the stalest first, and what they keep on top or leave out."""
    rows = visible(request.actor, ARRANGE.code, Column.objects.filter(is_open=True, mirror_of__isnull=True))
    rows = rows.exclude(kind__in=(Column.Kind.TOP, Column.Kind.SERVICE)).select_related("site", "unit")
    ordered = rows.order_by(F("fresh_until").asc(nulls_last=True), "site__order", "order", "pk")
    page = Paginator(ordered, WORDS_PAGE).get_page(request.GET.get("page"))
    today = local_date(now())
    held = LocalOverride.objects.filter(column__in=[row.pk for row in page.object_list]).select_related("article")
    arranged: dict[int, list[LocalOverride]] = {}
    for override in held:
        arranged.setdefault(override.column_id, []).append(override)
    lines = [(row, _light(row, today), arranged.get(row.pk, [])) for row in page.object_list]
    return render(request, "workbench/articles/columns.html", {"page": page, "lines": lines, "today": today})


def _light(row: Column, today: dt.date) -> str:
    if row.fresh_until is None:
        return "none"
    return "red" if row.fresh_until < today else "green"
