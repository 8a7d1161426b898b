"""Translation catalogs: what the sources say, what is translated, and the compiled form Django reads.

GNU gettext is not needed: Babel extracts, polib reads, writes and compiles.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.translation import templatize

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TEMPLATE_SUFFIXES = (".html", ".txt", ".svg")
SKIPPED = {"migrations", "tests", "locale", "static"}


@dataclass(slots=True)
class Entry:
    """One text of the sources: context, singular, plural, and the places where it stands."""

    context: str | None
    singular: str
    plural: str | None = None
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gap:
    """A text without an English translation."""

    app: str
    entry: Entry
    reason: str

    def __str__(self) -> str:
        return f"{self.entry.places[0]}: {self.entry.singular!r} {self.reason}"


@dataclass(frozen=True, slots=True)
class Clash:
    """One text with different English in several catalogs. Readers see only the first app's, everywhere."""

    context: str | None
    text: str
    english: dict[str, tuple[str, ...]]

    @property
    def seen(self) -> tuple[str, ...]:
        """Return what readers see: the text of the app that stands first in the settings."""
        return next(iter(self.english.values()))

    def __str__(self) -> str:
        said = "; ".join(f"{app}: {' / '.join(english)}" for app, english in self.english.items())
        return f"{self.text!r}{f' ({self.context})' if self.context else ''} has several translations: {said}"


def own_apps() -> list[AppConfig]:
    """Return the apps of this project, in the order of the settings."""
    return [app for app in apps.get_app_configs() if app.name.startswith("tongban.")]


def catalog_path(app: AppConfig, language: str = "en") -> Path:
    """Return where an app's catalog lies."""
    return Path(app.path) / "locale" / language / "LC_MESSAGES" / "django.po"


def texts(app: AppConfig) -> dict[tuple[str | None, str], Entry]:
    """Return every text that an app's Python files and templates mark for translation."""
    found: dict[tuple[str | None, str], Entry] = {}
    for path in _sources(Path(app.path)):
        place = path.relative_to(settings.SOURCE_ROOT).as_posix()
        source = path.read_text(encoding="utf-8")
        if path.suffix in TEMPLATE_SUFFIXES:
            source = templatize(source, origin=place)
        for line, message, context in _extract(source):
            singular, plural = message if isinstance(message, tuple) else (message, None)
            entry = found.setdefault((context, singular), Entry(context, singular, plural))
            entry.places.append(f"{place}:{line}")
    return found


def gaps(app: AppConfig) -> list[Gap]:
    """Return the texts of an app that lack an English translation in the app's own catalog."""
    entries = texts(app)
    path = catalog_path(app)
    known = {(item.msgctxt, item.msgid): item for item in polib.pofile(str(path))} if path.exists() else {}
    found: list[Gap] = []
    for key, entry in entries.items():
        item = known.get(key)
        if item is None or item.obsolete:
            found.append(Gap(app.label, entry, "is not in the English catalog"))
        elif item.fuzzy:
            found.append(Gap(app.label, entry, "is marked fuzzy in the English catalog"))
        elif not (item.msgstr or (item.msgstr_plural and all(item.msgstr_plural.values()))):
            found.append(Gap(app.label, entry, "has no English text"))
    return found


def clashes() -> list[Clash]:
    """Return the texts whose English differs between catalogs; give them one translation, or a context each."""
    known: dict[tuple[str | None, str], dict[str, tuple[str, ...]]] = {}
    for app in own_apps():
        path = catalog_path(app)
        for item in polib.pofile(str(path)) if path.exists() else ():
            if not item.obsolete:
                english = tuple(item.msgstr_plural.values()) if item.msgid_plural else (item.msgstr,)
                known.setdefault((item.msgctxt, item.msgid), {})[app.label] = english
    return [Clash(*key, english) for key, english in known.items() if len(set(english.values())) > 1]


def settle() -> int:
    """Write into every catalog what readers see of a text with several translations; return how many texts."""
    found = {(each.context, each.text): each.seen for each in clashes()}
    for app in own_apps() if found else ():
        path = catalog_path(app)
        if not path.exists():
            continue
        catalog = polib.pofile(str(path), wrapwidth=0)
        changed = False
        for item in catalog:
            english = found.get((item.msgctxt, item.msgid))
            if english is None or item.obsolete:
                continue
            if item.msgid_plural and len(english) > 1:
                changed |= tuple(item.msgstr_plural.values()) != english
                item.msgstr_plural = dict(enumerate(english))
            else:
                changed |= item.msgstr != english[0]
                item.msgstr = english[0]
        if changed:
            catalog.save(str(path))
    return len(found)


def append_missing(app: AppConfig) -> int:
    """Write the missing texts into the app's catalog with empty translations, to be filled in; return how many."""
    path = catalog_path(app)
    if path.exists():
        catalog = polib.pofile(str(path))
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = polib.POFile()
        catalog.metadata = {
            "Language": "en",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
        }
    known = {(item.msgctxt, item.msgid) for item in catalog}
    added = 0
    for key, entry in texts(app).items():
        if key in known:
            continue
        plural = {"msgid_plural": entry.plural, "msgstr_plural": {0: "", 1: ""}} if entry.plural else {}
        catalog.append(polib.POEntry(msgctxt=entry.context, msgid=entry.singular, msgstr="", **plural))
        added += 1
    if added:
        catalog.save(str(path))
    return added


def compile_all() -> int:
    """Compile every catalog of the project whose source is newer than its compiled form; return how many."""
    done = 0
    for app in own_apps():
        for source in sorted((Path(app.path) / "locale").glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            fresh = target.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(fresh))
            fresh.replace(target)
            done += 1
    return done


def _sources(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        code = path.suffix == ".py" and not SKIPPED & set(parts)
        template = path.suffix in TEMPLATE_SUFFIXES and parts[0] == "templates"
        if code or template:
            yield path


def _extract(source: str) -> Iterator[tuple[int, str | tuple[str, str], str | None]]:
    stream = io.BytesIO(source.encode("utf-8"))
    for line, message, _comments, context in extract(
        "python", stream, keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        if isinstance(message, tuple):
            yield line, (str(message[0]), str(message[1])), context
        elif message:
            yield line, message, context
