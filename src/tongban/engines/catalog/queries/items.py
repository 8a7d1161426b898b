"""Lists of items: each standard item once, with the unit that serves the chosen region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Length
from django.utils.translation import gettext as _

from tongban.engines.catalog.labels import period
from tongban.engines.catalog.models import Implementation, LifeEvent, SearchTerm, StandardItem, Theme
from tongban.foundation.organizations.models import Level, Region, named
from tongban.foundation.packs.localized import localized

IN_FORCE = Implementation.Status.IN_FORCE
PAGE = 20
ENOUGH_SEARCHES = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. ``region`` is the path of a region (``/420000/420100/``), empty for all."""

    region: str = ""
    unit: str = ""
    theme: str = ""
    event: str = ""
    audience: str = ""
    item_type: str = ""
    depth: str = ""
    kind: str = ""
    items: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A standard item in a list. ``code`` is the implementation that serves the region, empty if one must be chosen."""

    item_code: str
    title: str
    description: str
    icon: str
    item_type: str
    code: str
    unit: str
    units: int
    promise: str
    visits: int
    is_online: bool
    online_depth: str
    charges: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; ``page`` is Django's page over the ids of all items that match."""

    rows: list[ItemRow]
    page: Page[int]

    @property
    def total(self) -> int:
        """Return how many items match."""
        return self.page.paginator.count


@dataclass(frozen=True, slots=True)
class Counted:
    """A theme, life event or unit with its number of items."""

    code: str
    title: str
    count: int
    audience: str = ""
    icon: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit that carries an item out. ``city`` is the city its region belongs to, or the region itself."""

    code: str
    unit: str
    region: str
    city: str
    region_path: str
    level: int
    promise: str
    is_online: bool
    address: str


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A unit with its number of items."""

    code: str
    name: str
    level: int
    count: int
    phone: str = ""
    address: str = ""
    online: int = 0

    @property
    def level_title(self) -> str:
        """Return the name of its level."""
        return str(Level(self.level).label)


def published() -> QuerySet[Implementation]:
    """Return what people can apply for, with unit and standard item."""
    return Implementation.objects.filter(status=IN_FORCE).select_related("standard_item", "unit", "unit__region")


def ancestors(path: str) -> list[str]:
    """Return the paths of a region and of those above it, nearest first: ``/42/4201/`` → itself, ``/42/``."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:length]) + "/" for length in range(len(parts), 0, -1)] if path else []


def serving(path: str) -> Q:
    """Match implementations of a region, of regions within it, and of those above it."""
    if not path:
        return Q()
    return Q(region_path__startswith=path) | Q(region_path__in=ancestors(path)[1:])


def narrow(rows: QuerySet[Implementation], filters: Filters) -> QuerySet[Implementation]:
    """Apply filters."""
    rows = rows.filter(serving(filters.region))
    plain = {
        "unit__code": filters.unit,
        "standard_item__themes__code": filters.theme,
        "standard_item__events__code": filters.event,
        "standard_item__item_type": filters.item_type,
        "online_depth": filters.depth,
        "case_kind": filters.kind,
    }
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if filters.audience == "personal":
        rows = rows.filter(standard_item__for_persons=True)
    elif filters.audience == "legal":
        rows = rows.filter(standard_item__for_organizations=True)
    if filters.items is not None:
        rows = rows.filter(standard_item_id__in=filters.items)
    return rows


def by_use(items: QuerySet[StandardItem]) -> QuerySet[StandardItem]:
    """Order standard items by how often they are applied for and read, then by the pack's order."""
    return items.order_by(
        Coalesce("usage__applications", Value(0)).desc(), Coalesce("usage__views", Value(0)).desc(), "sort", "code"
    )


def promise_text(row: Implementation) -> str:
    """Return how long an item takes, as a person reads it."""
    if row.case_kind == "instant":
        return _("当场办结")
    if row.promised_figure:
        return _("承诺 %(period)s") % {"period": period(row.promised_figure, row.promised_unit)}
    return period(row.statutory_figure, row.statutory_unit)


