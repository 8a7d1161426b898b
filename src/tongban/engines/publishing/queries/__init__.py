"""Reads of the site group."""

from tongban.engines.publishing.queries.frames import MARK, ColumnFrame, Group, SiteFrame, forget, group, last_group
from tongban.engines.publishing.queries.line import Part, at_once
from tongban.engines.publishing.queries.lists import (
    Entry,
    Key,
    ListPage,
    blocks,
    blocks_part,
    column_page,
    column_times,
    pinned_in,
)
from tongban.engines.publishing.queries.reading import Reading, Shown, home_of, places, published, read, withdrawn_note
from tongban.engines.publishing.queries.stamps import stamp_of

__all__ = [
    "MARK",
    "ColumnFrame",
    "Entry",
    "Group",
    "Key",
    "ListPage",
    "Part",
    "Reading",
    "Shown",
    "SiteFrame",
    "at_once",
    "blocks",
    "blocks_part",
    "column_page",
    "column_times",
    "forget",
    "group",
    "home_of",
    "last_group",
    "pinned_in",
    "places",
    "published",
    "read",
    "stamp_of",
    "withdrawn_note",
]
