"""Reads of the site group."""

from tongban.engines.publishing.queries.frames import ColumnFrame, Group, SiteFrame, forget, group
from tongban.engines.publishing.queries.lists import Entry, Key, ListPage, blocks, column_page, column_times, pinned_in
from tongban.engines.publishing.queries.reading import Reading, Shown, home_of, places, published, read, withdrawn_note
from tongban.engines.publishing.queries.stamps import stamp_of

__all__ = [
    "ColumnFrame",
    "Entry",
    "Group",
    "Key",
    "ListPage",
    "Reading",
    "Shown",
    "SiteFrame",
    "blocks",
    "column_page",
    "column_times",
    "forget",
    "group",
    "home_of",
    "pinned_in",
    "places",
    "published",
    "read",
    "stamp_of",
    "withdrawn_note",
]