def item_rows(ids: list[int], filters: Filters) -> list[ItemRow]:
    """Return the rows of standard items, in the order of their ids, each with the unit nearest to the region."""
    matching = narrow(Implementation.objects.filter(status=IN_FORCE, standard_item_id__in=ids), filters)
    counts = dict(matching.values_list("standard_item_id").annotate(n=Count("pk", distinct=True)).order_by())
    nearest: dict[int, Implementation] = {}
    if near := ancestors(filters.region):
        chosen = matching.filter(region_path__in=near)
        chosen = chosen.order_by("standard_item_id", Length("region_path").desc(), "pk").distinct("standard_item_id")
        for row in chosen.select_related("unit", "standard_item").defer("search_text", "search_grams", "elements"):
            nearest[row.standard_item_id] = row
    missing = [pk for pk in ids if pk not in nearest]
    samples = {}
    if missing:
        some = matching.filter(standard_item_id__in=missing).order_by("standard_item_id", "level", "pk")
        some = some.distinct("standard_item_id").select_related("unit", "standard_item")
        samples = {row.standard_item_id: row for row in some.defer("search_text", "search_grams", "elements")}
    rows = []
    for pk in ids:
        row_or_none = nearest.get(pk) or samples.get(pk)
        if row_or_none is not None:
            exact = pk in nearest or counts.get(pk, 0) == 1
            rows.append(_row(row_or_none, units=counts.get(pk, 0), exact=exact))
    return rows


def _row(row: Implementation, *, units: int, exact: bool) -> ItemRow:
    item = row.standard_item
    return ItemRow(
        item_code=item.code,
        title=row.title if exact else str(item),
        description=localized(item.description),
        icon=item.icon,
        item_type=item.get_item_type_display(),
        code=row.code if exact else "",
        unit=row.unit.title if exact else "",
        units=units,
        promise=promise_text(row),
        visits=row.visits,
        is_online=row.is_online,
        online_depth=row.get_online_depth_display(),
        charges=row.charges,
        kind=row.get_case_kind_display(),
    )


def listing(filters: Filters, *, page: int | str = 1, size: int = PAGE) -> Listing:
    """Return one page of the items that match, most used first; a page that does not exist gives the nearest."""
    matching = narrow(Implementation.objects.filter(status=IN_FORCE), filters)
    items = StandardItem.objects.filter(pk__in=matching.values("standard_item_id"))
    ids = list(by_use(items).values_list("pk", flat=True))
    shown = Paginator(ids, size).get_page(page)
    return Listing(item_rows(list(shown.object_list), filters), shown)


def popular(region: str = "", *, limit: int = 8) -> list[ItemRow]:
    """Return the items most applied for and read that serve a region."""
    return listing(Filters(region=region), size=limit).rows


@dataclass(frozen=True, slots=True)
class Overview:
    """What the home of the hall shows for a region, with true counts."""

    total: int
    personal: int
    legal: int
    personal_themes: list[Counted]
    legal_themes: list[Counted]
    events: list[Counted]
    popular: list[ItemRow]
    hot: list[str]


def overview(region: str = "", *, limit: int = 8, hot: int = 6) -> Overview:
    """Return everything the home of the hall shows for a region."""
    serving_items = StandardItem.objects.filter(pk__in=_serving_items(region))
    items = list(by_use(serving_items).only("pk", "name", "for_persons", "for_organizations"))
    ids = [item.pk for item in items]
    found = themes(region, ids=ids)
    return Overview(
        total=len(items),
        personal=sum(item.for_persons for item in items),
        legal=sum(item.for_organizations for item in items),
        personal_themes=[theme for theme in found if theme.audience == "personal"],
        legal_themes=[theme for theme in found if theme.audience == "legal"],
        events=life_events(region, ids=ids),
        popular=item_rows(ids[:limit], Filters(region=region)),
        hot=hot_terms([str(item) for item in items], limit=hot),
    )


def _serving_items(region: str) -> QuerySet[Implementation, int]:
    rows = Implementation.objects.filter(serving(region), status=IN_FORCE)
    return rows.values_list("standard_item_id", flat=True).distinct().order_by()


