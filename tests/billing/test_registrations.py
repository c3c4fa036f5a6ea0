"""Numbers of payers: what is kept, and what is said of a wrong one."""

import pytest

from palier.billing import registrations
from palier.foundation import language


@pytest.fixture(autouse=True)
def _english() -> None:
    language.use("en")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("356 000 000 49837", "35600000049837"),  # La Poste: the sum of the digits, not Luhn
        ("35600000000048", "35600000000048"),
        ("", ""),
    ],
)
def test_a_siret_is_kept_without_blanks(typed: str, kept: str) -> None:
    assert registrations.siret(typed) == registrations.Checked(kept)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("732 829 320", "SIREN"),
        ("1234", "14 digits"),
        ("732 829 320 00075", "one of its digits"),
        ("35600000049838", "one of its digits"),
    ],
)
def test_a_wrong_siret_says_what_is_wrong(typed: str, said: str) -> None:
    checked = registrations.siret(typed)
    assert not checked.value
    assert said in checked.problem


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("fr 44 732 829 320", "FR", "FR44732829320"),
        ("44732829320", "FR", "FR44732829320"),
        ("DE 136 695 976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("980 7806 84", "GB", "980780684"),
        ("anything 12", "US", "ANYTHING12"),
        ("", "FR", ""),
    ],
)
def test_a_vat_number_bears_the_letters_of_its_country(typed: str, country: str, kept: str) -> None:
    assert registrations.vat(typed, country) == registrations.Checked(kept)


@pytest.mark.parametrize(
    ("typed", "country", "said"),
    [
        ("DE136695976", "FR", "another country"),
        ("FR44732829321", "FR", "cannot exist"),
        ("DE136695977", "DE", "cannot exist"),
        ("980780685", "GB", "cannot exist in the country"),
    ],
)
def test_a_wrong_vat_number_says_why(typed: str, country: str, said: str) -> None:
    checked = registrations.vat(typed, country)
    assert not checked.value
    assert said in checked.problem


def test_siret_and_vat_number_are_of_one_enterprise() -> None:
    assert registrations.vat_of("73282932000074") == "FR44732829320"
    assert registrations.agree("73282932000074", "FR44732829320")
    assert not registrations.agree("73282932000074", "FR83404833048")
    assert registrations.agree("73282932000074", "DE136695976")
    assert registrations.agree("", "FR44732829320")
