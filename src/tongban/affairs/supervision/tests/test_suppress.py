"""A small cell of the published standard cannot be worked out from the rows and totals beside it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tongban.affairs.supervision.rules.suppression import Cell, hidden_cells

LEAST = 5


@st.composite
def tables(draw: st.DrawFn) -> dict[int, Cell[int]]:
    """Return a tree of up to 25 cells whose leaves are counted and whose sums follow from them."""
    size = draw(st.integers(1, 25))
    parents: list[int | None] = [None] + [draw(st.integers(0, number - 1)) for number in range(1, size)]
    inner = set(parents)
    counts = [0 if number in inner else draw(st.integers(0, 12)) for number in range(size)]
    for number in range(size - 1, 0, -1):
        parent = parents[number]
        assert parent is not None
        counts[parent] += counts[number]
    return {number: Cell(counts[number], parents[number]) for number in range(size)}


def follows(cells: dict[int, Cell[int]], hidden: set[int]) -> set[int]:
    """Return the hidden cells that the published ones and the sums determine, by elimination over exact fractions."""
    unknown = sorted(hidden)
    rows = []
    for key in cells:
        parts = [each for each, cell in cells.items() if cell.parent == key and cell.count]
        if parts:
            held = {key: Fraction(1), **{part: Fraction(-1) for part in parts}}
            rows.append([held.get(each, Fraction(0)) for each in unknown])
    lead = 0
    for column in range(len(unknown)):
        pivot = next((number for number in range(lead, len(rows)) if rows[number][column]), None)
        if pivot is None:
            continue
        rows[lead], rows[pivot] = rows[pivot], rows[lead]
        rows[lead] = [value / rows[lead][column] for value in rows[lead]]
        for number, row in enumerate(rows):
            if number != lead and row[column]:
                rows[number] = [a - row[column] * b for a, b in zip(row, rows[lead], strict=True)]
        lead += 1
    return {unknown[row.index(1)] for row in rows if sum(bool(value) for value in row) == 1}


@given(tables())
def test_no_hidden_cell_follows_from_the_published_rows_and_totals(cells: dict[int, Cell[int]]) -> None:
    hidden = hidden_cells(cells, least=LEAST)
    assert {key for key, cell in cells.items() if 0 < cell.count < LEAST} <= hidden
    assert not any(cells[key].count == 0 for key in hidden)
    assert follows(cells, hidden) == set()


@given(tables())
def test_nothing_is_hidden_where_nothing_is_small(cells: dict[int, Cell[int]]) -> None:
    if not any(0 < cell.count < LEAST for cell in cells.values()):
        assert hidden_cells(cells, least=LEAST) == set()


@given(tables())
def test_the_same_table_always_hides_the_same_cells(cells: dict[int, Cell[int]]) -> None:
    turned = dict(reversed(cells.items()))
    assert hidden_cells(cells, least=LEAST) == hidden_cells(turned, least=LEAST)


def test_the_smallest_neighbor_is_hidden_with_a_single_small_one() -> None:
    cells = {"unit": Cell(40), "a": Cell(3, "unit"), "b": Cell(30, "unit"), "c": Cell(7, "unit"), "d": Cell(0, "unit")}
    assert hidden_cells(cells, least=LEAST) == {"a", "c"}


def test_two_small_ones_hide_each_other() -> None:
    cells = {"unit": Cell(37), "a": Cell(3, "unit"), "b": Cell(4, "unit"), "c": Cell(30, "unit")}
    assert hidden_cells(cells, least=LEAST) == {"a", "b"}


def test_what_is_hidden_with_another_is_hidden_in_its_own_parts_too() -> None:
    cells = {
        "city": Cell(33), "small": Cell(3, "city"), "unit": Cell(10, "city"), "big": Cell(20, "city"),
        "item": Cell(10, "unit"),
    }  # fmt: skip
    assert hidden_cells(cells, least=LEAST) == {"small", "unit", "item"}
