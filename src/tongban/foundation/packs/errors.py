"""What can be wrong with a pack, said with its place and its remedy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: file (relative to the pack), line (from 1, 0 if unknown), place inside the document, and text."""

    file: str
    line: int
    place: str
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}  {self.place}  {self.text}" if self.place else f"{where}  {self.text}"


class PackError(Exception):
    """A pack is refused; nothing of it was loaded."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep every problem, so that all can be mended at once."""
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
