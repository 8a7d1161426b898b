"""Modules stay small, slices say what they are, and nothing but the clock asks what time it is."""

from __future__ import annotations

import ast

from tests.shape.places import SOURCE, python_files, shown, slices

MOST_LINES = 500
CLOCK = SOURCE / "foundation" / "clock" / "now.py"


def test_no_module_has_more_than_500_lines() -> None:
    long = {
        shown(path): count
        for path in python_files()
        if (count := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_every_slice_has_a_readme_of_its_own() -> None:
    missing = [shown(folder) for folder in slices() if not (folder / "README.md").exists()]
    assert not missing


def test_only_the_clock_asks_for_the_time() -> None:
    """Who needs the moment takes it as an argument, so that every deadline can be replayed."""
    askers = []
    for path in python_files():
        if path == CLOCK or "tests" in path.parts or not path.is_relative_to(SOURCE) or "running" in path.parts:
            continue
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        askers += [f"{shown(path)}:{call.lineno}" for call in calls if _asks(call.func)]
    assert not askers


def _asks(called: ast.expr) -> bool:
    """Tell whether a call reads the machine's clock."""
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name | ast.Attribute):
        return False
    owner = called.value.id if isinstance(called.value, ast.Name) else called.value.attr
    return (owner, called.attr) in {
        ("timezone", "now"),
        ("timezone", "localdate"),
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
    }
