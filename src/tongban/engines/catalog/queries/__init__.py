"""Reads of the catalog."""

from tongban.engines.catalog.queries.guides import (
    Guide,
    by_code,
    download,
    guide,
    materials_for,
    process_on,
    revisions,
)
from tongban.engines.catalog.queries.items import (
    Filters,
    ItemRow,
    Listing,
    UnitRow,
    hot_terms,
    life_events,
    listing,
    popular,
    published,
    themes,
    totals,
    units,
    units_of_item,
)
from tongban.engines.catalog.queries.jsonld import government_service
from tongban.engines.catalog.queries.searching import SearchPage, search, suggest

__all__ = [
    "Filters",
    "Guide",
    "ItemRow",
    "Listing",
    "SearchPage",
    "UnitRow",
    "by_code",
    "download",
    "government_service",
    "guide",
    "hot_terms",
    "life_events",
    "listing",
    "materials_for",
    "popular",
    "process_on",
    "published",
    "revisions",
    "search",
    "suggest",
    "themes",
    "totals",
    "units",
    "units_of_item",
]
