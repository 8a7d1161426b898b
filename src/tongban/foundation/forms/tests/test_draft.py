"""Drafts: kept at every step, personal, encrypted, thirty days; versions never change."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.forms import actions, queries, sealing
from tongban.foundation.forms.loading import load_forms
from tongban.foundation.forms.models import Draft, FormVersion
from tongban.foundation.forms.rules import clean, example_answers
from tongban.foundation.forms.tests.samples import AT, TODAY, sample, small
from tongban.foundation.organizations.actor import ANONYMOUS, Actor
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document
from tongban.foundation.packs.sections import Loading

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> FormVersion:
    return actions.publish_form(spec=sample(), at=AT)[0]


def person(name: str = "citizen") -> Actor:
    return Actor(account=Account.objects.create(username=name, display_name=name, joined_at=AT))


def firm() -> Actor:
    actor = person("firm")
    assert actor.account is not None
    Identity.objects.create(
        account=actor.account,
        kind=Identity.Kind.ORGANIZATION,
        name="武汉江畔小厨餐饮管理有限公司",
        number="91350100M000100Y43",
        number_digest=digest("91350100M000100Y43"),
        phone="13900000001",
        verified_by="demo",
        verified_at=AT,
    )
    return actor


def begin(version: FormVersion, by: Actor) -> Draft:
    return actions.start_draft(purpose="apply:x", form_version=version, by=by, at=AT)


def test_beginning_twice_goes_on_with_the_same_draft(version: FormVersion) -> None:
    by = person()
    assert begin(version, by) == begin(version, by)


def test_what_is_known_is_filled_in_with_its_source_and_time(version: FormVersion) -> None:
    draft = begin(version, firm())
    assert queries.answers_of(draft)["name"] == "武汉江畔小厨餐饮管理有限公司"
    known = queries.known_of(draft)["credit_code"]
    assert known["source"] == "identity.number"
    assert known["at"].startswith("2026-11-21")


def test_a_known_value_that_cannot_be_edited_is_not_taken_from_the_browser(version: FormVersion) -> None:
    by = firm()
    draft = actions.save_draft(draft=begin(version, by), answers={"name": "别的名称", "area": "5"}, by=by, at=AT)
    answers = queries.answers_of(draft)
    assert answers["name"] == "武汉江畔小厨餐饮管理有限公司"
    assert answers["area"] == "5"


def test_what_was_typed_wrong_is_kept_too(version: FormVersion) -> None:
    by = person()
    draft = actions.save_draft(draft=begin(version, by), answers={"area": "约二百"}, step="premises", by=by, at=AT)
    assert queries.answers_of(draft)["area"] == "约二百"
    assert draft.step == "premises"


def test_nobody_else_sees_or_changes_a_draft(version: FormVersion) -> None:
    draft = begin(version, person())
    stranger = person("stranger")
    assert queries.draft_of(stranger, "apply:x") is None
    with pytest.raises(NotAllowedError):
        actions.save_draft(draft=draft, answers={}, by=stranger, at=AT)
    with pytest.raises(NotAllowedError):
        actions.discard_draft(draft=draft, by=stranger)
    with pytest.raises(NotAllowedError):
        begin(version, ANONYMOUS)


def test_answers_lie_encrypted_in_the_database(version: FormVersion) -> None:
    by = person()
    actions.save_draft(draft=begin(version, by), answers={"remarks": "秘密的话"}, by=by, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("select answers from declared_forms_draft")
        assert "秘密".encode() not in bytes(cursor.fetchone()[0])


def test_thirty_days_begin_anew_with_every_save_and_then_it_is_gone(version: FormVersion) -> None:
    by = person()
    draft = begin(version, by)
    later = AT + dt.timedelta(days=20)
    actions.save_draft(draft=draft, answers={}, by=by, at=later)
    assert actions.purge_drafts(at=AT + dt.timedelta(days=31)) == 0
    assert actions.purge_drafts(at=later + dt.timedelta(days=31)) == 1


def test_a_draft_handed_in_forgets_its_content_and_a_new_one_may_begin(version: FormVersion) -> None:
    by = person()
    draft = begin(version, by)
    actions.close_draft(draft=draft, by=by, at=AT)
    draft.refresh_from_db()
    assert draft.answers == ""
    second = begin(version, by)
    assert second.pk != draft.pk
    assert isinstance(second.submission_key, uuid.UUID)
    assert second.submission_key != draft.submission_key


def test_the_database_refuses_to_change_a_published_version(version: FormVersion) -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(version=9)


def test_publishing_the_same_content_again_changes_nothing(version: FormVersion) -> None:
    again, created = actions.publish_form(spec=sample(), at=AT)
    assert (again, created) == (version, False)


def test_changed_content_needs_a_new_version_number(version: FormVersion) -> None:
    changed = sample().model_copy(update={"checks": []})
    with pytest.raises(actions.FormChangedError):
        actions.publish_form(spec=changed, at=AT)
    newer = actions.publish_form(spec=changed.model_copy(update={"version": 2}), at=AT)[0]
    assert queries.current("food_business_new", TODAY) == newer


def test_a_version_comes_into_use_on_its_day(version: FormVersion) -> None:
    later = sample().model_copy(update={"version": 2, "effective_from": dt.date(2027, 1, 1)})
    newer = actions.publish_form(spec=later, at=AT)[0]
    assert queries.current("food_business_new", dt.date(2026, 12, 31)) == version
    assert queries.current("food_business_new", dt.date(2027, 1, 1)) == newer
    with pytest.raises(FormVersion.DoesNotExist):
        queries.current("nothing", TODAY)


def test_sensitive_answers_are_sealed_one_by_one(version: FormVersion) -> None:
    spec = version.definition
    values = clean(spec, example_answers(spec, today=TODAY), today=TODAY).values
    sealed = sealing.seal(spec, values)
    assert set(sealed["phone"]) == {"enc"}
    assert set(sealed["staff"][0]["number"]) == {"enc"}
    assert sealed["area"] == values["area"]
    assert sealing.seal(spec, sealed) == sealed
    assert sealing.unseal(spec, sealed) == values


def test_a_mistake_in_a_pack_is_named_with_its_line() -> None:
    data = sample().model_dump(mode="json", by_alias=True, exclude_none=True)
    data["steps"][0]["fields"][0]["prefill"] = "moon.phase"
    data["checks"].append({"name": "no_such_rule", "fields": ["nowhere"]})
    document = Document("forms/x.yaml", data, {("steps", 0, "fields", 0, "prefill"): 12, ("checks",): 90})
    with pytest.raises(PackError) as refused:
        load_forms([document], Loading(root=None, pack="x", at=AT))  # type: ignore[arg-type]
    said = str(refused.value)
    assert "forms/x.yaml:12" in said
    assert "moon.phase" in said
    assert "no_such_rule" in said
    assert "nowhere" in said


def test_a_form_whose_own_examples_do_not_pass_it_is_refused_because_its_sample_would_be_wrong() -> None:
    spec = small(
        {"id": "from_day", "type": "date", "example": "today+30"},
        {"id": "to_day", "type": "date", "example": "today"},
        checks=[{"name": "date_order", "fields": ["from_day", "to_day"]}],
    )
    document = Document("forms/x.yaml", spec.model_dump(mode="json", by_alias=True, exclude_none=True), {})
    with pytest.raises(PackError) as refused:
        load_forms([document], Loading(root=None, pack="x", at=AT))  # type: ignore[arg-type]
    assert "样表" in str(refused.value)
