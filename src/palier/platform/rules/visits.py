"""Where a visit is in its life."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from palier.network.rules.visiting import may_be_decided, may_begin


class VisitState(StrEnum):
    """From asked for to over."""

    WAITING = "waiting"
    """For an owner's word."""
    LAPSED = "lapsed"
    """Nobody answered, or nobody began it, in time."""
    REFUSED = "refused"
    AGREED = "agreed"
    """An owner agreed; it can begin."""
    LIVE = "live"
    OVER = "over"


class VisitFacts(Protocol):
    """What the life of a visit is read from."""

    asked_at: datetime
    decided_at: datetime | None
    refused_at: datetime | None
    opened_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None


def state_of(visit: VisitFacts, at: datetime) -> VisitState:
    """Where `visit` is at that moment."""
    if visit.refused_at:
        return VisitState.REFUSED
    if visit.opened_at and visit.ends_at:
        return VisitState.OVER if visit.ended_at or visit.ends_at <= at else VisitState.LIVE
    if visit.decided_at:
        return VisitState.AGREED if may_begin(visit.decided_at, at) else VisitState.LAPSED
    return VisitState.WAITING if may_be_decided(visit.asked_at, at) else VisitState.LAPSED
