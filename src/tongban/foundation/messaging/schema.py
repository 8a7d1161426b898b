"""What a file under ``messages/`` of a pack may hold."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.foundation.messaging.rules import LONGEST_SMS, TemplateError, check_places, places
from tongban.foundation.packs.localized import LocalizedText

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{1,63}$")]
Param = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Mail(BaseModel):
    """The text of a mail."""

    model_config = ConfigDict(extra="forbid")

    subject: LocalizedText
    body: LocalizedText


class MessageSpec(BaseModel):
    """One message: its parameters and its text for each channel it may take, in both languages."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    version: int = Field(ge=1)
    title: LocalizedText
    params: list[Param] = []
    sms: LocalizedText | None = None
    email: Mail | None = None

    @model_validator(mode="after")
    def _check_texts(self) -> Self:
        """Refuse texts and parameters that do not fit, texts too long for a short message, and messages without a text."""
        texts = self.texts()
        if not texts:
            msg = "至少要写短信（sms）或邮件（email）中的一种"
            raise ValueError(msg)
        used: set[str] = set()
        for text in texts:
            for words in (text.zh, text.en):
                check_places(words, self.params)
            if places(text.zh) != places(text.en):
                msg = f"中英文用的参数不一样：{'、'.join(sorted(places(text.zh) ^ places(text.en)))}"
                raise TemplateError(msg)
            used |= places(text.zh)
        if set(self.params) - used:
            msg = f"声明了却没有用到的参数：{'、'.join(sorted(set(self.params) - used))}"
            raise TemplateError(msg)
        if self.sms and max(len(self.sms.zh), len(self.sms.en)) > LONGEST_SMS:
            msg = f"短信最多 {LONGEST_SMS} 个字符"
            raise ValueError(msg)
        return self

    def texts(self) -> list[LocalizedText]:
        """Return every text of the message."""
        mail = [self.email.subject, self.email.body] if self.email else []
        return ([self.sms] if self.sms else []) + mail
