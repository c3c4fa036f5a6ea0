"""What an offer opens, as every room asks for it: `entitled(actor, Feature.…)` and `actor.rights.limit(Limit.…)`.

Which offer holds what stands in one file, `offers.yaml`; who holds which offer in one table, `entitlement`. Rights open
what is new, they never close what is there: reading and taking one's data away need none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Feature(StrEnum):
    """Something an offer may hold. `offers.yaml` says which does."""

    OWN_QUESTIONNAIRES = "own_questionnaires"
    """Bring and publish a questionnaire of one's own."""
    BENCHMARK = "benchmark"
    """Compare with the peers of a network, in editions published from now on."""
    ACTION_PLANS = "action_plans"
    """Make plans and actions, and change them."""
    MIRRORS = "mirrors"
    """Ask customers and staff by public links."""
    BRANDING = "branding"
    """One's own logo and colour on documents."""
    SINGLE_SIGN_ON = "single_sign_on"
    UNITS = "units"
    """Units rolled up, groups of a territory."""
    PORTFOLIO = "portfolio"
    """The consultant's: hand-overs, own name and templates on documents, the list as a file."""
    CAMPAIGNS = "campaigns"
    """A network's: launch campaigns, publish editions and bulletins."""


class Limit(StrEnum):
    """Something an offer counts. What is there beyond a limit stays; nothing is added."""

    SEATS = "seats"
    """People of an organisation: its members and the invitations that can still be accepted. Consultants do not count."""
    CLIENTS = "clients"
    """Mandates a consultant holds at one time."""
    PLACES = "places"
    """Organisations a network pays for."""


class Standing(StrEnum):
    """How rights are held at this moment."""

    OPEN = "open"
    """This installation sells nothing: everything, for everybody."""
    FREE = "free"
    TRIAL = "trial"
    FULL = "full"
    ENDING = "ending"
    """Full until a day that is known."""
    GRACE = "grace"
    """The time paid for is over; everything goes on until a day that is known."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do by their offer. `questionnaires` None: all of them; a limit that is absent: none."""

    offer: str
    standing: Standing
    features: frozenset[Feature]
    questionnaires: frozenset[str] | None = None
    limits: Mapping[Limit, int] = field(default_factory=dict, hash=False)
    source: str = ""
    """Where the offer named comes from: a value of `entitlements.rules.offers.Source`; empty without one."""
    until: datetime | None = None
    """When what is held now ends, where that is known."""

    def limit(self, limit: Limit) -> int | None:
        """How many; None when nobody counts."""
        return self.limits.get(limit)

    def opens(self, questionnaire: str) -> bool:
        """Whether a round may be started with it."""
        return self.questionnaires is None or questionnaire in self.questionnaires


EVERYTHING = Rights("", Standing.OPEN, frozenset(Feature))
"""What everybody holds where nothing is sold, and in every demonstration."""


class Holder(Protocol):
    """Whoever holds rights: an actor for an organisation, a network's staff, a person."""

    @property
    def rights(self) -> Rights: ...


def entitled(holder: Holder, feature: Feature | str) -> bool:
    """Whether the holder's offer holds `feature`: the one question every room asks, in Python and in templates."""
    return Feature(feature) in holder.rights.features


class NotSold(Exception):
    """The holder's offer does not hold this; the page says which does and who can change it. Nothing was changed."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(feature)
        self.feature = feature


class NotOpened(Exception):
    """The holder's offer opens no round with this questionnaire. Nothing was changed."""

    def __init__(self, questionnaire: str) -> None:
        super().__init__(questionnaire)
        self.questionnaire = questionnaire


def check_opens(holder: Holder, questionnaire: str) -> None:
    """Before a round is started. Raises NotOpened."""
    if not holder.rights.opens(questionnaire):
        raise NotOpened(questionnaire)


def check_sold(holder: Holder, feature: Feature) -> None:
    """For flows whose route cannot say it. Raises NotSold."""
    if not entitled(holder, feature):
        raise NotSold(feature)


def sold_with(feature: Feature) -> dict[str, Any]:
    """Route option: only where the offer of whom the address names holds `feature`. Added to another option:
    `opt=needs(Permission.EDIT_PLAN) | sold_with(Feature.ACTION_PLANS)`. Never on a page that only reads or exports."""
    return {"feature": feature}
