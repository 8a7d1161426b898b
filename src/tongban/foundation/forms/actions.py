"""Changes to drafts and the publishing of form versions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from tongban.foundation.forms.models import Draft, FormVersion
from tongban.foundation.forms.prefill import fixed, prefilled
from tongban.foundation.forms.queries import answers_of, draft_of, known_of
from tongban.foundation.forms.rules import FormSpec, empty_answers
from tongban.foundation.organizations.permissions import NotAllowedError

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

KEPT = dt.timedelta(days=30)


class FormChangedError(Exception):
    """A published version was changed without a new number."""


def start_draft(
    *,
    purpose: str,
    form_version: FormVersion,
    extra: Mapping[str, Any] | None = None,
    about: Actor | None = None,
    facts: Mapping[str, Any] | None = None,
    by: Actor,
    at: dt.datetime,
) -> Draft:
    """Return the open draft for a purpose, or begin one with what is already known about the applicant.

    :param about: the applicant, if someone fills the form in for another
    :param facts: what an official has seen in the applicant's documents, by name of the prefill source
    :raises NotAllowedError: if nobody is signed in
    """
    if by.account is None:
        raise NotAllowedError("declared_forms.draft")
    found = draft_of(by, purpose)
    if found is not None:
        return found
    spec = form_version.definition
    known = prefilled(spec, about or by, facts=facts, at=at)
    answers = {**empty_answers(spec), **{name: item["value"] for name, item in known.items()}}
    try:
        with transaction.atomic():
            return Draft.objects.create(
                account=by.account,
                purpose=purpose,
                form_version=form_version,
                answers=json.dumps(answers, ensure_ascii=False),
                known=json.dumps(known, ensure_ascii=False),
                extra=dict(extra or {}),
                created_at=at,
                updated_at=at,
                expires_at=at + KEPT,
            )
    except IntegrityError:
        return Draft.objects.get(account=by.account, purpose=purpose, submitted_at__isnull=True)


def save_draft(
    *,
    draft: Draft,
    answers: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
    step: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> Draft:
    """Keep what was filled in, right or wrong, over what was there before; the 30 days begin anew.

    :param answers: fields to replace; fields that may not be edited keep their known value
    :raises NotAllowedError: if the draft is someone else's or already submitted
    """
    with transaction.atomic():
        kept = Draft.objects.select_for_update(of=("self",)).select_related("form_version").get(pk=draft.pk)
        if by.account is None or kept.account_id != by.account.pk or kept.submitted_at is not None:
            raise NotAllowedError("declared_forms.draft")
        if answers is not None:
            merged = {**answers_of(kept), **answers, **fixed(kept.form_version.definition, known_of(kept))}
            kept.answers = json.dumps(merged, ensure_ascii=False)
        if extra is not None:
            kept.extra = {**kept.extra, **extra}
        if step is not None:
            kept.step = step
        kept.updated_at, kept.expires_at = at, at + KEPT
        kept.save()
    return kept


def correct_known(*, draft: Draft, facts: Mapping[str, Any], by: Actor, at: dt.datetime) -> Draft:
    """Replace what an official had taken from the applicant's documents; answers typed since then stay.

    :raises NotAllowedError: if the draft is someone else's or already submitted
    """
    with transaction.atomic():
        kept = Draft.objects.select_for_update(of=("self",)).select_related("form_version").get(pk=draft.pk)
        if by.account is None or kept.account_id != by.account.pk or kept.submitted_at is not None:
            raise NotAllowedError("declared_forms.draft")
        spec, old, answers = kept.form_version.definition, known_of(kept), answers_of(kept)
        known = prefilled(spec, by, facts=facts, at=at)
        untouched = {name for name, item in old.items() if answers.get(name) == item["value"]}
        answers |= dict.fromkeys(untouched)
        answers |= {name: item["value"] for name, item in known.items() if not answers.get(name)}
        answers |= fixed(spec, known)
        kept.answers, kept.known = json.dumps(answers, ensure_ascii=False), json.dumps(known, ensure_ascii=False)
        kept.updated_at, kept.expires_at = at, at + KEPT
        kept.save()
    return kept


def close_draft(*, draft: Draft, by: Actor, at: dt.datetime) -> None:
    """Mark a draft as submitted and forget its content, which lives in the submission from now on; call it in the submission's transaction.

    :raises NotAllowedError: if the draft is someone else's
    """
    if by.account is None or draft.account_id != by.account.pk:
        raise NotAllowedError("declared_forms.draft")
    Draft.objects.filter(pk=draft.pk, submitted_at__isnull=True).update(
        submitted_at=at, updated_at=at, answers="", known=""
    )


def discard_draft(*, draft: Draft, by: Actor) -> None:
    """Delete an open draft at its owner's wish.

    :raises NotAllowedError: if the draft is someone else's or already submitted
    """
    if by.account is None or draft.account_id != by.account.pk or draft.submitted_at is not None:
        raise NotAllowedError("declared_forms.draft")
    draft.delete()


def purge_drafts(*, at: dt.datetime) -> int:
    """Delete drafts whose time is over, submitted ones included; returns how many."""
    deleted, _per_model = Draft.objects.filter(expires_at__lt=at).delete()
    return deleted


def fingerprint(spec: FormSpec) -> str:
    """Return the SHA-256 of a definition's content."""
    text = json.dumps(spec.model_dump(mode="json", by_alias=True), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def publish_form(*, spec: FormSpec, at: dt.datetime) -> tuple[FormVersion, bool]:
    """Keep a version for good; the same content again changes nothing.

    :returns: the version, and whether it is new
    :raises FormChangedError: if this number was published with other content
    """
    digest = fingerprint(spec)
    version, created = FormVersion.objects.get_or_create(
        code=spec.id,
        version=spec.version,
        defaults={
            "title": spec.title.model_dump(),
            "spec": spec.model_dump(mode="json", by_alias=True, exclude_none=True),
            "sha256": digest,
            "effective_from": spec.effective_from,
            "published_at": at,
        },
    )
    if version.sha256 != digest:
        raise FormChangedError(str(version))
    return version, created
