"""What arrives with a page of an application: answers, rows added or taken away, files, choices of materials.

Everything that arrives is kept in the draft at once, right or wrong; what is refused comes back with a sentence.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tongban.affairs.hall import materials as hall_materials
from tongban.affairs.hall.filling import Application
from tongban.affairs.hall.materials import Given, Plan, Slot
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.actions import save_draft
from tongban.foundation.forms.binding import FileInfo, Problem
from tongban.foundation.forms.rules import FieldError, raw_from_post
from tongban.foundation.forms.schema import GroupField, UploadField

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page: ``later`` (kept, to go on another day), an address to go to, or the page again.

    ``raw`` is what to show again, ``errors`` what is wrong with it; ``news`` says that only new questions are open.
    """

    later: bool = False
    go: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    news: bool = False


def take_step(
    shown: Application, step: str, post: QueryDict, files: MultiValueDict[str, Any], *, at: dt.datetime
) -> Outcome:
    """Keep what was typed on one page and say what comes next.

    :raises Http404: if the page does not exist or does not apply
    """
    shown.page(step)
    typed = raw_from_post(shown.spec, step, post)
    refused = _take_uploads(shown, step, typed, files, at)
    anchor = _change_rows(shown, step, typed, post)
    raw = {**shown.answers, **typed, **shown.fixed}
    if anchor is not None or "_refresh" in post or "_later" in post:
        _save(shown, typed, step, at)
        if "_later" in post:
            return Outcome(later=True)
        if not refused:
            return Outcome(go=f"{shown.url('apply_step', step)}{anchor or ''}")
    cleaned = shown.clean(step, raw)
    errors = [*refused, *(error for error in cleaned.errors if error.path not in {one.path for one in refused})]
    kept = {item.id: cleaned.values.get(item.id, typed.get(item.id)) for item in shown.spec.step(step).fields}
    _save(shown, {name: value for name, value in kept.items() if name in typed}, step, at)
    if not errors:
        return Outcome(go=shown.after(step, {**raw, **cleaned.values}))
    asked = set(post.get("_shown", "").split())
    old = [error for error in errors if error.path in asked or error.path in {one.path for one in refused}]
    if not old and asked:
        return Outcome(raw=raw, news=True)
    return Outcome(raw=raw, errors=old or errors)


def _save(shown: Application, answers: dict[str, Any], step: str, at: dt.datetime) -> None:
    shown.draft = save_draft(draft=shown.draft, answers=answers, step=step, by=shown.actor, at=at)
    shown.answers = forms.answers_of(shown.draft)


def _change_rows(shown: Application, step: str, typed: dict[str, Any], post: QueryDict) -> str | None:
    """Add or remove a row or a file as a button asked; return where on the page to go on, or nothing."""
    groups = {item.id: item for item in shown.spec.step(step).fields if isinstance(item, GroupField)}
    add, remove = post.get("_add", ""), post.get("_remove", "")
    if add in groups:
        typed[add] = [*typed[add], {}]
        return f"#{add}-{len(typed[add]) - 1}"
    name, _dash, number = remove.rpartition("-")
    if name in groups and number.isdigit() and int(number) < len(typed[name]):
        del typed[name][int(number)]
        return f"#{name}"
    field_, _colon, gone = post.get("_remove_file", "").partition(":")
    for path, ids in _uploads(shown, step, typed):
        if path == field_:
            ids[:] = [one for one in ids if one != gone]
            return f"#{field_}"
    return None


