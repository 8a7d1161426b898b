"""The slice's tables."""

from tongban.affairs.surveys.models.gates import Gate, Mark
from tongban.affairs.surveys.models.interviews import Interview, InterviewLine, InterviewQuestion
from tongban.affairs.surveys.models.surveys import Answer, Comment, DeskEvent, Summary, Survey

__all__ = [
    "Answer",
    "Comment",
    "DeskEvent",
    "Gate",
    "Interview",
    "InterviewLine",
    "InterviewQuestion",
    "Mark",
    "Summary",
    "Survey",
]
