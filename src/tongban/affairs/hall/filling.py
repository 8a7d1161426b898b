"""One application being filled in: the item, the form with its pages, the draft, and where the applicant stands.

The portal and the counter draw the same pages; they differ in addresses and in who the applicant is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from tongban.affairs.hall import materials as hall_materials
from tongban.affairs.hall.models import CounterFiling
from tongban.engines.catalog import queries as catalog
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.models import Account
from tongban.foundation.files.models import StoredFile
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.binding import FileInfo, Help, plain_answers
from tongban.foundation.forms.models import Draft, FormVersion
from tongban.foundation.forms.prefill import fixed
from tongban.foundation.forms.rules import Cleaned, FormSpec, clean, shows
from tongban.foundation.forms.schema import InfoField, Step
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.packs.localized import LocalizedText

SCENARIOS = "scenarios"
SCENARIO_TITLE = LocalizedText(zh="选择情形", en="Your situation")


@dataclass(frozen=True, slots=True)
class Stage:
    """One entry of the progress strip."""

    title: str
    url: str
    state: str


@dataclass(slots=True)
class Application:
    """Everything the pages of one application share."""

    implementation: Implementation
    version: FormVersion
    spec: FormSpec
    draft: Draft
    actor: Actor
    on: dt.date
    answers: dict[str, Any]
    known: dict[str, dict[str, Any]]
    address: Callable[..., str]
    filing: CounterFiling | None = None

    @property
    def code(self) -> str:
        """Return the public code of the implementation."""
        return self.implementation.code

    @property
    def materials_url(self) -> str:
        """Return the address of the materials page."""
        return self.url("apply_materials")

    @property
    def applicant(self) -> Account:
        """Return the account that fills in the form: one's own, or the one acted for."""
        chosen = self.draft.extra.get("applicant")
        if chosen and chosen != self.draft.account_id and chosen in self.actor.principals:
            return Account.objects.get(pk=chosen)
        return self.draft.account

    @property
    def applicant_name(self) -> str:
        """Return who applies, as people read it."""
        return self.filing.name if self.filing else self.applicant.display_name

    @property
    def fixed(self) -> dict[str, Any]:
        """Return the answers that the applicant may not change."""
        return fixed(self.spec, self.known)

    def pages(self, answers: dict[str, Any] | None = None) -> list[Step]:
        """Return the form's pages that apply and ask something."""
        plain = plain_answers(self.spec, self.answers if answers is None else answers)
        return [
            page
            for page in self.spec.steps
            if shows(page.when, plain)
            and any(not isinstance(item, InfoField) and shows(item.when, plain) for item in page.fields)
        ]

    def page(self, step: str) -> Step:
        """Return a page that applies.

        :raises Http404: if there is none of this id, or it does not apply to the answers
        """
        for page in self.pages():
            if page.id == step:
                return page
        raise Http404

    def url(self, name: str, *args: str) -> str:
        """Return the address of one of the application's pages."""
        return self.address(name, *args)

    def after(self, step: str, answers: dict[str, Any] | None = None) -> str:
        """Return where to go after a page."""
        ids = [page.id for page in self.pages(answers)]
        following = ids[ids.index(step) + 1 :] if step in ids else []
        return self.url("apply_step", following[0]) if following else self.url("apply_materials")

    def before(self, step: str) -> str:
        """Return the page before one; the start page before the first."""
        ids = [page.id for page in self.pages()]
        if step == "check":
            return self.url("apply_materials")
        if step == "materials":
            return self.url("apply_step", ids[-1])
        place = ids.index(step)
        return self.url("apply_step", ids[place - 1]) if place else self.url("apply")

    def stages(self, current: str) -> list[Stage]:
        """Return the progress strip: form pages, materials, check."""
        entries = [(page.id, str(page.title), self.url("apply_step", page.id)) for page in self.pages()]
        entries.append(("materials", _("申请材料"), self.url("apply_materials")))
        entries.append(("check", _("核对并提交"), self.url("apply_check")))
        ids = [entry[0] for entry in entries]
        place = ids.index(current)
        return [
            Stage(title, url, "current" if number == place else "done" if number < place else "")
            for number, (_id, title, url) in enumerate(entries)
        ]

    def clean(self, step: str | None, raw: dict[str, Any]) -> Cleaned:
        """Check one page, or the whole form; uploads must belong to this person."""
        ids = file_ids(raw)
        own = {str(pk) for pk in self._own(ids).values_list("pk", flat=True)} if ids else set()
        return clean(
            self.spec,
            {**raw, **self.fixed},
            step=step,
            today=self.on,
            files=own,
            region_known=forms.region_known,
        )

    def help(self, raw: dict[str, Any]) -> Help:
        """Return what drawing the pages asks of the world."""
        return Help(forms.region_choices, forms.region_name, self.files(file_ids(raw)))

    def files(self, ids: set[str]) -> dict[str, FileInfo]:
        """Return this person's files by id, for lists."""
        return {
            str(row.pk): FileInfo(str(row.pk), row.name, row.size, self.url("apply_file", str(row.pk)))
            for row in (self._own(ids) if ids else ())
        }

    def _own(self, ids: set[str]) -> Any:
        return StoredFile.objects.filter(pk__in=ids, uploaded_by=self.draft.account)

    def plan(self) -> hall_materials.Plan:
        """Return the materials for the answers so far."""
        return hall_materials.plan(
            self.implementation,
            answers=self.answers,
            applicant=self.filing.account if self.filing else self.applicant,
            chosen=self.draft.extra.get("materials", {}),
            on=self.on,
            seen=self.filing.number_digest if self.filing else "",
        )


