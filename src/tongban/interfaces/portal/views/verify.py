"""Verifying a license: by QR code, identifier or number, or by the PDF itself. Open to everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.engines.licenses import queries as licenses
from tongban.foundation.clock.now import now, today
from tongban.foundation.documents.verify import MAX_BYTES
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column, page

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest, HttpResponse

LONGEST = 120


def _column() -> Column:
    return Column(_("证照核验"), _("核验电子证照的真伪和现在的状态。"))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for an identifier or number, or take a PDF and say what it is."""
    if request.method == "POST" and "file" in request.FILES:
        return _verify_file(request, request.FILES["file"])  # type: ignore[arg-type]
    if request.method == "POST" and "file" in request.POST:
        return _form(request, error=_("请先选择要核验的 PDF 文件。"), field="file")
    text = " ".join(request.GET.get("number", "").split())[:LONGEST]
    if not text:
        asked = "number" in request.GET
        return _form(request, error=_("请输入证照标识或证照编号。") if asked else "", field="number")
    if licenses.verification(text, on=today()) is None:
        return _form(request, error=_not_found(text), field="number", number=text)
    return HttpResponseRedirect(reverse("portal:verify_license", args=[text]))


def _not_found(text: str) -> str:
    if licenses.mistyped(text):
        return _("这个标识的校验位不对：可能抄错了一位，也可能是编造的。请逐位核对后再查。")
    return _("没有找到这个标识或编号的证照。请逐位核对，字母和点也要一致；仍然查不到的，请与证上的发证机关联系。")


def _form(request: HttpRequest, *, error: str, field: str, number: str = "") -> HttpResponse:
    context = {"error": error, "field": field, "number": number}
    return page(request, "portal/verify.html", context, column=_column(), status=422 if error else 200)


def _verify_file(request: HttpRequest, upload: UploadedFile[bytes]) -> HttpResponse:
    if (upload.size or 0) > MAX_BYTES:
        return _form(request, error=_("文件超过 20 MB，不是本平台的证照文件。请选择下载的 PDF 原件。"), field="file")
    found = licenses.verify_file(upload.read(), on=today())
    context = {"found": found, "name": upload.name, "checked_at": now()}
    return page(request, "portal/verify_file.html", context, column=_column())


@public
@require_safe
def verify_license(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show whether a license is in force; this is where its QR code leads."""
    found = licenses.verification(identifier, on=today())
    if found is None:
        error = _("没有找到这个标识或编号的证照。如果是扫码到这里的，这份证照不是本平台发出的。")
        missing = {"error": error, "field": "number", "number": identifier[:LONGEST]}
        return page(request, "portal/verify.html", missing, column=_column(), status=404)
    context = {"license": found, "checked_at": now()}
    return page(request, "portal/verify_license.html", context, column=_column())
