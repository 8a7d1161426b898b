"""Every form of every pack: it fits together, draws, refuses emptiness, and takes its own example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.template import Context, Template

from tongban.foundation.forms.binding import Help, bind
from tongban.foundation.forms.prefill import known_sources
from tongban.foundation.forms.rules import (
    FormSpec,
    clean,
    empty_answers,
    example_answers,
    json_schema,
    mistakes,
    raw_from_post,
    summary,
)
from tongban.foundation.forms.schema import GroupField, InfoField
from tongban.foundation.forms.tests.samples import PACK_FORMS, TODAY, form, post

HELP = Help(lambda _within, _level: [("武汉市", [("420102", "江岸区")])], str)
FILE = "5b6f2a0e-3f5e-4f61-9a3c-2f0f3f1f1a11"


@pytest.fixture(params=PACK_FORMS, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def spec(request: pytest.FixtureRequest) -> FormSpec:
    path: Path = request.param
    return form(path)


def test_there_are_forms() -> None:
    assert len(PACK_FORMS) >= 15


def test_its_parts_fit_together(spec: FormSpec) -> None:
    assert mistakes(spec) == []
    named = {
        item.prefill
        for _page, item in spec.top_fields()
        if not isinstance(item, InfoField | GroupField) and item.prefill
    }
    assert named <= known_sources()


def test_its_own_example_is_accepted(spec: FormSpec) -> None:
    cleaned = clean(spec, example_answers(spec, today=TODAY, file_id=FILE), today=TODAY)
    assert cleaned.errors == []
    assert summary(spec, cleaned.values)


def test_the_example_sent_page_by_page_without_script_is_accepted(spec: FormSpec) -> None:
    example = example_answers(spec, today=TODAY, file_id=FILE)
    answers: dict[str, Any] = {}
    for page in spec.steps:
        answers |= raw_from_post(spec, page.id, post(spec, page.id, example))
        cleaned = clean(spec, answers, step=page.id, today=TODAY)
        assert cleaned.errors == [], page.id
    assert clean(spec, answers, today=TODAY).ok


def test_an_empty_page_says_what_to_do_and_draws_each_mistake_at_its_field(spec: FormSpec) -> None:
    answers: dict[str, Any] = empty_answers(spec)
    for page in spec.steps:
        found = clean(spec, answers, step=page.id, today=TODAY).errors
        bound = bind(spec, page.id, answers, errors=found, help_with=HELP)
        html = Template("{% load tongban %}{% error_summary b.problems %}{% form_step b %}").render(
            Context({"b": bound})
        )
        for problem in bound.problems:
            assert f'id="{problem.anchor}"' in html, problem
            assert problem.text in html.replace("&#x27;", "'").replace("&quot;", '"')
        assert "style=" not in html


def test_a_filled_page_shows_what_was_filled_in(spec: FormSpec) -> None:
    example = example_answers(spec, today=TODAY, file_id=FILE)
    for page in spec.steps:
        bound = bind(spec, page.id, example, help_with=HELP)
        html = Template("{% load tongban %}{% form_step b %}").render(Context({"b": bound}))
        assert html.count("<label") + html.count("<legend") >= len(
            [one for one in bound.fields if one.widget not in ("info", "hidden")]
        )


def test_the_derived_schema_takes_what_the_form_takes(spec: FormSpec) -> None:
    schema = json_schema(spec)
    jsonschema.Draft202012Validator.check_schema(schema)
    values = clean(spec, example_answers(spec, today=TODAY, file_id=FILE), today=TODAY).values
    jsonschema.Draft202012Validator(schema).validate(values)
