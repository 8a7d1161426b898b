from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tongban.foundation.text.identifiers import (
    IdentifierError,
    citizen_number,
    credit_code,
    license_identifier,
    organization_code,
    registration_number,
)

DIGITS = st.text("0123456789", min_size=6, max_size=6)


@pytest.mark.parametrize(
    "code",
    [
        "91420000000000019K", "91410100MA3X000109", "92420102MA4K00010K", "93420500MA4800028M", "11420000011043217X",
        "124205064200012379", "52330200MJ872001X1", "N2420506MF0000013E", "914200000000001740", "91420000000000051Y",
        "91110000600037341L",
    ],
)  # fmt: skip
def test_a_credit_code_with_its_check_character_is_taken(code: str) -> None:
    assert credit_code.check(code) == code
    assert credit_code.check(f" {code[:4]}-{code[4:].lower()} ") == code


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("91420000000000019L", "check"),
        ("9142000000000001IK", "character"),
        ("91420000000000019", "length"),
        ("", "empty"),
        ("91A20000000000019K", "digit"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_the_reason(code: str, why: str) -> None:
    with pytest.raises(IdentifierError) as wrong:
        credit_code.check(code)
    assert wrong.value.code == why


@pytest.mark.parametrize("code", ["00000001-9", "00000006-X", "00000019-0", "D2143569-X", "MA3X0001-0", "01104321-7"])
def test_an_organization_code_with_its_check_character_is_taken(code: str) -> None:
    assert organization_code.check(code) == code
    assert organization_code.check(code.replace("-", "")) == code


def test_an_organization_code_with_another_check_character_is_refused() -> None:
    with pytest.raises(IdentifierError, match="校验位"):
        organization_code.check("00000001-8")


@pytest.mark.parametrize(
    "number",
    ["11010519491231002X", "440524188001010014", "42010219800101001X", "420506199912310023", "410105200002290030"],
)
def test_a_citizen_number_with_its_check_character_is_taken(number: str) -> None:
    assert citizen_number.check(number.lower()) == number


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("410105190002290033", "date"),
        ("110105194912310021", "check"),
        ("1101051949123100", "length"),
        ("1101O5194912310021", "digit"),
        ("42010219800101001A", "character"),
    ],
)
def test_a_wrong_citizen_number_is_refused_with_the_reason(number: str, why: str) -> None:
    with pytest.raises(IdentifierError) as wrong:
        citizen_number.check(number)
    assert wrong.value.code == why


def test_the_old_number_of_fifteen_digits_is_expanded() -> None:
    assert citizen_number.check("110105491231002") == "11010519491231002X"


@pytest.mark.parametrize("region", ["830000", "810000", "820000", "429021", "429006"])
def test_the_region_of_a_citizen_number_is_never_a_reason_to_refuse(region: str) -> None:
    number = citizen_number.make(region, dt.date(1960, 3, 1), 17)
    assert citizen_number.check(number) == number


def test_nobody_is_born_tomorrow() -> None:
    number = citizen_number.make("420102", dt.date(2026, 11, 22), 1)
    with pytest.raises(IdentifierError) as wrong:
        citizen_number.check(number, today=dt.date(2026, 11, 21))
    assert wrong.value.code == "future"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("440301103448669", "domestic"), ("440301103097413", "domestic"), ("420000000000016", "domestic"),
        ("410000100000019", "domestic"), ("420102600000011", "individual"), ("330200400000016", "foreign"),
        ("420500100001234", "domestic"),
    ],
)  # fmt: skip
def test_a_registration_number_with_its_check_digit_is_taken(number: str, kind: str) -> None:
    assert registration_number.check(number) == number
    assert registration_number.kind(number) == kind
    with pytest.raises(IdentifierError, match="校验位"):
        registration_number.check(number[:14] + str((int(number[14]) + 1) % 10))


