"""What the console's pages share."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.organizations.errors import PostingError
from tongban.foundation.organizations.guards import ActorRequest

M = TypeVar("M", bound=Model)
PER_PAGE = 30


def page_of(request: ActorRequest, rows: QuerySet[M]) -> Page[M]:
    """Return the page of rows the address asks for."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def show(request: ActorRequest, template: str, context: dict[str, Any], form: Form | None = None) -> HttpResponse:
    """Render a page; 422 if its form has mistakes."""
    wrong = form is not None and form.is_bound and bool(form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, f"console/{template}.html", context, status=status)


def blame(form: Form, refused: AccountError | PostingError) -> None:
    """Put what an action refused at the fields it names."""
    for name, text in refused.fields.items():
        form.add_error(_FIELDS.get(name, name) if _FIELDS.get(name, name) in form.fields else None, text)
    if refused.message:
        form.add_error(None, refused.message)


_FIELDS = {"role": "roles", "account": "username"}
