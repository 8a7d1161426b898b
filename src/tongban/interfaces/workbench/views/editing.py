"""Writing at the editors' desk: new articles, edits, Word documents, revisions side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.engines.publishing.actions.drafting import restore_revision, save_draft
from tongban.engines.publishing.actions.importing import import_word
from tongban.engines.publishing.actions.locking import lock, unlock
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, Column, MediaItem, Revision, Site
from tongban.engines.publishing.permissions import DRAFT, VIEW
from tongban.engines.publishing.queries.working import latest_content
from tongban.engines.publishing.rules.chain import WRITABLE
from tongban.engines.publishing.rules.comparing import compare
from tongban.engines.publishing.wording import field_title
from tongban.foundation.clock.now import now
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench.editing.forms import MOST_PICTURES, ArticleForm, initial_of, kept_files
from tongban.interfaces.workbench.views.articles import one, sites_showing

READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])
ATTACHED = ("pdf", "docx", "xlsx", "jpeg", "png", "zip")


@permitted(DRAFT.code)
@READ_WRITE
@never_cache
def new(request: ActorRequest) -> HttpResponseBase:
    """Begin an article: the site first, then everything else on one page."""
    code = request.GET.get("site", "") or request.POST.get("site", "")
    sites = list(Site.objects.order_by("order", "code"))
    site = next((each for each in sites if each.code == code), None)
    if site is None:
        near = _nearest(sites, request)
        return render(request, "workbench/articles/new.html", {"sites": sites, "near": near})
    return _edit(request, site, None)


def _nearest(sites: list[Site], request: ActorRequest) -> Site | None:
    """Return the site of the actor's own region, or the one above it."""
    unit = request.actor.unit
    if unit is None:
        return None
    codes = [code for code in unit.region_path.strip("/").split("/") if code]
    by_region = {site.region.code: site for site in sites if site.region_id and site.region}
    return next((by_region[code] for code in reversed(codes) if code in by_region), None)


@permitted(DRAFT.code)
@READ_WRITE
@never_cache
def edit(request: ActorRequest, key: int) -> HttpResponseBase:
    """Change an article; while it is open nobody else changes it."""
    row = one(request, key)
    if row.stage not in WRITABLE:
        messages.error(request, _("稿件正在审核或者已经办结，现在不能修改；要改已发布的内容，请先点“更正”。"))
        return redirect("workbench:article", key=key)
    if request.method != "POST":
        try:
            lock(article=row, by=request.actor, at=now(), take_over="take" in request.GET)
        except PublishingRefusedError as refused:
            return render(
                request, "workbench/articles/locked.html", {"article": row, "why": refused.message}, status=409
            )
    return _edit(request, row.column.site, row)


def _edit(request: ActorRequest, site: Site, row: Article | None) -> HttpResponseBase:
    content = latest_content(row) if row is not None else None
    held = content.image if content is not None else None
    if request.method != "POST":
        initial: dict[str, Any] = {"language": "zh-hans"}
        if row is not None and content is not None:
            initial = initial_of(content, row.column)
        form = ArticleForm(actor=request.actor, site=site, held=held, initial=initial)
        files = [dict(each) for each in (content.model_dump()["attachments"] if content else ())]
        return _form(request, site, row, form, files)
    return _saved(request, site, row, held)


def _saved(request: ActorRequest, site: Site, row: Article | None, held: int | None) -> HttpResponseBase:
    post = request.POST.copy()
    files = kept_files(post.getlist("file"), post.getlist("file_name"))
    problems: dict[str, str] = {}
    gone = set(post.getlist("drop"))
    files = [each for each in files if each["file"] not in gone]
    files += _attached(request, problems)
    if "word" in request.FILES:
        return _word(request, site, row, post, files, held)
    form = ArticleForm(post, actor=request.actor, site=site, held=held)
    if not form.is_valid() or problems:
        return _form(request, site, row, form, files, problems=problems, status=422)
    column = Column.objects.select_related("site").get(pk=form.cleaned_data["column"])
    opened = post.get("version", "")
    try:
        saved = save_draft(
            column=column,
            content=form.content(files),
            by=request.actor,
            at=now(),
            article=row,
            version=int(opened) if row is not None and opened.isascii() and opened.isdigit() else None,
            note_text=form.cleaned_data["note"],
        )
    except PublishingRefusedError as refused:
        for name, sentence in refused.fields.items():
            form.add_error(name if name in form.fields else None, sentence)
        if not refused.fields:
            form.add_error(None, refused.message)
        return _form(request, site, row, form, files, status=422)
    messages.success(request, _("已保存。"))
    if "stay" in post:
        return redirect("workbench:article_edit", key=saved.pk)
    unlock(article=saved, by=request.actor)
    return redirect("workbench:article", key=saved.pk)


