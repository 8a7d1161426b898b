"""What of an article is searched: folded texts, and tokens for any PostgreSQL.

Besides pairs of characters the tokens name what a search is narrowed by: ``^`` before pairs of the title, ``~y2026``,
``~q20264`` and ``~d261121`` the year, quarter and day of publication, ``~knews`` the kind. The newest are asked for day by day,
then quarter by quarter, so that a word that half of all articles hold does not make the database sort half of all articles.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterable

from tongban.foundation.text.normalize import key
from tongban.foundation.text.search import bigrams, terms

LONGEST_TITLE = 420
_BLOCK = re.compile(r"</(?:p|h\d|li|td|th|tr|div|figcaption|blockquote|pre)\s*>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_BLANKS = re.compile(r"[^\S\n]+")


def plain(body: str) -> str:
    """Return the text of an article's body, one line a paragraph."""
    text = html.unescape(_TAG.sub("", _BLOCK.sub("\n", body)))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def quarter(day: dt.date) -> str:
    """Return the token of a day's quarter."""
    return f"~q{day.year}{(day.month + 2) // 3}"


def day_token(day: dt.date) -> str:
    """Return the token of a day."""
    return f"~d{day:%y%m%d}"


def search_texts(title: str, fields: Iterable[str], body: str) -> tuple[str, str]:
    """Return the folded title and the folded whole text, one line a field or paragraph, in which matches are checked.

    :param fields: subtitle, summary, numbers, keywords, names that shall be found too
    :param body: the article's markup
    """
    lines = [title, *fields, *plain(body).split("\n")]
    folded = [found for line in lines if (found := key(line))]
    return key(title)[:LONGEST_TITLE], "\n".join(folded)


def article_grams(search_title: str, search_text: str, *, published_on: dt.date, kind: str) -> list[str]:
    """Return all tokens of an article; pairs never span two lines."""
    tokens: dict[str, None] = dict.fromkeys(f"^{token}" for token in bigrams(search_title))
    for line in search_text.split("\n"):
        tokens.update(dict.fromkeys(terms(line)))
    times = (day_token(published_on), quarter(published_on), f"~y{published_on.year}")
    tokens.update(dict.fromkeys((*times, f"~k{kind}")))
    return list(tokens)


def vector(tokens: Iterable[str]) -> str:
    """Return tokens as the text of a ``tsvector`` value; they hold nothing that would need escaping."""
    return " ".join(f"'{token}'" for token in tokens)
