"""What can be said of a page from its source: page tags, accessibility, validity, links.

Page tags: 国办发〔2017〕47号 (names seen on government sites). Accessibility: what WCAG 2.2 demands of every page and a
parser can see; contrast, focus, order and whatever a script makes take a browser, which the project's own tests use.
Validity: where the HTML parser has to mend the source, ids used twice, elements that HTML no longer has; not whether
every element may stand where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from justhtml import JustHTML

EVERY_PAGE = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN_PAGE = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE_PAGE = ("ArticleTitle", "PubDate", "ContentSource")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
OBSOLETE = (
    "acronym",
    "applet",
    "basefont",
    "big",
    "center",
    "dir",
    "font",
    "frame",
    "frameset",
    "marquee",
    "strike",
    "tt",
)
NAMING = ("aria-label", "aria-labelledby", "title")
NAMED_ELSEWHERE = frozenset({"hidden", "submit", "button", "reset", "image"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a page: a code, and what it is about."""

    code: str
    detail: str = ""


class PageSource:
    """A page, parsed once."""

    def __init__(self, html: str, url: str) -> None:
        """Parse a page.

        :param url: its own address, to resolve links
        """
        self.url = url
        self.document = JustHTML(html, collect_errors=True, sanitize=False)

    def _all(self, selector: str) -> list[dict[str, str]]:
        return [
            {key: value or "" for key, value in (node.attrs or {}).items()} for node in self.document.query(selector)
        ]

    def tags(self) -> dict[str, str]:
        """Return the page's named meta tags."""
        return {tag["name"]: tag.get("content", "") for tag in self._all("meta[name]")}

    def tag_faults(self, required: tuple[str, ...], *, host: str) -> list[Fault]:
        """Return which required tags are missing or empty, and whether the domain (a port does not matter) is another's."""
        tags = self.tags()
        faults = [Fault("missing", name) for name in required if not tags.get(name, "").strip()]
        domain = tags.get("SiteDomain", "").strip()
        if domain and urlsplit(f"//{domain}").hostname != host:
            faults.append(Fault("domain", domain))
        return faults

    def accessibility_faults(self) -> list[Fault]:
        """Return what keeps some people from using the page."""
        return [
            *self._frame_faults(),
            *self._picture_faults(),
            *self._heading_faults(),
            *self._field_faults(),
            *self._name_faults(),
            *self._table_faults(),
        ]

    def _frame_faults(self) -> Iterator[Fault]:
        html = self._all("html")
        if not html or not html[0].get("lang", "").strip():
            yield Fault("lang")
        titles = self.document.query("title")
        if not titles or not titles[0].to_text().strip():
            yield Fault("title")
        if not self.document.query("main"):
            yield Fault("main")
        for tag in self._all("meta[name=viewport]"):
            wanted = tag.get("content", "").replace(" ", "").lower()
            if "user-scalable=no" in wanted or "maximum-scale=1" in wanted:
                yield Fault("zoom")

    def _picture_faults(self) -> Iterator[Fault]:
        for picture in self._all("img"):
            if "alt" not in picture:
                yield Fault("alt", picture.get("src", "")[:120])

    def _heading_faults(self) -> Iterator[Fault]:
        levels = [(int(node.name[1]), node.to_text().strip()[:60]) for node in self.document.query(", ".join(HEADINGS))]
        if [level for level, _text in levels].count(1) != 1:
            yield Fault("h1", str([level for level, _text in levels].count(1)))
        for (above, _before), (level, text) in zip(levels, levels[1:], strict=False):
            if level > above + 1:
                yield Fault("heading_skipped", text)

    def _field_faults(self) -> Iterator[Fault]:
        named = {label.get("for", "") for label in self._all("label[for]")}
        inside = {id(node) for node in self.document.query("label input, label select, label textarea")}
        for node in self.document.query("input, select, textarea"):
            field = {key: value or "" for key, value in (node.attrs or {}).items()}
            if id(node) in inside or field.get("type", "text") in NAMED_ELSEWHERE:
                continue
            if not any(field.get(name) for name in ("aria-label", "aria-labelledby", "title")) and (
                field.get("id", "") not in named
            ):
                yield Fault("label", field.get("name", ""))

    def _name_faults(self) -> Iterator[Fault]:
        """Yield links, buttons and frames that say nothing to who cannot see them, and orders of tabbing set by hand."""
        for node in self.document.query("a[href], button, iframe"):
            given = node.attrs or {}
            hidden = given.get("aria-hidden") == "true"
            if not hidden and not any(given.get(name) for name in NAMING) and not _says(node):
                yield Fault(
                    {"a": "link_text", "button": "button_text"}.get(node.name, "frame_title"), given.get("href") or ""
                )
        for each in self._all("[tabindex]"):
            if each["tabindex"].strip().isdecimal() and int(each["tabindex"]) > 0:
                yield Fault("tabindex", each["tabindex"])

    def _table_faults(self) -> Iterator[Fault]:
        for table in self.document.query("table"):
            if (table.attrs or {}).get("role") not in ("presentation", "none") and not table.query("th"):
                yield Fault("table_heads", table.to_text().strip()[:40])

    def markup_faults(self) -> list[Fault]:
        """Return where the source breaks the rules of HTML."""
        ids = Counter(node["id"] for node in self._all("[id]"))
        return [
            *(Fault("markup", str(error)[:200]) for error in self.document.errors),
            *(Fault("id_twice", name) for name, count in ids.items() if count > 1),
            *(Fault("obsolete", node.name) for node in self.document.query(", ".join(OBSOLETE))),
        ]

    def links(self) -> list[str]:
        """Return the web addresses the page links to, each once, without fragments."""
        found = dict.fromkeys(
            urldefrag(urljoin(self.url, link["href"].strip()))[0]
            for link in self._all("a[href]")
            if link["href"].strip()
        )
        return [address for address in found if urlsplit(address).scheme in ("http", "https")]


def _says(node: Any) -> bool:
    """Tell whether an element has a text, or a picture in it has one."""
    pictures = node.query("img[alt], [aria-label]")
    named = any((each.attrs or {}).get("alt") or (each.attrs or {}).get("aria-label") for each in pictures)
    return bool(node.to_text().strip()) or named
