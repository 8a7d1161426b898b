"""A page of a form with what was typed, what is wrong and what is known: all that a template needs, already decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongban.foundation.forms.answers import Telling
from tongban.foundation.forms.checks import FieldError
from tongban.foundation.forms.conditions import shows
from tongban.foundation.forms.parsing import truth
from tongban.foundation.forms.prefill import SEEN, source_title
from tongban.foundation.forms.schema import (
    AddressField,
    AnyField,
    BooleanField,
    ChoiceField,
    ChoicesField,
    Condition,
    DateField,
    FormSpec,
    GroupField,
    InfoField,
    Question,
    RegionField,
    Step,
    TextField,
    UploadField,
)

RegionChoices = Callable[[str, str], list[tuple[str, list[tuple[str, str]]]]]
Maker = Callable[[Any, Any, str, Any], "Bound"]
RADIO_LIMIT = 7
INPUTS: dict[str, dict[str, str]] = {
    "phone": {"type": "tel", "autocomplete": "tel", "css": "w-16"},
    "email": {"type": "email", "autocomplete": "email", "css": "w-16"},
    "integer": {"inputmode": "numeric", "css": "w-8"},
    "decimal": {"inputmode": "decimal", "css": "w-8"},
    "citizen_number": {"css": "w-16", "autocomplete": "off"},
    "credit_code": {"css": "w-16", "autocomplete": "off"},
}
WIDTHS = {"short": "w-8", "medium": "w-16", "full": "w-full"}


@dataclass(frozen=True, slots=True)
class FileInfo:
    """An uploaded file as a list shows it."""

    id: str
    name: str
    size: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """One option of a question."""

    value: str
    label: str
    hint: str
    id: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One box of a date."""

    name: str
    label: str
    value: str
    css: str


@dataclass(frozen=True, slots=True)
class Row:
    """One repetition of a group."""

    number: int
    title: str
    remove: str
    fields: list[Bound]
    marker: str
    removable: bool


@dataclass(slots=True)
class Bound:
    """One field ready to be drawn; ``widget`` names the template."""

    widget: str
    name: str
    label: str = ""
    hint: str = ""
    error: str = ""
    value: str = ""
    optional: bool = False
    css: str = ""
    type: str = "text"
    inputmode: str = ""
    autocomplete: str = ""
    unit: str = ""
    rows: int = 0
    max_length: int | None = None
    picks: list[Pick] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    regions: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    detail: str = ""
    files: list[FileInfo] = field(default_factory=list)
    accept: str = ""
    repeats: list[Row] = field(default_factory=list)
    add: str = ""
    add_label: str = ""
    source: str = ""
    source_at: str = ""
    text: str = ""
    kind: str = ""
    decides: bool = False
    depends: bool = False

    @property
    def template(self) -> str:
        """Return the template that draws it."""
        return f"ui/forms/{self.widget}.html"

    @property
    def described_by(self) -> str:
        """Return the ids of hint and error for ``aria-describedby``."""
        ids = [f"{self.name}-hint"] if self.hint else []
        return " ".join([*ids, *([f"{self.name}-error"] if self.error else [])])

    @property
    def anchor(self) -> str:
        """Return the id of the first control, for links from the error summary."""
        return {"date": f"{self.name}-y", "address": f"{self.name}-region"}.get(self.widget, self.name)


@dataclass(frozen=True, slots=True)
class Known:
    """Data that the government holds and the applicant cannot change here."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary."""

    anchor: str
    text: str

    @property
    def href(self) -> str:
        """Return the link: on this page, or the address if the anchor is one."""
        return self.anchor if "/" in self.anchor else f"#{self.anchor}"


