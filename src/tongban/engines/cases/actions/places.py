"""Which unit a task goes to: a unit by its key, the superior, the people's government, a department of the same region."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.models import Case, Task
from tongban.engines.cases.rules.compiled import Compiled
from tongban.foundation.organizations.models import Line, Unit

GOVERNMENT = "people_government"
"""The vertical line whose units approve what the law leaves to a people's government."""


def unit_for(case: Case, named: int | str) -> int:
    """Return the key of the unit that a process names.

    :param named: a key, ``superior``, ``government`` or ``line:`` and the code of a vertical line
    :raises ActionRefused: if the case's region has no such unit
    """
    if isinstance(named, int):
        return named
    if named == "superior":
        return case.unit.parent_id or case.unit_id
    line = GOVERNMENT if named == "government" else named.removeprefix("line:")
    found = Unit.objects.filter(line=line, region_path=case.region_path, valid_to__isnull=True).values_list("pk")
    for (key,) in found[:1]:
        return int(key)
    title = Line.objects.filter(code=line).first()
    raise ActionRefused(
        _("本地区没有登记“%(line)s”条线的单位，不能送办。请系统管理员先登记单位。") % {"line": title or line},
        code="no_unit",
    )


def speaking_for(case: Case, compiled: Compiled, task: Task | None) -> Unit:
    """Return the unit whose name, number and seal a paper carries: the one that acts at a step of its own, else the lead.

    Where the upper level decides what the lower one reviewed, the decision and the license are the upper level's
    (行政许可法 Art. 35); departments asked and those who approve more time do not speak to the applicant.
    """
    if task is not None and task.kind == Task.Kind.MAIN and compiled.steps[task.step].unit == "superior":
        return task.unit
    return case.unit
