"""Reads over form versions and drafts."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from tongban.foundation.forms.models import Draft, FormVersion
from tongban.foundation.organizations.models import Level, Region
from tongban.foundation.rows.running import ask

if TYPE_CHECKING:
    import datetime as dt

    from tongban.foundation.organizations.actor import Actor

_PATH = "SELECT path FROM organizations_region WHERE code = %s"
_NAMES = (
    "SELECT r.code, above.name FROM organizations_region r "
    "JOIN organizations_region above ON above.code = ANY(string_to_array(trim(both '/' from r.path), '/')) "
    "WHERE r.code = ANY(%s) ORDER BY r.code, length(above.path)"
)

_versions: dict[int, FormVersion] = {}

LEVELS = {"city": Level.CITY, "county": Level.COUNTY, "town": Level.TOWN}


def current(code: str, on: dt.date) -> FormVersion:
    """Return the version of a form in use on a day.

    :raises FormVersion.DoesNotExist: if there is none
    """
    found = (
        FormVersion.objects.filter(Q(effective_from__isnull=True) | Q(effective_from__lte=on), code=code)
        .order_by("-version")
        .first()
    )
    if found is None:
        raise FormVersion.DoesNotExist(code)
    return found


def version(key: int) -> FormVersion:
    """Return a published version; it never changes, so it is kept in the process. Only for reading.

    :raises FormVersion.DoesNotExist: if there is none
    """
    held = _versions.get(key)
    if held is None:
        held = _versions.setdefault(key, FormVersion.objects.get(pk=key))
    return held


def open_drafts(actor: Actor) -> QuerySet[Draft]:
    """Return the drafts a person may go on with, newest first."""
    if actor.account is None:
        return Draft.objects.none()
    return (
        Draft.objects.filter(account=actor.account, submitted_at__isnull=True)
        .select_related("form_version")
        .order_by("-updated_at")
    )


def draft_of(actor: Actor, purpose: str) -> Draft | None:
    """Return a person's open draft for one purpose."""
    return open_drafts(actor).filter(purpose=purpose).first()


def answers_of(draft: Draft) -> dict[str, Any]:
    """Return what has been filled in, as typed or as cleaned."""
    return dict(json.loads(draft.answers)) if draft.answers else {}


def known_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return what was prefilled: per field value, source and moment."""
    return dict(json.loads(draft.known)) if draft.known else {}


def region_known(code: str, within: str) -> bool:
    """Tell whether a division exists, below another one if given."""
    rows = ask(_PATH, code)
    return bool(rows) and (not within or code == within or f"/{within}/" in rows[0][0])


def region_name(code: str) -> str:
    """Return the full name of a division from the province down, such as 湖北省武汉市江岸区; the code if unknown."""
    return region_names([code]).get(code, code)


def region_names(codes: Collection[str]) -> dict[str, str]:
    """Return the full names of divisions by code in one query; unknown ones are left out."""
    found: dict[str, list[str]] = {}
    for code, name in ask(_NAMES, list(codes)) if codes else ():
        found.setdefault(code, []).append(name)
    return {
        code: "".join(name for name in names if name not in ("市辖区", "全国", "中国")) or names[-1]
        for code, names in found.items()
    }


def region_choices(within: str, level: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the divisions of one level below another, grouped by their parent, as ``(parent, [(code, name)…])``."""
    rows = Region.objects.filter(level=LEVELS[level]).select_related("parent").order_by("code")
    if within:
        rows = rows.filter(path__contains=f"/{within}/")
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        parent = row.parent.title if row.parent else ""
        groups.setdefault(parent, []).append((row.code, row.title))
    return list(groups.items())
