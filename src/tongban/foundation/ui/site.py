"""What the site is called and who answers for it: the texts around every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Site:
    """The texts of the page header and footer; a place that is not given is not shown."""

    name: str | _StrPromise = _("政务服务网")
    slogan: str | _StrPromise = _("一网通办 一次办成")
    place: str | _StrPromise = ""
    organizer: str | _StrPromise = ""
    operator: str | _StrPromise = ""
    site_code: str = ""
    icp: str = ""
    police: str = ""
    hotline: str = "12345"


_current = Site()


def current_site() -> Site:
    """Return the texts of this installation."""
    return _current
