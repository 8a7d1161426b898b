"""Reads of the catalog."""

from tongban.engines.catalog.queries.guide_rows import Guide
from tongban.engines.catalog.queries.guides import (
    by_code,
    download,
    example_due,
    guide,
    materials_for,
    process_on,
    revisions,
)
from tongban.engines.catalog.queries.items import (
    Filters,
    ItemRow,
    Listing,
    Overview,
    UnitRow,
    guide_addresses,
    hot_terms,
    life_events,
    listing,
    overview,
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
    "Overview",
    "SearchPage",
    "UnitRow",
    "by_code",
    "download",
    "example_due",
    "government_service",
    "guide",
    "guide_addresses",
    "hot_terms",
    "life_events",
    "listing",
    "materials_for",
    "overview",
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
