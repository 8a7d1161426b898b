"""Reads over the audit record, and its verification."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongban.foundation.audit.models import AuditEvent, AuditStream
from tongban.foundation.audit.rules import GENESIS, canonical, hash_of, known_algorithm, moment


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first thing wrong in a stream: at which sequence number (0: the stream as a whole), and what."""

    stream: str
    seq: int
    text: str

    def __str__(self) -> str:
        return f"{self.stream}/{self.seq}: {self.text}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification saw: how many streams and events, and the first flaw of each broken stream."""

    streams: int
    events: int
    flaws: tuple[Flaw, ...]

    @property
    def whole(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.flaws


def history(stream: str) -> QuerySet[AuditEvent]:
    """Return the events of a stream, oldest first."""
    return AuditEvent.objects.filter(stream_id=stream).order_by("seq")


def latest(*, kinds: tuple[str, ...] = (), since: dt.datetime | None = None) -> QuerySet[AuditEvent]:
    """Return events newest first, of some kinds and since a moment if given."""
    rows = AuditEvent.objects.order_by("-pk")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return rows


def verify(stream: str = "") -> Verification:
    """Recompute every chain (or one) and compare it with its stream's head.

    Costs one pass over the events in the order of their index; nothing is kept in memory but one event and the heads.
    """
    heads = AuditStream.objects.order_by("name")
    events = AuditEvent.objects.order_by("stream_id", "seq")
    if stream:
        heads, events = heads.filter(pk=stream), events.filter(stream_id=stream)
    known = {row.name: row for row in heads.iterator(chunk_size=5000)}
    flaws: list[Flaw] = []
    count = 0
    seen: set[str] = set()
    for name, group in itertools.groupby(events.iterator(chunk_size=2000), key=lambda event: event.stream_id):
        seen.add(name)
        walk = _Walk(name, known.get(name))
        for event in group:
            count += 1
            walk.take(event)
        flaws.extend(walk.end())
    flaws += [
        Flaw(name, row.seq, _("记录流登记有 %(n)d 条记录，实际一条也没有") % {"n": row.seq})
        for name, row in known.items()
        if name not in seen and row.seq
    ]
    if stream and not known and not seen:
        flaws.append(Flaw(stream, 0, _("没有这个记录流")))
    return Verification(len(seen | set(known)), count, tuple(sorted(flaws, key=lambda flaw: (flaw.stream, flaw.seq))))


class _Walk:
    """Follows one chain and keeps its first flaw."""

    def __init__(self, name: str, head: AuditStream | None) -> None:
        self.name, self.head = name, head
        self.seq, self.hash = 0, GENESIS
        self.flaw: Flaw | None = None

    def take(self, event: AuditEvent) -> None:
        """Check the next event against the one before."""
        if self.flaw is None:
            text = self._wrong(event)
            if text:
                self.flaw = Flaw(self.name, min(event.seq, self.seq + 1), text)
        self.seq, self.hash = event.seq, bytes(event.hash)

    def _wrong(self, event: AuditEvent) -> str:
        body = bytes(event.body)
        if event.seq != self.seq + 1:
            return _("缺少这一条记录")
        if not known_algorithm(event.alg):
            return _("散列算法不认识：%(alg)s") % {"alg": event.alg}
        if bytes(event.prev) != self.hash:
            return _("与前一条记录接不上")
        if hash_of(bytes(event.prev), body, event.alg) != bytes(event.hash):
            return _("内容与散列值不符")
        return _disagreement(event, body)

    def end(self) -> Iterator[Flaw]:
        """Compare the last event with the stream's head."""
        if self.flaw is not None:
            yield self.flaw
        elif self.head is None:
            yield Flaw(self.name, 0, _("记录流的登记被删除"))
        elif self.head.seq != self.seq:
            at = min(self.head.seq, self.seq) + 1
            yield Flaw(
                self.name, at, _("记录流登记到第 %(n)d 条，实际到第 %(m)d 条") % {"n": self.head.seq, "m": self.seq}
            )
        elif bytes(self.head.head) != self.hash:
            yield Flaw(self.name, self.seq, _("最后一条记录与记录流的登记不符"))


def _disagreement(event: AuditEvent, body: bytes) -> str:
    """Say which column differs from the body, if any."""
    try:
        content: Any = json.loads(body)
        same = canonical(content) == body
    except ValueError:
        return _("内容不是规范的 JSON")
    if not same:
        return _("内容不是规范的 JSON")
    columns = {"stream": event.stream_id, "seq": event.seq, "kind": event.kind, "at": moment(event.at)}
    for name, value in columns.items():
        if content.get(name) != value:
            return _("字段 %(name)s 与内容不符") % {"name": name}
    return ""
