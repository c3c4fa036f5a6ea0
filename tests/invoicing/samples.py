"""Invoices of every kind of buyer, whole."""

from dataclasses import replace
from datetime import date

from palier.invoicing.rules.documents import (
    Buyer,
    Corrected,
    Document,
    DocumentKind,
    Note,
    References,
    Seller,
    due_date,
)
from palier.invoicing.rules.money import Line
from palier.invoicing.rules.taxing import treatment_of

ON = date(2026, 11, 23)

SELLER = Seller(
    "Palier SAS", ("12 rue des Écoles",), "75005", "Paris", "73282932000074", "FR44732829320", "FR7630006000011234567890189",
    "AGRIFRPP", "factures@palier.example",
)  # fmt: skip
TOWN = Buyer(
    "Commune de Saint-Aubin", ("Mairie", "1 place de la République"), "35140", "Saint-Aubin-du-Cormier", "FR", "mairie@aubin.example",
    "21350238800019", "", public=True,
)  # fmt: skip
CLINIC = Buyer(
    "Clinique du Lac", ("4 quai du Lac",), "74000", "Annecy", "FR", "compta@clinique.example", "55208131766522",
    "FR03552081317",
)  # fmt: skip
GERMAN = Buyer(
    "Rheinwerk GmbH",
    ("Domstraße 7",),
    "50668",
    "Köln",
    "DE",
    "rechnung@rheinwerk.example",
    vat_number="DE123456788",
)
GERMAN_CLUB = replace(GERMAN, name="Rheinverein e. V.", vat_number="")
SWISS = Buyer("Alpwerk AG", ("Bahnhofstrasse 3",), "8001", "Zürich", "CH", "rechnung@alpwerk.example")

NOTES = (
    Note("Pénalités de retard : taux de la BCE majoré de 10 points.", "PMD"),
    Note("Indemnité forfaitaire pour frais de recouvrement : 40 €.", "PMT"),
    Note("Pas d’escompte pour paiement anticipé.", "AAB"),
)
OFFER = (Line("Offre Organisation, un an", 1, 240_000), Line("Sièges supplémentaires", 5, 7_200))
DISCOUNTED = (
    Line("Offre Organisation, un an", 1, 240_000, 24_000, "Remise d’adhérent"),
    Line("Atelier de cadrage", 3, 33_333, 1, "Arrondi", "Trois demi-journées"),
    Line("Question posée au support", 7, 1_999),
)


def invoice_for(
    buyer: Buyer, lines: tuple[Line, ...] = OFFER, number: str = "F2026-0001", **more: object
) -> Document:
    """An invoice of today to `buyer`."""
    treatment = treatment_of(buyer.country, buyer.vat_number, buyer.postal_code)
    exemption = {
        "AE": "Autoliquidation (directive 2006/112/CE, article 196)",
        "G": "Hors de l’UE (CGI, 259-1)",
    }
    values: dict[str, object] = {
        "starts_on": date(2026, 12, 1), "ends_on": date(2027, 11, 30), "notes": NOTES, "terms": "À 30 jours, par virement",
        "exemption": exemption.get(treatment.category, ""),
    }  # fmt: skip
    return Document(
        DocumentKind.INVOICE,
        number,
        ON,
        due_date(ON),
        SELLER,
        buyer,
        lines,
        treatment,
        **(values | more),  # type: ignore[arg-type]
    )


def credit_of(invoice: Document, lines: tuple[Line, ...] | None = None, before: int = 0) -> Document:
    """A credit note about `invoice`."""
    return replace(
        invoice, kind=DocumentKind.CREDIT_NOTE, number="A2026-0001", lines=lines or invoice.lines,
        corrects=Corrected(invoice.number, invoice.issued_on, before),
    )  # fmt: skip


PROFILES: dict[str, Document] = {
    "a French business": invoice_for(CLINIC),
    "a public body with its codes": invoice_for(
        TOWN, references=References("SERVICE-1234", "EJ-2026-0099", "BC 17")
    ),
    "a business elsewhere in the EU": invoice_for(GERMAN, locale="en"),
    "an association elsewhere in the EU": invoice_for(GERMAN_CLUB, locale="en"),
    "a buyer outside the EU": invoice_for(SWISS, locale="en"),
    "several lines and discounts": invoice_for(CLINIC, DISCOUNTED),
    "no period": invoice_for(CLINIC, starts_on=None, ends_on=None),
    "a credit note for all of it": credit_of(invoice_for(CLINIC, DISCOUNTED)),
    "a credit note for a part": credit_of(invoice_for(CLINIC), (Line("Avoir partiel", 1, 10_001),), 33_333),
    "a credit note outside the EU": credit_of(invoice_for(SWISS, locale="en")),
}
