"""Who signs a document, and whose logo and colour it bears: the organisation's, or a consultant's over a client's data."""

from dataclasses import replace
from uuid import UUID

from palier.foundation import files
from palier.foundation import store as shared
from palier.foundation.actor import Actor
from palier.foundation.permissions import Role
from palier.foundation.rights import Feature, entitled
from palier.network.store import firm_of, organisation_of
from palier.reports.rules.accent import DEFAULT_ACCENT
from palier.reports.rules.documents import Head, Issuer, Logo
from palier.reports.rules.letterheads import Letterhead, Look


async def letterhead_of(actor: Actor, shelf: files.Shelf, look: Look) -> tuple[Issuer, tuple[Head, ...]]:
    """Who signs, and the signs at the head where they are not the signer's alone.

    Call it inside `reading(actor)` or `transaction(actor)`. The colour of `look` has been checked.
    """
    own = await _organisation(actor, shelf)
    if actor.role is not Role.CONSULTANT:
        return _dressed(own, look, branded=entitled(actor, Feature.BRANDING)), ()
    firm = await _firm(actor)
    clients = look.letterhead is Letterhead.CLIENT
    issuer = replace(firm, accent=own.accent) if clients else firm
    branded = entitled(actor if clients else actor.person, Feature.BRANDING)
    return _dressed(issuer, look, branded=branded), _heads(firm, own, look)


def _dressed(issuer: Issuer, look: Look, *, branded: bool) -> Issuer:
    """The signer in the colour asked for, without a logo where none is wanted; in Palier's own where the offer holds none."""
    accent = look.accent or issuer.accent if branded else DEFAULT_ACCENT
    return replace(issuer, accent=accent, logo=issuer.logo if look.logos else None)


def _heads(firm: Issuer, client: Issuer, look: Look) -> tuple[Head, ...]:
    """A client without a logo has its name in the title already: it is not said twice."""
    first, second = Head(firm.name, firm.logo), Head(client.name, client.logo)
    match look.letterhead:
        case Letterhead.CLIENT:
            return (second if look.logos else Head(client.name),)
        case Letterhead.BOTH if look.logos and second.logo:
            return first, second
    return ()


async def _firm(actor: Actor) -> Issuer:
    """The consultant's firm; a consultant without one, or whose offer holds none, signs with their name."""
    firm = await firm_of(actor.person)
    if firm is None or not entitled(actor.person, Feature.PORTFOLIO):
        return Issuer(actor.person.name)
    shown = firm.logo if entitled(actor.person, Feature.BRANDING) else None
    logo = Logo(bytes(shown), firm.logo_media_type) if shown else None
    return Issuer(firm.name, actor.person.name, logo, firm.accent or DEFAULT_ACCENT)


async def _organisation(actor: Actor, shelf: files.Shelf) -> Issuer:
    row = await organisation_of(actor)
    logo = await _logo(row.logo_file_id, shelf) if entitled(actor, Feature.BRANDING) else None
    return Issuer(row.name, actor.person.name, logo, row.accent or DEFAULT_ACCENT)


async def _logo(file_id: UUID | None, shelf: files.Shelf) -> Logo | None:
    """The picture, unless its bytes are gone: a document without a logo is better than none."""
    file = await shared.StoredFile.get_or_none(id=file_id) if file_id else None
    if file is None:
        return None
    try:
        return Logo(await files.fetch(shelf, file), file.media_type)
    except files.FileGone:
        return None
