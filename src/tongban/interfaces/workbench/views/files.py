"""Files of a case. Whoever may open the case may open its files; nothing here has a public address."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from tongban.engines.cases.models import CaseDocument, CaseMaterial, SpecialProcedure
from tongban.foundation.clock.now import now
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.documents.seals import SealError
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.views import file_response
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench.case_page import found

VIEW = "desk.case"


@permitted(VIEW)
@require_safe
def material_file(request: ActorRequest, number: str, key: int) -> HttpResponseBase:
    """The file of a material, also of an earlier round."""
    row = found(request.actor, number)
    held = CaseMaterial.objects.select_related("file").filter(case=row, pk=key).first()
    if held is None or held.file is None:
        raise Http404
    return file_response(held.file, inline="download" not in request.GET)


@permitted(VIEW)
@require_safe
def report(request: ActorRequest, number: str, key: UUID) -> HttpResponseBase:
    """The report of a special procedure."""
    row = found(request.actor, number)
    if not SpecialProcedure.objects.filter(case=row, report=key).exists():
        raise Http404
    return file_response(StoredFile.objects.get(pk=key), inline="download" not in request.GET)


@permitted(VIEW)
@require_safe
def document(request: ActorRequest, number: str, key: int) -> HttpResponseBase:
    """A paper issued in the case as PDF, typeset and sealed when first asked for."""
    row = found(request.actor, number)
    held = CaseDocument.objects.select_related("document", "document__file").filter(case=row, pk=key).first()
    if held is None:
        raise Http404
    try:
        stored = ensure_file(document=held.document, at=now())
    except SealError as wrong:
        return HttpResponse(str(wrong), status=503, content_type="text/plain; charset=utf-8")
    return file_response(stored, inline="download" not in request.GET)
