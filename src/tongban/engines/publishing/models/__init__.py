"""The site group: sites and columns, articles and where they show, the editorial chain, media, counts, word lists."""

from tongban.engines.publishing.models.articles import (
    Article,
    Attachment,
    IndexCounter,
    LocalOverride,
    Placement,
    Related,
    Revision,
    Subject,
    Withdrawal,
)
from tongban.engines.publishing.models.chain import EditorialEvent, Lock, Submission
from tongban.engines.publishing.models.counting import ColumnVisits, SiteVisits, VisitCount
from tongban.engines.publishing.models.digests import DigestRequest, DigestSubscription
from tongban.engines.publishing.models.law import LawEvent
from tongban.engines.publishing.models.media import MediaItem, Rendition
from tongban.engines.publishing.models.sites import Column, Site
from tongban.engines.publishing.models.words import ListedWord

__all__ = [
    "Article",
    "Attachment",
    "Column",
    "ColumnVisits",
    "DigestRequest",
    "DigestSubscription",
    "EditorialEvent",
    "IndexCounter",
    "LawEvent",
    "ListedWord",
    "LocalOverride",
    "Lock",
    "MediaItem",
    "Placement",
    "Related",
    "Rendition",
    "Revision",
    "Site",
    "SiteVisits",
    "Subject",
    "Submission",
    "VisitCount",
    "Withdrawal",
]
