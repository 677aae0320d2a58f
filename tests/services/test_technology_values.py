"""Amounts, shares, owners and country codes as people write them; and what must hold between them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Invalid
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual
from models.types import IpStatus, IpType
from network.services import technology_values as values

AMOUNTS = {
    "": None,
    "1500000": 1_500_000,
    "1.500.000.000": 1_500_000_000,
    "1,500,000": 1_500_000,
    "1 500 000 đ": 1_500_000,
    "1.500.000đ": 1_500_000,
    "1,5 tỷ": 1_500_000_000,
    "1,5 tỷ đồng": 1_500_000_000,
    "1.5 billion VND": 1_500_000_000,
    "VND 200 million": 200_000_000,
    "200tr": 200_000_000,
    "200 triệu": 200_000_000,
    "0": 0,
}


@pytest.mark.parametrize(("text", "amount"), AMOUNTS.items())
def test_amounts_as_they_are_written(text: str, amount: int | None) -> None:
    assert values.amount(text) == amount


@pytest.mark.parametrize("text", ["much", "1.500 tỷ", "1.5", "1.50.000", "1,500.000", "-5", "5 tỷ 3", "9" * 20, "1 5"])
def test_amounts_that_could_mean_two_things_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        values.amount(text)
    assert refused.value.code == "not_an_amount"


@given(st.integers(0, 10**12), st.sampled_from(".,  "))
def test_grouped_digits_read_as_written(number: int, separator: str) -> None:
    assert values.amount(f"{number:,}".replace(",", separator)) == number


@pytest.mark.parametrize(("text", "share"), [("", None), ("60", 6000), ("33,33 %", 3333), ("100%", 10000), ("0.5", 50)])
def test_shares(text: str, share: int | None) -> None:
    assert values.share(text) == share


@pytest.mark.parametrize("text", ["0", "101", "half", "12,345"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(Invalid, match="not_a_share"):
        values.share(text)


def test_owners_one_after_the_other_or_one_a_line() -> None:
    assert values.owners("Trường A 60%; Công ty B (40 %)") == (Owner("Trường A", 6000), Owner("Công ty B", 4000))
    assert values.owners(" Viện Số 1: 33,5% \n Quỹ 2 ") == (Owner("Viện Số 1", 3350), Owner("Quỹ 2"))
    assert values.owners("") == values.owners(None) == values.owners(";\n;") == ()


def test_country_codes() -> None:
    assert values.territories("vn; pct,us") == "VN, WO, US"
    assert values.territories(" ") is None
    with pytest.raises(Invalid) as refused:
        values.territories("VN, Vietnam")
    assert refused.value.details == {"word": "Vietnam"}


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("owner_missing", {"owners": (Owner(" ", 5000),)}),
    ("owner_twice", {"owners": (Owner("Trường A"), Owner("truong a"))}),
    ("too_many_owners", {"owners": tuple(Owner(str(n)) for n in range(13))}),
    ("shares_over", {"owners": (Owner("A", 6000), Owner("B", 5000))}),
    ("shares_short", {"owners": (Owner("A", 6000), Owner("B", 3000))}),
    ("price_order", {"price_basis": PriceBasis.YEARLY, "price_low": 2, "price_high": 1}),
    ("price_missing", {"price_basis": PriceBasis.LUMP_SUM}),
    ("price_without_basis", {"price_low": 5}),
    ("price_without_basis", {"price_basis": PriceBasis.FREE, "price_high": 5}),
    ("protection_contradicts", {"ip_type": IpType.NONE, "ip_number": "1-0012345"}),
    ("protection_contradicts", {"ip_type": IpType.NONE, "ip_status": IpStatus.FILED}),
    ("contact_data", {"summary": Bilingual("Liên hệ lan@vien.vn", None)}),
    ("contact_data", {"title": Bilingual("Màng lọc 0912 345 678", None)}),
    ("contact_data", {"evidence": Bilingual(None, "call +84 24 3869 2222")}),
]


@pytest.mark.parametrize(("code", "said"), BROKEN)
def test_what_must_hold_between_values(code: str, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        values.check(said)
    assert refused.value.code == code


def test_what_holds() -> None:
    thirds = tuple(Owner(name, 3333) for name in "ABC")
    values.check({"owners": thirds, "price_basis": PriceBasis.LUMP_SUM, "price_high": 5, "ip_type": IpType.PATENT})
    values.check({"owners": (Owner("A", 6000), Owner("B"))})
    values.check({"ip_type": IpType.NONE, "ip_status": IpStatus.NONE})
    values.check({})


@pytest.mark.parametrize(
    "text",
    ["2018-2023", "1-2019-03456", "0.05 0.10 0.15 mm", "10 000 000 tấn", "TCVN 6492:2011", "0,2 µm", "15/08/2026"],
)
def test_figures_are_no_telephone_numbers(text: str) -> None:
    assert not values.has_contact(Bilingual(text, None))


@pytest.mark.parametrize("text", ["024 3869 2222", "0912345678", "+84 912.345.678", "a.b@c.edu.vn"])
def test_telephone_numbers_and_addresses_are_seen(text: str) -> None:
    assert values.has_contact(Bilingual(None, f"Call {text}."))
