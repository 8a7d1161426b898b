"""Everything that changes a case."""

from tongban.engines.cases.actions.acting import act, settle
from tongban.engines.cases.actions.extras import (
    add_note,
    answer_rating,
    judge_material,
    lock_case,
    rate,
    record_event,
    replace_materials,
    supplement,
)
from tongban.engines.cases.actions.migrating import MigrationPlan, MigrationResult, migrate_cases, plan_migration
from tongban.engines.cases.actions.recounting import RecountResult, recount, run_recount, start_recount
from tongban.engines.cases.actions.submitting import Applicant, SubmittedMaterial, submit
from tongban.engines.cases.actions.sweeping import SweepResult, sweep
from tongban.engines.cases.errors import ActionRefused

__all__ = [
    "ActionRefused",
    "Applicant",
    "MigrationPlan",
    "MigrationResult",
    "RecountResult",
    "SubmittedMaterial",
    "SweepResult",
    "act",
    "add_note",
    "answer_rating",
    "judge_material",
    "lock_case",
    "migrate_cases",
    "plan_migration",
    "rate",
    "record_event",
    "recount",
    "replace_materials",
    "run_recount",
    "settle",
    "start_recount",
    "submit",
    "supplement",
    "sweep",
]
