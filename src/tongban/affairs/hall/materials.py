"""Which materials an application needs, how each may be given, and whether what was given suffices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from tongban.engines.catalog.models import Implementation, Material
from tongban.engines.catalog.queries import materials_for
from tongban.engines.licenses.models import License
from tongban.engines.licenses.queries import reusable
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.packs.localized import localized

Way = Literal["form", "held", "license", "commitment", "upload", "paper"]
IDENTITY_TYPES = frozenset({"citizen_id"})
AT_APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Held:
    """A licence of the applicant that can stand for a material."""

    identifier: str
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One material of an application: what it is, the ways to give it, and what the register already has."""

    code: str
    title: Mapping[str, str]
    note: str
    required: bool
    later: bool
    ways: tuple[Way, ...]
    accept: tuple[str, ...]
    held: tuple[Held, ...] = ()

    @property
    def name(self) -> str:
        """Return the name in the language of the request."""
        return localized(self.title)

    @property
    def settled(self) -> bool:
        """Tell whether the applicant has nothing to do."""
        return self.ways[0] in ("form", "held") or self.later


@dataclass(frozen=True, slots=True)
class Given:
    """What the applicant gave for one material; several files belong to one material."""

    code: str
    way: Way
    files: tuple[str, ...] = ()
    license: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing for one material, and what to do."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All materials of an application with what was given for each."""

    slots: tuple[Slot, ...]
    given: Mapping[str, Given] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Slot, ...]:
        """Return the materials for which the applicant has to do something."""
        return tuple(slot for slot in self.slots if not slot.settled)

    @property
    def complete(self) -> tuple[Given, ...]:
        """Return what goes with the application, in the order of the catalog."""
        found = []
        for slot in self.slots:
            if slot.later:
                continue
            chosen = self.given.get(slot.code)
            if slot.settled:
                found.append(Given(slot.code, slot.ways[0]))
            elif chosen is not None and _suffices(slot, chosen):
                found.append(chosen)
        return tuple(found)


def plan(
    implementation: Implementation,
    *,
    answers: Mapping[str, Any],
    applicant: Account | None,
    chosen: Mapping[str, Mapping[str, Any]],
    on: dt.date,
    seen: str = "",
) -> Plan:
    """Return the materials that apply to the answers, with the applicant's licences and choices.

    :param chosen: per material code ``{"way": …, "files": […], "license": …}`` as kept in the draft
    :param seen: digest of the number on the certificate that a clerk has seen; the counter takes any material on paper
    """
    identity = _verified(applicant) if applicant else None
    rows = materials_for(implementation, answers)
    reuse = _reuse(rows, seen or (identity.number_digest if identity else ""), on)
    slots = tuple(_slot(row, identity, reuse, counter=bool(seen)) for row in rows)
    given = {slot.code: given_of(slot, chosen.get(slot.code, {})) for slot in slots}
    return Plan(slots, {code: one for code, one in given.items() if one is not None})


def lacks(shown: Plan) -> list[Lack]:
    """Return what is still missing, in the order of the catalog."""
    found = []
    for slot in shown.open:
        given = shown.given.get(slot.code)
        if not slot.required and (given is None or len(slot.ways) == 1):
            continue
        if given is not None and given.way == "upload" and not given.files:
            say = _("请上传“%(name)s”的文件，或者改选其他方式") if len(slot.ways) > 1 else _("请上传“%(name)s”")
            found.append(Lack(slot.code, say % {"name": slot.name}))
        elif slot.required and (given is None or not _suffices(slot, given)):
            found.append(Lack(slot.code, _("请提交“%(name)s”") % {"name": slot.name}))
    return found


def given_of(slot: Slot, kept: Mapping[str, Any]) -> Given | None:
    """Return a choice as far as it is possible for the material; nothing if none was made."""
    way = kept.get("way")
    files = tuple(str(one) for one in kept.get("files", ()))
    if way is None and files:
        way = "upload"
    if way not in slot.ways:
        return None
    license_ = str(kept.get("license", ""))
    if way == "license":
        known = [held.identifier for held in slot.held]
        if license_ not in known:
            license_ = known[0] if known else ""
    return Given(slot.code, way, files, license_)


def _verified(applicant: Account) -> Identity | None:
    """Return the identity that was verified; what someone merely claims opens no licences."""
    found = identity_of(applicant)
    return found if found is not None and found.verified_at is not None else None


def _suffices(slot: Slot, given: Given) -> bool:
    if given.way == "upload":
        return bool(given.files)
    if given.way == "license":
        return any(held.identifier == given.license for held in slot.held)
    return given.way in slot.ways


def _slot(row: Material, identity: Identity | None, licenses: Sequence[License], *, counter: bool) -> Slot:
    held = tuple(_held(one) for one in licenses if {one.type.code, one.type.type_code} & set(row.reuse))
    return Slot(
        code=row.code,
        title=row.name,
        note=localized(row.note),
        required=row.necessity == Material.Necessity.REQUIRED
        or (row.necessity == Material.Necessity.CONDITIONAL and bool(row.when)),
        later=row.where != AT_APPLICATION,
        ways=_counter_ways(row, held) if counter else _ways(row, identity, held),
        accept=tuple(row.accept),
        held=held,
    )


def _reuse(rows: Sequence[Material], digest: str, on: dt.date) -> list[License]:
    """Return the applicant's licenses that can stand for one of the materials."""
    types = sorted({code for row in rows for code in row.reuse})
    return reusable(digest, types, on) if digest else []


def _held(row: License) -> Held:
    return Held(row.identifier, localized(row.type.name), row.number)


def _ways(row: Material, identity: Identity | None, held: tuple[Held, ...]) -> tuple[Way, ...]:
    if row.form == Material.Form.ONLINE_FORM:
        return ("form",)
    if identity is not None and IDENTITY_TYPES & set(row.reuse):
        return ("held",)
    ways: list[Way] = ["license"] if held else []
    if row.form in (Material.Form.ELECTRONIC, Material.Form.EITHER):
        ways.append("upload")
    if row.commitment:
        ways.append("commitment")
    if row.form in (Material.Form.PAPER, Material.Form.EITHER):
        ways.append("paper")
    return tuple(ways)


def _counter_ways(row: Material, held: tuple[Held, ...]) -> tuple[Way, ...]:
    """Return how a material may be given at the counter: paper is always taken, and scanned where a file is wanted."""
    if row.form == Material.Form.ONLINE_FORM:
        return ("form",)
    ways: list[Way] = ["license"] if held else []
    ways += ["paper", "upload"]
    if row.commitment:
        ways.append("commitment")
    return tuple(ways)
