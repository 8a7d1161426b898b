"""The guide of an item: on screen, printed, its history, and its forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from tongban.affairs.supervision.queries.standard import of_item as reached_by
from tongban.engines.catalog import queries as catalog
from tongban.engines.catalog.actions import count_download, count_guide_view
from tongban.engines.catalog.models import FormDownload
from tongban.foundation.clock.now import today
from tongban.foundation.files.views import file_response
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.models import FormVersion
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.blank import blank_sections, sample_sections
from tongban.interfaces.portal.page import Column, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase


def _guide(code: str) -> catalog.Guide:
    found = catalog.guide(code)
    if found is None:
        raise Http404
    return found


def _apply_url(guide: catalog.Guide) -> str:
    if not guide.is_online:
        return guide.online_address
    try:
        return reverse("portal:apply", args=[guide.code])
    except NoReverseMatch:
        return ""


def _json_ld(data: dict[str, Any]) -> SafeString:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False)
    return mark_safe(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S308


def _context(request: HttpRequest, guide: catalog.Guide) -> dict[str, Any]:
    apply_url = _apply_url(guide)
    absolute = request.build_absolute_uri(apply_url) if apply_url else ""
    url = request.build_absolute_uri(reverse("portal:guide", args=[guide.code]))
    return {
        "guide": guide,
        "reached": reached_by(guide.code),
        "apply_url": apply_url,
        "example": catalog.example_due(guide, on=today()),
        "json_ld": _json_ld(catalog.government_service(guide, url=url, apply_url=absolute)),
        "url": url,
    }


def _column(guide: catalog.Guide) -> Column:
    return Column(guide.title, guide.description, f"{guide.title},{guide.unit},{guide.region}")


@public
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """Everything one needs to know before applying."""
    found = _guide(code)
    count_guide_view(found.item_id)
    return page(request, "portal/guide.html", _context(request, found), column=_column(found))


@public
@require_safe
def guide_print(request: HttpRequest, code: str) -> HttpResponse:
    """The guide on paper."""
    found = _guide(code)
    return page(request, "portal/guide_print.html", _context(request, found), column=_column(found))


@public
@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    """The published versions of the guide's item and what each changed."""
    found = _guide(code)
    context = {"guide": found, "revisions": catalog.revisions(found.item_id)}
    return page(request, "portal/guide_history.html", context, column=_column(found))


@public
@require_safe
def download(request: HttpRequest, code: str, material: str, kind: str) -> HttpResponseBase:
    """A blank form or a sample; each download is counted."""
    found = catalog.download(code, material, kind)
    if found is None:
        raise Http404
    count_download(found)
    if found.file is not None:
        return file_response(found.file, inline=False)
    shown = _guide(code)
    try:
        form = forms.current(shown.form_code, today())
    except FormVersion.DoesNotExist as missing:
        raise Http404 from missing
    title = next((one.name for one in shown.materials if one.code == material), shown.title)
    sample = kind == FormDownload.Kind.SAMPLE
    sections = sample_sections(form.definition, on=today()) if sample else blank_sections(form.definition)
    context = {"guide": shown, "form": form, "sections": sections, "title": title, "sample": sample}
    return page(request, "portal/blank_form.html", context, column=_column(shown))
