"""Every kind of buyer's invoice holds the rules of EN 16931 and of the French platforms; what is wrong is refused."""

import re

import facturx
import pytest

from palier.invoicing import factur_x
from palier.invoicing.cii import cii_of
from palier.invoicing.rules.documents import References
from tests.invoicing.conftest import Judge
from tests.invoicing.samples import CLINIC, GERMAN, PROFILES, TOWN, credit_of, invoice_for

FAULTS = {
    "a total that is not the sum": (
        r"<ram:GrandTotalAmount>3312.00",
        "<ram:GrandTotalAmount>3312.01",
        "BR-CO-15",
    ),
    "a line that is not its price times its quantity": (
        r"<ram:LineTotalAmount>2760.00",
        "<ram:LineTotalAmount>2700.00",
        "BR-CO-10",
    ),
    "tax that is not the rate of its base": (
        r"<ram:CalculatedAmount>552.00",
        "<ram:CalculatedAmount>500.00",
        "BR-CO-14",
    ),
    "no number": (r"(<rsm:ExchangedDocument>\s*)<ram:ID>F2026-0001</ram:ID>", r"\1", "BR-02"),
    "no buyer's name": (r"<ram:Name>Clinique du Lac</ram:Name>", "", "BR-07"),
    "no buyer's country": (
        r"(Annecy</ram:CityName>\s*)<ram:CountryID>FR</ram:CountryID>",
        r"\1",
        "BR-11",
    ),
    "no line": (
        r"<ram:IncludedSupplyChainTradeLineItem>.*</ram:IncludedSupplyChainTradeLineItem>",
        "",
        "BR-16",
    ),
    "no word about recovery costs": (r"<ram:SubjectCode>PMT</ram:SubjectCode>", "", "BR-FR-05"),
    "a SIRET of another enterprise": (
        r'schemeID="0009">55208131766522',
        'schemeID="0009">73282932000074',
        "BR-FR-09",
    ),
}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_data_of_every_kind_of_invoice_break_no_rule(profile: str, judge: Judge) -> None:
    cii = cii_of(PROFILES[profile])
    factur_x.check(cii)
    assert judge(cii) == []
    assert cii == cii_of(PROFILES[profile])


@pytest.mark.parametrize("fault", FAULTS)
def test_data_with_a_fault_are_refused_by_the_rule_that_names_it(fault: str, judge: Judge) -> None:
    pattern, instead, rule = FAULTS[fault]
    right = cii_of(invoice_for(CLINIC)).decode()
    wrong = re.sub(pattern, instead, right, flags=re.DOTALL)
    assert wrong != right
    assert any(rule in words for words in judge(wrong.encode())), fault


def test_reverse_charge_without_the_buyer_s_number_is_refused(judge: Judge) -> None:
    told = cii_of(invoice_for(GERMAN)).decode().replace('<ram:ID schemeID="VA">DE123456788</ram:ID>', "")
    assert "DE123456788" not in told
    empty = re.sub(r"<ram:SpecifiedTaxRegistration>\s*</ram:SpecifiedTaxRegistration>", "", told)
    assert any("BR-AE-02" in words for words in judge(empty.encode()))


def test_data_out_of_the_schema_s_order_are_refused() -> None:
    with pytest.raises(factur_x.BadData):
        factur_x.check(cii_of(invoice_for(CLINIC)).replace(b"ram:DuePayableAmount", b"ram:PaidAmount"))


def test_what_a_public_body_wants_to_read_stands_in_its_terms() -> None:
    codes = References("SERVICE-1234", "EJ-2026-0099", "BC 17")
    parsed = cii_of(invoice_for(TOWN, references=codes)).decode()
    assert "<ram:BuyerReference>SERVICE-1234</ram:BuyerReference>" in parsed  # BT-10
    order = r"<ram:BuyerOrderReferencedDocument>\s*<ram:IssuerAssignedID>EJ-2026-0099<"
    assert re.search(order, parsed)  # BT-13
    assert '<ram:GlobalID schemeID="0009">21350238800019</ram:GlobalID>' in parsed
    assert '<ram:ID schemeID="0002">213502388</ram:ID>' in parsed
    credit = cii_of(credit_of(invoice_for(TOWN))).decode()
    assert "<ram:TypeCode>381</ram:TypeCode>" in credit
    assert re.search(
        r"InvoiceReferencedDocument>\s*<ram:IssuerAssignedID>F2026-0001<.*20261123", credit, re.DOTALL
    )


def test_the_level_is_the_one_a_reader_finds() -> None:
    xml = facturx.facturx.etree.fromstring(cii_of(PROFILES["a French business"]))
    assert facturx.get_flavor(xml) == "factur-x"
    assert facturx.get_level(xml) == "en16931"
