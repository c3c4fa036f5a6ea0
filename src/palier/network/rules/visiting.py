"""When the platform's staff may work, and how long a visit to an organisation lasts (docs/operations.md#running-the-platform)."""

from datetime import datetime, timedelta

PROOF, IDLE = timedelta(hours=12), timedelta(minutes=30)
"""A second factor is asked for again after so long, or after so long without a page of the staff. SQL says twelve hours too."""

LASTS = timedelta(minutes=60)
"""A visit ends by itself."""

ANSWERED_WITHIN, STARTED_WITHIN = timedelta(hours=72), timedelta(hours=24)
"""How long an owner may agree to a visit, and how long after that it can be begun."""

SHORTEST_REASON, LONGEST_REASON, LONGEST_TICKET = 10, 500, 60
"""Characters: a reason is a sentence somebody can be asked about."""


def proof_stands(second_factor_at: datetime | None, on_duty_at: datetime, at: datetime) -> bool:
    """Whether somebody who last showed a second factor then, and last opened a page of the staff then, may go on."""
    if second_factor_at is None or at - second_factor_at > PROOF:
        return False
    return at - max(second_factor_at, on_duty_at) <= IDLE


def may_be_decided(asked_at: datetime, at: datetime) -> bool:
    """Whether an owner may still agree to a visit asked for then."""
    return at - asked_at <= ANSWERED_WITHIN


def may_begin(decided_at: datetime, at: datetime) -> bool:
    """Whether a visit an owner agreed to then may still begin."""
    return at - decided_at <= STARTED_WITHIN