def file_ids(value: Any) -> set[str]:
    """Return everything in answers that has the form of a file id."""
    if isinstance(value, dict):
        return set().union(*(file_ids(part) for part in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(file_ids(part) for part in value)) if value else set()
    try:
        return {str(uuid.UUID(value))} if isinstance(value, str) and len(value) == 36 else set()
    except ValueError:
        return set()


def form_for(implementation: Implementation, on: dt.date) -> FormVersion:
    """Return the form in use for an implementation.

    :raises Http404: if none is published
    """
    process = catalog.process_on(implementation, on)
    try:
        return forms.current(process.form_code if process else implementation.form_code, on)
    except FormVersion.DoesNotExist as missing:
        raise Http404 from missing


def with_scenarios(spec: FormSpec, implementation: Implementation) -> FormSpec:
    """Return the form with a first page for those scenarios of the item that the form does not ask itself."""
    asked = {item.id for _page, item in spec.top_fields()}
    questions = [
        {
            "id": scenario["code"],
            "type": "choice",
            "label": scenario["question"],
            "options": [
                {
                    "value": choice["code"],
                    "label": choice["label"],
                    **({"hint": choice["note"]} if choice.get("note") else {}),
                }
                for choice in scenario["choices"]
            ],
        }
        for scenario in implementation.standard_item.scenarios
        if scenario["code"] not in asked
    ]
    if not questions:
        return spec
    first = Step.model_validate({"id": SCENARIOS, "title": SCENARIO_TITLE.model_dump(), "fields": questions})
    return spec.model_copy(update={"steps": [first, *spec.steps]})


def open_application(
    draft: Draft,
    implementation: Implementation,
    actor: Actor,
    on: dt.date,
    *,
    address: Callable[..., str],
    filing: CounterFiling | None = None,
) -> Application:
    """Return a draft with everything around it.

    :param address: gives the address of one of the application's pages, from its name and further arguments
    :param filing: who stands at the counter, if a clerk fills the form in
    """
    spec = with_scenarios(draft.form_version.definition, implementation)
    return Application(
        implementation,
        draft.form_version,
        spec,
        draft,
        actor,
        on,
        forms.answers_of(draft),
        forms.known_of(draft),
        address,
        filing,
    )