def _uploads(shown: Application, step: str, typed: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the lists of file ids in what was typed, by path."""
    found: list[tuple[str, list[str]]] = []
    for item in shown.spec.step(step).fields:
        if isinstance(item, UploadField):
            found.append((item.id, typed[item.id]))
        elif isinstance(item, GroupField):
            for number, row in enumerate(typed[item.id]):
                found += [
                    (f"{item.id}-{number}-{inner.id}", row[inner.id])
                    for inner in item.fields
                    if isinstance(inner, UploadField)
                ]
    return found


def _take_uploads(
    shown: Application, step: str, typed: dict[str, Any], files: MultiValueDict[str, Any], at: dt.datetime
) -> list[FieldError]:
    """Keep the files that came with a page; return what was refused and why."""
    refused = []
    for path, ids in _uploads(shown, step, typed):
        for upload in files.getlist(f"{path}-file"):
            try:
                stored = store_upload(upload=upload, by=shown.draft.account, at=at)
            except UploadRejected as wrong:
                refused.append(FieldError(path, f"{upload.name}：{wrong}"))
            else:
                ids.append(str(stored.pk))
    return refused


def take_materials(
    shown: Application, post: QueryDict, files: MultiValueDict[str, Any], *, at: dt.datetime
) -> tuple[Outcome, list[Problem]]:
    """Keep what was chosen and uploaded on the page of materials; return what comes next, and what is wrong."""
    problems = [Problem(one.path, one.message) for one in _keep_materials(shown, post, files, at)]
    if problems:
        return Outcome(), problems
    if "_later" in post:
        return Outcome(later=True), []
    if "_remove_file" in post or "_upload" in post:
        return Outcome(go=f"{shown.materials_url}#{post.get('_upload', '')}"), []
    problems = [Problem(one.code, one.message) for one in hall_materials.lacks(shown.plan())]
    return (Outcome(), problems) if problems else (Outcome(go=shown.url("apply_check")), [])


def _keep_materials(
    shown: Application, post: QueryDict, files: MultiValueDict[str, Any], at: dt.datetime
) -> list[FieldError]:
    kept: dict[str, dict[str, Any]] = dict(shown.draft.extra.get("materials", {}))
    refused: list[FieldError] = []
    for slot in shown.plan().open:
        before = kept.get(slot.code, {})
        ids = [one for one in before.get("files", []) if post.get("_remove_file") != f"{slot.code}:{one}"]
        way, _colon, license_ = post.get(f"{slot.code}-way", "").partition(":")
        for upload in files.getlist(f"{slot.code}-file"):
            try:
                stored = store_upload(upload=upload, by=shown.draft.account, at=at, accept=slot.accept)
            except UploadRejected as wrong:
                refused.append(FieldError(slot.code, f"{upload.name}：{wrong}"))
            else:
                ids.append(str(stored.pk))
                way = "upload"
        if way not in slot.ways:
            way = "upload" if ids else ""
        kept[slot.code] = {"way": way, "files": ids, "license": license_}
    shown.draft = save_draft(draft=shown.draft, extra={"materials": kept}, step="materials", by=shown.actor, at=at)
    return refused


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material as the page shows it: what was chosen, the files so far, and what is wrong."""

    slot: Slot
    way: str
    license: str
    files: list[FileInfo]
    error: str
    accept: str


def material_rows(shown: Application, plan: Plan, problems: list[Problem]) -> list[MaterialRow]:
    """Return the lines of the page of materials."""
    files = shown.files({one for given in plan.given.values() for one in given.files})
    wrong = {one.anchor: one.text for one in problems}
    return [_row(slot, plan.given.get(slot.code), files, wrong.get(slot.code, "")) for slot in plan.slots]


def _row(slot: Slot, given: Given | None, files: dict[str, FileInfo], error: str) -> MaterialRow:
    way = given.way if given else (slot.ways[0] if slot.ways and (len(slot.ways) == 1 or slot.held) else "")
    license_ = given.license if given else slot.held[0].identifier if slot.held else ""
    return MaterialRow(
        slot,
        way,
        license_ if way == "license" else "",
        [files[one] for one in given.files if one in files] if given else [],
        error,
        ",".join(f".{kind}" for kind in slot.accept),
    )


def open_points(shown: Application, errors: list[FieldError]) -> list[Problem]:
    """Return what is missing in the whole application, each as a link to its page."""
    labels = {item.id: (page.id, str(item.label)) for page, item in shown.spec.top_fields() if hasattr(item, "label")}
    points = []
    for error in errors:
        step_id, label = labels.get(error.path.split("-")[0], ("", ""))
        text = error.message if label in error.message else f"{label}：{error.message}"
        points.append(Problem(f"{shown.url('apply_step', step_id)}#{error.path}", text))
    points += [
        Problem(f"{shown.materials_url}#{lack.code}", lack.message) for lack in hall_materials.lacks(shown.plan())
    ]
    return points


def around(shown: Application, current: str) -> dict[str, Any]:
    """Return what stands around every page: the strip of stages, where one is, and the materials needed."""
    stages = shown.stages(current)
    number = next(place for place, stage in enumerate(stages, start=1) if stage.state == "current")
    return {
        "shown": shown,
        "stages": stages,
        "number": number,
        "count": len(stages),
        "slots": shown.plan().slots,
    }


def resume(shown: Application) -> str:
    """Return the page on which the draft was left."""
    step = shown.draft.step
    if step == "materials":
        return shown.materials_url
    if step == "check":
        return shown.url("apply_check")
    ids = [one.id for one in shown.pages()]
    return shown.url("apply_step", step if step in ids else ids[0])
