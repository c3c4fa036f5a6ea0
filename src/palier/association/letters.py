"""The texts of a campaign's messages: ours unless the staff wrote others, in the language in use, places filled in."""

from dataclasses import dataclass

from palier.association.rules.messages import Kind, filled
from palier.association.store import CampaignPlan
from palier.foundation.language import current, day
from palier.foundation.language import gettext as _
from palier.network.store import Organisation


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject of one line and a text."""

    subject: str
    text: str


def letter(plan: CampaignPlan, kind: Kind, network: str, organisation: Organisation, site: str) -> Letter:
    """The message to one member."""
    values = {
        "organisation": organisation.name, "network": network, "campaign": plan.name, "closes": day(plan.closes_on),
        "address": f"{site}/o/{organisation.slug}/assessments",
    }  # fmt: skip
    found = template_of(plan, kind)
    return Letter(" ".join(filled(found.subject, values).split()), filled(found.text, values))


def template_of(plan: CampaignPlan, kind: Kind) -> Letter:
    """The text with its places between braces, in the language in use."""
    written = plan.messages.get((Kind.REMINDER if kind is Kind.BY_HAND else kind).value, {}).get(current())
    return Letter(written["subject"], written["text"]) if written else usual(kind)


def usual(kind: Kind) -> Letter:
    """Our own text."""
    subjects = {
        Kind.OPENING: _("{network}: the campaign {campaign} is open"),
        Kind.REMINDER: _("{network}: your assessment for the campaign {campaign}"),
        Kind.LAST_DAYS: _("{network}: the campaign {campaign} closes on {closes}"),
        Kind.THANKS: _("{network}: {organisation} has submitted"),
    }
    paragraphs = {
        Kind.OPENING: (
            _("the campaign {campaign} of {network} is open. {organisation} can answer until {closes}:"), "{address}",
            _("Your answers and scores stay yours: the network’s staff see who takes part, nothing else."),
        ),
        Kind.REMINDER: (
            _("{organisation} has not submitted its assessment for the campaign {campaign} of {network} yet. "
              "The campaign closes on {closes}:"),
            "{address}", _("What you have answered is kept; you can go on where you stopped."),
        ),
        Kind.LAST_DAYS: (
            _("the campaign {campaign} of {network} closes on {closes}. {organisation} can still submit:"), "{address}",
            _("Who submits later waits for the next campaign."),
        ),
        Kind.THANKS: (
            _("{organisation} has submitted its assessment for the campaign {campaign} of {network}. "
              "The edition follows once the campaign has closed on {closes}."),
            _("Your results are here already:"), "{address}",
        ),
    }  # fmt: skip
    known = Kind.REMINDER if kind is Kind.BY_HAND else kind
    return Letter(subjects[known], "\n\n".join((_("Hello,"), *paragraphs[known])))
