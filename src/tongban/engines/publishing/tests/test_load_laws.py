"""Statutes come from a checked source, whole, with what repealed them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings

from tongban.engines.publishing.actions.publishing import end_validity
from tongban.engines.publishing.actions.taking_in import take_in
from tongban.engines.publishing.library import load_laws, markup
from tongban.engines.publishing.models import Article, Revision, Subject
from tongban.engines.publishing.rules.histories import of_note
from tongban.engines.publishing.schema import LawFile
from tongban.engines.publishing.tests.world import AT, content, make_column
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse, read_yaml
from tongban.foundation.packs.sections import Loading

ROOT = settings.PROJECT_ROOT / "packs" / "hubei"
LOADING = Loading(ROOT, "hubei", AT)


def law(code: str, **more) -> Document:
    values = {
        "code": code, "title": f"中华人民共和国{code}", "level": "law", "issuer": "全国人民代表大会常务委员会",
        "version_on": dt.date(2014, 4, 24), "in_force_from": dt.date(2015, 1, 1), "subject": "B09",
        "text": "# 第一章 总则\n第一条　为保护和改善环境，制定本法。\n第二款。",
    } | more  # fmt: skip
    return Document(f"portal/library/{code}.yaml", values)


@pytest.fixture
def library(world):
    Subject.objects.create(code="B09", name={"zh": "环境", "en": "Environment"}, path="/B/B09/")
    return make_column(world.main, "/news/library/", world.province, world.news, kind="library", watch="none")


def both() -> list[Document]:
    old = law("old-law", ended={"date": dt.date(2026, 8, 15), "by": "new-code", "how": "abolished"})
    return [old, law("new-code", version_on=dt.date(2026, 3, 12), in_force_from=dt.date(2026, 8, 15))]


def test_a_repealed_statute_points_to_what_took_its_place(library) -> None:
    assert load_laws(both(), LOADING).created == 2
    old, new = Article.objects.get(legal__code="old-law"), Article.objects.get(legal__code="new-code")
    assert (old.validity, old.abolished_on, old.abolished_by) == ("abolished", dt.date(2026, 8, 15), new)
    assert (new.validity, new.status, old.status) == ("in_force", "published", "published")
    assert list(new.abolishes.all()) == [old]
    assert (old.index_no, old.publish_due_on) == ("", None)  # made by others: neither our number nor our limit


def test_a_statute_ceases_on_its_day_by_itself(library) -> None:
    documents = both()
    documents[0].data["ended"]["date"] = dt.date(2026, 12, 1)
    load_laws(documents, LOADING)
    old = Article.objects.get(legal__code="old-law")
    assert (old.validity, old.abolished_on) == ("in_force", dt.date(2026, 12, 1))
    assert end_validity(at=dt.datetime(2026, 11, 30, 23, 59, tzinfo=CHINA)) == 0
    midnight = dt.datetime(2026, 12, 1, 0, 2, tzinfo=CHINA)
    assert (end_validity(at=midnight), end_validity(at=midnight)) == (1, 0)
    old.refresh_from_db()
    assert old.validity == "abolished"


def test_loading_twice_changes_nothing_and_a_changed_text_is_a_revision(library) -> None:
    load_laws(both(), LOADING)
    again = load_laws(both(), LOADING)
    assert (again.created, again.changed, again.same) == (0, 0, 2)
    documents = both()
    documents[1].data["text"] += "\n第二条　修正。"
    assert load_laws(documents, LOADING).changed == 1
    row = Article.objects.get(legal__code="new-code")
    assert (row.published_n, Revision.objects.filter(article=row).count()) == (2, 2)
    assert "修正" in row.body


def test_wrong_files_are_told(library) -> None:
    wrong = [
        law("a-law", subject="Z99"),
        law("b-law", ended={"date": dt.date(2026, 1, 1), "by": "nothing", "how": "revised"}),
    ]
    with pytest.raises(PackError) as refused:
        load_laws(wrong, LOADING)
    assert len(refused.value.problems) == 2
    assert not Article.objects.exists()


def test_people_publish_by_the_chain_only(world) -> None:
    with pytest.raises(NotAllowedError):
        take_in(column=world.headlines, content=content(), by=world.publisher, at=AT)


@pytest.mark.parametrize("path", sorted((ROOT / "portal" / "library").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_statute_of_the_pack_is_whole(path) -> None:
    """The file is named by its code, its articles are numbered once each, and what ended has a successor."""
    read = parse(LawFile, read_yaml(path, root=ROOT))
    assert read.code == path.stem
    assert "<script" not in markup(read.text)
    numbered = [line.split("　")[0] for line in read.text.splitlines() if line.startswith("第") and "条　" in line[:12]]
    assert len(numbered) == len(set(numbered))
    assert len(numbered) > 15 or read.title.endswith("决定")
    assert read.text_from
    if read.note:
        assert of_note(read.note)[-1].on == read.version_on
    if read.ended and read.ended.by:
        assert (path.parent / f"{read.ended.by}.yaml").exists()
