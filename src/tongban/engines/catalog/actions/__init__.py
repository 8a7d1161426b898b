"""The changes of the catalog: loading packs, and counting how it is used."""

from tongban.engines.catalog.actions.counting import (
    count_application,
    count_download,
    count_guide_view,
    remember_search,
    remember_searches,
)
from tongban.engines.catalog.actions.lists import load_events, load_themes
from tongban.engines.catalog.actions.loading import load_items, refresh_processes

__all__ = [
    "count_application",
    "count_download",
    "count_guide_view",
    "load_events",
    "load_items",
    "load_themes",
    "refresh_processes",
    "remember_search",
    "remember_searches",
]
