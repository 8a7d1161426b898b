"""What stands where on the home page of a site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.queries.stamps import Stamps, stamps_part
from tongban.engines.publishing.queries.visits import visits_part

if TYPE_CHECKING:
    import datetime as dt

    from tongban.engines.publishing.queries import ColumnFrame, Entry, SiteFrame
    from tongban.interfaces.portal.sites import Here

HEAD = "news.headlines"
NEWS = ("news.headlines", "news.notices")
DOCUMENTS = "policy.government"
EXPLAINED = "open.interpretation"
MORE_NEWS = ("news.government", "news.departments", "news.regions")
TALK = "interaction.consultations"
FIGURES = "data.economy"
MOST = 8


@dataclass(frozen=True, slots=True)
class Block:
    """A column on a home page with its newest items."""

    column: ColumnFrame
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class HomeRows:
    """Everything a home page shows. A block without items is not shown."""

    head: Entry | None = None
    news: list[Block] = field(default_factory=list)
    documents: Block | None = None
    explained: Block | None = None
    more_news: list[Block] = field(default_factory=list)
    own: list[Block] = field(default_factory=list)
    open_columns: list[ColumnFrame] = field(default_factory=list)
    talk: Block | None = None
    talk_columns: list[ColumnFrame] = field(default_factory=list)
    figures: Block | None = None
    topic_sites: list[tuple[SiteFrame, str]] = field(default_factory=list)
    city_sites: list[tuple[SiteFrame, str]] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    visits: int = 0
    stamps: Stamps = field(default_factory=dict)
    mark: str = ""


def _by_code(site: SiteFrame) -> dict[str, ColumnFrame]:
    return {column.scheme_code: column for column in site.columns.values() if column.scheme_code}


def _sources(columns: list[ColumnFrame]) -> list[int]:
    return [pk for column in columns for pk in {column.id, column.source_id}]


def _read(here: Here, columns: list[ColumnFrame], *, at: dt.datetime, most: int) -> tuple[Any, ...]:
    """Return the newest items of columns, the views of the site, the stamps of all that, and the mark of the frames."""
    found = publishing.at_once(
        publishing.blocks_part(columns, at=at, most=most),
        visits_part(here.site.id),
        stamps_part([one.id for one in here.group], _sources(columns)),
        publishing.MARK,
    )
    return tuple(found)


def home_rows(here: Here, *, at: dt.datetime) -> HomeRows:
    """Return the home page of the main site or a city's, read in one statement."""
    codes = _by_code(here.site)
    own = [one for one in here.site.columns.values() if not one.scheme_code and one.is_shown_as_list]
    wanted = [codes[code] for code in (*NEWS, DOCUMENTS, EXPLAINED, *MORE_NEWS, TALK, FIGURES) if code in codes]
    found, visits, stamps, mark = _read(here, [*wanted, *own], at=at, most=MOST)

    def block(code: str) -> Block | None:
        column = codes.get(code)
        entries = found.get(column.id, []) if column else []
        return Block(column, entries) if column and entries else None

    def blocks(names: tuple[str, ...]) -> list[Block]:
        return [made for name in names if (made := block(name))]

    heads = found.get(codes[HEAD].id, []) if HEAD in codes else []
    return HomeRows(
        head=heads[0] if heads else None,
        news=blocks(NEWS),
        documents=block(DOCUMENTS),
        explained=block(EXPLAINED),
        more_news=blocks(MORE_NEWS),
        own=[Block(column, found[column.id]) for column in own if found[column.id]],
        open_columns=here.site.children(codes["open"]) if "open" in codes else [],
        talk=block(TALK),
        talk_columns=here.site.children(codes["interaction"]) if "interaction" in codes else [],
        figures=block(FIGURES),
        topic_sites=[(site, here.home_of(site)) for site in here.group if site.is_topic],
        city_sites=[(site, here.home_of(site)) for site in here.group if site.kind == "city"],
        sources=_sources([*wanted, *own]),
        visits=visits,
        stamps=stamps,
        mark=mark,
    )


def topic_rows(here: Here, *, at: dt.datetime) -> HomeRows:
    """Return the home page of a topic site: its columns as blocks, pictures first."""
    lists = [column for column in here.site.columns.values() if column.is_shown_as_list]
    found, visits, stamps, mark = _read(here, lists, at=at, most=6)
    blocks = [Block(column, found[column.id]) for column in lists if found[column.id]]
    heads = [entry for block in blocks for entry in block.entries]
    return HomeRows(
        head=max(heads, key=lambda entry: (entry.pinned, entry.published_at), default=None),
        news=blocks,
        topic_sites=[(site, here.home_of(site)) for site in here.group if site.is_topic and site.id != here.site.id],
        sources=_sources(lists),
        visits=visits,
        stamps=stamps,
        mark=mark,
    )
