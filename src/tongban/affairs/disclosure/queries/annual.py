"""The figures of the annual report on open information (政府信息公开条例 Art. 49 and 50), from what the platform holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q

from tongban.affairs.disclosure.rules.annual import Line, Request, tabulate
from tongban.engines.cases.models import Case
from tongban.engines.catalog.models import Implementation
from tongban.engines.publishing.models import Article, Column, Site
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.paths import under

REQUEST_ITEM = "422000001001"
"""The standard item under which information is asked for (依申请公开政府信息)."""
NORMATIVE = "policy.normative"


@dataclass(frozen=True, slots=True)
class Made:
    """How many normative documents of a site were issued and ended in a year, and how many are in force."""

    issued: int
    ended: int
    in_force: int


@dataclass(frozen=True, slots=True)
class Published:
    """How much open information of one column was published in a year."""

    column: Column
    count: int


@dataclass(frozen=True, slots=True)
class AnnualFigures:
    """The figures of one site's region and year."""

    year: int
    documents: Made
    published: list[Published]
    requests: list[Line]

    @property
    def total(self) -> int:
        """Return how many items of open information were published in the year."""
        return sum(row.count for row in self.published)


def annual_figures(site_id: int, year: int) -> AnnualFigures:
    """Return the figures of a site: its own open information, and the requests to units of its region."""
    site = Site.objects.select_related("region").get(pk=site_id)
    return AnnualFigures(
        year=year,
        documents=_documents(site, year),
        published=_published(site, year),
        requests=tabulate(_requests(site.region.path if site.region else ""), year),
    )


def _documents(site: Site, year: int) -> Made:
    rows = Article.objects.filter(
        column__site=site, column__scheme_code=NORMATIVE, status=Article.Status.PUBLISHED, kind=Article.Kind.DOCUMENT
    )
    over = Q(validity__in=(Article.Validity.ABOLISHED, Article.Validity.EXPIRED))
    return Made(
        **rows.aggregate(
            issued=Count("pk", filter=Q(written_on__year=year)),
            ended=Count("pk", filter=over & Q(abolished_on__year=year)),
            in_force=Count("pk", filter=~over),
        )
    )


def _published(site: Site, year: int) -> list[Published]:
    columns = Column.objects.filter(
        site=site, kind=Column.Kind.OPEN_INFORMATION, mirror_of__isnull=True, is_open=True
    ).order_by("order", "pk")
    in_year = Q(articles__first_published_at__year=year, articles__status=Article.Status.PUBLISHED)
    counted = columns.annotate(count=Count("articles", filter=in_year))
    return [Published(column, column.count) for column in counted]


def _requests(region_path: str) -> Iterator[Request]:
    items = Implementation.objects.filter(standard_item__code=REQUEST_ITEM)
    rows = Case.objects.filter(under("region_path", region_path), implementation__in=list(items))
    fields = ("applicant_kind", "submitted_at", "decided_at", "closed_at", "result")
    for kind, came, decided, closed, result in rows.values_list(*fields).iterator():
        yield Request(kind, local_date(came), _day(decided or closed), result)


def _day(at: dt.datetime | None) -> dt.date | None:
    return local_date(at) if at else None
