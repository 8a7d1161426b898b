"""Payment notices at the desk and in the applicant's hands; what lies outside the published list or above it is found."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from tongban.affairs.hall.models import Charge
from tongban.affairs.supervision.queries.casefiles import case_files
from tongban.affairs.supervision.rules.findings import fee_outside_the_list
from tongban.engines.cases.models import Case
from tongban.engines.cases.tests.factories import World, at
from tongban.engines.catalog.models import Fee
from tongban.interfaces.portal.views import paying
from tongban.interfaces.workbench.views import charging


@pytest.fixture
def case(world: World, monkeypatch: pytest.MonkeyPatch) -> Case:
    """An accepted case of an item with a published fee of ten yuan a page above thirty pages."""
    for module in (charging, paying):
        monkeypatch.setattr(module, "now", lambda: at("2026-03-04"))
    item = world.item()
    Fee.objects.create(
        item=item.standard_item, order=0, name={"zh": "信息处理费", "en": "Fee"}, standard={"zh": "标准", "en": "Rate"},
        unit={"zh": "页", "en": "page"}, rate=[{"above": 30, "fen": 1000}], basis={"zh": "依据", "en": "Law"}, mark="K",
    )  # fmt: skip
    type(item).objects.filter(pk=item.pk).update(charges=True)
    return world.do(world.submit(item), "accept", "2026-03-03")


def issue(client: Any, case: Case, **data: str) -> Any:
    values = {"key": uuid.uuid4().hex, **data}
    return client.post(f"/desk/cases/{case.number}/charges/new/", values)


def findings(case: Case) -> list[str]:
    ((_case, file),) = case_files([case.pk], on=dt.date(2026, 3, 5))
    return [found.words["fee"] for found in fee_outside_the_list(file, {})]


def test_the_clerk_charges_by_the_list_and_the_applicant_pays(case: Case, world: World, desk: Any) -> None:
    clerk = desk(world.clerk)
    fee = str(Fee.objects.get().pk)
    assert "信息处理费" in clerk.get(f"/desk/cases/{case.number}/charges/new/").content.decode()
    assert issue(clerk, case, fee=fee).status_code == 422
    assert issue(clerk, case, fee=fee, quantity="20").status_code == 422
    assert issue(clerk, case, fee=fee, quantity="50").status_code == 302
    charge = Charge.objects.get()
    assert (charge.amount, findings(case)) == (20_000, [])
    payer = desk(world.citizen)
    page = payer.get(f"/my/cases/{case.number}/").content.decode()
    assert "200.00" in page
    assert "去缴费" in page
    address = f"/my/cases/{case.number}/charges/{charge.pk}/"
    assert "演示支付" in payer.get(address).content.decode()
    assert desk(world.stranger).get(address).status_code == 404
    assert payer.post(address).status_code == 302
    assert "已缴" in clerk.get(f"/desk/cases/{case.number}/").content.decode()
    change = f"/desk/cases/{case.number}/charges/{charge.pk}/"
    assert clerk.post(f"{change}void/", {"reason": "错"}).status_code == 422
    assert desk(world.approver).post(f"{change}refund/", {"reason": "页数算错"}).status_code == 302
    charge.refresh_from_db()
    assert charge.state == "refunded"


def test_what_is_outside_the_list_or_above_it_is_found(case: Case, world: World, desk: Any) -> None:
    clerk = desk(world.clerk)
    other = {"fee": "other", "name": "资料审核费", "basis": "无", "amount": "50"}
    assert issue(clerk, case, **other).status_code == 422
    assert issue(clerk, case, **other, reason="领导要求").status_code == 302
    above = {"fee": str(Fee.objects.get().pk), "quantity": "50", "amount": "300", "reason": "加急"}
    assert issue(clerk, case, **above).status_code == 302
    assert findings(case) == ["资料审核费（50.00 元）", "信息处理费（300.00 元，按公布的标准为 200.00 元）"]


def test_only_those_who_handle_cases_of_the_unit_charge(case: Case, world: World, desk: Any) -> None:
    address = f"/desk/cases/{case.number}/charges/new/"
    assert desk(world.other_clerk).get(address).status_code == 404
    assert desk(world.approver).get(address).status_code in (403, 404)
