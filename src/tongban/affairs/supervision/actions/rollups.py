"""Keeps the figures that are counted ahead: what was touched is counted again, and a check finds what drifted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from tongban.affairs.supervision import rollup_sql as sql
from tongban.affairs.supervision.models import RollupState
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.models import Unit

DAY = dt.timedelta(days=1)
LOCK = 0x726F6C6C
"""The key of the lock that lets one refresh run at a time."""
MOST_WINDOWS = 40
"""With more touched days than this, everything between the first and the last is counted in one go."""
CHUNK = 200
SHOWN = 50
_MEASURES = ", ".join(sql.MEASURES)
_LIVE_COLUMNS = "unit_id, region_path, implementation_id, definition_id, step, light, running, roots, overdue"
_DAY_COLUMNS = f"unit_id, implementation_id, day, {_MEASURES}"
_STEP_COLUMNS = "unit_id, definition_id, step, day, finished, late, days, late_days"
_PLACE_STEP_COLUMNS = "region_path, definition_id, step, day, finished, late, days, late_days"
_PLACE_COLUMNS = f"region_path, day, {_MEASURES}"
_UNITS = "WHERE unit_id = ANY(%(units)s)"
_WINDOW = f"{_UNITS} AND day BETWEEN %(since)s AND %(until)s"
_PLACE_LIVE_COLUMNS = "region_path, standard_item_id, definition_id, step, light, running, overdue"
_PATHS = "WHERE region_path = ANY(%(paths)s)"
_DAYS = "WHERE day = ANY(%(days)s)"


@dataclass(slots=True)
class Refreshed:
    """What a refresh counted again: units, and pairs of unit and day."""

    units: int = 0
    days: int = 0


@dataclass(slots=True)
class Checked:
    """What a check compared and found: (table, unit, day) of rows that differ; ``day`` is None for running cases."""

    units: int = 0
    differing: list[tuple[str, int, dt.date | None]] = field(default_factory=list)
    repaired: bool = False


def refresh(*, at: dt.datetime) -> Refreshed:
    """Count again what was touched since the last refresh; with a new day, the running cases of every unit."""
    today = local_date(at)
    result = Refreshed()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        state = RollupState.objects.select_for_update().get_or_create(pk=1)[0]
        cursor.execute("DELETE FROM supervision_touched RETURNING unit_id, day")
        marked = set(cursor.fetchall())
        units = {unit for unit, _day in marked}
        new_day = state.refreshed_at is None or local_date(state.refreshed_at) != today
        live = _every_unit() if new_day else sorted(units)
        _recount_live(live, today)
        _recount_live_places(live)
        days: dict[dt.date, set[int]] = {}
        for unit, day in marked:
            if day is not None:
                days.setdefault(day, set()).add(unit)
        for since, until, of in _windows(days):
            _recount_days(sorted(of), since, until)
        _recount_places(sorted(days))
        state.refreshed_at = at
        state.save(update_fields=["refreshed_at"])
        result.units, result.days = len(live), sum(len(of) for of in days.values())
    return result


def rebuild(*, at: dt.datetime, since: dt.date) -> None:
    """Count everything from a day on from scratch, unit by unit in chunks."""
    today = local_date(at)
    days = [since + DAY * number for number in range((today - since).days + 1)]
    with connection.cursor() as cursor:  # what is touched from here on is counted again by the next refresh
        cursor.execute("DELETE FROM supervision_touched WHERE day >= %s", [since])
    for units in _chunks(_every_unit()):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            _recount_live(units, today)
            _recount_days(units, since, today)
    with transaction.atomic():
        _recount_places(days)
        _recount_live_places(_every_unit())
        RollupState.objects.update_or_create(pk=1, defaults={"refreshed_at": at})


def check(*, at: dt.datetime, since: dt.date, repair: bool) -> Checked:
    """Compare every figure from a day on with a fresh count, and put right what differs.

    Units that wait for a refresh are left to it: what they show is not wrong, only a moment old.
    """
    refresh(at=at)
    today = local_date(at)
    result = Checked()
    for units in _chunks(_every_unit()):
        _compare(units, since, today, result)
        result.units += len(units)
    _compare_places(since, today, result)
    if repair and result.differing:
        _repair(result, today)
        result.repaired = True
    RollupState.objects.filter(pk=1).update(
        checked_at=at,
        differing=len(result.differing),
        report=[[table, unit, day and day.isoformat()] for table, unit, day in result.differing[:SHOWN]],
    )
    return result


def first_day() -> dt.date | None:
    """Return the day of the oldest case, or None without cases."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (min(submitted_at) AT TIME ZONE 'Asia/Shanghai')::date FROM cases_case")
        found: dt.date | None = cursor.fetchone()[0]
    return found


def _every_unit() -> list[int]:
    return list(Unit.objects.order_by("pk").values_list("pk", flat=True))


def _chunks(units: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(units), CHUNK):
        yield list(units[start : start + CHUNK])


def _windows(days: dict[dt.date, set[int]]) -> Iterable[tuple[dt.date, dt.date, set[int]]]:
    if len(days) > MOST_WINDOWS:
        return [(min(days), max(days), set().union(*days.values()))]
    return [(day, day, of) for day, of in sorted(days.items())]


