from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import polib
import pytest

from tongban.interfaces.console import catalogs


@pytest.fixture
def app(tmp_path: Path, settings: SimpleNamespace) -> SimpleNamespace:
    settings.SOURCE_ROOT = tmp_path
    folder = tmp_path / "shop"
    (folder / "templates" / "shop").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "words.py").write_text(
        'from x import _, ngettext\na = _("许可")\nb = ngettext("一件", "%(n)s 件", 2)\n', "utf-8"
    )
    (folder / "tests" / "test_x.py").write_text('a = _("不算")\n', "utf-8")
    (folder / "templates" / "shop" / "page.html").write_text(
        '{% load i18n %}{% translate "首页" %}{% blocktranslate %}共 {{ n }} 项{% endblocktranslate %}', "utf-8"
    )
    return SimpleNamespace(path=str(folder), label="shop", name="tongban.shop")


def test_texts_are_found_in_python_and_templates_but_not_in_tests(app: SimpleNamespace) -> None:
    found = {entry.singular: entry.plural for entry in catalogs.texts(app).values()}
    assert found == {"许可": None, "一件": "%(n)s 件", "首页": None, "共 %(n)s 项": None}


def test_a_text_without_translation_is_told_with_its_place(app: SimpleNamespace) -> None:
    assert "shop/words.py:2: '许可' is not in the English catalog" in [str(gap) for gap in catalogs.gaps(app)]


def test_missing_texts_are_added_once_to_be_filled_in(app: SimpleNamespace) -> None:
    assert catalogs.append_missing(app) == 4
    assert catalogs.append_missing(app) == 0
    assert {gap.reason for gap in catalogs.gaps(app)} == {"has no English text"}


def test_a_filled_catalog_has_no_gaps_and_a_fuzzy_one_has(app: SimpleNamespace) -> None:
    catalogs.append_missing(app)
    path = catalogs.catalog_path(app)
    book = polib.pofile(str(path))
    for entry in book:
        entry.msgstr = "" if entry.msgid_plural else "x"
        entry.msgstr_plural = {0: "one", 1: "many"} if entry.msgid_plural else {}
    book.save()
    assert catalogs.gaps(app) == []
    book[0].flags.append("fuzzy")
    book.save()
    assert len(catalogs.gaps(app)) == 1


def test_catalogs_are_compiled_when_their_source_changed(app: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogs.append_missing(app)
    monkeypatch.setattr(catalogs, "own_apps", lambda: [app])
    assert catalogs.compile_all() == 1
    assert catalogs.compile_all() == 0
    assert catalogs.catalog_path(app).with_suffix(".mo").exists()


def test_a_text_with_several_translations_is_told_and_settled_as_readers_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apps = []
    for label, english in (("first", "Status"), ("second", "State"), ("third", "Status")):
        app = SimpleNamespace(path=str(tmp_path / label), label=label, name=f"tongban.{label}")
        catalog = polib.POFile()
        catalog.append(polib.POEntry(msgid="状态", msgstr=english))
        catalog.append(polib.POEntry(msgctxt="岗位", msgid="状态", msgstr=english if label == "second" else "Post"))
        catalogs.catalog_path(app).parent.mkdir(parents=True)
        catalog.save(str(catalogs.catalog_path(app)))
        apps.append(app)
    monkeypatch.setattr(catalogs, "own_apps", lambda: apps)
    found = {clash.context: clash for clash in catalogs.clashes()}
    assert "first: Status; second: State" in str(found[None])
    assert catalogs.settle() == 2
    assert catalogs.clashes() == []
    assert polib.pofile(str(catalogs.catalog_path(apps[1])))[0].msgstr == "Status"
