"""The statements that count figures from cases. Refreshing and checking use the same ones, so they cannot drift apart.

Each takes ``units`` and either ``today`` (running cases) or ``since`` and ``until`` (days in China, both counted),
``day_from`` and ``day_to`` (the moments around them) and the working days as two arrays ``dates`` and ``numbers``.
A case closed by the law itself ends on its legal day; what was tidied up later is counted on that day.
"""

from __future__ import annotations

LIVE = """
SELECT c.unit_id, u.region_path, c.implementation_id, c.definition_id,
       CASE WHEN c.status = 'correction' THEN 'correction' ELSE split_part(c.open_steps, ' ', 1) END AS step,
       CASE WHEN c.light = 'none' THEN 'green' ELSE c.light END AS light,
       count(*) AS running, count(*) FILTER (WHERE c.parent_id IS NULL) AS roots,
       count(*) FILTER (WHERE c.parent_id IS NULL AND (c.promised_due_on < %(today)s OR c.statutory_due_on < %(today)s))
           AS overdue
FROM cases_case c JOIN organizations_unit u ON u.id = c.unit_id
WHERE c.closed_at IS NULL AND c.unit_id = ANY(%(units)s)
GROUP BY 1, 2, 3, 4, 5, 6
"""

MEASURES = (
    "arrivals", "completions", "judged", "late", "late_promised", "late_statutory", "refusals", "corrections", "handled",
    "handling_days", "promised_days", "stopped_days", "specials", "special_days",
)  # fmt: skip

_WORK = """
WITH workday AS (SELECT * FROM unnest(%(dates)s::date[], %(numbers)s::int[]) AS w(day, n)),
open_then AS MATERIALIZED (
    SELECT c.id, c.unit_id, c.implementation_id, c.definition_id, c.closed_at
    FROM cases_case c
    WHERE c.unit_id = ANY(%(units)s) AND c.submitted_at < %(day_to)s
      AND (c.closed_at IS NULL OR c.closed_at >= %(day_from)s)
)
"""

_DAY = """
, closed AS (
    SELECT c.unit_id, c.implementation_id, (c.closed_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           count(*) AS completions,
           count(*) FILTER (WHERE c.parent_id IS NULL) AS judged,
           count(*) FILTER (WHERE c.parent_id IS NULL AND (k.late_promised OR k.late_statutory)) AS late,
           count(*) FILTER (WHERE c.parent_id IS NULL AND k.late_promised) AS late_promised,
           count(*) FILTER (WHERE c.parent_id IS NULL AND k.late_statutory) AS late_statutory,
           count(*) FILTER (WHERE c.result IN ('refused', 'not_accepted')) AS refusals,
           count(k.used) FILTER (WHERE c.result IN ('granted', 'refused')) AS handled,
           coalesce(sum(k.used) FILTER (WHERE c.result IN ('granted', 'refused')), 0) AS handling_days,
           coalesce(sum(k.figure) FILTER (WHERE c.result IN ('granted', 'refused')), 0) AS promised_days
    FROM cases_case c LEFT JOIN LATERAL (
        SELECT coalesce(bool_or(k.late) FILTER (WHERE k.kind = 'promised'), false) AS late_promised,
               coalesce(bool_or(k.late) FILTER (WHERE k.kind = 'statutory'), false) AS late_statutory,
               max(k.used) FILTER (WHERE k.kind = 'promised' AND k.unit = 'working_day') AS used,
               max(k.figure) FILTER (WHERE k.kind = 'promised' AND k.unit = 'working_day') AS figure
        FROM cases_caseclock k WHERE k.case_id = c.id AND k.kind IN ('promised', 'statutory')
    ) k ON true
    WHERE c.unit_id = ANY(%(units)s) AND c.closed_at >= %(day_from)s AND c.closed_at < %(day_to)s
    GROUP BY 1, 2, 3
), counted AS (
    SELECT unit_id, implementation_id, (submitted_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           'arrivals' AS measure, count(*) AS figure
    FROM cases_case
    WHERE unit_id = ANY(%(units)s) AND submitted_at >= %(day_from)s AND submitted_at < %(day_to)s
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT closed.unit_id, closed.implementation_id, closed.day, each.measure, each.figure
    FROM closed CROSS JOIN LATERAL (VALUES
        ('completions', completions), ('judged', judged), ('late', late), ('late_promised', late_promised),
        ('late_statutory', late_statutory), ('refusals', refusals), ('handled', handled),
        ('handling_days', handling_days), ('promised_days', promised_days)) AS each(measure, figure)
    UNION ALL
    SELECT o.unit_id, o.implementation_id, (r.asked_at AT TIME ZONE 'Asia/Shanghai')::date, 'corrections', 1
    FROM open_then o JOIN cases_correction r ON r.case_id = o.id
    WHERE r.asked_at >= %(day_from)s AND r.asked_at < %(day_to)s
    UNION ALL
    SELECT s.unit_id, s.implementation_id, s.ended, each.measure, each.figure
    FROM (
        SELECT o.unit_id, o.implementation_id,
               (least(p.ended_at, o.closed_at) AT TIME ZONE 'Asia/Shanghai')::date AS ended,
               (p.started_at AT TIME ZONE 'Asia/Shanghai')::date AS started
        FROM open_then o JOIN cases_specialprocedure p ON p.case_id = o.id WHERE p.ended_at IS NOT NULL
    ) s JOIN workday a ON a.day = s.started JOIN workday b ON b.day = s.ended
    CROSS JOIN LATERAL (VALUES ('specials', 1), ('special_days', greatest(b.n - a.n, 0))) AS each(measure, figure)
    WHERE s.ended BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT s.unit_id, s.implementation_id, s.resumed, 'stopped_days', greatest(b.n - a.n, 0)
    FROM (
        SELECT o.unit_id, o.implementation_id, e.on AS resumed,
               (SELECT max(f.on) FROM cases_clockentry f
                WHERE f.clock_id = e.clock_id AND f.kind = 'stop' AND f.id < e.id) AS stopped
        FROM open_then o JOIN cases_caseclock k ON k.case_id = o.id JOIN cases_clockentry e ON e.clock_id = k.id
        WHERE e.kind = 'resume' AND e.on BETWEEN %(since)s AND %(until)s
          AND (k.kind = 'promised' OR (k.kind = 'statutory' AND NOT EXISTS (
              SELECT 1 FROM cases_caseclock p WHERE p.case_id = o.id AND p.kind = 'promised')))
    ) s JOIN workday a ON a.day = s.stopped JOIN workday b ON b.day = s.resumed
)
"""
_EACH = ", ".join(f"coalesce(sum(figure) FILTER (WHERE measure = '{name}'), 0)::bigint AS {name}" for name in MEASURES)
DAY = " ".join((
    _WORK, _DAY, "SELECT unit_id, implementation_id, day,", _EACH,
    "FROM counted WHERE day BETWEEN %(since)s AND %(until)s GROUP BY 1, 2, 3",
))  # fmt: skip

