"""One county with its city, and the real items, forms and license types of the pack, as the tests of the hall need them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tongban.affairs.hall.actions.apply import submit_answers
from tongban.affairs.hall.demo.history import sample_pdf
from tongban.affairs.hall.materials import plan
from tongban.engines.cases.models import Case
from tongban.engines.cases.tests import factories
from tongban.engines.cases.tests.factories import World, at
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.files.actions import store_upload
from tongban.foundation.files.models import StoredFile
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.answers import example_answers
from tongban.foundation.forms.prefill import fixed, prefilled
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official, unit
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections
from tongban.foundation.text.identifiers import credit_code, organization_code

FIRM_NUMBER = "91350100M000100Y43"
CITIZEN_NUMBER = "11010519491231002X"
ITEMS = {
    "information": "422000001001",
    "registration": "420731003001",
    "deregistration": "420731006001",
    "joint": "420169001001",
    "two_level": "420105002001",
    "renewal": "420131020003",
    "food": "420131020001",
}
DAY = dt.date(2026, 3, 2)


@dataclass
class Province:
    """Units, people and items; the pack's own files."""

    world: World
    firm: Account
    citizen: Account
    sample: StoredFile
    items: dict[str, Implementation]

    def apply(self, name: str, *, when: str = "2026-03-02", key: uuid.UUID | None = None, **more: Any) -> Case:
        """Apply for an item with the form's example answers, as a person or a firm would."""
        place = self.items[name]
        account = self.citizen if name in ("registration", "two_level") else self.firm
        moment = at(when)
        by = actor_of(account, on=moment.date())
        version = forms.current(place.form_code, dt.date(2026, 11, 1))
        spec = version.definition
        answers = example_answers(spec, today=moment.date(), file_id=str(self.sample.pk))
        answers |= {each["code"]: each["choices"][0]["code"] for each in place.standard_item.scenarios}
        answers |= fixed(spec, prefilled(spec, by, at=moment)) | more.pop("answers", {})
        StoredFile.objects.filter(pk=self.sample.pk).update(uploaded_by=account)
        return submit_answers(
            implementation=place,
            applicant=account,
            form_version=version,
            answers=answers,
            materials=self.materials(place, account, answers, moment.date()),
            channel="online",
            key=key or uuid.uuid4(),
            by=by,
            at=moment,
            **more,
        )

    def materials(
        self, place: Implementation, account: Account, answers: dict[str, Any], on: dt.date
    ) -> dict[str, dict[str, Any]]:
        """Give every open material: a license where one is held, else the sample, else the first way there is."""
        given: dict[str, dict[str, Any]] = {}
        for slot in plan(place, answers=answers, applicant=account, chosen={}, on=on).open:
            way = next((each for each in ("license", "upload") if each in slot.ways), slot.ways[0])
            given[slot.code] = {
                "way": way,
                "files": [str(self.sample.pk)] if way == "upload" else [],
                "license": slot.held[0].identifier if way == "license" else "",
            }
        return given

    def do(self, case: Case, action: str, when: str, **data: Any) -> Case:
        """Act as whoever usually does this."""
        return self.world.do(case, action, when, **data)


def build() -> Province:
    """Return the province: units of the test world, and the pack's forms, license types and items at them."""
    made = factories.world()
    _more_units(made)
    _load(("forms", "themes", "events", "license_types", "items"))
    firm, citizen = _account("江畔小厨", "organization", FIRM_NUMBER), _account("陈晓禾", "person", CITIZEN_NUMBER)
    sample = StoredFile.objects.filter(uploaded_by=firm).first() or _sample(firm)
    items = {}
    for name, code in ITEMS.items():
        rows = Implementation.objects.filter(standard_item__code=code).select_related("unit", "standard_item")
        line = {"information": "market_supervision"}.get(name)
        rows = rows.filter(unit__line=line) if line else rows
        items[name] = rows.get(region_path="/420000/420100/420102/")
    return Province(made, firm, citizen, sample, items)


def _more_units(made: World) -> None:
    county, city = made.units["lead"].region, made.units["superior"].region
    made.units["city_education"] = unit(city, "education")
    made.units["education"] = unit(county, "education", made.units["city_education"])
    made.units["service"] = unit(county, "government_service")
    for number, row in enumerate(Unit.objects.order_by("pk")):
        Unit.objects.filter(pk=row.pk).update(credit_code=_credit_code(number))
    for place in made.units.values():
        place.refresh_from_db()
    for name, role, where in (
        ("education_clerk", Role.WINDOW_CLERK, "education"),
        ("education_reviewer", Role.REVIEWER, "education"),
        ("city_education_reviewer", Role.REVIEWER, "city_education"),
        ("city_education_approver", Role.APPROVER, "city_education"),
        ("city_education_clerk", Role.WINDOW_CLERK, "city_education"),
        ("service_clerk", Role.WINDOW_CLERK, "service"),
        ("service_coordinator", Role.JOINT_COORDINATOR, "service"),
        ("service_approver", Role.APPROVER, "service"),
    ):
        made.people[name] = official(name, (made.units[where], role), on=DAY)


def _credit_code(number: int) -> str:
    return credit_code.with_check("11420102" + organization_code.make(f"MB0{number:05d}"))


def _load(names: tuple[str, ...]) -> None:
    """Load sections of the pack; items only at the units of the world, whole lines of them."""
    root = settings.PROJECT_ROOT / "packs" / "hubei"
    loading = Loading(root, "hubei", at("2026-01-01"))
    wanted = set(ITEMS.values())
    for section in sections():
        if section.name not in names:
            continue
        documents = read_section(section, root=root)
        if section.name == "items":
            documents = [each for each in documents if each.data["code"] in wanted]
            for each in documents:
                each.data["implementations"] = [
                    {k: v for k, v in group.items() if k != "overrides"}
                    for group in each.data["implementations"]
                    if "units" not in group
                ]
                each.data["events"] = []
        section.load(documents, loading)


def _account(name: str, kind: str, number: str) -> Account:
    made = Account.objects.create(username=name, kind=kind, display_name=name, joined_at=at("2026-01-01"))
    Identity.objects.create(
        account=made,
        kind="organization" if kind == "organization" else "citizen",
        name=name,
        number=number,
        number_digest=digest(number),
        phone="13900000009",
        legal_representative="林江畔" if kind == "organization" else "",
        address="武汉市江岸区沿江大道 000 号",
        verified_by="demonstration",
        verified_at=at("2026-01-01"),
    )
    return made


def _sample(owner: Account) -> StoredFile:
    upload = SimpleUploadedFile("演示材料.pdf", sample_pdf(), content_type="application/pdf")
    return store_upload(upload=upload, by=owner, at=at("2026-01-01"))
