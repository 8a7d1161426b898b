"""Texts of packs in both languages: ``{zh: …, en: …}`` in YAML, JSON in the database, one language on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class LocalizedText(BaseModel):
    """One text in Chinese and English; ``str()`` gives the language of the present request.

    ``model_dump()`` gives the map to store as JSON; :func:`localized` reads it back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: Wording
    en: Wording

    @model_validator(mode="before")
    @classmethod
    def _refuse_one_language(cls, value: Any) -> Any:
        if isinstance(value, str):
            short = value if len(value) <= 20 else f"{value[:20]}…"
            msg = f"文字要有中文和英文两种写法，请写成 {{zh: {short}, en: …}}"
            raise ValueError(msg)  # noqa: TRY004 - pydantic reports ValueError as a mistake of the pack
        return value

    def __str__(self) -> str:
        """Return the text in the language of the present request."""
        return localized({"zh": self.zh, "en": self.en})


def localized(text: Mapping[str, Any] | LocalizedText | str | None, *, language: str | None = None) -> str:
    """Return a stored ``{zh: …, en: …}`` map in one language, Chinese where a translation is missing.

    :param text: the stored map; a plain string is returned as it is, nothing as the empty string
    :param language: a language code such as ``en`` or ``zh-hans``; by default that of the present request
    """
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    words = text.model_dump() if isinstance(text, LocalizedText) else text
    wanted = "en" if (language or get_language() or "").startswith("en") else "zh"
    return str(words.get(wanted) or words.get("zh") or words.get("en") or "")
