"""Decides which articles belong together: what an editor or the text itself names, then what resembles it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongban.foundation.text.normalize import key
from tongban.foundation.text.search import bigrams

MOST = 6
LEAST_LIKENESS = 0.15
SAME_SUBJECT = 0.2
SAME_KEYWORD = 0.15
MOST_KEYWORDS = 3


@dataclass(frozen=True, slots=True)
class Text:
    """What articles are compared by."""

    id: int
    title: str
    keywords: str
    subject: int | None


def likeness(one: Text, other: Text) -> float:
    """Return how much two articles are alike: shared pairs of the titles (0 to 1), more for subject and keywords."""
    first, second = set(bigrams(key(one.title))), set(bigrams(key(other.title)))
    score = len(first & second) / len(first | second) if first and second else 0.0
    shared = len(_keywords(one) & _keywords(other))
    score += SAME_KEYWORD * min(shared, MOST_KEYWORDS)
    return score + (SAME_SUBJECT if one.subject is not None and one.subject == other.subject else 0.0)


def _keywords(text: Text) -> set[str]:
    return {word.strip() for word in text.keywords.replace("，", ",").replace("、", ",").split(",") if word.strip()}


def chosen(of: Text, declared: Sequence[int], linked: Iterable[int], candidates: Iterable[Text]) -> list[int]:
    """Return the articles to show with one, the declared first, then the linked, then the most alike."""
    found = [pk for pk in dict.fromkeys([*declared, *sorted(linked)]) if pk != of.id]
    scored = [(likeness(of, each), each.id) for each in candidates if each.id != of.id and each.id not in found]
    alike = sorted((each for each in scored if each[0] >= LEAST_LIKENESS), key=lambda each: (-each[0], -each[1]))
    return [*found, *(pk for _score, pk in alike)][:MOST]