_STEP = """
SELECT t.unit_id, t.definition_id, t.step, t.ended AS day, count(*) AS finished,
       count(*) FILTER (WHERE t.late_days > 0) AS late,
       coalesce(sum(greatest(b.n - a.n, 0)), 0)::bigint AS days, coalesce(sum(t.late_days), 0)::bigint AS late_days
FROM (
    SELECT o.unit_id, o.definition_id, t.step, t.late_days,
           (least(t.closed_at, o.closed_at) AT TIME ZONE 'Asia/Shanghai')::date AS ended,
           (t.opened_at AT TIME ZONE 'Asia/Shanghai')::date AS opened
    FROM open_then o JOIN cases_task t ON t.case_id = o.id
    WHERE t.closed_at IS NOT NULL AND t.kind IN ('main', 'special') AND t.outcome NOT IN ('transferred', 'void')
) t JOIN workday a ON a.day = t.opened JOIN workday b ON b.day = t.ended
WHERE t.ended BETWEEN %(since)s AND %(until)s
GROUP BY 1, 2, 3, 4
"""
STEP = " ".join((_WORK, _STEP))

_AROUND = """
WITH around AS MATERIALIZED (
    SELECT u.id AS unit_id, r.path AS region_path FROM organizations_unit u
    JOIN organizations_region r ON starts_with(u.region_path, r.path) AND r.level <= 4
)
"""
_PLACES = """
FROM supervision_dayfigure f JOIN around r ON r.unit_id = f.unit_id
WHERE f.day = ANY(%(days)s)
GROUP BY 1, 2
"""
_SUMS = ", ".join(f"sum(f.{name})::bigint AS {name}" for name in MEASURES)
PLACE_DAY = " ".join((_AROUND, "SELECT r.region_path, f.day,", _SUMS, _PLACES))

_PLACE_STEP = """
SELECT r.region_path, f.definition_id, f.step, f.day, sum(f.finished)::bigint AS finished,
       sum(f.late)::bigint AS late, sum(f.days)::bigint AS days, sum(f.late_days)::bigint AS late_days
FROM supervision_stepdayfigure f JOIN around r ON r.unit_id = f.unit_id
WHERE f.day = ANY(%(days)s)
GROUP BY 1, 2, 3, 4
"""
PLACE_STEP = " ".join((_AROUND, _PLACE_STEP))

_PLACE_LIVE = """
SELECT r.region_path, i.standard_item_id, f.definition_id, f.step, f.light, sum(f.running)::bigint AS running,
       sum(f.overdue)::bigint AS overdue
FROM supervision_livefigure f JOIN around r ON r.unit_id = f.unit_id
LEFT JOIN catalog_implementation i ON i.id = f.implementation_id
WHERE r.region_path = ANY(%(paths)s)
GROUP BY 1, 2, 3, 4, 5
"""
PLACE_LIVE = " ".join((_AROUND, _PLACE_LIVE))

PATHS = """
SELECT DISTINCT r.path FROM organizations_unit u
JOIN organizations_region r ON starts_with(u.region_path, r.path) AND r.level <= 4
WHERE u.id = ANY(%(units)s)
"""