@dataclass(slots=True)
class BoundStep:
    """One page ready to be drawn by ``{% form_step %}``."""

    id: str
    title: str
    hint: str
    fields: list[Bound]
    known: list[Known]
    known_source: str
    known_at: dt.datetime | None
    problems: list[Problem]
    refreshes: bool = False
    seen: bool = False
    """Whether the known data was entered by a clerk who saw the documents, and is corrected there."""

    @property
    def dependent(self) -> str:
        """Return the selectors of what may come and go on this page, shown or not, for a partial refresh."""
        return ",".join(f"#q-{bound.name}" for bound in _every(self.fields) if bound.depends)

    @property
    def has_errors(self) -> bool:
        """Tell whether something is wrong on this page."""
        return bool(self.problems)

    @property
    def shown(self) -> str:
        """Return the names of all questions on the page, for a hidden input: a later page knows which are new."""
        return " ".join(bound.name for bound in _every(self.fields) if bound.widget != "hidden")

    @property
    def takes_files(self) -> bool:
        """Tell whether the form must be sent as multipart."""
        return any(
            bound.widget == "upload" or any(inner.widget == "upload" for row in bound.repeats for inner in row.fields)
            for bound in self.fields
        )


@dataclass(frozen=True, slots=True)
class Help:
    """What binding asks of the world: divisions to choose from, their names, and the applicant's files."""

    regions: RegionChoices
    region_name: Callable[[str], str]
    files: Mapping[str, FileInfo] = field(default_factory=dict)


def bind(
    spec: FormSpec,
    step_id: str,
    raw: Mapping[str, Any],
    *,
    errors: Sequence[FieldError] = (),
    known: Mapping[str, Mapping[str, Any]] | None = None,
    help_with: Help,
) -> BoundStep:
    """Return a page for drawing.

    :param raw: all answers so far, as typed or cleaned
    :param known: prefilled values with source and moment (see :mod:`prefill`)
    """
    step = spec.step(step_id)
    binder = _Binder(spec, raw, {e.path: e.message for e in errors}, known or {}, help_with)
    return binder.page(step)


