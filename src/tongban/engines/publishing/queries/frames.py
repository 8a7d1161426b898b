"""The frame of the site group: sites, their columns, and which site answers where.

Frames change seldom and every page needs them, so a process keeps them and looks only whether a site's stamp has moved.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tongban.engines.publishing.models import Column, Site
from tongban.engines.publishing.queries.line import Part
from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.statements import ready


@dataclass(frozen=True, slots=True)
class ColumnFrame:
    """A column as pages need it. What changes with each publication is not here."""

    id: int
    site_id: int
    parent_id: int | None
    path: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    keywords: str
    kind: str
    watch: str
    units: Mapping[str, str]
    unit_id: int
    scheme_code: str
    source_id: int
    children: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Return its name in the reader's language."""
        return localized(self.names)

    @property
    def description(self) -> str:
        """Return what stands in it, in one sentence."""
        return localized(self.descriptions) or self.name

    @property
    def unit(self) -> str:
        """Return the name of the unit that answers for it, in the reader's language."""
        return localized(self.units)

    @property
    def address(self) -> str:
        """Return its address below the site's base."""
        return f"columns{self.path}"

    @property
    def is_shown_as_list(self) -> bool:
        """Tell whether its own items are listed."""
        return self.kind not in (Column.Kind.TOP, Column.Kind.SINGLE, Column.Kind.SERVICE)


@dataclass(frozen=True, slots=True)
class SiteFrame:
    """A site with its columns in their order."""

    id: int
    code: str
    kind: str
    names: Mapping[str, str]
    short_names: Mapping[str, str]
    host: str
    parent_id: int | None
    units: Mapping[str, str]
    unit_id: int
    regions: Mapping[str, str]
    identification_code: str
    settings: Mapping[str, Any]
    look: Mapping[str, Any]
    stamp: int
    columns: Mapping[int, ColumnFrame] = field(default_factory=dict)
    by_path: Mapping[str, ColumnFrame] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return its name in the reader's language."""
        return localized(self.names)

    @property
    def short_name(self) -> str:
        """Return its short name in the reader's language."""
        return localized(self.short_names) or self.name

    @property
    def unit(self) -> str:
        """Return the name of the unit that runs it, in the reader's language."""
        return localized(self.units)

    @property
    def region(self) -> str:
        """Return the name of its region in the reader's language; empty if it has none."""
        return localized(self.regions)

    @property
    def is_main(self) -> bool:
        """Tell whether it is the main site."""
        return self.kind == Site.Kind.MAIN

    @property
    def is_topic(self) -> bool:
        """Tell whether it is a topic site."""
        return self.kind == Site.Kind.TOPIC

    @property
    def top_columns(self) -> list[ColumnFrame]:
        """Return the columns of the first level."""
        return [column for column in self.columns.values() if column.parent_id is None]

    def children(self, column: ColumnFrame) -> list[ColumnFrame]:
        """Return the columns right below one."""
        return [self.columns[child] for child in column.children]

    def trail(self, column: ColumnFrame) -> list[ColumnFrame]:
        """Return a column with those above it, the highest first."""
        found = [column]
        while (parent := found[0].parent_id) is not None and parent in self.columns:
            found.insert(0, self.columns[parent])
        return found

    def below(self, column: ColumnFrame) -> list[ColumnFrame]:
        """Return a column and everything below it."""
        return [one for one in self.columns.values() if one.path.startswith(column.path)]

    def of_kind(self, *kinds: str) -> list[ColumnFrame]:
        """Return the columns of some kinds."""
        return [column for column in self.columns.values() if column.kind in kinds]

    def of_source(self, sources: set[int]) -> list[ColumnFrame]:
        """Return the columns that show one of these columns' items (their own or those they mirror)."""
        return [column for column in self.columns.values() if column.source_id in sources]


