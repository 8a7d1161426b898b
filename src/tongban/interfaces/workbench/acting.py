"""Binds an action's fields to what was typed, and what was typed to the values the engine takes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tongban.engines.cases.models import CaseMaterial
from tongban.engines.cases.queries import ActionField, ActionOffer
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.files.models import StoredFile

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

    from tongban.foundation.accounts.models import Account
    from tongban.interfaces.workbench.handing_in import HandedIn

PREFIX = "f-"
CORRECTION = "request_correction"
LONG_LISTS = 6


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A material offered as a line of a correction notice: ticked or not, with what is wrong with it."""

    code: str
    name: str
    ticked: bool
    note: str


@dataclass(frozen=True, slots=True)
class BoundField:
    """One field of an action as a page draws it."""

    name: str
    kind: str
    label: str
    hint: str
    required: bool
    value: str = ""
    picked: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""
    lines: tuple[MaterialLine, ...] = ()
    kept: StoredFile | None = None

    @property
    def template(self) -> str:
        """Return the template that draws it."""
        return f"workbench/fields/{self.kind}.html"

    @property
    def anchor(self) -> str:
        """Return the id of its first input, where the error summary leads."""
        return f"{PREFIX}{self.name}"

    @property
    def described_by(self) -> str:
        """Return the ids of hint and error."""
        ids = [f"{self.anchor}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.anchor}-error"] if self.error else ids)

    @property
    def rows(self) -> int:
        """Return how many lines a text area shows."""
        return 3 if self.kind == "items" or not self.required else 4

    @property
    def radios(self) -> bool:
        """Tell whether a choice is short enough to be shown in full."""
        return len(self.choices) <= LONG_LISTS


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class ActionForm:
    """An action opened on a case's page: its fields, its mistakes, and what guards it against being done twice."""

    offer: ActionOffer
    fields: tuple[BoundField, ...]
    key: str
    version: int
    error: str = ""
    handed_in: tuple[HandedIn, ...] = ()

    @property
    def problems(self) -> list[Problem]:
        """Return the lines of the error summary: each field's mistake, else the sentence of the refusal."""
        found = [Problem(f"#{each.anchor}", f"{each.label}：{each.error}") for each in self.fields if each.error]
        found += [Problem(f"#{each.anchor}", f"{each.name}：{each.error}") for each in self.handed_in if each.error]
        return found or ([Problem("#act", self.error)] if self.error else [])

    @property
    def uploads(self) -> bool:
        """Tell whether the form carries files."""
        return bool(self.handed_in) or any(each.kind == "file" for each in self.fields)


@dataclass(slots=True)
class Typed:
    """What someone sent with an action: the values for the engine, and what to show again if it is refused."""

    data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    kept: dict[str, StoredFile] = field(default_factory=dict)


def blank(offer: ActionOffer, *, version: int, materials: Sequence[CaseMaterial]) -> ActionForm:
    """Return the empty form of an action, with the usual values filled in."""
    fields = []
    for each in filter(_drawable, offer.fields):
        lines = _lines(offer, each, materials, None)
        value = "" if lines else each.initial
        fields.append(_bound(each, value=value, picked=(each.initial,), lines=lines))
    return ActionForm(offer, tuple(fields), uuid.uuid4().hex, version)


def refilled(
    offer: ActionOffer,
    post: QueryDict,
    typed: Typed,
    *,
    version: int,
    materials: Sequence[CaseMaterial],
    errors: Mapping[str, str],
    error: str,
) -> ActionForm:
    """Return the form as it was typed, with its mistakes."""
    fields = tuple(
        _bound(
            each,
            value=post.get(f"{PREFIX}{each.name}", ""),
            picked=tuple(post.getlist(f"{PREFIX}{each.name}")),
            error=errors.get(each.name, ""),
            lines=_lines(offer, each, materials, post),
            kept=typed.kept.get(each.name),
        )
        for each in offer.fields
        if _drawable(each)
    )
    return ActionForm(offer, fields, idempotency_key(post), version, error)