def _attached(request: ActorRequest, problems: dict[str, str]) -> list[dict[str, str]]:
    kept = []
    for upload in request.FILES.getlist("attach"):
        try:
            stored = store_upload(upload=upload, by=request.actor.account, at=now(), accept=ATTACHED)
        except UploadRejected as rejected:
            problems[upload.name or ""] = str(rejected)
        else:
            kept.append({"file": str(stored.pk), "name": stored.name})
    return kept


def _word(
    request: ActorRequest, site: Site, row: Article | None, post: Any, files: list[dict[str, str]], held: int | None
) -> HttpResponse:
    """Put a Word document's text into the form; nothing is saved yet."""
    problems: dict[str, str] = {}
    upload = request.FILES.getlist("word")[0]
    try:
        found = import_word(upload=upload, by=request.actor, at=now())
    except PublishingRefusedError as refused:
        problems[_("Word 文档")] = refused.message
    except UploadRejected as rejected:
        problems[_("Word 文档")] = str(rejected)
    else:
        post["body"] = found.body
        if not post.get("title", "").strip():
            post["title"] = (upload.name or "").rpartition(".")[0][:200]
        text = _("已读入 Word 文档，请核对格式，给图片补上替代文字，再保存。")
        messages.success(request, text)
    form = ArticleForm(actor=request.actor, site=site, held=held, initial=post.dict())
    return _form(request, site, row, form, files, problems=problems, status=422 if problems else 200)


def _form(
    request: ActorRequest,
    site: Site,
    row: Article | None,
    form: ArticleForm,
    files: list[dict[str, str]],
    *,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    pictures = MediaItem.objects.filter(kind=MediaItem.Kind.IMAGE, unit=request.actor.unit).order_by("-pk")
    context = {
        "form": form,
        "site": site,
        "article": row,
        "files": files,
        "problems": (problems or {}).items(),
        "pictures": pictures[:MOST_PICTURES],
        "version": request.POST.get("version") or (row.version if row is not None else ""),
    }
    return render(request, "workbench/articles/edit.html", context, status=status)


@permitted(DRAFT.code)
@require_POST
def hold(request: ActorRequest, key: int) -> JsonResponse:
    """Hold the lock on while the form is open (asked by the page's script)."""
    try:
        held = lock(article=one(request, key), by=request.actor, at=now())
    except PublishingRefusedError as refused:
        return JsonResponse({"held": False, "why": refused.message}, status=409)
    return JsonResponse({"held": True, "until": held.until.isoformat()})


@permitted(DRAFT.code)
@require_POST
def release(request: ActorRequest, key: int) -> HttpResponseRedirect:
    """Leave the form without saving."""
    unlock(article=one(request, key), by=request.actor)
    return redirect("workbench:article", key=key)


@permitted(VIEW.code)
@require_safe
@never_cache
def revisions(request: ActorRequest, key: int) -> HttpResponse:
    """List the revisions; two of them side by side with ``a`` and ``b``."""
    row = one(request, key)
    rows = list(Revision.objects.filter(article=row).select_related("by").order_by("-n"))
    numbers = {each.n: each for each in rows}
    newer = numbers.get(_number(request.GET.get("b", ""), row.latest_n))
    before = numbers.get(_number(request.GET.get("a", ""), (newer.n if newer else 1) - 1))
    changes = []
    if newer is not None and before is not None:
        changes = [(field_title(one_.field), one_) for one_ in compare(before.content, newer.content)]
    context = {
        "article": row,
        "rows": rows,
        "newer": newer,
        "before": before,
        "changes": changes,
        "may_restore": row.stage in WRITABLE,
    }
    return render(request, "workbench/articles/revisions.html", context)


def _number(text: str, fallback: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else fallback  # noqa: PLR2004


@permitted(DRAFT.code)
@require_POST
def restore(request: ActorRequest, key: int, n: int) -> HttpResponseRedirect:
    """Make an earlier revision the latest text again."""
    row = one(request, key)
    get_object_or_404(Revision, article=row, n=n)
    try:
        restore_revision(article=row, n=n, by=request.actor, at=now())
    except PublishingRefusedError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("已恢复第 %(n)s 版的内容，成为最新的一版。") % {"n": n})
    return redirect("workbench:article_revisions", key=key)


@permitted(VIEW.code)
@require_safe
def preview_frame(request: ActorRequest, key: int) -> HttpResponse:
    """Choose how to see the working copy: on which site, in which mode, how wide."""
    row = one(request, key)
    sites = sites_showing(row)
    if not sites:
        raise Http404
    code = request.GET.get("site", "")
    site = next((each for each in sites if each.code == code), sites[0])
    mode = "elder" if request.GET.get("mode") == "elder" else ""
    width = "phone" if request.GET.get("width") == "phone" else ""
    context = {"article": row, "sites": sites, "site": site, "mode": mode, "width": width}
    return render(request, "workbench/articles/preview.html", context)
