"""The tables of cases."""

from tongban.engines.cases.models.case import Case, CaseForm, CaseMaterial, CaseNumberCounter, Light
from tongban.engines.cases.models.definition import ProcessDefinition
from tongban.engines.cases.models.record import CaseDocument, CaseEvent, CaseNote, LookupAttempt, Rating
from tongban.engines.cases.models.recount import Recount
from tongban.engines.cases.models.work import CaseClock, ClockEntry, Correction, Extension, SpecialProcedure, Task

__all__ = [
    "Case",
    "CaseClock",
    "CaseDocument",
    "CaseEvent",
    "CaseForm",
    "CaseMaterial",
    "CaseNote",
    "CaseNumberCounter",
    "ClockEntry",
    "Correction",
    "Extension",
    "Light",
    "LookupAttempt",
    "ProcessDefinition",
    "Rating",
    "Recount",
    "SpecialProcedure",
    "Task",
]
