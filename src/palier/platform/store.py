"""Who runs the installation, and their visits to organisations."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class PlatformStaff(Model):
    """A person on the platform's staff, from `since` until `removed_at`. Written by `palier staff` alone."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.ForeignKeyField("palier.Person", related_name="platform_posts")
    person_id: UUID
    since = fields.DatetimeField()
    granted_by = fields.CharField(max_length=120)  # who was signed in to the server
    note = fields.CharField(max_length=300, default="")
    removed_at = fields.DatetimeField(null=True)
    removed_by = fields.CharField(max_length=120, default="")

    class Meta:
        table = table_description = "platform_staff"


class StaffPresence(Model):
    """When a session last opened a page of the platform's staff."""

    session_id = fields.UUIDField(primary_key=True)
    seen_at = fields.DatetimeField()

    class Meta:
        table = table_description = "staff_presence"


class Visit(Model):
    """Read-only access of somebody of the platform's staff to one organisation, with a reason, for an hour at most."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="visits")
    organisation_id: UUID
    person_id = fields.UUIDField()
    person_name = fields.CharField(max_length=120)
    reason = fields.CharField(max_length=500)
    ticket = fields.CharField(max_length=60, default="")
    approval = fields.BooleanField()  # whether an owner had to agree
    asked_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_name = fields.CharField(max_length=120, default="")  # the owner who agreed or refused
    refused_at = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_name = fields.CharField(max_length=120, default="")  # empty: by itself

    class Meta:
        table = table_description = "visit"
        indexes = (("organisation_id", "asked_at"), ("person_id", "ends_at"))


class VisitChoice(Model):
    """Whether an organisation wants to agree to each visit first."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.OneToOneField("palier.Organisation", related_name="visit_choice")
    organisation_id: UUID
    approval = fields.BooleanField()
    changed_by = fields.UUIDField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = table_description = "visit_choice"


class FactorRemoval(Model):
    """Second factors to be taken away from somebody who lost them, a day after the staff asked, unless they stop it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.ForeignKeyField("palier.Person", related_name="factor_removals")
    person_id: UUID
    asked_by = fields.UUIDField()
    asked_name = fields.CharField(max_length=120)
    reason = fields.CharField(max_length=500)
    fingerprint = fields.CharField(max_length=64, unique=True)  # of the link that stops it
    asked_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    stopped_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "factor_removal"