def totals(filters: Filters) -> dict[str, int]:
    """Return how many items match in all, for persons and for organizations, whatever audience is chosen."""
    matching = narrow(Implementation.objects.filter(status=IN_FORCE), replace(filters, audience=""))
    return StandardItem.objects.filter(pk__in=matching.values("standard_item_id")).aggregate(
        all=Count("pk"),
        personal=Count("pk", filter=Q(for_persons=True)),
        legal=Count("pk", filter=Q(for_organizations=True)),
    )


def themes(region: str = "", *, ids: Sequence[int] | None = None) -> list[Counted]:
    """Return the themes with the number of items that serve a region.

    :param ids: the standard items that serve the region, if already known
    """
    items = _serving_items(region) if ids is None else ids
    rows = Theme.objects.annotate(n=Count("items", filter=Q(items__in=items), distinct=True))
    return [Counted(row.code, str(row), row.n, row.audience, row.icon) for row in rows.order_by("audience", "order")]


def life_events(region: str = "", *, ids: Sequence[int] | None = None) -> list[Counted]:
    """Return the life events that have items serving a region, with their number."""
    items = _serving_items(region) if ids is None else ids
    rows = LifeEvent.objects.annotate(n=Count("items", filter=Q(items__in=items), distinct=True)).filter(n__gt=0)
    return [
        Counted(row.code, str(row), row.n, row.audience, row.icon, localized(row.summary))
        for row in rows.order_by("order")
    ]


def units(region: str = "", *, within: bool = True) -> list[UnitCount]:
    """Return the units that carry items out, with their number of items.

    :param within: only units of the region itself (and those above it); else also of regions inside it
    """
    rows = Implementation.objects.filter(status=IN_FORCE)
    rows = rows.filter(region_path__in=ancestors(region)) if within and region else rows.filter(serving(region))
    found = (
        rows.values("unit__code", "unit__name", "unit__name_en", "unit__level", "unit__phone", "unit__address")
        .annotate(n=Count("pk"), online=Count("pk", filter=Q(is_online=True)))
        .order_by("-unit__level", "unit__code")
    )
    return [
        UnitCount(
            row["unit__code"],
            named(row["unit__name"], row["unit__name_en"]),
            row["unit__level"],
            row["n"],
            row["unit__phone"],
            row["unit__address"],
            row["online"],
        )  # fmt: skip
        for row in found
    ]


def units_of_item(item_code: str, region: str = "") -> list[UnitRow]:
    """Return the units that carry one item out in a region, in region order."""
    rows = published().filter(serving(region), standard_item__code=item_code)
    rows = rows.select_related("unit__region__parent").defer("search_text", "search_grams", "elements")
    return [
        UnitRow(
            row.code,
            row.unit.title,
            row.unit.region.title,
            _city(row.unit.region),
            row.region_path,
            row.level,
            promise_text(row),
            row.is_online,
            row.unit.address,
        )
        for row in rows.order_by("region_path", "unit__code")
    ]


def _city(region: Region) -> str:
    while region.level > Level.CITY and region.parent is not None and region.parent.level >= Level.CITY:
        region = region.parent
    return region.title


def guide_addresses() -> list[tuple[str, dt.date]]:
    """Return the code of every guide with the day its item changed."""
    rows = Implementation.objects.filter(status=IN_FORCE).order_by("standard_item__sort", "code")
    return list(rows.values_list("code", "standard_item__updated_on"))


def hot_terms(names: Sequence[str] = (), *, limit: int = 6) -> list[str]:
    """Return what people searched most.

    :param names: names of items, most used first, that fill the list up while few have searched
    """
    terms = list(SearchTerm.objects.filter(count__gte=ENOUGH_SEARCHES).values_list("term", flat=True)[:limit])
    terms += [short for name in names if (short := _short(name)) not in terms]
    return list(dict.fromkeys(terms))[:limit]


def _short(name: str) -> str:
    return name.partition("（")[0].partition(" (")[0]
