"""Invented items say that they are invented, and pass the checks that a reviewer would see."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tongban.affairs.disclosure.demo import texts
from tongban.engines.publishing.rules.checks import Surroundings, check
from tongban.engines.publishing.rules.comparing import lines
from tongban.engines.publishing.rules.content import Content
from tongban.engines.publishing.sanitizing import clean

PLACE, UNIT = "江岸区", "江岸区市场监督管理局"


def made(seed: int) -> list[Content]:
    rng = random.Random(seed)  # noqa: S311
    drafts = [
        texts.news(rng, place=PLACE, unit=UNIT),
        texts.notice(rng, place=PLACE, unit=UNIT, month=11),
        texts.document(rng, place=PLACE, unit=UNIT, serial=seed % 400, year=2026)
        | {"subject": "A01", "written_on": "2026-11-02"},
    ]
    return [Content.model_validate(draft) for draft in drafts]


@given(st.integers(0, 10_000))
def test_every_text_says_that_it_is_a_demonstration(seed) -> None:
    for content in made(seed):
        assert texts.NOTE in content.body
        assert "{" not in content.title + content.body


@given(st.integers(0, 10_000))
def test_every_text_is_clean_and_passes_the_checks(seed) -> None:
    for content in made(seed):
        assert clean(content.body) == content.body
        assert not [finding for finding in check(content, Surroundings(is_open_information=True)) if finding.blocks]


def test_news_have_a_realistic_length() -> None:
    lengths = sorted(len(lines(made(seed)[0].body)) for seed in range(200))
    assert lengths[0] > 300
    assert 450 < lengths[100] < 1000
