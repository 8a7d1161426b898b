"""Licenses are issued once, numbered without gaps in meaning, renewed as versions, and their standing is always told."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.licenses.actions import (
    Holder,
    cancel,
    ensure_file,
    expire_due,
    issue_license,
    resume,
    revoke,
    suspend,
)
from tongban.engines.licenses.declarations import load
from tongban.engines.licenses.errors import LicenseRefusedError
from tongban.engines.licenses.models import License, LicenseEvent, LicenseType
from tongban.engines.licenses.queries import (
    FileState,
    by_identifier,
    by_number,
    held_by,
    issued_in_case,
    mistyped,
    reusable,
    type_spec,
    verification,
    verify_file,
)
from tongban.engines.licenses.rules import MOVES, last_day, masked, masked_number, may, result, standing
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Identity
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.clock.now import CHINA
from tongban.foundation.documents.declarations import load as load_documents
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.organizations.actor import actor_of, system_actor
from tongban.foundation.organizations.permissions import NotAllowedError, visible
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official, person, region, unit
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, read_yaml
from tongban.foundation.packs.sections import Loading
from tongban.foundation.text.identifiers import license_identifier

AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=CHINA)
DAY = AT.date()
LAW = site.PROJECT_ROOT / "packs" / "law"
ISSUER = "11420102MB0X00011W"
FIRM = Holder("武汉某某餐饮管理有限公司", "92420102MA4K00010K", "organization")
PERSON = Holder("李明", "42010219800101001X", "person")
SYSTEM = system_actor("cases")
FOOD = {
    "code": "food-business",
    "type_code": "11100000MB0143028R055",
    "name": {"zh": "食品经营许可证", "en": "Food business license"},
    "number": "JY{region}{year}{serial:6}",
    "validity": {"years": 5, "source": "测试"},
    "holders": ["person", "organization"],
    "fields": [
        {"name": "address", "label": {"zh": "经营场所", "en": "Premises"}, "public": True},
        {"name": "phone", "label": {"zh": "电话", "en": "Phone"}, "optional": True},
    ],
}
FACTS = {"address": "中山大道1024号", "phone": "13800000001"}


def loading() -> Loading:
    return Loading(Path(), "test", AT)


def prepare(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    load_documents([read_yaml(path, root=LAW) for path in sorted((LAW / "documents").glob("license-*"))], loading())
    load([Document("license_types/food.yaml", FOOD)], loading())
    office = unit(region("420102", 4, name="江岸区"), "市场监督管理局")
    office.credit_code = ISSUER
    office.save()
    return office


@pytest.fixture
def office(db, settings, tmp_path):
    return prepare(settings, tmp_path)


def put(office, *, holder: Holder = FIRM, case: str = "", **more) -> License:
    options = {"data": FACTS, "by": SYSTEM, "at": AT} | more
    return issue_license(type_code="food-business", unit=office, holder=holder, case_number=case, **options)


def test_an_identifier_follows_the_standard(office) -> None:
    license_ = put(office)
    assert license_identifier.check(license_.identifier) == license_.identifier
    assert license_.identifier.startswith(f"1.2.156.3005.2.11100000MB0143028R055.{ISSUER}.20260000001.001.")
    assert license_.number == "JY4201022026000001"
    assert put(office).number == "JY4201022026000002"


def test_a_case_gives_one_license(office) -> None:
    first = put(office, case="420102261121000001")
    assert put(office, case="420102261121000001").pk == first.pk
    assert issued_in_case("420102261121000001").get() == first
    assert put(office, case="420102261121000002").pk != first.pk


def test_the_term_is_computed_from_the_type(office) -> None:
    assert put(office).valid_to == dt.date(2031, 11, 20)
    assert put(office, valid_to=dt.date(2027, 1, 31)).valid_to == dt.date(2027, 1, 31)


@pytest.mark.parametrize(
    ("start", "years", "last"),
    [
        (dt.date(2026, 11, 21), 5, dt.date(2031, 11, 20)),
        (dt.date(2026, 1, 1), 1, dt.date(2026, 12, 31)),
        (dt.date(2024, 2, 29), 1, dt.date(2025, 2, 28)),
        (dt.date(2024, 2, 29), 4, dt.date(2028, 2, 28)),
        (dt.date(2025, 3, 1), 3, dt.date(2028, 2, 29)),
    ],
)
def test_the_last_day_is_the_day_before_the_anniversary(start: dt.date, years: int, last: dt.date) -> None:
    assert last_day(start, years) == last


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 60))
def test_a_term_of_years_is_never_a_day_longer(start: dt.date, years: int) -> None:
    days = (last_day(start, years) - start).days + 1
    assert 365 * years <= days <= 366 * years


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"data": {}}, "经营场所"),
        ({"data": FACTS | {"colour": "red"}}, "colour"),
        ({"holder": Holder("", "1", "person")}, "持证人"),
        ({"holder": Holder("某局", "1", "unit")}, "持证人"),
    ],
)
def test_what_does_not_fit_the_type_is_refused(office, change: dict, text: str) -> None:
    with pytest.raises(LicenseRefusedError) as refused:
        put(office, **change)
    assert text in refused.value.message
    assert not License.objects.exists()


def test_a_unit_without_credit_code_cannot_issue(office) -> None:
    office.credit_code = ""
    with pytest.raises(LicenseRefusedError) as refused:
        put(office)
    assert "统一社会信用代码" in refused.value.message


def test_only_the_units_own_officials_and_the_system_issue(office) -> None:
    other = unit(region("420103", 4), "市场监督管理局")
    for actor in (
        official("a", (other, Role.APPROVER)),
        official("b", (office, Role.SUPERVISOR)),
        actor_of(person("c"), on=DAY),
    ):
        with pytest.raises(NotAllowedError):
            put(office, by=actor)
    assert put(office, by=official("d", (office, Role.APPROVER)))


def test_personal_data_are_encrypted_at_rest(office) -> None:
    put(office, holder=PERSON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM licenses_license l")
        row = cursor.fetchone()[0]
    assert not any(word in row for word in ("李明", PERSON.number, "中山大道"))


def test_every_act_is_recorded_without_personal_data(office) -> None:
    license_ = put(office, holder=PERSON)
    suspend(license_=license_, reason="整改", by=SYSTEM, at=AT)
    bodies = [bytes(event.body).decode() for event in AuditEvent.objects.order_by("seq")]
    assert ["license.issued" in bodies[0], "license.suspended" in bodies[1]] == [True, True]
    assert not any(PERSON.number in body or "李明" in body for body in bodies)


def test_a_renewal_is_a_new_version_and_the_old_one_says_so(office) -> None:
    old = put(office)
    new = put(office, replaces=old, data=FACTS | {"address": "解放大道1号"}, at=AT + dt.timedelta(days=1))
    old.refresh_from_db()
    assert (new.number, new.serial, new.version) == (old.number, old.serial, 2)
    assert ".002." in new.identifier
    assert old.status == License.Status.SUPERSEDED
    seen = verification(old.identifier, on=DAY)
    assert (seen.in_force, seen.replaced_by) == (False, new.identifier)
    assert by_number(old.number) == new
    assert list(held_by(digest(FIRM.number))) == [new]
    with pytest.raises(LicenseRefusedError):
        put(office, replaces=old)


def test_serials_race_without_doubles(transactional_db, settings, tmp_path) -> None:
    office = prepare(settings, tmp_path)
    found: list[str] = []
    problems: list[Exception] = []

    def work(case: str) -> None:
        try:
            found.append(put(office, case=case).identifier)
        except Exception as wrong:  # noqa: BLE001
            problems.append(wrong)
        finally:
            connections.close_all()

    cases = [f"case-{place // 2}" for place in range(12)]
    threads = [threading.Thread(target=work, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(set(found)) == 6
    assert License.objects.count() == 6


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=8))
def test_nothing_follows_a_final_status(moves: list[str]) -> None:
    status = "valid"
    for move in moves:
        if status in ("revoked", "cancelled", "superseded"):
            assert not may(move, status)
        if may(move, status):
            status = result(move)


def test_a_license_is_suspended_resumed_and_revoked_with_reasons(office) -> None:
    license_ = put(office)
    head = official("head", (office, Role.UNIT_HEAD))
    with pytest.raises(LicenseRefusedError, match="理由"):
        suspend(license_=license_, reason=" ", by=head, at=AT)
    suspend(license_=license_, reason="限期整改", basis="食品安全法", by=head, at=AT)
    assert not verification(license_.identifier, on=DAY).in_force
    resume(license_=license_, reason="整改到位", by=head, at=AT)
    assert verification(license_.identifier, on=DAY).in_force
    revoke(license_=license_, reason="伪造材料", by=head, at=AT)
    for act in (suspend, resume, revoke, cancel):
        with pytest.raises(LicenseRefusedError):
            act(license_=license_, reason="再次", by=head, at=AT)
    kinds = list(LicenseEvent.objects.values_list("kind", flat=True))
    assert kinds == ["issued", "suspended", "resumed", "revoked"]


def test_a_stranger_changes_nothing(office) -> None:
    license_ = put(office)
    clerk = official("clerk", (office, Role.WINDOW_CLERK))
    other = official("other", (unit(region("420103", 4), "市场监督管理局"), Role.UNIT_HEAD))
    for actor in (clerk, other):
        with pytest.raises(NotAllowedError):
            revoke(license_=license_, reason="x", by=actor, at=AT)


def test_licenses_expire_the_day_after_their_last_day(office) -> None:
    license_ = put(office, valid_to=dt.date(2026, 12, 31))
    assert expire_due(at=dt.datetime(2026, 12, 31, 23, 59, tzinfo=CHINA)) == 0
    assert not verification(license_.identifier, on=dt.date(2027, 1, 1)).in_force
    assert expire_due(at=dt.datetime(2027, 1, 1, 0, 5, tzinfo=CHINA)) == 1
    assert expire_due(at=dt.datetime(2027, 1, 1, 0, 6, tzinfo=CHINA)) == 0
    license_.refresh_from_db()
    assert license_.status == License.Status.EXPIRED


def test_a_standing_is_told_for_the_day_asked() -> None:
    span = {"valid_from": dt.date(2026, 1, 1), "valid_to": dt.date(2026, 12, 31)}
    assert standing("valid", on=dt.date(2025, 12, 31), **span).status == "not_yet"
    assert standing("valid", on=dt.date(2026, 12, 31), **span).in_force
    assert standing("valid", on=dt.date(2027, 1, 1), **span).status == "expired"
    assert standing("revoked", on=dt.date(2026, 6, 1), **span).status == "revoked"


def test_anyone_sees_a_masked_person_a_named_firm_and_public_facts_only(office) -> None:
    seen = verification(put(office, holder=PERSON).identifier, on=DAY)
    assert seen.holder == "李*"
    assert seen.facts == (("经营场所", "中山大道1024号"),)
    assert verification(put(office).number, on=DAY).holder == FIRM.name
    assert verification("1.2.156.3005.2.x", on=DAY) is None
    assert verification("", on=DAY) is None
    assert masked("", person=True) == ""
    assert masked_number(PERSON.number, person=True) == "420*************1X"


def test_an_identifier_is_found_however_it_is_typed(office) -> None:
    license_ = put(office)
    assert by_identifier(f"  {license_.identifier.lower()} ") == license_
    assert by_identifier(license_.identifier.replace(".", "．")) == license_
    assert not mistyped(license_.identifier)
    assert mistyped(license_.identifier[:-1] + ("A" if license_.identifier[-1] != "A" else "B"))
    assert not mistyped(license_.number)


def test_a_license_file_is_genuine_altered_or_unknown(office) -> None:
    license_ = put(office)
    pdf = read_bytes(ensure_file(license_=license_, at=AT))
    verdict = verify_file(pdf, on=DAY)
    assert (verdict.state, verdict.license.in_force) == (FileState.GENUINE, True)
    revoke(license_=license_, reason="x", by=SYSTEM, at=AT)
    assert not verify_file(pdf, on=DAY).license.in_force
    changed = bytearray(pdf)
    changed[len(changed) // 2] ^= 1
    altered = verify_file(bytes(changed), on=DAY)
    assert altered.state in (FileState.ALTERED, FileState.UNREADABLE)
    assert verify_file(pdf + b"\n%x", on=DAY).state is FileState.ALTERED
    assert verify_file(b"hello", on=DAY).state is FileState.UNREADABLE


def test_a_sealed_file_of_another_register_is_unknown(office) -> None:
    license_ = put(office)
    pdf = read_bytes(ensure_file(license_=license_, at=AT))
    LicenseEvent.objects.all().delete()
    License.objects.all().delete()
    assert verify_file(pdf, on=DAY).state is FileState.UNKNOWN


def test_the_file_says_where_to_verify_it(office, settings) -> None:
    settings.BASE_URL = "https://hall.example"
    license_ = put(office)
    assert license_.document.data["verify_url"] == f"https://hall.example/verify/{license_.identifier}/"


def test_reuse_takes_only_the_holders_licenses_in_force(office) -> None:
    mine = put(office)
    put(office, holder=PERSON)
    suspended = put(office)
    suspend(license_=suspended, reason="x", by=SYSTEM, at=AT)
    put(office, valid_from=dt.date(2027, 1, 1))
    put(office, valid_to=DAY, valid_from=DAY)
    later = DAY + dt.timedelta(days=1)
    for codes in (["food-business"], ["11100000MB0143028R055"]):
        assert list(reusable(digest(FIRM.number), codes, later)) == [mine]
    assert not reusable(digest(FIRM.number), ["other"], later)
    assert not reusable("", ["food-business"], later)


def test_holders_and_officials_see_what_is_theirs(office) -> None:
    mine, other = put(office, holder=PERSON), put(office)
    account = person("li")
    Identity.objects.create(
        account=account, kind="citizen", name="李明", number=PERSON.number, number_digest=digest(PERSON.number),
        verified_by="test", verified_at=AT,
    )  # fmt: skip
    rows = License.objects.all()
    assert list(visible(actor_of(account, on=DAY), "licenses.view", rows)) == [mine]
    assert set(visible(official("rev", (office, Role.REVIEWER)), "licenses.view", rows)) == {mine, other}
    far = unit(region("420103", 4), "市场监督管理局")
    assert not visible(official("far", (far, Role.REVIEWER)), "licenses.view", rows).exists()
    assert visible(official("watch", (office, Role.SUPERVISOR)), "licenses.view", rows).count() == 2


def test_types_are_loaded_checked_and_reloaded(office) -> None:
    assert load([Document("license_types/food.yaml", FOOD)], loading()).same == 1
    changed = FOOD | {"validity": {"long_term": True}}
    assert load([Document("license_types/food.yaml", changed)], loading()).changed == 1
    assert put(office).valid_to is None
    assert type_spec("food-business").validity.long_term
    assert LicenseType.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"type_code": "123"},
        {"type_code": "11100000MB0143028X055"},
        {"number": "JY{serial:6}"},
        {"number": "JY{year}{serial:6}{x}"},
        {"validity": {}},
        {"validity": {"years": 3, "long_term": True}},
        {"holders": []},
        {"document": "no-such-face"},
        {"colour": "red"},
    ],
)
def test_a_wrong_type_is_refused(office, change: dict) -> None:
    with pytest.raises(PackError):
        load([Document("license_types/other.yaml", FOOD | {"code": "other"} | change)], loading())


def test_two_types_cannot_share_a_type_code(office) -> None:
    pair = [Document("a.yaml", FOOD), Document("b.yaml", FOOD | {"code": "other"})]
    with pytest.raises(PackError, match="类型代码"):
        load(pair, loading())
