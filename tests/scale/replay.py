"""Records what one case writes and writes the same rows again for other cases, in raw SQL through psycopg.

The replay keeps everything that a hand-written program would also have to do: the same rows, the same number of statements, the
same transactions. It leaves out what makes the platform one: reading, deciding, checking, filling in texts, encrypting.
"""

from __future__ import annotations

import itertools
import re
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

_INSERT = re.compile(r'\s*INSERT INTO "?(\w+)"? \(([^)]*)\)')
_UPDATE = re.compile(r'\s*UPDATE "?(\w+)"?')
_NEW_COLUMNS = re.compile(r"AS new\(([^)]*)\)")
_WRITES = ("INSERT", "UPDATE", "WITH EVENT")
KEYS = {
    "case_id": "cases_case",
    "task_id": "cases_task",
    "parent_id": "cases_task",
    "clock_id": "cases_caseclock",
    "license_id": "licenses_license",
}
"""Which columns name which table's new rows."""


@dataclass(slots=True)
class Statement:
    """One statement with the values it had."""

    sql: str
    values: Any
    table: str = ""
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Prepared:
    """A statement with a further case's values; ``places`` are those of keys that the database gives during the run."""

    sql: str
    values: Any
    places: tuple[tuple[int, str], ...] = ()
    gives: str = ""


@dataclass(slots=True)
class Recording:
    """The writing statements of one case, by transaction, and the keys that its rows got."""

    transactions: list[list[Statement]] = field(default_factory=list)
    keys: dict[str, list[int]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    uuids: list[uuid.UUID] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """Return how many statements one case takes."""
        return sum(map(len, self.transactions))

    @contextmanager
    def transaction(self, connection: Any) -> Iterator[None]:
        """Record the writing statements of what runs inside as one transaction."""
        found: list[Statement] = []

        def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
            if sql.lstrip().upper().startswith(_WRITES) or "procrastinate_defer" in sql:
                found.append(_statement(sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(keep):
            yield
        self.transactions.append(found)

    def learn(self, connection: psycopg.Connection[Any], number: str) -> None:
        """Read which keys and unique texts the recorded case got, so that a replay can give others."""
        (case,) = connection.execute("SELECT id FROM cases_case WHERE number = %s", (number,)).fetchone() or (0,)
        for table in ("cases_task", "cases_caseclock"):
            rows = connection.execute(f"SELECT id FROM {table} WHERE case_id = %s ORDER BY id", (case,)).fetchall()
            self.keys[table] = [key for (key,) in rows]
        licenses = connection.execute(
            "SELECT id, identifier, number, serial FROM licenses_license WHERE case_number = %s", (number,)
        ).fetchall()
        self.keys |= {"cases_case": [case], "licenses_license": [row[0] for row in licenses]}
        self.texts = [number, number[8:], *(text for row in licenses for text in row[1:])]
        for statement in (each for held in self.transactions for each in held if each.columns):
            for column, value in zip(itertools.cycle(statement.columns), statement.values, strict=False):
                if column in ("id", "submission_key") and isinstance(value, uuid.UUID):
                    self.uuids.append(value)


def _statement(sql: str, params: Any) -> Statement:
    values = dict(params) if isinstance(params, dict) else list(params or ())
    inserted = _INSERT.match(sql)
    if inserted:
        return Statement(sql, values, inserted[1], tuple(part.strip(' "') for part in inserted[2].split(",")))
    updated = _UPDATE.match(sql)
    several = _NEW_COLUMNS.search(sql)
    if updated and several:
        return Statement(sql, values, updated[1], tuple(part.strip(' "') for part in several[1].split(",")))
    return Statement(sql, values, updated[1] if updated else "")


@dataclass(slots=True)
class Replay:
    """Writes the rows of a recorded case for a further case; every text of it is ready before :meth:`run` begins."""

    recording: Recording
    serial: int
    keys: dict[tuple[str, int], int] = field(default_factory=dict)
    left: dict[str, deque[int]] = field(default_factory=dict)
    texts: list[tuple[str, str]] = field(default_factory=list)
    uuids: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    ready: list[list[Prepared]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put the further case's number and keys into all values, except the keys that the database will give."""
        held = self.recording
        self.left = defaultdict(deque, {table: deque(keys) for table, keys in held.keys.items()})
        self.texts = [(text, _other(text, self.serial)) for text in held.texts]
        self.uuids = {old: uuid.uuid4() for old in held.uuids}
        self.texts += [(str(old), str(new)) for old, new in self.uuids.items()]
        self.ready = [[self._prepared(statement) for statement in found] for found in held.transactions]

    def run(self, connection: psycopg.Connection[Any]) -> None:
        """Write it all, in the recorded transactions."""
        for transaction in self.ready:
            with connection.transaction():
                for each in transaction:
                    for place, table in each.places:
                        each.values[place] = self._key(table, each.values[place])
                    cursor = connection.execute(each.sql, each.values)
                    if each.gives:
                        for (key,) in cursor.fetchall():
                            self.keys[each.gives, self.left[each.gives].popleft()] = key

    def _prepared(self, statement: Statement) -> Prepared:
        held, table = self.recording.keys, statement.table
        if isinstance(statement.values, dict):
            return Prepared(statement.sql, {name: self._plain(value) for name, value in statement.values.items()})
        values = [self._plain(value) for value in statement.values]
        places: list[tuple[int, str]] = []
        if statement.columns:
            width = len(statement.columns)
            for index in range(len(values)):
                column = statement.columns[index % width]
                named = table if column == "key" else KEYS.get(column, "")
                if named:
                    places.append((index, named))
        elif table in held and values:
            places.append((len(values) - 1, table))
        gives = table if table in held and statement.sql.lstrip().startswith("INSERT") else ""
        return Prepared(statement.sql, values, tuple(places), gives)

    def _key(self, table: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._key(table, each) for each in value]
        return self.keys.get((table, value), value) if isinstance(value, int) else value

    def _plain(self, value: Any) -> Any:
        if isinstance(value, uuid.UUID):
            return self.uuids.get(value, value)
        if isinstance(value, str):
            for old, new in self.texts:
                value = value.replace(old, new)
        return value


def _other(text: str, serial: int) -> str:
    """Return a text of the same length that nothing else has."""
    return (
        f"{text[: len(text) - 6]}{900_000 - serial:06d}" if len(text) > 6 else f"{serial:0{len(text)}d}"[-len(text) :]
    )