@pytest.mark.parametrize(
    "tail",
    [
        "11100000000013338W011.11430000006122244L.20230000403.001.U",
        "11100000000013338W011.11430000006122244L.20230000403.002.S",
        "11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
        "11100000000013338W009.11330105002500287C.2025052201.002.0",
        "11100000MB03271699022.340100.000000016.001.9",
        "11420000011043217X001.11420000011043217X.20240000001.001.S",
        "11420000011043217X001.11420000011043217X.20240000001.002.Q",
    ],
)
def test_a_licence_identifier_found_in_the_open_is_reproduced(tail: str) -> None:
    type_code, issuer, serial, version, _check = tail.split(".")
    whole = f"1.2.156.3005.2.{tail}"
    assert license_identifier.make(type_code, issuer, serial, version) == whole
    assert license_identifier.check(whole.lower()) == whole


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.2.156.3005.2.11420000011043217X001.11420000011043217X.20240000001.001.T", "check"),
        ("1.2.156.3005.2.11420000011043217X001.11420000011043217X.20240000001.001", "parts"),
        ("1.2.156.3005.1.11420000011043217X001.11420000011043217X.20240000001.001.S", "parts"),
        ("1.2.156.3005.2.11420000011043217X01.11420000011043217X.20240000001.001.S", "part"),
        ("", "empty"),
    ],
)
def test_a_wrong_licence_identifier_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(IdentifierError) as wrong:
        license_identifier.check(text)
    assert wrong.value.code == why


@given(
    st.sampled_from("159NAY"), st.sampled_from("1239"), DIGITS, st.text(credit_code.ALPHABET, min_size=9, max_size=9)
)
def test_a_made_credit_code_checks_and_one_wrong_character_never_does(
    department: str, kind: str, region: str, organization: str
) -> None:
    code = credit_code.make(department, kind, region, organization)
    assert credit_code.check(code) == code
    for place in range(8, 18):
        other = credit_code.ALPHABET[(credit_code.ALPHABET.index(code[place]) + 7) % 31]
        with pytest.raises(IdentifierError):
            credit_code.check(code[:place] + other + code[place + 1 :])


@given(DIGITS, st.dates(dt.date(1880, 1, 1), dt.date(2026, 11, 21)), st.integers(0, 999))
def test_a_made_citizen_number_checks(region: str, born: dt.date, sequence: int) -> None:
    number = citizen_number.make(region, born, sequence)
    assert citizen_number.check(number) == number
    assert citizen_number.birth_date(number) == born
    assert citizen_number.is_female(number) == (sequence % 2 == 0)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_a_made_organization_code_checks(first: str) -> None:
    assert organization_code.check(organization_code.make(first)) == organization_code.make(first)


@given(DIGITS, st.integers(0, 99_999_999))
def test_a_made_registration_number_checks(registrar: str, sequence: int) -> None:
    assert registration_number.check(registration_number.make(registrar, sequence))


@given(st.integers(1, 10**16), st.integers(0, 999))
def test_a_made_licence_identifier_checks(serial: int, version: int) -> None:
    whole = license_identifier.make("11420000011043217X001", "11420000011043217X", str(serial), version)
    assert license_identifier.check(whole) == whole
    assert license_identifier.parse(whole).serial == str(serial)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_either_taken_or_explained(text: str) -> None:
    modules = (credit_code, organization_code, citizen_number, registration_number, license_identifier)
    for module in modules:
        try:
            found = module.check(text)
        except IdentifierError as wrong:
            message = wrong.message
        else:
            message = "。" if module.check(found) == found else ""
        assert message.endswith("。")


def test_the_reason_is_said_in_the_reader_s_language() -> None:
    with pytest.raises(IdentifierError) as wrong:
        credit_code.check("91420000000000019")
    assert wrong.value.message == "统一社会信用代码应为 18 位，现为 17 位，请检查是否漏填或多填。"
    with translation.override("en"):
        assert "18" in wrong.value.message
        assert "credit code" in wrong.value.message
