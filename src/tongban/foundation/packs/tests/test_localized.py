from __future__ import annotations

import pytest
from django.utils.translation import override
from pydantic import BaseModel, ValidationError

from tongban.foundation.packs.localized import LocalizedText, localized


class _Sign(BaseModel):
    title: LocalizedText


def test_a_text_is_shown_in_the_language_of_the_reader() -> None:
    text = LocalizedText(zh="食品经营许可", en="Food business licence")
    with override("zh-hans"):
        assert str(text) == "食品经营许可"
    with override("en"):
        assert str(text) == "Food business licence"


def test_a_stored_text_reads_back_as_it_was() -> None:
    stored = LocalizedText(zh="许可", en="Licence").model_dump()
    assert stored == {"zh": "许可", "en": "Licence"}
    with override("en"):
        assert localized(stored) == "Licence"


def test_a_missing_translation_falls_back_to_chinese() -> None:
    assert localized({"zh": "许可", "en": ""}, language="en") == "许可"
    assert localized(None) == ""


def test_one_language_alone_is_refused_with_the_way_to_write_both() -> None:
    with pytest.raises(ValidationError, match="zh: 许可, en: …"):
        _Sign.model_validate({"title": "许可"})


@pytest.mark.parametrize(
    "data", [{"zh": "许可"}, {"en": "Licence"}, {"zh": " ", "en": "x"}, {"zh": "许", "en": "x", "fr": "y"}]
)
def test_both_languages_are_needed_and_no_other(data: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        LocalizedText.model_validate(data)
