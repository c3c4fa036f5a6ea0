"""The tables of who pays, what is held, what was invoiced and what Stripe told (`inventory`).

What hangs on a billing account goes with it, but for invoices that were issued: those are kept for ten years
(Code de commerce, article L123-22), without an account once the payer is erased.
"""

from palier.privacy.rules.inventory import Closing, Owner, held

ORGANISATION, PLATFORM = Owner.ORGANISATION, Owner.PLATFORM

TABLES = (
    held(
        "billing_account", ORGANISATION, "billing", drop="person_id",
        people="person_id", mails="email",
        texts="legal_name address_line1 address_line2 city service_code commitment_number order_number",
        plain="country created_at disputed_at locale postal_code public_body siret trial_used_at vat_number",
        technical="id network_id organisation_id stripe_customer",
    ),
    held(
        "billing_notice", ORGANISATION, "billing", plain="kind sent_at", technical="id about account_id organisation_id",
    ),
    held(
        "checkout", ORGANISATION, "billing", closing=Closing.GONE,
        people="begun_by", secrets="url", plain="begun_at collection expires_at interval offer quantity state trial",
        technical="id account_id stripe_session subscription_id",
    ),
    held(
        "entitlement", ORGANISATION, "billing", drop="person_id",
        people="person_id", plain="created_at grace_until offer quantity source updated_at valid_from valid_to",
        technical="id network_id organisation_id source_ref",
    ),
    held(
        "invoice", ORGANISATION, "invoices", closing=Closing.KEPT_BY_LAW,
        legal="content", texts="paid_reference",
        plain="created_at currency due_on issued_on issuer kind net number paid_on problem state tax total",
        technical="id account_id agreement_id corrects_id hosted_url pdf_url stripe_invoice subscription_id synced_at",
    ),
    held("invoice_series", PLATFORM, "technical", plain="newest series"),
    held(
        "offer_agreement", ORGANISATION, "billing", closing=Closing.GONE,
        people="asked_by", names="decided_name", texts="note",
        plain="asked_at decided_at ends_on free interval offer quantity starts_on state", technical="id account_id",
    ),
    held(
        "sponsorship", ORGANISATION, "billing",
        people="answered_by invited_by",
        plain="answered_at ended_at ended_why ends_on invited_at network_name offer organisation_name state told_on",
        technical="id network_id organisation_id",
    ),
    held(
        "stripe_event", PLATFORM, "stripe",
        bytes_="payload", plain="attempts created error livemode note processed_at received_at type", technical="id",
    ),
    held("stripe_review", PLATFORM, "technical", plain="at error events_until mended subscriptions", technical="id"),
    held(
        "subscription", ORGANISATION, "billing", closing=Closing.GONE,
        secrets="action_url",
        plain="amount cancel_at cancel_at_period_end collection confirm_asked_at created_at ended_at interval method offer past_due_since "
        "period_end period_start quantity status trial_end",
        technical="id account_id item synced_at",
    ),
)  # fmt: skip