class _Binder:
    def __init__(
        self,
        spec: FormSpec,
        raw: Mapping[str, Any],
        errors: Mapping[str, str],
        known: Mapping[str, Mapping[str, Any]],
        help_with: Help,
    ) -> None:
        self.raw = raw
        self.errors = errors
        self.known = known
        self.help = help_with
        self.answers = plain_answers(spec, raw)
        self.deciding = _deciding(spec)

    def page(self, step: Step) -> BoundStep:
        fields: list[Bound] = []
        blocks: list[Known] = []
        sources: list[Mapping[str, Any]] = []
        for item in step.fields:
            if not shows(item.when, self.answers):
                fields += self.place(item, item.id)
                continue
            if not isinstance(item, InfoField | GroupField) and not item.editable and item.id in self.known:
                telling = Telling(masked=True, region_name=self.help.region_name)
                blocks.append(Known(str(item.label), telling.text(item, self.known[item.id]["value"])))
                sources.append(self.known[item.id])
                continue
            made = self.bound(item, item.id, self.raw.get(item.id), self.answers)
            made.depends = self.moves(item)
            fields.append(made)
        titles = dict.fromkeys(source_title(str(source["source"])) for source in sources)
        return BoundStep(
            id=step.id,
            title=str(step.title),
            hint=str(step.hint or ""),
            fields=fields,
            known=blocks,
            known_source=_("、").join(titles),
            known_at=dt.datetime.fromisoformat(str(sources[0]["at"])) if sources else None,
            problems=[self.problem(fields, path, text) for path, text in self.errors.items()],
            refreshes=any(bound.depends for bound in _every(fields)),
            seen=any(source["source"] == SEEN for source in sources),
        )

    def moves(self, item: AnyField) -> bool:
        """Tell whether a field comes and goes with an answer on the same page."""
        return item.when is not None and any(str(leaf.field) in self.deciding for leaf in item.when.leaves())

    def place(self, item: AnyField, name: str) -> list[Bound]:
        """Return the empty place of a question that an answer on the same page may bring."""
        return [Bound("hidden", name, depends=True)] if self.moves(item) else []

    def problem(self, fields: list[Bound], path: str, text: str) -> Problem:
        """Return a line of the error summary; it names the question and, in a group, the row."""
        for bound in fields:
            if bound.name == path:
                return Problem(bound.anchor, _named(bound.label, text))
            for row in bound.repeats:
                for inner in row.fields:
                    if inner.name == path:
                        words = _("%(row)s，%(problem)s") % {"row": row.title, "problem": _named(inner.label, text)}
                        return Problem(inner.anchor, words)
        return Problem(path, text)

    def bound(self, item: AnyField, name: str, value: Any, scope: Mapping[str, Any]) -> Bound:
        if isinstance(item, InfoField):
            return Bound("info", name, label=str(item.label or ""), text=str(item.text or ""), kind=item.kind)
        if isinstance(item, GroupField):
            return self.group(item, name, value)
        maker: Maker = _MAKERS.get(type(item), _Binder.line)
        made = maker(self, item, name, value)
        made.label, made.hint = str(item.label), str(item.hint or "")
        made.optional = not item.required
        made.error = self.errors.get(name, "")
        made.decides = item.id in self.deciding
        known = self.known.get(item.id)
        if known is not None and name == item.id and str(known["value"]) == str(value):
            made.source, made.source_at = source_title(str(known["source"])), str(known["at"])
        return made

    def group(self, group: GroupField, name: str, value: Any) -> Bound:
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        rows = rows or [{} for _number in range(group.min)]
        repeats = []
        for number, row in enumerate(rows):
            answers = plain_row(group, row)
            inner: list[Bound] = []
            for item in group.fields:
                if shows(item.when, answers, self.answers):
                    inner.append(self.bound(item, f"{name}-{number}-{item.id}", row.get(item.id), row))
                    inner[-1].depends = self.moves(item)
                else:
                    inner += self.place(item, f"{name}-{number}-{item.id}")
            repeats.append(
                Row(
                    number + 1,
                    f"{group.item} {number + 1}",
                    f"{name}-{number}",
                    inner,
                    f"{name}-{number}-_row",
                    removable=len(rows) > group.min,
                )
            )
        return Bound(
            "group",
            name,
            label=str(group.label),
            hint=str(group.hint or ""),
            error=self.errors.get(name, ""),
            repeats=repeats,
            add=name if len(rows) < group.max else "",
            add_label=str(group.item),
        )

    def line(self, item: Question, name: str, value: Any) -> Bound:
        look = INPUTS.get(item.type, {})
        unit = getattr(item, "unit", None)
        made = Bound(
            "line",
            name,
            value=_shown(value),
            type=look.get("type", "text"),
            inputmode=look.get("inputmode", ""),
            autocomplete=look.get("autocomplete", ""),
            unit=str(unit or ""),
            css=WIDTHS[item.width] if isinstance(item, TextField) else look.get("css", "w-full"),
        )
        if item.type == "textarea":
            made.widget, made.rows = "textarea", item.rows
        return made

    def choice(self, item: ChoiceField, name: str, value: Any) -> Bound:
        widget = "radio" if len(item.options) <= RADIO_LIMIT else "select"
        return Bound(widget, name, picks=_picks(item, name, {_shown(value)}))

    def choices(self, item: ChoicesField, name: str, value: Any) -> Bound:
        given = value if isinstance(value, list) else [value]
        return Bound("checks", name, picks=_picks(item, name, {_shown(part) for part in given}))

    def boolean(self, item: BooleanField, name: str, value: Any) -> Bound:
        given = {True: "true", False: "false", None: ""}[truth(value)]
        if item.must:
            return Bound("tick", name, picks=[Pick("true", str(item.label), "", name, given == "true")])
        picks = [
            Pick("true", _("是"), "", name, given == "true"),
            Pick("false", _("否"), "", f"{name}-no", given == "false"),
        ]
        return Bound("radio", name, picks=picks, css="row")

    def date(self, _item: DateField, name: str, value: Any) -> Bound:
        parts = value if isinstance(value, Mapping) else dict(zip("ymd", _shown(value).split("-"), strict=False))
        labels = (
            ("y", pgettext("日期", "年"), "w-4"),
            ("m", pgettext("日期", "月"), "w-3"),
            ("d", pgettext("日期", "日"), "w-3"),
        )
        return Bound(
            "date",
            name,
            parts=[Part(f"{name}-{key}", label, _shown(parts.get(key)), css) for key, label, css in labels],
        )

    def region(self, item: RegionField, name: str, value: Any) -> Bound:
        return Bound("region", name, value=_shown(value), regions=self.help.regions(item.within, item.level))

    def address(self, item: AddressField, name: str, value: Any) -> Bound:
        given = value if isinstance(value, Mapping) else {"detail": value}
        return Bound(
            "address",
            name,
            value=_shown(given.get("region")),
            detail=_shown(given.get("detail")),
            regions=self.help.regions(item.within, item.level),
        )

    def upload(self, item: UploadField, name: str, value: Any) -> Bound:
        ids = value if isinstance(value, list) else []
        files = [self.help.files[str(one)] for one in ids if str(one) in self.help.files]
        return Bound("upload", name, files=files, accept=",".join(f".{kind}" for kind in item.accept))


