"""Which region a visitor chose, from a cookie; the whole province until one is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.foundation.organizations.models import Level, Region

if TYPE_CHECKING:
    from django.http import HttpRequest

COOKIE = "region"


@dataclass(frozen=True, slots=True)
class Place:
    """A region and the names above it. ``path`` is empty when nothing is loaded."""

    code: str = ""
    name: str = ""
    path: str = ""
    level: int = 0
    trail: tuple[tuple[str, str], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether it is the whole province (or country)."""
        return self.level <= Level.PROVINCE


def _ancestors(code: str) -> set[str]:
    return {code, f"{code[:2]}0000", f"{code[:4]}00", code[:6], code[:9]}


def _find(code: str) -> Place | None:
    rows = {row.code: row for row in Region.objects.filter(code__in=_ancestors(code))}
    chosen = rows.get(code)
    if chosen is None:
        return None
    codes = chosen.path.strip("/").split("/")
    trail = tuple((one, rows[one].title) for one in codes if one in rows and one != code)
    return Place(code, chosen.title, chosen.path, chosen.level, trail)


def place_of(request: HttpRequest) -> Place:
    """Return the region chosen by the visitor, kept on the request."""
    known: Place | None = getattr(request, "chosen_place", None)
    if known is None:
        code = request.COOKIES.get(COOKIE, "")
        known = _find(code) if code.isdigit() and len(code) in (6, 9, 12) else None
        if known is None:
            known = root()
        request.chosen_place = known  # type: ignore[attr-defined]
    return known


def root() -> Place:
    """Return the region that holds all others."""
    row = Region.objects.filter(parent__isnull=True).order_by("code").first()
    return Place(row.code, row.title, row.path, row.level) if row else Place()
