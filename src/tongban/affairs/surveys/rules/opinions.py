"""What was said in a consultation, in substance, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]


class Opinion(BaseModel):
    """An opinion given by ``count`` people, with the decision and its reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opinion: Words
    count: int = Field(ge=1)
    decision: Literal["adopted", "partly", "declined"]
    reason: Words = ""


def is_whole(text: str, opinions: Sequence[Opinion], received: int) -> bool:
    """Tell whether a summary says what it must: something in all, and a reason wherever not everything was adopted.

    :param received: how many opinions came in; where there were some, the summary names them
    """
    if not text.strip() or (received and not opinions):
        return False
    return all(each.opinion and (each.decision == "adopted" or each.reason) for each in opinions)