_MAKERS: dict[type, Maker] = {
    ChoiceField: _Binder.choice,
    ChoicesField: _Binder.choices,
    BooleanField: _Binder.boolean,
    DateField: _Binder.date,
    RegionField: _Binder.region,
    AddressField: _Binder.address,
    UploadField: _Binder.upload,
}


def _picks(item: ChoiceField | ChoicesField, name: str, given: set[str]) -> list[Pick]:
    return [
        Pick(
            option.value,
            str(option.label),
            str(option.hint or ""),
            name if number == 0 else f"{name}-{option.value}",
            option.value in given,
        )
        for number, option in enumerate(item.options)
    ]


def _every(fields: list[Bound]) -> list[Bound]:
    return [*fields, *(inner for bound in fields for row in bound.repeats for inner in row.fields)]


def _named(label: str, text: str) -> str:
    if not label or label.casefold() in text.casefold() or len(label) > 24:
        return text
    return _("%(label)s：%(problem)s") % {"label": label, "problem": text}


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _deciding(spec: FormSpec) -> set[str]:
    """Return the fields on which other fields of the same page (or row) depend."""
    found: set[str] = set()
    for page, item in spec.top_fields():
        inner = item.fields if isinstance(item, GroupField) else []
        own = {other.id for other in (*page.fields, *inner)}
        conditions: list[Condition | None] = [item.when, *(part.when for part in inner)]
        found |= {str(leaf.field) for when in conditions if when for leaf in when.leaves() if leaf.field in own}
    return found


def plain_answers(spec: FormSpec, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers on which conditions look, made comparable (``"true"`` becomes true), hidden ones left out."""
    result: dict[str, Any] = {}
    for page, item in spec.top_fields():
        if isinstance(item, InfoField | GroupField):
            continue
        if shows(page.when, result) and shows(item.when, result):
            result.update(_plain(item, raw))
    return result


def plain_row(group: GroupField, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of one row on which conditions look."""
    result: dict[str, Any] = {}
    for item in group.fields:
        if not isinstance(item, InfoField):
            result.update(_plain(item, row))
    return result


def _plain(item: Question, raw: Mapping[str, Any]) -> dict[str, Any]:
    value = raw.get(item.id)
    if value in (None, ""):
        return {}
    if isinstance(item, BooleanField):
        answer = truth(value)
        return {} if answer is None else {item.id: answer}
    return {item.id: value} if isinstance(item, ChoiceField | ChoicesField) else {}
