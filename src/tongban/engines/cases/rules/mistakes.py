"""A mistake in a process, with its place, said in both languages."""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake at a place of the file, said in both languages."""

    place: Place
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"
