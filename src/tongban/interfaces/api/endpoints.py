"""The addresses machines use; each calls one query or one action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, NinjaAPI, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.params.functions import Query

from tongban.affairs.hall.actions.apply import ApplicationError, submit_answers
from tongban.engines.cases.errors import LookupThrottled
from tongban.engines.cases.models import Case
from tongban.engines.cases.queries.lookup import by_number_and_secret
from tongban.engines.cases.queries.scope import case_for, my_cases
from tongban.engines.cases.queries.timeline import timeline
from tongban.engines.catalog.queries import guides, items, searching
from tongban.engines.catalog.queries.guide_rows import LimitRow
from tongban.engines.licenses.queries import verification
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.files.actions import store_upload
from tongban.foundation.files.errors import UploadRejected
from tongban.foundation.forms.json_schema import json_schema
from tongban.foundation.forms.prefill import fixed, prefilled
from tongban.foundation.forms.queries import current
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.guards import PUBLIC, SIGNED_IN
from tongban.foundation.organizations.models import Region
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.interfaces.api import schemas as out
from tongban.interfaces.api.tokens import TokenAuth

PageNumber = Annotated[int, Query(ge=1, le=10_000)]
F = TypeVar("F", bound=Callable[..., Any])
TOKEN = TokenAuth()
_declared: dict[str, str] = {}

api = NinjaAPI(
    title="通办 Tongban",
    version="1",
    description="Service items, applications and progress. 事项、申请与进度。",
    urls_namespace="api:v1",
    docs_url=None,
)


def declares(code: str) -> Callable[[F], F]:
    """Say who may come in at an address; a shape test looks for it."""

    def keep(function: F) -> F:
        _declared[function.__name__] = code
        return function

    return keep


@api.exception_handler(ApplicationError)
def _incomplete(request: HttpRequest, wrong: Exception) -> HttpResponse:
    assert isinstance(wrong, ApplicationError)
    problems = [{"path": each.path, "message": each.message} for each in wrong.problems]
    return api.create_response(request, {"message": str(wrong), "problems": problems}, status=422)


@api.exception_handler(UploadRejected)
def _rejected(request: HttpRequest, wrong: Exception) -> HttpResponse:
    return api.create_response(request, {"message": str(wrong), "problems": []}, status=422)


@api.exception_handler(Http404)
@api.exception_handler(NotAllowedError)
@api.exception_handler(Case.DoesNotExist)
def _absent(request: HttpRequest, _wrong: Exception) -> HttpResponse:
    return api.create_response(request, {"message": _("没有找到。"), "problems": []}, status=404)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, _wrong: Exception) -> HttpResponse:
    return api.create_response(
        request, {"message": _("请在 Authorization 中给出有效的密钥。"), "problems": []}, status=401
    )


@api.exception_handler(HttpError)
def _http(request: HttpRequest, wrong: Exception) -> HttpResponse:
    assert isinstance(wrong, HttpError)
    return api.create_response(request, {"message": str(wrong), "problems": []}, status=wrong.status_code)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, wrong: Exception) -> HttpResponse:
    assert isinstance(wrong, ValidationError)
    problems = [
        {"path": ".".join(str(part) for part in each["loc"]), "message": str(each["msg"])} for each in wrong.errors
    ]
    return api.create_response(request, {"message": _("请求的内容不合要求。"), "problems": problems}, status=422)


@api.get("/items", response=out.ItemPage, tags=["items"], summary="Find service items")
@declares(PUBLIC)
def find_items(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=100, description="Words, two characters or more")] = "",
    region: Annotated[str, Query(pattern=r"^(\d{6}(\d{3})?)?$", description="Region code, GB/T 2260")] = "",
    unit: Annotated[str, Query(max_length=64, description="Unit code")] = "",
    theme: Annotated[str, Query(max_length=40)] = "",
    page: PageNumber = 1,
) -> dict[str, Any]:
    """Search by words, or list by region, unit and theme."""
    path = Region.objects.filter(code=region).values_list("path", flat=True).first() if region else ""
    if path is None:
        raise HttpError(422, _("没有这个行政区划代码。"))
    filters = items.Filters(region=path, unit=unit, theme=theme)
    found = searching.search(q, filters, page=page) if q.strip() else items.listing(filters, page=page)
    return {
        "total": found.total,
        "page": found.page.number,
        "pages": found.page.paginator.num_pages,
        "items": [{name: getattr(row, name) for name in out.ItemOut.model_fields} for row in found.rows],
    }


@api.get("/items/{code}", response={200: out.GuideOut, 404: out.Refused}, tags=["items"], summary="Read a guide")
@declares(PUBLIC)
def read_item(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return what one unit asks for and promises."""
    guide = guides.guide(code)
    if guide is None:
        raise Http404
    plain = {name: getattr(guide, name) for name in out.GuideOut.model_fields if hasattr(guide, name)}
    return {
        **plain,
        "case_kind": guide.case_kind_code,
        "statutory": _limit(guide.statutory),
        "promised": _limit(guide.promised),
        "conditions": list(guide.conditions),
        "materials": [
            {
                "code": row.code,
                "name": row.name,
                "necessity": row.necessity_code,
                "form": row.form_code,
                "note": row.note,
            }
            for row in guide.materials
        ],
        "bases": [{"law": b.law, "article": b.article, "gist": b.gist, "mark": b.mark} for b in guide.bases],
    }


def _limit(row: LimitRow | None) -> dict[str, Any] | None:
    return {"figure": row.figure, "unit": row.unit} if row else None


