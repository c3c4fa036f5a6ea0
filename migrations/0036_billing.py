"""Billing: entitlements, payers, subscriptions, events, agreements, places, invoices."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.billing.rules.states import (
    AgreementState,
    CheckoutState,
    Collection,
    InvoiceKind,
    InvoiceState,
    Issuer,
    SponsorshipState,
)
from palier.entitlements.rules.offers import Interval, Source
from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0035_privacy")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BillingAccount",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField(null=True, unique=True)),
                ("network_id", fields.UUIDField(null=True, unique=True)),
                ("person_id", fields.UUIDField(null=True, unique=True)),
                ("stripe_customer", fields.CharField(null=True, unique=True, max_length=64)),
                ("legal_name", fields.CharField(default="", max_length=160)),
                ("email", fields.CharField(default="", max_length=254)),
                ("address_line1", fields.CharField(default="", max_length=160)),
                ("address_line2", fields.CharField(default="", max_length=160)),
                ("postal_code", fields.CharField(default="", max_length=20)),
                ("city", fields.CharField(default="", max_length=120)),
                ("country", fields.CharField(default="FR", max_length=2)),
                ("public_body", fields.BooleanField(default=False)),
                ("siret", fields.CharField(default="", max_length=14)),
                ("vat_number", fields.CharField(default="", max_length=20)),
                ("service_code", fields.CharField(default="", max_length=100)),
                ("commitment_number", fields.CharField(default="", max_length=50)),
                ("order_number", fields.CharField(default="", max_length=50)),
                ("locale", fields.CharField(default="fr", max_length=10)),
                ("trial_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("disputed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "billing_account",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "billing_account",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BillingNotice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "palier.BillingAccount",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="notices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField(null=True)),
                ("kind", fields.CharField(max_length=40)),
                ("about", fields.CharField(max_length=100)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "billing_notice",
                "app": "palier",
                "unique_together": (("kind", "about"),),
                "pk_attr": "id",
                "table_description": "billing_notice",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Checkout",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "palier.BillingAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="checkouts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("offer", fields.CharField(max_length=40)),
                (
                    "interval",
                    fields.CharEnumField(
                        description="YEAR: year\nMONTH: month", enum_type=Interval, max_length=10
                    ),
                ),
                ("quantity", fields.IntField()),
                ("trial", fields.BooleanField(default=False)),
                (
                    "collection",
                    fields.CharEnumField(
                        default=Collection.CHARGE,
                        description="CHARGE: charge_automatically\nINVOICE: send_invoice",
                        enum_type=Collection,
                        max_length=24,
                    ),
                ),
                ("stripe_session", fields.CharField(null=True, unique=True, max_length=100)),
                ("subscription_id", fields.CharField(default="", max_length=64)),
                ("url", fields.TextField(default="", unique=False)),
                (
                    "state",
                    fields.CharEnumField(
                        default=CheckoutState.OPEN,
                        description="OPEN: open\nPAID: paid\nPENDING: pending\nEXPIRED: expired\nFAILED: failed",
                        enum_type=CheckoutState,
                        max_length=10,
                    ),
                ),
                ("begun_by", fields.UUIDField()),
                ("begun_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "checkout", "app": "palier", "pk_attr": "id", "table_description": "checkout"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Entitlement",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField(null=True)),
                ("network_id", fields.UUIDField(null=True)),
                ("person_id", fields.UUIDField(null=True)),
                ("offer", fields.CharField(max_length=40)),
                ("quantity", fields.IntField(null=True)),
                (
                    "source",
                    fields.CharEnumField(
                        description="STRIPE: stripe\nSPONSOR: sponsor\nMANUAL: manual\nTRIAL: trial\nFREE: free",
                        enum_type=Source,
                        max_length=10,
                    ),
                ),
                ("source_ref", fields.CharField(max_length=80)),
                ("valid_from", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("valid_to", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("grace_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("updated_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
            ],
            options={
                "table": "entitlement",
                "app": "palier",
                "unique_together": (("source", "source_ref"),),
                "pk_attr": "id",
                "table_description": "entitlement",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Invoice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "palier.BillingAccount",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="invoices",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "issuer",
                    fields.CharEnumField(
                        description="STRIPE: stripe\nPALIER: palier", enum_type=Issuer, max_length=10
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        default=InvoiceKind.INVOICE,
                        description="INVOICE: invoice\nCREDIT_NOTE: credit_note",
                        enum_type=InvoiceKind,
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="DRAFT: draft\nOPEN: open\nPAID: paid\nVOID: void\nUNCOLLECTIBLE: uncollectible",
                        enum_type=InvoiceState,
                        max_length=14,
                    ),
                ),
                ("number", fields.CharField(default="", max_length=60)),
                ("stripe_invoice", fields.CharField(null=True, unique=True, max_length=64)),
                ("subscription_id", fields.CharField(default="", max_length=64)),
                ("agreement_id", fields.UUIDField(null=True)),
                ("corrects_id", fields.UUIDField(null=True)),
                ("issued_on", fields.DateField(null=True)),
                ("due_on", fields.DateField(null=True)),
                ("paid_on", fields.DateField(null=True)),
                ("paid_reference", fields.CharField(default="", max_length=80)),
                ("currency", fields.CharField(default="EUR", max_length=3)),
                ("net", fields.IntField(default=0)),
                ("tax", fields.IntField(default=0)),
                ("total", fields.IntField(default=0)),
                ("hosted_url", fields.TextField(default="", unique=False)),
                ("pdf_url", fields.TextField(default="", unique=False)),
                ("problem", fields.CharField(default="", max_length=60)),
                (
                    "content",
                    fields.JSONField(
                        null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("synced_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "invoice", "app": "palier", "pk_attr": "id", "table_description": "invoice"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InvoiceSeries",
            fields=[
                ("series", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=20)),
                ("newest", fields.IntField(default=0)),
            ],
            options={
                "table": "invoice_series",
                "app": "palier",
                "pk_attr": "series",
                "table_description": "invoice_series",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OfferAgreement",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "palier.BillingAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="agreements",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("offer", fields.CharField(max_length=40)),
                (
                    "interval",
                    fields.CharEnumField(
                        description="YEAR: year\nMONTH: month", enum_type=Interval, max_length=10
                    ),
                ),
                ("quantity", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        default=AgreementState.ASKED,
                        description="ASKED: asked\nACTIVE: active\nREFUSED: refused\nWITHDRAWN: withdrawn\nENDED: ended",
                        enum_type=AgreementState,
                        max_length=10,
                    ),
                ),
                ("free", fields.BooleanField(default=False)),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("note", fields.CharField(default="", max_length=300)),
                ("asked_by", fields.UUIDField(null=True)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("decided_name", fields.CharField(default="", max_length=120)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "offer_agreement",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "offer_agreement",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Sponsorship",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("network_id", fields.UUIDField()),
                ("network_name", fields.CharField(max_length=160)),
                ("organisation_id", fields.UUIDField()),
                ("organisation_name", fields.CharField(max_length=160)),
                ("offer", fields.CharField(max_length=40)),
                (
                    "state",
                    fields.CharEnumField(
                        default=SponsorshipState.INVITED,
                        description="INVITED: invited\nACTIVE: active\nDECLINED: declined\nWITHDRAWN: withdrawn\nENDED: ended",
                        enum_type=SponsorshipState,
                        max_length=10,
                    ),
                ),
                ("invited_by", fields.UUIDField()),
                ("invited_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("answered_by", fields.UUIDField(null=True)),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ends_on", fields.DateField(null=True)),
                ("told_on", fields.DateField(null=True)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_why", fields.CharField(default="", max_length=20)),
            ],
            options={
                "table": "sponsorship",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "sponsorship",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StripeEvent",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=80)),
                ("type", fields.CharField(max_length=80)),
                ("created", fields.BigIntField()),
                ("livemode", fields.BooleanField()),
                ("payload", fields.BinaryField()),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("processed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("error", fields.CharField(default="", max_length=300)),
                ("note", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "stripe_event",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "stripe_event",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StripeReview",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("events_until", fields.BigIntField(default=0)),
                ("subscriptions", fields.IntField(default=0)),
                ("mended", fields.IntField(default=0)),
                ("error", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "stripe_review",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "stripe_review",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Subscription",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "palier.BillingAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="subscriptions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("item", fields.CharField(max_length=64)),
                ("offer", fields.CharField(max_length=40)),
                (
                    "interval",
                    fields.CharEnumField(
                        description="YEAR: year\nMONTH: month", enum_type=Interval, max_length=10
                    ),
                ),
                ("quantity", fields.IntField()),
                ("status", fields.CharField(max_length=24)),
                (
                    "collection",
                    fields.CharEnumField(
                        description="CHARGE: charge_automatically\nINVOICE: send_invoice",
                        enum_type=Collection,
                        max_length=24,
                    ),
                ),
                ("period_start", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("period_end", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("trial_end", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("cancel_at_period_end", fields.BooleanField(default=False)),
                ("cancel_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("past_due_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("method", fields.CharField(default="", max_length=60)),
                ("action_url", fields.TextField(default="", unique=False)),
                ("confirm_asked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("amount", fields.IntField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("synced_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "subscription",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "subscription",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0036_billing.sql").read_text(), reverse_sql="select 1"),
    ]