def _bounds(since: dt.date, until: dt.date) -> dict[str, Any]:
    calendar = calendar_for()
    numbers: list[int] = []
    dates: list[dt.date] = []
    day, count = calendar.first, 0
    last = min(until, calendar.last)
    while day <= last:
        count += calendar.is_workday(day)
        dates.append(day)
        numbers.append(count)
        day += DAY
    return {
        "since": since,
        "until": until,
        "day_from": dt.datetime.combine(since, dt.time(), tzinfo=CHINA),
        "day_to": dt.datetime.combine(until + DAY, dt.time(), tzinfo=CHINA),
        "dates": dates,
        "numbers": numbers,
    }


def _recount_live(units: Sequence[int], today: dt.date) -> None:
    with connection.cursor() as cursor:
        given = {"units": list(units), "today": today}
        _replace(cursor, "supervision_livefigure", _LIVE_COLUMNS, _UNITS, sql.LIVE, given)


def _recount_live_places(units: Sequence[int]) -> None:
    """Sum the running cases again for every region around some units."""
    if not units:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql.PATHS, {"units": list(units)})
        given = {"paths": [path for (path,) in cursor.fetchall()]}
        _replace(cursor, "supervision_placelivefigure", _PLACE_LIVE_COLUMNS, _PATHS, sql.PLACE_LIVE, given)


def _recount_days(units: Sequence[int], since: dt.date, until: dt.date) -> None:
    given = {"units": list(units), **_bounds(since, until)}
    with connection.cursor() as cursor:
        _replace(cursor, "supervision_dayfigure", _DAY_COLUMNS, _WINDOW, sql.DAY, given)
        _replace(cursor, "supervision_stepdayfigure", _STEP_COLUMNS, _WINDOW, sql.STEP, given)


def _recount_places(days: Sequence[dt.date]) -> None:
    if not days:
        return
    given = {"days": list(days)}
    with connection.cursor() as cursor:
        _replace(cursor, "supervision_placedayfigure", _PLACE_COLUMNS, _DAYS, sql.PLACE_DAY, given)
        _replace(cursor, "supervision_placestepdayfigure", _PLACE_STEP_COLUMNS, _DAYS, sql.PLACE_STEP, given)


def _replace(cursor: CursorWrapper, table: str, columns: str, where: str, fresh: str, given: dict[str, Any]) -> None:
    """Put what a statement counts in the place of the rows that stand there; every text is a constant of this slice."""
    cursor.execute(" ".join(("DELETE FROM", table, where)), given)
    cursor.execute(" ".join(("INSERT INTO", table, "(", columns, ")", fresh)), given)


def _differing(
    fresh: str, table: str, columns: str, where: str, given: dict[str, Any], keys: str
) -> list[tuple[Any, ...]]:
    """Return the keys of rows that only the fresh count or only the table has."""
    parts = (
        "WITH expected AS MATERIALIZED (SELECT", columns, "FROM (", fresh, ") e), stored AS (SELECT", columns, "FROM",
        table, where, ") SELECT DISTINCT", keys, "FROM ((SELECT * FROM expected EXCEPT SELECT * FROM stored)",
        "UNION ALL (SELECT * FROM stored EXCEPT SELECT * FROM expected)) d ORDER BY 1",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(" ".join(parts), given)
        return list(cursor.fetchall())


def _compare(units: Sequence[int], since: dt.date, today: dt.date, result: Checked) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        live = _differing(
            sql.LIVE, "supervision_livefigure", _LIVE_COLUMNS, _UNITS, {"units": units, "today": today}, "unit_id"
        )
        given, keys = {"units": units, **_bounds(since, today)}, "unit_id, day"
        days = _differing(sql.DAY, "supervision_dayfigure", _DAY_COLUMNS, _WINDOW, given, keys)
        steps = _differing(sql.STEP, "supervision_stepdayfigure", _STEP_COLUMNS, _WINDOW, given, keys)
        cursor.execute("SELECT DISTINCT unit_id FROM supervision_touched")
        waiting = {unit for (unit,) in cursor.fetchall()}
    result.differing += [("live", unit, None) for (unit,) in live if unit not in waiting]
    result.differing += [("day", unit, day) for unit, day in days if unit not in waiting]
    result.differing += [("step", unit, day) for unit, day in steps if unit not in waiting]


def _compare_places(since: dt.date, today: dt.date, result: Checked) -> None:
    given = {"days": [since + DAY * number for number in range((today - since).days + 1)]}
    rows = _differing(sql.PLACE_DAY, "supervision_placedayfigure", _PLACE_COLUMNS, _DAYS, given, "day")
    rows += _differing(sql.PLACE_STEP, "supervision_placestepdayfigure", _PLACE_STEP_COLUMNS, _DAYS, given, "day")
    result.differing += [("place", 0, day) for (day,) in sorted(set(rows))]
    with connection.cursor() as cursor:
        cursor.execute(sql.PATHS, {"units": _every_unit()})
        paths = {"paths": [path for (path,) in cursor.fetchall()]}
    live = _differing(sql.PLACE_LIVE, "supervision_placelivefigure", _PLACE_LIVE_COLUMNS, _PATHS, paths, "region_path")
    result.differing += [("live", 0, None)] if live else []


def _repair(result: Checked, today: dt.date) -> None:
    live = sorted({unit for table, unit, _day in result.differing if table == "live"})
    days: dict[dt.date, set[int]] = {}
    for table, unit, day in result.differing:
        if day is not None:
            days.setdefault(day, set()).update({unit} if table != "place" else ())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _recount_live(live, today)
        _recount_live_places(_every_unit())
        for day, units in sorted(days.items()):
            _recount_days(sorted(units), day, day)
        _recount_places(sorted(days))