def _drawable(each: ActionField) -> bool:
    """Leave out a choice among people if there is nobody to choose from and nobody must be chosen."""
    return each.required or each.type not in ("account", "unit", "units", "choice") or bool(each.choices)


def _bound(each: ActionField, **more: Any) -> BoundField:
    return BoundField(each.name, each.type, each.label, each.hint, each.required, choices=each.choices, **more)


def _lines(
    offer: ActionOffer, each: ActionField, materials: Sequence[CaseMaterial], post: QueryDict | None
) -> tuple[MaterialLine, ...]:
    """Offer the case's materials for a correction notice; those judged deficient are ticked beforehand."""
    if offer.kind != CORRECTION or each.type != "items":
        return ()
    rejected = CaseMaterial.State.REJECTED
    if post is None:
        return tuple(
            MaterialLine(row.code, row.name, row.state == rejected, row.note if row.state == rejected else "")
            for row in materials
        )
    ticked = set(post.getlist(f"{PREFIX}{each.name}-material"))
    return tuple(
        MaterialLine(row.code, row.name, row.code in ticked, post.get(f"{PREFIX}{each.name}-note-{row.code}", ""))
        for row in materials
    )


def idempotency_key(post: QueryDict) -> str:
    """Return the key hidden in the form, a new one if it was tampered with."""
    try:
        return uuid.UUID(post.get("key", "")).hex
    except ValueError:
        return uuid.uuid4().hex


def read(
    offer: ActionOffer,
    post: QueryDict,
    files: MultiValueDict[str, Any],
    *,
    materials: Sequence[CaseMaterial],
    by: Account | None,
    at: dt.datetime,
) -> Typed:
    """Return the values of an action's fields; an uploaded file is kept at once, so that a refusal does not lose it."""
    typed = Typed()
    for each in offer.fields:
        name = f"{PREFIX}{each.name}"
        if each.type == "file":
            _read_file(each.name, post, files, typed, by=by, at=at)
        elif each.type == "items":
            typed.data[each.name] = _read_items(offer, each, post, materials, typed)
        elif each.type == "units":
            typed.data[each.name] = post.getlist(name)
        else:
            typed.data[each.name] = post.get(name, "")
    return typed


def _read_items(
    offer: ActionOffer, each: ActionField, post: QueryDict, materials: Sequence[CaseMaterial], typed: Typed
) -> list[dict[str, str]]:
    items: list[dict[str, str]] = []
    for line in _lines(offer, each, materials, post):
        if not line.ticked:
            continue
        if not line.note.strip():
            typed.errors[each.name] = _("请写明“%(name)s”需要补正什么。") % {"name": line.name}
        items.append({"text": f"{line.name}：{line.note.strip()}", "material": line.code})
    rows = "\n".join(post.getlist(f"{PREFIX}{each.name}")).splitlines()
    return [*items, *({"text": row.strip()} for row in rows if row.strip())]


def _read_file(
    name: str,
    post: QueryDict,
    files: MultiValueDict[str, Any],
    typed: Typed,
    *,
    by: Account | None,
    at: dt.datetime,
) -> None:
    upload = files.get(f"{PREFIX}{name}")
    kept: StoredFile | None = None
    if upload is not None:
        try:
            kept = store_upload(upload=upload, by=by, at=at)
        except UploadRejected as rejected:
            typed.errors[name] = rejected.message
    else:
        kept = own_file(post.get(f"{PREFIX}{name}-kept", ""), by)
    if kept is not None:
        typed.kept[name] = kept
        typed.data[name] = str(kept.pk)


def own_file(key: str, by: Account | None) -> StoredFile | None:
    """Return a file kept from an earlier try; only one's own."""
    if by is None or not key:
        return None
    try:
        return StoredFile.objects.filter(pk=uuid.UUID(key), uploaded_by=by).first()
    except ValueError:
        return None
