"""What the demonstration has not sold: an agreement that waits, an invoice that was issued, a draft."""

import json
from uuid import UUID

import asyncpg

from palier.foundation.identifiers import new_id
from palier.invoicing.cii import cii_of
from palier.invoicing.freezing import frozen
from tests.invoicing.samples import TOWN, invoice_for


async def plant_money(owner: asyncpg.Connection, organisation: UUID, person: UUID) -> None:
    """For one organisation, as a payer that is a public body."""
    account = new_id()
    await owner.execute(
        "insert into billing_account (id, organisation_id, legal_name, email, address_line1, address_line2, postal_code, city, country, "
        "public_body, siret, vat_number, service_code, commitment_number, order_number, locale, created_at) values "
        "($1, $2, $3, $4, '1 place de la République', '', '35140', 'Saint-Aubin', 'FR', true, $5, '', 'SERVICE-1', 'EJ-9', '', 'fr', now()) "
        "on conflict (organisation_id) do nothing",
        account, organisation, TOWN.name, TOWN.email, TOWN.siret,
    )  # fmt: skip
    account = await owner.fetchval("select id from billing_account where organisation_id = $1", organisation)
    await owner.execute(
        "insert into offer_agreement (id, account_id, offer, interval, quantity, state, free, note, asked_by, asked_at, decided_name) "
        "values ($1, $2, 'organisation', 'year', 30, 'asked', false, 'Bon de commande 17', $3, now(), '')",
        new_id(), account, person,
    )  # fmt: skip
    issued, draft = invoice_for(TOWN), invoice_for(TOWN, number="")
    told = {"document": frozen(issued), "cii": cii_of(issued).decode()}
    for document, state, content in (
        (issued, "open", told),
        (draft, "draft", {"document": frozen(draft), "note": ""}),
    ):
        await owner.execute(
            "insert into invoice (id, account_id, issuer, kind, state, number, subscription_id, issued_on, due_on, paid_reference, currency, net, "
            "tax, total, hosted_url, pdf_url, problem, content, created_at) values ($1, $2, 'palier', 'invoice', $3, $4, '', $5, $6, '', "
            "'EUR', $7, $8, $9, '', '', '', $10, now())",
            new_id(), account, state, document.number, document.issued_on if document.number else None,
            document.due_on if document.number else None, document.net, document.tax, document.total, json.dumps(content),
        )  # fmt: skip
