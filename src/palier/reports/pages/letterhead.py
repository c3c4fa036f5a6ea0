"""The letterhead of a document as a form sends it: `reports/_letterhead.html`."""

from collections.abc import Mapping
from dataclasses import dataclass

from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, Role
from palier.network.pages.settling import colour_error
from palier.network.rules.colour import nearest_readable
from palier.network.store import firm_of
from palier.reports.rules.letterheads import Letterhead, Look

CHOSEN = "yes"


@dataclass(frozen=True, slots=True)
class Signs:
    """What can be chosen, as the form's macros take it; no letterheads where there is but one's own. `settings` is where
    the logo and the colour are kept, empty for those who may not change them."""

    letterheads: list[tuple[str, str]]
    settings: str


def from_form(raw: Mapping[str, str]) -> tuple[Look, dict[str, str]]:
    """How the form's fields sign the document, and what is wrong by field, in words.

    Fields: `letterhead`, `no-logos` = "yes", `accent`. A field that is not there is as if nobody had touched it.
    """
    errors: dict[str, str] = {}
    accent = raw.get("accent", "").lower()
    if said := colour_error(accent):
        errors["accent"], accent = said, ""
    wanted = raw.get("letterhead", "") or Letterhead.BOTH.value
    if wanted not in [each.value for each in Letterhead]:
        errors["letterhead"], wanted = _("This value cannot be used here"), Letterhead.BOTH.value
    return Look(Letterhead(wanted), raw.get("no-logos") != CHOSEN, accent), errors


def proposal(raw: Mapping[str, str]) -> str:
    """The colour to propose in place of one that is refused for its contrast; empty where none is."""
    return nearest_readable(raw.get("accent", "").lower())


async def choices(actor: Actor) -> Signs:
    """Every choice of the form, in the language in use."""
    if actor.role is not Role.CONSULTANT:
        allowed = actor.may(Permission.MANAGE_ORGANISATION)
        return Signs([], f"/o/{actor.organisation.slug}/settings#look-h" if allowed else "")
    async with reading(actor):
        firm = await firm_of(actor.person)
    names = {"firm": firm.name if firm else actor.person.name, "client": actor.organisation.name}
    return Signs(
        [
            (Letterhead.BOTH, _("%(firm)s, with the logo of %(client)s") % names),
            (Letterhead.FIRM, _("%(firm)s alone") % names),
            (Letterhead.CLIENT, _("%(client)s, prepared by %(firm)s") % names),
        ],
        "/portfolio/firm",
    )