@dataclass(frozen=True, slots=True)
class Group:
    """All sites of the installation.

    :param mark: the stamps of all sites it was read under
    :param drawn: what pages keep for as long as no site's frame changes
    """

    sites: Mapping[int, SiteFrame]
    mark: str = ""
    drawn: dict[Any, Any] = field(default_factory=dict, compare=False)

    def __iter__(self) -> Iterator[SiteFrame]:
        """Go through the sites in their order."""
        return iter(self.sites.values())

    @property
    def main(self) -> SiteFrame | None:
        """Return the main site, if the group is loaded."""
        return next((site for site in self if site.is_main), None)

    def by_code(self, code: str) -> SiteFrame | None:
        """Return a site by its code."""
        return next((site for site in self if site.code == code), None)

    def by_host(self, host: str) -> SiteFrame | None:
        """Return the site a host name means: a declared one, else the first label as a site's code, else the main site.

        :param host: without port, in lower case
        """
        declared = next((site for site in self if site.host and site.host == host), None)
        if declared is not None:
            return declared
        label, dot, _rest = host.partition(".")
        named = self.by_code(label) if dot else None
        return named if named is not None and not named.is_main else self.main

    def parents(self, site: SiteFrame) -> list[SiteFrame]:
        """Return the sites above one, the nearest first."""
        found = []
        parent = site.parent_id
        while parent is not None and parent in self.sites:
            found.append(self.sites[parent])
            parent = self.sites[parent].parent_id
        return found

    def column(self, pk: int) -> tuple[SiteFrame, ColumnFrame] | None:
        """Return a column with its site."""
        return next(((site, site.columns[pk]) for site in self if pk in site.columns), None)


_lock = threading.Lock()
_kept: tuple[str, Group] | None = None


_MARK = "SELECT string_agg(id || '.' || stamp, ' ' ORDER BY id) FROM publishing_site"
MARK = Part(f"SELECT to_json(coalesce(({_MARK}), ''))", {}, str)
"""The stamps of all sites, read together with a page: frames of another mark are not those of its moment."""


def group() -> Group:
    """Return all sites with their columns as they are now."""
    global _kept  # noqa: PLW0603 - one value a process
    with ready() as cursor:
        cursor.execute(_MARK)
        mark = cursor.fetchone()[0] or ""
    known = last_group()
    if known is not None and known.mark == mark:
        return known
    made = _read(mark)
    with _lock:
        _kept = (connection.settings_dict["NAME"], made)
    return made


def last_group() -> Group | None:
    """Return the sites as they were when somebody looked last; whoever uses them compares :data:`MARK`."""
    known = _kept
    return known[1] if known is not None and known[0] == connection.settings_dict["NAME"] else None


def forget() -> None:
    """Read the frames anew at the next page."""
    global _kept  # noqa: PLW0603
    _kept = None


def _read(mark: str) -> Group:
    columns: dict[int, list[Column]] = {}
    rows = Column.objects.filter(is_open=True).select_related("unit").order_by("site", "order", "pk")
    for row in rows:
        columns.setdefault(row.site_id, []).append(row)
    sites = Site.objects.select_related("unit", "region").order_by("order", "code")
    return Group({site.pk: _site(site, columns.get(site.pk, [])) for site in sites}, mark)


def _site(row: Site, columns: list[Column]) -> SiteFrame:
    reachable = _reachable(columns)
    frames = {column.pk: _column(column, reachable) for column in reachable}
    return SiteFrame(
        id=row.pk,
        code=row.code,
        kind=row.kind,
        names=row.name,
        short_names=row.short_name,
        host=row.host.lower(),
        parent_id=row.parent_id,
        units=_names(row.unit),
        unit_id=row.unit_id,
        regions=_names(row.region) if row.region else {},
        identification_code=row.identification_code,
        settings=row.settings,
        look=row.look,
        stamp=row.stamp,
        columns=frames,
        by_path={column.path: column for column in frames.values()},
    )


def _names(row: Unit | Region) -> dict[str, str]:
    return {"zh": row.name, "en": row.name_en}


def _reachable(columns: list[Column]) -> list[Column]:
    """Leave out columns below one that is closed."""
    known = {column.pk: column for column in columns}

    def is_open(column: Column) -> bool:
        return column.parent_id is None or (column.parent_id in known and is_open(known[column.parent_id]))

    return [column for column in columns if is_open(column)]


def _column(row: Column, columns: list[Column]) -> ColumnFrame:
    return ColumnFrame(
        id=row.pk,
        site_id=row.site_id,
        parent_id=row.parent_id,
        path=row.path,
        names=row.name,
        descriptions=row.description,
        keywords=row.keywords,
        kind=row.kind,
        watch=row.watch,
        units=_names(row.unit),
        unit_id=row.unit_id,
        scheme_code=row.scheme_code,
        source_id=row.source_id,
        children=tuple(child.pk for child in columns if child.parent_id == row.pk),
    )
