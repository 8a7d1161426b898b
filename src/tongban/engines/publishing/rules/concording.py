"""Two texts of one statute side by side (新旧条文对照): which article became which, and what changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.engines.publishing.rules.comparing import Piece, pieces
from tongban.foundation.text.search import bigrams

ALIKE = 0.42
"""From which share of common pairs of characters two articles are taken for one (Dice)."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An article of one text: its label (第十二条) and its words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An article of the older text beside that of the newer one; one side is missing where it was added or dropped."""

    old: Passage | None
    new: Passage | None
    pieces: tuple[Piece, ...]

    @property
    def label(self) -> str:
        """Return the newer label, else the older."""
        passage = self.new or self.old
        return passage.label if passage else ""

    @property
    def kind(self) -> str:
        """Return ``added``, ``removed``, ``changed``, ``moved`` (only its number changed) or ``same``."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        if self.old.text != self.new.text:
            return "changed"
        return "same" if self.old.label == self.new.label else "moved"


def concord(old: Sequence[Passage], new: Sequence[Passage]) -> list[Pair]:
    """Return the articles of two texts in pairs, in the order of the newer; what was dropped stands where it stood.

    Articles with the same words belong together; of the others the most alike, each once.
    """
    partner = _partners(old, new)
    taken = set(partner.values())
    rows: list[Pair] = []
    behind: dict[int, list[Pair]] = {}
    back = {older: newer for newer, older in partner.items()}
    last = -1
    for index, passage in enumerate(old):
        if index in taken:
            last = back[index]
        else:
            behind.setdefault(last, []).append(Pair(passage, None, (Piece("removed", passage.text),)))
    rows.extend(behind.get(-1, []))
    for index, passage in enumerate(new):
        older = old[partner[index]] if index in partner else None
        if older is None:
            rows.append(Pair(None, passage, (Piece("added", passage.text),)))
        else:
            rows.append(Pair(older, passage, tuple(pieces(older.text, passage.text))))
        rows.extend(behind.get(index, []))
    return rows


def _partners(old: Sequence[Passage], new: Sequence[Passage]) -> dict[int, int]:
    """Return for each newer article the older it came from."""
    found: dict[int, int] = {}
    open_old = {index: set(bigrams(passage.text)) for index, passage in enumerate(old)}
    by_text = {passage.text: index for index, passage in reversed(list(enumerate(old)))}
    for index, passage in enumerate(new):
        same = by_text.get(passage.text)
        if same in open_old:
            found[index] = same
            del open_old[same]
    likes = sorted(
        (
            (-_likeness(grams, held), abs(index - other), index, other)
            for index, grams in ((i, set(bigrams(p.text))) for i, p in enumerate(new) if i not in found)
            for other, held in open_old.items()
        ),
    )
    for share, _distance, index, other in likes:
        if -share >= ALIKE and index not in found and other in open_old:
            found[index] = other
            del open_old[other]
    return found


def _likeness(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))
