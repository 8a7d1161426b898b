"""What is looked for before publication: personal data, listed wordings, missing texts, dead links, missing source.

Blocking findings stop approval; of the others the reviewer says that he has seen them. Identity and card numbers are
recognized by their check digits, so that other long numbers raise no alarm.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from tongban.engines.publishing.rules.content import Content
from tongban.foundation.text import mask
from tongban.foundation.text.identifiers import IdentifierError, citizen_number

AROUND = 12
"""Characters shown on both sides of a find."""
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_CARD = re.compile(r"(?<![\d.])(?:62|4|5[1-5])\d{13,17}(?![\d.])")
_OWN_LINK = re.compile(r"^/(?:[^/?#]+/)*articles/(\d+)/?(?:[?#].*)?$")
NEEDS_SOURCE = frozenset({"news", "notice", "document", "interpretation", "information", "video"})
NEEDS_SUBJECT = frozenset({"document", "information"})


@dataclass(frozen=True, slots=True)
class Word:
    """A listed wording."""

    text: str
    kind: str
    replacement: str = ""
    blocks: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. ``excerpt`` shows where, with personal data masked; ``hint`` names the remedy's word."""

    code: str
    blocks: bool
    field: str
    excerpt: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks must know beside the text."""

    words: Sequence[Word] = ()
    public_articles: Collection[int] = frozenset()
    """Of the articles linked to, those that are public."""
    is_open_information: bool = False
    today: dt.date | None = None


class _Markup(HTMLParser):
    """Reads links, pictures and text of clean markup."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[tuple[str, str | None]] = []
        self.headings: list[int] = []
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"] or "")
        elif tag == "img":
            self.images.append((values.get("src") or "", values.get("alt")))
        elif re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("p", "br", "li", "td", "th", "h2", "h3", "h4", "figcaption", "div"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _read(body: str) -> _Markup:
    markup = _Markup()
    markup.feed(body)
    markup.close()
    return markup


def linked_articles(body: str) -> set[int]:
    """Return the numbers of the articles a text links to."""
    return {int(found.group(1)) for link in _read(body).links if (found := _OWN_LINK.match(link))}


def check(content: Content, around: Surroundings) -> list[Finding]:
    """Return everything found, the blocking first."""
    markup = _read(content.body)
    texts = {
        "title": content.title,
        "subtitle": content.subtitle,
        "summary": content.summary,
        "source": content.source,
        "author": content.author,
        "body": "".join(markup.parts),
        "attachments": "\n".join(row.name for row in content.attachments),
    }
    found: list[Finding] = []
    for field, text in texts.items():
        flat = unicodedata.normalize("NFKC", text)
        found += _personal(field, flat)
        found += _listed(field, flat, around.words)
    found += _pictures(markup)
    found += _links(markup, around)
    found += _missing(content, around, texts["body"])
    return sorted(found, key=lambda finding: not finding.blocks)


def _stop(code: str, field: str, excerpt: str = "") -> Finding:
    return Finding(code, blocks=True, field=field, excerpt=excerpt)


def _warn(code: str, field: str, excerpt: str = "") -> Finding:
    return Finding(code, blocks=False, field=field, excerpt=excerpt)


def _near(text: str, start: int, end: int, shown: str) -> str:
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return " ".join(f"{before}{shown}{after}".split())


def _personal(field: str, text: str) -> Iterator[Finding]:
    taken: list[range] = []
    for match in _IDENTITY.finditer(text):
        try:
            citizen_number.check(match.group().upper())
        except IdentifierError:
            continue
        taken.append(range(*match.span()))
        shown = mask.citizen_number(match.group())
        yield _stop("identity_number", field, _near(text, *match.span(), shown))
    for match in _CARD.finditer(text):
        if any(match.start() in spot for spot in taken) or not _luhn(match.group()):
            continue
        taken.append(range(*match.span()))
        shown = mask.bank_account(match.group())
        yield _stop("bank_card", field, _near(text, *match.span(), shown))
    for match in _PHONE.finditer(text):
        if not any(match.start() in spot for spot in taken):
            shown = mask.phone(match.group())
            yield _warn("phone_number", field, _near(text, *match.span(), shown))


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _listed(field: str, text: str, words: Iterable[Word]) -> Iterator[Finding]:
    for word in words:
        start = text.find(word.text)
        if start >= 0:
            excerpt = _near(text, start, start + len(word.text), word.text)
            hint = word.replacement or word.note
            yield Finding(f"word_{word.kind}", word.blocks, field, excerpt, hint)


def _pictures(markup: _Markup) -> Iterator[Finding]:
    for source, alt in markup.images:
        if not (alt or "").strip():
            yield _stop("missing_alt", "body", source)


def _links(markup: _Markup, around: Surroundings) -> Iterator[Finding]:
    for link in markup.links:
        own = _OWN_LINK.match(link)
        if own and int(own.group(1)) not in around.public_articles:
            yield _stop("dead_link", "body", link)
        elif link.startswith(("http://", "https://")):
            yield _warn("outside_link", "body", link)


def _missing(content: Content, around: Surroundings, text: str) -> Iterator[Finding]:
    if not text.strip() and not content.attachments and "<img" not in content.body:
        yield _stop("empty_body", "body")
    if content.kind in NEEDS_SOURCE and not content.source:
        yield _stop("missing_source", "source")
    if around.is_open_information and content.kind in NEEDS_SUBJECT:
        if not content.subject:
            yield _stop("missing_subject", "subject")
        if content.written_on is None:
            yield _stop("missing_written_on", "written_on")
    if content.written_on and around.today and content.written_on > around.today:
        yield _stop("written_in_future", "written_on", content.written_on.isoformat())
    if not content.summary and len(text) > 600:
        yield _warn("missing_summary", "summary")
    if content.title.rstrip()[-1:] in "。，；、,;":
        yield _warn("title_punctuation", "title", content.title)
