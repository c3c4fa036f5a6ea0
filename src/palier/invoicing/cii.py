"""An invoice as data: UN/CEFACT Cross Industry Invoice D22B, in the profile EN 16931 that Factur-X embeds.

Written element by element in the order of the schema, with the number of the business term beside it: the standard is
read in those numbers, and so are the rules that a validator names (BR-CO-15, BR-FR-05...).
"""

from datetime import date
from xml.etree import ElementTree as ET

from palier.invoicing.rules.documents import Buyer, Document, DocumentKind, Seller
from palier.invoicing.rules.money import Line

GUIDELINE = "urn:cen.eu:en16931:2017"
_SERVICES = "S1"  # BT-23: an invoice of services, deposited by who sells
_SIREN, _SIRET, _DIRECTORY, _MAIL = "0002", "0009", "0225", "EM"
_PIECE, _TRANSFER = "C62", "58"  # UN/ECE Rec 20: one; UNCL 4461: SEPA credit transfer

_SPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
for _prefix, _space in _SPACES.items():
    ET.register_namespace(_prefix, _space)


def cii_of(document: Document) -> bytes:
    """The document as XML, the same bytes for the same document."""
    root = ET.Element(_named("rsm:CrossIndustryInvoice"))
    _context(root)
    _head(root, document)
    deal = _put(root, "rsm:SupplyChainTradeTransaction")
    for place, line in enumerate(document.lines, start=1):
        _line(deal, place, line, document)
    _agreement(deal, document)
    delivery = _put(deal, "ram:ApplicableHeaderTradeDelivery")
    _day(
        _put(delivery, "ram:ActualDeliverySupplyChainEvent"), "ram:OccurrenceDateTime", document.supplied_on
    )  # BT-72
    _settlement(deal, document)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _context(root: ET.Element) -> None:
    context = _put(root, "rsm:ExchangedDocumentContext")
    _put(context, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID", _SERVICES)  # BT-23
    _put(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", GUIDELINE)  # BT-24


def _head(root: ET.Element, document: Document) -> None:
    head = _put(root, "rsm:ExchangedDocument")
    _put(head, "ram:ID", document.number)  # BT-1
    _put(head, "ram:TypeCode", document.kind)  # BT-3
    _day(head, "ram:IssueDateTime", document.issued_on)  # BT-2
    for note in document.notes:
        place = _put(head, "ram:IncludedNote")
        _put(place, "ram:Content", note.text)  # BT-22
        if note.code:
            _put(place, "ram:SubjectCode", note.code)  # BT-21


def _line(deal: ET.Element, place: int, line: Line, document: Document) -> None:
    item = _put(deal, "ram:IncludedSupplyChainTradeLineItem")
    _put(item, "ram:AssociatedDocumentLineDocument/ram:LineID", str(place))  # BT-126
    product = _put(item, "ram:SpecifiedTradeProduct")
    _put(product, "ram:Name", line.label)  # BT-153
    if line.detail:
        _put(product, "ram:Description", line.detail)  # BT-154
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"
    _put(item, price, _amount(line.unit))  # BT-146
    quantity = _put(item, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", str(line.quantity))  # BT-129
    quantity.set("unitCode", _PIECE)
    settled = _put(item, "ram:SpecifiedLineTradeSettlement")
    tax = _put(settled, "ram:ApplicableTradeTax")
    _put(tax, "ram:TypeCode", "VAT")
    _put(tax, "ram:CategoryCode", document.treatment.category)  # BT-151
    _put(tax, "ram:RateApplicablePercent", _amount(document.treatment.rate))  # BT-152
    if line.discount:
        _discount(settled, line)
    _put(
        settled, "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount", _amount(line.net)
    )  # BT-131


def _discount(settled: ET.Element, line: Line) -> None:
    """BG-27: taken off the line."""
    off = _put(settled, "ram:SpecifiedTradeAllowanceCharge")
    _put(off, "ram:ChargeIndicator/udt:Indicator", "false")
    _put(off, "ram:ActualAmount", _amount(line.discount))  # BT-136
    _put(off, "ram:Reason", line.discount_reason)  # BT-139


def _agreement(deal: ET.Element, document: Document) -> None:
    agreement = _put(deal, "ram:ApplicableHeaderTradeAgreement")
    if document.references.service:
        _put(agreement, "ram:BuyerReference", document.references.service)  # BT-10
    _party(_put(agreement, "ram:SellerTradeParty"), document.seller)
    _party(_put(agreement, "ram:BuyerTradeParty"), document.buyer)
    if document.references.purchase_order:
        order = "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"
        _put(agreement, order, document.references.purchase_order)  # BT-13


def _party(party: ET.Element, who: Seller | Buyer) -> None:
    if who.siret:
        _put(party, "ram:GlobalID", who.siret).set("schemeID", _SIRET)  # BT-29, BT-46
    _put(party, "ram:Name", who.name)  # BT-27, BT-44
    if who.siret:
        _put(party, "ram:SpecifiedLegalOrganization/ram:ID", who.siren).set(
            "schemeID", _SIREN
        )  # BT-30, BT-47
    _address(_put(party, "ram:PostalTradeAddress"), who)
    address, scheme = (who.siren, _DIRECTORY) if who.siret else (who.email, _MAIL)
    _put(party, "ram:URIUniversalCommunication/ram:URIID", address).set("schemeID", scheme)  # BT-34, BT-49
    if who.vat_number:
        _put(party, "ram:SpecifiedTaxRegistration/ram:ID", who.vat_number).set(
            "schemeID", "VA"
        )  # BT-31, BT-48


def _address(place: ET.Element, who: Seller | Buyer) -> None:
    """BG-5, BG-8."""
    _put(place, "ram:PostcodeCode", who.postal_code)
    for name, line in zip(("ram:LineOne", "ram:LineTwo", "ram:LineThree"), who.street, strict=False):
        _put(place, name, line)
    _put(place, "ram:CityName", who.city)
    _put(place, "ram:CountryID", who.country)  # BT-40, BT-55


def _settlement(deal: ET.Element, document: Document) -> None:
    settled = _put(deal, "ram:ApplicableHeaderTradeSettlement")
    _put(settled, "ram:PaymentReference", document.number)  # BT-83
    _put(settled, "ram:InvoiceCurrencyCode", document.currency)  # BT-5
    if document.kind is DocumentKind.INVOICE:
        _transfer(settled, document.seller)
    _tax(settled, document)
    if document.starts_on and document.ends_on:
        period = _put(settled, "ram:BillingSpecifiedPeriod")
        _day(period, "ram:StartDateTime", document.starts_on)  # BT-73
        _day(period, "ram:EndDateTime", document.ends_on)  # BT-74
    terms = _put(settled, "ram:SpecifiedTradePaymentTerms")
    if document.terms:
        _put(terms, "ram:Description", document.terms)  # BT-20
    _day(terms, "ram:DueDateDateTime", document.due_on)  # BT-9
    _sums(settled, document)
    if document.corrects is not None:
        former = _put(settled, "ram:InvoiceReferencedDocument")
        _put(former, "ram:IssuerAssignedID", document.corrects.number)  # BT-25
        _day(former, "ram:FormattedIssueDateTime", document.corrects.issued_on, "qdt")  # BT-26


def _transfer(settled: ET.Element, seller: Seller) -> None:
    """BG-16."""
    means = _put(settled, "ram:SpecifiedTradeSettlementPaymentMeans")
    _put(means, "ram:TypeCode", _TRANSFER)  # BT-81
    _put(means, "ram:PayeePartyCreditorFinancialAccount/ram:IBANID", seller.iban)  # BT-84
    if seller.bic:
        _put(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", seller.bic)  # BT-86


def _tax(settled: ET.Element, document: Document) -> None:
    """BG-23: one category, for every line has the same."""
    tax = _put(settled, "ram:ApplicableTradeTax")
    _put(tax, "ram:CalculatedAmount", _amount(document.tax))  # BT-117
    _put(tax, "ram:TypeCode", "VAT")
    if document.exemption:
        _put(tax, "ram:ExemptionReason", document.exemption)  # BT-120
    _put(tax, "ram:BasisAmount", _amount(document.net))  # BT-116
    _put(tax, "ram:CategoryCode", document.treatment.category)  # BT-118
    if document.treatment.code:
        _put(tax, "ram:ExemptionReasonCode", document.treatment.code)  # BT-121
    _put(tax, "ram:RateApplicablePercent", _amount(document.treatment.rate))  # BT-119


def _sums(settled: ET.Element, document: Document) -> None:
    """BG-22."""
    sums = _put(settled, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _put(sums, "ram:LineTotalAmount", _amount(document.net))  # BT-106
    _put(sums, "ram:TaxBasisTotalAmount", _amount(document.net))  # BT-109
    _put(sums, "ram:TaxTotalAmount", _amount(document.tax)).set("currencyID", document.currency)  # BT-110
    _put(sums, "ram:GrandTotalAmount", _amount(document.total))  # BT-112
    _put(sums, "ram:DuePayableAmount", _amount(document.total))  # BT-115


def _put(parent: ET.Element, path: str, text: str = "") -> ET.Element:
    """A new element at the end of `parent`, with those around it; the innermost is returned."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, _named(name))
    parent.text = text or None
    return parent


def _day(parent: ET.Element, name: str, day: date, space: str = "udt") -> None:
    _put(parent, f"{name}/{space}:DateTimeString", f"{day:%Y%m%d}").set("format", "102")


def _named(name: str) -> str:
    prefix, _, tag = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{tag}"


def _amount(hundredths: int) -> str:
    """Cents as a decimal number, hundredths of a percent as a percentage."""
    return f"{hundredths // 100}.{hundredths % 100:02}"
