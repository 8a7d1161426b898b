from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pydantic import BaseModel, ConfigDict

from tongban.foundation.packs import sections
from tongban.foundation.packs.actions import load_pack
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome, Section, register_section

AT = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


class _Tool(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str
    weight: int


_shelf: dict[str, int] = {}


def _load(documents: Sequence[Document], _loading: Loading) -> Outcome:
    outcome = Outcome()
    for tool in [parse(_Tool, document) for document in documents]:
        known = _shelf.get(tool.code)
        _shelf[tool.code] = tool.weight
        outcome.count(created=known is None, changed=known not in (None, tool.weight))
    return outcome


@pytest.fixture(autouse=True)
def only_tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sections, "_sections", {})
    register_section(Section("tools", "tools/*.yaml", 10, _load))
    _shelf.clear()
    yield
    _shelf.clear()


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    _write(tmp_path, "tools/a.yaml", "code: a\nweight: 1\n")
    assert load_pack(root=tmp_path, at=AT)["tools"] == Outcome(created=1)
    assert load_pack(root=tmp_path, at=AT)["tools"] == Outcome(same=1)


def test_a_changed_file_changes_its_row(tmp_path: Path) -> None:
    _write(tmp_path, "tools/a.yaml", "code: a\nweight: 1\n")
    load_pack(root=tmp_path, at=AT)
    _write(tmp_path, "tools/a.yaml", "code: a\nweight: 2\n")
    assert load_pack(root=tmp_path, at=AT)["tools"] == Outcome(changed=1)


def test_a_mistake_is_told_with_file_line_and_remedy(tmp_path: Path) -> None:
    _write(tmp_path, "tools/a.yaml", "code: a\nweight: heavy\nwieght: 1\n")
    with pytest.raises(PackError) as caught:
        load_pack(root=tmp_path, at=AT)
    assert [str(problem) for problem in caught.value.problems] == [
        "tools/a.yaml:2  weight  应为整数",
        "tools/a.yaml:3  wieght  没有这一项，请检查拼写或删去",
    ]


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "tools/a.yaml", "code: a\nweight: 1\nweight: 2\n")
    with pytest.raises(PackError, match=r"tools/a.yaml:3  weight  同一个键写了两次"):
        load_pack(root=tmp_path, at=AT)


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    _write(tmp_path, "tools/a.yaml", "code: [a\nweight: 1\n")
    with pytest.raises(PackError, match=r"tools/a.yaml:2 .*不是有效的 YAML"):
        load_pack(root=tmp_path, at=AT)


def test_a_file_that_no_section_reads_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "tolls/a.yaml", "code: a\nweight: 1\n")
    with pytest.raises(PackError, match=r"tolls/a.yaml"):
        load_pack(root=tmp_path, at=AT)


def test_the_command_fails_if_a_second_load_would_change_something(tmp_path: Path) -> None:
    _write(tmp_path, "tools/a.yaml", "code: a\nweight: 1\n")
    call_command("load_pack", str(tmp_path))
    call_command("load_pack", str(tmp_path), "--expect-unchanged")
    _write(tmp_path, "tools/a.yaml", "code: a\nweight: 3\n")
    with pytest.raises(CommandError, match="should change nothing"):
        call_command("load_pack", str(tmp_path), "--expect-unchanged")