@api.get(
    "/items/{code}/form",
    response={200: out.FormOut, 404: out.Refused},
    by_alias=True,
    tags=["items"],
    summary="Read a form",
)
@declares(PUBLIC)
def read_form(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the form as JSON Schema, derived from the same declaration as the pages."""
    implementation = guides.by_code(code)
    if implementation is None or not implementation.form_code:
        raise Http404
    version = current(implementation.form_code, now().date())
    return {
        "code": version.code,
        "version": version.version,
        "title": str(version.definition.title),
        "schema_": json_schema(version.definition),
        "scenarios": implementation.standard_item.scenarios,
    }


@api.post("/files", response={201: out.FileOut, 422: out.Refused}, auth=TOKEN, tags=["cases"], summary="Upload a file")
@declares(SIGNED_IN)
def upload_file(request: HttpRequest, file: File[UploadedFile]) -> Status[Any]:
    """Check and keep a file that an application will name."""
    return Status(201, store_upload(upload=file, by=_account(request), at=now()))


@api.post(
    "/cases",
    response={201: out.CaseOut, 200: out.CaseOut, 404: out.Refused, 422: out.Refused},
    auth=TOKEN,
    tags=["cases"],
    summary="Submit an application",
)
@declares(SIGNED_IN)
def submit_case(request: HttpRequest, body: out.CaseIn) -> Status[Any]:
    """Submit an application. Send a UUID in ``Idempotency-Key``: the same key always gives the same case (then 200)."""
    key = _key(request)
    implementation = guides.by_code(body.item)
    if implementation is None or not implementation.form_code:
        raise Http404
    known = Case.objects.filter(submission_key=key).exists()
    actor = request.actor  # type: ignore[attr-defined]
    applicant = _applicant(request, body.applicant)
    at = now()
    version = current(implementation.form_code, local_date(at))
    known_data = prefilled(version.definition, actor_of(applicant, on=local_date(at)), at=at)
    case = submit_answers(
        implementation=implementation,
        applicant=applicant,
        form_version=version,
        answers={**body.answers, **fixed(version.definition, known_data)},
        materials={
            code: {"way": each.way, "files": [str(one) for one in each.files], "license": each.license}
            for code, each in body.materials.items()
        },
        channel=Case.Channel.API,
        key=key,
        owner=actor.account,
        by=actor,
        at=at,
    )
    return Status(200 if known else 201, _case(case))


@api.get("/cases", response=list[out.CaseOut], auth=TOKEN, tags=["cases"], summary="List one's own cases")
@declares(SIGNED_IN)
def list_cases(request: HttpRequest, page: PageNumber = 1) -> list[Any]:
    """Return fifty cases a page, the newest first."""
    rows = my_cases(request.actor)[(page - 1) * 50 : page * 50]  # type: ignore[attr-defined]
    return [_case(case) for case in rows]


@api.get(
    "/cases/{number}",
    response={200: out.ProgressOut, 404: out.Refused},
    auth=TOKEN,
    tags=["cases"],
    summary="Read a case",
)
@declares(SIGNED_IN)
def read_case(request: HttpRequest, number: str) -> dict[str, Any]:
    """Return one's own case with its course; someone else's answers 404."""
    return _with_events(case_for(request.actor, number))  # type: ignore[attr-defined]


@api.post(
    "/progress",
    response={200: out.ProgressOut, 404: out.Refused, 429: out.Refused},
    tags=["cases"],
    summary="Ask with number and query code",
)
@declares(PUBLIC)
def progress(request: HttpRequest, body: out.ProgressIn) -> dict[str, Any]:
    """Return the course of a case to whoever holds its number and query code; failures are counted."""
    try:
        case = by_number_and_secret(
            body.number, body.secret, at=now(), client=digest(request.META.get("REMOTE_ADDR", ""))
        )
    except LookupThrottled as throttled:
        raise HttpError(429, _("查询失败次数过多，请 15 分钟后再试。")) from throttled
    if case is None:
        raise Http404
    return _with_events(case)


@api.get(
    "/licenses/{identifier}",
    response={200: out.LicenseOut, 404: out.Refused},
    tags=["licenses"],
    summary="Verify a license",
)
@declares(PUBLIC)
def verify_license(request: HttpRequest, identifier: str) -> Any:
    """Return what anyone may know of a license."""
    found = verification(identifier, on=now().date())
    if found is None:
        raise Http404
    return {name: getattr(found, name) for name in out.LicenseOut.model_fields}


def _account(request: HttpRequest) -> Account:
    account = request.actor.account  # type: ignore[attr-defined]
    assert isinstance(account, Account)
    return account


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError as wrong:
        raise HttpError(422, _("请在 Idempotency-Key 中给出一个 UUID，重试时使用同一个。")) from wrong


def _applicant(request: HttpRequest, username: str) -> Account:
    own = _account(request)
    if not username or username == own.username:
        return own
    principals = request.actor.principals  # type: ignore[attr-defined]
    other = Account.objects.filter(username=username, pk__in=principals).first()
    if other is None:
        raise HttpError(422, _("您没有受这位申请人委托，不能代为申请。"))
    return other


def _case(case: Case) -> dict[str, Any]:
    names = (name for name in out.CaseOut.model_fields if name not in ("unit", "status_text"))
    return {
        **{name: getattr(case, name) for name in names},
        "unit": case.unit.name,
        "status_text": case.get_status_display(),
    }


def _with_events(case: Case) -> dict[str, Any]:
    events = [{"at": entry.at, "title": entry.title, "text": entry.text} for entry in timeline(case, public=True)]
    return {**_case(case), "events": events}


def guarded_urls() -> tuple[list[Any], str, str]:
    """Return the API's addresses, each carrying the permission its operation declares.

    What Ninja adds by itself (the OpenAPI description) is public.
    """
    found, app, namespace = api.urls
    patterns: list[Any] = list(found)
    for pattern in patterns:
        pattern.callback.permission_code = _declared.get(pattern.name, PUBLIC)
    return patterns, app, namespace
