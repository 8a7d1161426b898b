"""What the site is called and who answers for it: the texts around every page, from a pack's ``site.yaml``."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from tongban.foundation.packs.localized import LocalizedText
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome, Section, register_section
from tongban.foundation.ui.models import SiteProfile

KEPT_SECONDS = 30


class Site(BaseModel):
    """The texts of the page header and footer; what is not given is not shown."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    name: LocalizedText = LocalizedText(zh="政务服务网", en="Government Services")
    slogan: LocalizedText = LocalizedText(zh="一网通办 一次办成", en="Everything online, done in one go")
    place: LocalizedText | None = None
    organizer: LocalizedText | None = None
    operator: LocalizedText | None = None
    site_code: str = Field(default="", pattern=r"^\w{0,20}$")
    icp: str = Field(default="", max_length=40)
    police: str = Field(default="", max_length=40)
    hotline: str = Field(default="12345", max_length=20)


_kept: tuple[float, Site] | None = None


def current_site() -> Site:
    """Return the texts of this installation; a change shows within half a minute."""
    global _kept  # noqa: PLW0603 - one small value a process
    moment = time.monotonic()
    if _kept is None or moment - _kept[0] > KEPT_SECONDS:
        row = SiteProfile.objects.filter(pk=1).first()
        _kept = (moment, Site.model_validate(row.texts) if row else Site())
    return _kept[1]


def forget_site() -> None:
    """Read the texts anew at the next page."""
    global _kept  # noqa: PLW0603
    _kept = None


def set_site(*, site: Site, at: dt.datetime) -> bool:
    """Keep the texts of this installation; return whether they changed."""
    texts = site.model_dump(mode="json", exclude_none=True)
    row = SiteProfile.objects.filter(pk=1).first()
    if row is not None and row.texts == texts:
        return False
    SiteProfile.objects.update_or_create(pk=1, defaults={"texts": texts, "changed_at": at})
    forget_site()
    return True


def load_site(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Take the texts of a pack's ``site.yaml``.

    :raises PackError: with the line of each mistake
    """
    outcome = Outcome()
    for document in documents:
        site = parse(Site, document)
        created = not SiteProfile.objects.filter(pk=1).exists()
        changed = set_site(site=site, at=loading.at)
        outcome.count(created=created, changed=changed)
    return outcome


def declare() -> None:
    """Add ``site.yaml`` to what a pack may hold."""
    register_section(Section("site", "site.yaml", 5, load_site))
