"""Amounts, VAT and numbers by themselves."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.invoicing.freezing import frozen, thawed
from palier.invoicing.rules.buyers import Lack, lacks_of
from palier.invoicing.rules.documents import (
    Document,
    DocumentKind,
    credited_lines,
    due_date,
    lines_of_offer,
    numbered,
    series_of,
)
from palier.invoicing.rules.money import Line, tax_of_part, tax_on
from palier.invoicing.rules.taxing import FRENCH, OUTSIDE, REVERSE, OwnRates, treatment_of
from tests.invoicing.samples import CLINIC, DISCOUNTED, PROFILES, TOWN, credit_of, invoice_for


@st.composite
def lines(draw: st.DrawFn) -> Line:
    quantity, unit = draw(st.integers(1, 500)), draw(st.integers(1, 300_000))
    discount = draw(st.integers(0, quantity * unit))
    return Line("x", quantity, unit, discount, "y" if discount else "")


documents = st.lists(lines(), min_size=1, max_size=6).map(lambda some: invoice_for(CLINIC, tuple(some)))


@given(documents)
def test_what_an_invoice_says_adds_up(document: Document) -> None:
    assert document.net == sum(line.quantity * line.unit - line.discount for line in document.lines)
    assert document.total == document.net + document.tax
    assert abs(document.tax * 5 - document.net) <= 2, "twenty per cent, to half a cent"


@given(documents)
def test_a_credit_note_for_all_of_it_cancels_the_invoice_to_the_cent(invoice: Document) -> None:
    if not invoice.net:
        return
    credit = credit_of(invoice, credited_lines(invoice, 0, None, "x", "y"))
    assert (credit.net, credit.tax, credit.total) == (invoice.net, invoice.tax, invoice.total)


@given(documents, st.lists(st.integers(1, 100_000), max_size=5))
def test_parts_given_back_come_to_what_the_whole_would(invoice: Document, parts: list[int]) -> None:
    before = tax = 0
    for part in [*parts, None]:
        if before == invoice.net or (part and part > invoice.net - before):
            continue
        credit = credit_of(invoice, credited_lines(invoice, before, part, "x", "y"), before)
        before, tax = before + credit.net, tax + credit.tax
    assert (before, tax) == (invoice.net, invoice.tax)


@given(st.integers(0, 10**9), st.sampled_from([0, 550, 850, 1000, 2000]))
def test_tax_is_rounded_half_up(net: int, rate: int) -> None:
    tax = tax_on(net, rate)
    assert (tax * 10_000 - net * rate) * 2 <= 10_000
    assert (net * rate - tax * 10_000) * 2 < 10_000
    assert tax_of_part(0, net, rate) == tax


def test_more_than_is_left_cannot_be_given_back() -> None:
    invoice = invoice_for(CLINIC)
    for already, net in ((0, invoice.net + 1), (invoice.net, None), (invoice.net - 5, 6), (0, 0), (0, -5)):
        with pytest.raises(ValueError, match="no more than was invoiced"):
            credited_lines(invoice, already, net, "x", "y")


def test_a_line_sells_something_and_a_discount_has_a_reason() -> None:
    for bad in ((0, 100, 0, ""), (1, -1, 0, ""), (1, 100, 101, "y"), (1, 100, 10, ""), (1, 100, 0, "y")):
        with pytest.raises(ValueError, match="line|discount"):
            Line("x", *bad)


def test_vat_follows_where_the_buyer_is() -> None:
    assert treatment_of("FR", "") == treatment_of("MC", "") == FRENCH
    assert treatment_of("DE", "DE123456788") == treatment_of("GR", "EL123456783") == REVERSE
    assert treatment_of("DE", "") == FRENCH
    assert treatment_of("CH", "") == treatment_of("GB", "GB123456782") == OUTSIDE
    for country, postal_code in (("RE", ""), ("FR", "97400"), ("FR", "98 800"), ("GP", "97110")):
        with pytest.raises(OwnRates):
            treatment_of(country, "", postal_code)


def test_what_an_account_lacks_is_named() -> None:
    assert lacks_of(TOWN) == lacks_of(CLINIC) == []
    assert lacks_of(replace(TOWN, siret="")) == [Lack.SIRET]
    bare = replace(CLINIC, name="", street=(), email="nobody")
    assert lacks_of(bare) == [Lack.NAME, Lack.ADDRESS, Lack.EMAIL]


def test_numbers_days_and_lines() -> None:
    assert numbered(series_of(DocumentKind.INVOICE, 2026), 1) == "F2026-0001"
    assert numbered(series_of(DocumentKind.CREDIT_NOTE, 2027), 12_345) == "A2027-12345"
    assert due_date(date(2026, 12, 15)) == date(2027, 1, 14)
    assert [line.net for line in lines_of_offer("a", "b", 90_000, 6_000, 3)] == [90_000, 18_000]
    assert len(lines_of_offer("a", "b", 90_000, 6_000, 0)) == 1


@pytest.mark.parametrize("profile", PROFILES)
def test_a_frozen_document_is_read_back_to_the_letter(profile: str) -> None:
    assert thawed(frozen(PROFILES[profile])) == PROFILES[profile]
    assert thawed(frozen(invoice_for(CLINIC, DISCOUNTED))).lines == DISCOUNTED
