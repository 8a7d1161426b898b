"""Everything that changes a case."""

from tongban.engines.cases.actions.acting import act, settle
from tongban.engines.cases.actions.submitting import Applicant, SubmittedMaterial, submit
from tongban.engines.cases.errors import ActionRefused

__all__ = ["ActionRefused", "Applicant", "SubmittedMaterial", "act", "settle", "submit"]
