"""The register of what the government already knows about an applicant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.foundation.clock.now import local_date
from tongban.foundation.forms.parsing import Surroundings, WrongAnswerError, blank, parse
from tongban.foundation.forms.schema import FormSpec, GroupField, InfoField, Question

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from tongban.foundation.organizations.actor import Actor

Fetch = Callable[["Actor"], Any]

SEEN = "seen"
"""The source of values that an official took from a document at the counter."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from, and how to get it."""

    name: str
    fetch: Fetch
    title: str | _StrPromise


_sources: dict[str, Source] = {}


def register_prefill(name: str, fetch: Fetch, source_title: str | _StrPromise) -> None:
    """Declare a source that forms may name.

    :param fetch: returns the value for an actor, or ``None`` if nothing is known
    :param source_title: shown beside the value, such as 取自市场主体库
    """
    _sources[name] = Source(name, fetch, source_title)


def known_sources() -> frozenset[str]:
    """Return the names that forms may use."""
    return frozenset(_sources)


def source_title(name: str) -> str:
    """Return the words shown beside a value of a source."""
    return str(_sources[name].title) if name in _sources else name


def prefilled(
    spec: FormSpec, actor: Actor, *, facts: Mapping[str, Any] | None = None, at: dt.datetime
) -> dict[str, dict[str, Any]]:
    """Return what is known for a form: per field its ``value``, ``source`` and the moment ``at`` it was taken.

    :param facts: values by source name that someone has just seen with their own eyes; the registers are not asked then
    """
    if facts is not None:
        return _seen(spec, facts, at)
    found: dict[str, dict[str, Any]] = {}
    cache: dict[str, Any] = {}
    for _page, item in spec.top_fields():
        if isinstance(item, InfoField | GroupField) or item.prefill not in _sources:
            continue
        if item.prefill not in cache:
            cache[item.prefill] = _sources[item.prefill].fetch(actor)
        if _fits(item, cache[item.prefill], at):
            found[item.id] = {"value": cache[item.prefill], "source": item.prefill, "at": at.isoformat()}
    return found


def _seen(spec: FormSpec, facts: Mapping[str, Any], at: dt.datetime) -> dict[str, dict[str, Any]]:
    return {
        item.id: {"value": facts[item.prefill], "source": SEEN, "at": at.isoformat()}
        for _page, item in spec.top_fields()
        if not isinstance(item, InfoField | GroupField)
        and item.prefill in facts
        and _fits(item, facts[item.prefill], at)
    }


def _fits(question: Question, value: Any, at: dt.datetime) -> bool:
    """Tell whether a known value answers a question: a person's number, say, is no credit code."""
    if blank(value):
        return False
    try:
        parse(question, value, Surroundings(local_date(at)))
    except WrongAnswerError:
        return False
    return True


def fixed(spec: FormSpec, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the values of fields that the applicant may not change; they override whatever a browser sends."""
    return {
        item.id: known[item.id]["value"]
        for _page, item in spec.top_fields()
        if not isinstance(item, InfoField | GroupField) and not item.editable and item.id in known
    }
