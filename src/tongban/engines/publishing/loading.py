"""Loads the site group of a pack: the scheme and the sites that follow it, subjects, listed words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.engines.publishing.models import Column, ListedWord, Site, Subject
from tongban.engines.publishing.schema import (
    ColumnSpec,
    LocalColumnSpec,
    Scheme,
    SiteFile,
    SiteSpec,
    SubjectFile,
    SubjectSpec,
    WordFile,
)
from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.localized import LocalizedText
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome

MAIN = "main"


@dataclass(slots=True)
class _Wanted:
    """A column as the pack wants it on one site; ``code`` is its place in the scheme (or below the site's own)."""

    site: str
    code: str
    spec: ColumnSpec
    order: int
    where: tuple[Document, tuple[str | int, ...]]
    mirror: bool = False
    is_local: bool = False
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/{self.code.replace('.', '/')}/"


def load_sites(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create or change the sites and their columns from ``portal/scheme.yaml`` and ``portal/sites.yaml``.

    A column that the files no longer name is closed, never deleted: its articles stay.

    :raises PackError: with every mistake; nothing is written then
    """
    scheme_document, scheme, site_document, sites = _read(documents)
    problems = _site_problems(site_document, sites.sites)
    wanted = list(_columns(scheme_document, scheme, site_document, sites))
    problems += _column_problems(wanted)
    units = _units(sites.sites)
    problems += _unit_problems(site_document, sites, wanted, units)
    if problems:
        raise PackError(problems)
    outcome = Outcome()
    rows = _write_sites(sites, units, outcome)
    for column in wanted:
        column.fields = _fields(column, scheme, sites, units)
    _write_columns(rows, wanted, outcome)
    return outcome


def _read(documents: Sequence[Document]) -> tuple[Document, Scheme, Document, SiteFile]:
    by_name = {document.file.rpartition("/")[2]: document for document in documents}
    missing = [name for name in ("scheme.yaml", "sites.yaml") if name not in by_name]
    if missing:
        raise PackError([Problem(f"portal/{name}", 0, "", "站点和栏目体系要两个文件一起声明") for name in missing])
    scheme = parse(Scheme, by_name["scheme.yaml"])
    sites = parse(SiteFile, by_name["sites.yaml"])
    return by_name["scheme.yaml"], scheme, by_name["sites.yaml"], sites


def _site_problems(document: Document, sites: Sequence[SiteSpec]) -> list[Problem]:
    problems: list[Problem] = []
    if [site.kind for site in sites].count("main") != 1:
        problems.append(document.problem(("sites",), "应有一个、且只有一个主站（kind: main）"))
    known = set(Region.objects.values_list("code", flat=True))
    seen: dict[tuple[str, str], str] = {}
    for index, site in enumerate(sites):
        place = ("sites", index)
        for name, value in (
            ("code", site.code),
            ("identification_code", site.identification_code),
            ("host", f"{site.host}{site.path_prefix}"),
        ):
            if seen.setdefault((name, value), site.code) != site.code or (
                name == "code" and any(other.code == site.code for other in sites[:index])
            ):
                problems.append(document.problem((*place, name), f"另一个站点已经用了 {value}"))
        if site.region not in known:
            problems.append(document.problem((*place, "region"), f"没有这个区划代码：{site.region}"))
    return problems


def _columns(scheme_document: Document, scheme: Scheme, site_document: Document, sites: SiteFile) -> Iterable[_Wanted]:
    taken = {row.column: row.mirror for row in scheme.topic_sites}
    tops = {code.partition(".")[0] for code in taken}
    for number, site in enumerate(sites.sites):
        for order, (code, spec, place) in enumerate(scheme.walk()):
            where = (scheme_document, place)
            if site.kind == "topic":
                if code in taken or ("." not in code and code in tops):
                    yield _Wanted(site.code, code, spec, order, where, mirror=taken.get(code, False))
            else:
                mirror = site.kind == "city" and spec.cities == "mirror"
                yield _Wanted(site.code, code, spec, order, where, mirror=mirror)
        for index, local in enumerate(site.columns):
            where = (site_document, ("sites", number, "columns", index))
            yield _Wanted(site.code, _local_code(local), local, 900 + index, where, is_local=True)


def _local_code(spec: LocalColumnSpec) -> str:
    return f"{spec.parent}.{spec.slug}" if spec.parent else spec.slug


def _column_problems(wanted: Sequence[_Wanted]) -> list[Problem]:
    seen: dict[tuple[str, str], _Wanted] = {}
    told: set[int] = set()
    problems: list[Problem] = []
    for column in wanted:
        document, place = column.where
        first = seen.setdefault((column.site, column.code), column)
        if first is not column and id(column.spec) not in told:
            told.add(id(column.spec))
            problems.append(document.problem((*place, "slug"), f"栏目 {column.code} 写了两次，请删去或改名"))
        parent = column.code.rpartition(".")[0]
        if parent and (column.site, parent) not in seen:
            problems.append(document.problem((*place, "parent"), f"没有这个上级栏目：{parent}"))
        if column.spec.columns and "." in column.code:
            problems.append(document.problem((*place, "columns"), "栏目体系只有两级"))
    return problems


def _units(sites: Sequence[SiteSpec]) -> dict[tuple[str, str], int]:
    regions = {site.region for site in sites}
    rows = Unit.objects.filter(region__code__in=regions).order_by("-pk")
    return {(region, line): pk for region, line, pk in rows.values_list("region__code", "line", "pk")}


def _unit_problems(
    document: Document, sites: SiteFile, wanted: Sequence[_Wanted], units: Mapping[tuple[str, str], int]
) -> list[Problem]:
    regions = {site.code: site.region for site in sites.sites}
    problems = [
        document.problem(("sites", index, "line"), f"{site.region} 没有 {site.line} 条线的单位")
        for index, site in enumerate(sites.sites)
        if (site.region, site.line) not in units
    ]
    told: set[tuple[int, str]] = set()
    for column in wanted:
        region = regions[column.site]
        if (region, column.spec.line) in units or (id(column.spec), region) in told:
            continue
        told.add((id(column.spec), region))
        problems.append(
            column.where[0].problem((*column.where[1], "line"), f"{region} 没有 {column.spec.line} 条线的单位")
        )
    return problems


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _write_sites(sites: SiteFile, units: Mapping[tuple[str, str], int], outcome: Outcome) -> dict[str, Site]:
    regions = dict(Region.objects.filter(code__in={s.region for s in sites.sites}).values_list("code", "pk"))
    there = {site.code: site for site in Site.objects.all()}
    main = next(site for site in sites.sites if site.kind == MAIN)
    ordered = [main, *(site for site in sites.sites if site is not main)]
    for order, spec in enumerate(ordered):
        values: dict[str, Any] = {
            "kind": spec.kind,
            "name": spec.name.model_dump(),
            "short_name": spec.short_name.model_dump(),
            "host": spec.host,
            "path_prefix": spec.path_prefix,
            "region_id": regions[spec.region],
            "parent_id": None if spec is main else there[main.code].pk,
            "unit_id": units[spec.region, spec.line],
            "identification_code": spec.identification_code,
            "settings": {
                "organizer": spec.organizer.model_dump(),
                "operator": spec.operator.model_dump(),
                **sites.footer.model_dump(),
            },
            "look": spec.look.model_dump(),
            "order": order,
        }
        values["sha256"] = _digest(values)
        known = there.get(spec.code)
        changed = known is not None and known.sha256 != values["sha256"]
        if known is None or changed:
            there[spec.code] = Site.objects.update_or_create(code=spec.code, defaults=values)[0]
        outcome.count(created=known is None, changed=changed)
    return there


def _fields(column: _Wanted, scheme: Scheme, sites: SiteFile, units: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    site = next(site for site in sites.sites if site.code == column.site)
    spec = column.spec
    kind = spec.kind or ("list" if "." in column.code else "top")
    cycles = {"news": scheme.cycles.news, "notices": scheme.cycles.notices}
    return {
        "slug": spec.slug,
        "name": _named(spec.name, site.short_name),
        "description": _named(spec.description, site.short_name) if spec.description else {},
        "keywords": spec.keywords,
        "kind": kind,
        "watch": "none" if column.mirror else spec.watch,
        "update_cycle_days": None if column.mirror else spec.cycle or cycles.get(spec.watch),
        "unit_id": units[site.region, spec.line],
        "editor_post": scheme.posts.editor,
        "reviewer_post": scheme.posts.reviewer,
        "limits": scheme.limits.model_dump(),
        "points": getattr(scheme.points, site.kind),
        "order": column.order,
        "scheme_code": "" if column.is_local else column.code,
        "is_local": column.is_local,
        "is_open": True,
    }


def _named(text: LocalizedText, place: LocalizedText) -> dict[str, str]:
    return {"zh": text.zh.replace("{place}", place.zh), "en": text.en.replace("{place}", place.en)}


def _write_columns(sites: Mapping[str, Site], wanted: Sequence[_Wanted], outcome: Outcome) -> None:
    """Write the columns in three rounds: tops, those below, then mirrors (which need the main site's columns)."""
    declared = {site.pk for site in sites.values()}
    there = {(row.site_id, row.path): row for row in Column.objects.filter(site_id__in=declared)}
    main = next(site for site in sites.values() if site.kind == Site.Kind.MAIN)
    for depth in (0, 1):
        level = [column for column in wanted if column.code.count(".") == depth]
        for mirror in (False, True):
            _write_round(sites, main, [c for c in level if c.mirror is mirror], there, outcome)
    named = {(sites[column.site].pk, column.path) for column in wanted}
    gone = [row for key, row in there.items() if key not in named and row.is_open]
    for row in gone:
        row.is_open = False
        row.sha256 = ""
        outcome.count(created=False, changed=True)
    Column.objects.bulk_update(gone, ["is_open", "sha256"])


def _write_round(
    sites: Mapping[str, Site],
    main: Site,
    wanted: Sequence[_Wanted],
    there: dict[tuple[int, str], Column],
    outcome: Outcome,
) -> None:
    new: list[Column] = []
    changed: list[Column] = []
    for column in wanted:
        key = (sites[column.site].pk, column.path)
        parent = column.code.rpartition(".")[0]
        values = {
            **column.fields,
            "parent_id": there[key[0], f"/{parent}/"].pk if parent else None,
            "mirror_of_id": there[main.pk, column.path].pk if column.mirror else None,
        }
        values["sha256"] = _digest(values)
        known = there.get(key)
        if known is None:
            there[key] = Column(site_id=key[0], path=column.path, **values)
            new.append(there[key])
        elif known.sha256 != values["sha256"]:
            for name, value in values.items():
                setattr(known, name, value)
            changed.append(known)
        outcome.count(created=known is None, changed=known is not None and known in changed)
    Column.objects.bulk_create(new)
    if changed:
        names = [name for name in (*wanted[0].fields, "sha256") if name != "unit_id"]
        Column.objects.bulk_update(changed, [*names, "unit", "parent", "mirror_of"])


def load_subjects(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create or change the subjects of the open-information catalogue.

    :raises PackError: for wrong files and codes used twice
    """
    rows: dict[str, tuple[SubjectSpec, str, str]] = {}
    problems: list[Problem] = []
    for document in documents:
        for spec, parent, place in _walk_subjects(parse(SubjectFile, document).subjects):
            if spec.code in rows:
                problems.append(document.problem((*place, "code"), f"主题代码 {spec.code} 写了两次"))
            path = f"{rows[parent][2] if parent in rows else '/'}{spec.code}/"
            rows[spec.code] = (spec, parent, path)
    if problems:
        raise PackError(problems)
    outcome = Outcome()
    there = {row.code: row for row in Subject.objects.all()}
    for order, (code, (spec, parent, path)) in enumerate(rows.items()):
        above = there[parent].pk if parent else None
        values = {"name": spec.name.model_dump(), "parent_id": above, "path": path, "order": order}
        known = there.get(code)
        changed = known is not None and any(getattr(known, name) != value for name, value in values.items())
        if known is None or changed:
            there[code] = Subject.objects.update_or_create(code=code, defaults=values)[0]
        outcome.count(created=known is None, changed=changed)
    return outcome


def _walk_subjects(
    specs: Sequence[SubjectSpec], parent: str = "", place: tuple[str | int, ...] = ()
) -> Iterable[tuple[SubjectSpec, str, tuple[str | int, ...]]]:
    for index, spec in enumerate(specs):
        here = (*place, "subjects", index)
        yield spec, parent, here
        yield from _walk_subjects(spec.subjects, spec.code, here)


def load_words(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create or change the listed words of this pack; words that officials added stay untouched.

    :raises PackError: for wrong files and words written twice
    """
    wanted: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for document in documents:
        for index, spec in enumerate(parse(WordFile, document).words):
            if spec.text in wanted:
                problems.append(document.problem(("words", index, "text"), f"“{spec.text}”写了两次"))
            wanted[spec.text] = {**spec.model_dump(exclude={"text"}), "pack": loading.pack}
    if problems:
        raise PackError(problems)
    outcome = Outcome()
    there = {row.text: row for row in ListedWord.objects.all()}
    for text, values in wanted.items():
        known = there.get(text)
        changed = (
            known is not None
            and bool(known.pack)
            and any(getattr(known, name) != value for name, value in values.items())
        )
        if known is None or changed:
            ListedWord.objects.update_or_create(text=text, defaults=values)
        outcome.count(created=known is None, changed=changed)
    return outcome
