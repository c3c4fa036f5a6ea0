"""What several entitlements come to, whatever they are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from palier.entitlements.catalogue import offers_in
from palier.entitlements.rules.offers import Kind, Source
from palier.entitlements.rules.resolving import Held, rights_from
from palier.foundation.rights import Rights, Standing

OFFERS = offers_in()
START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = some.sampled_from(sorted(OFFERS.every))
KINDS = some.sampled_from([*Kind])
HOURS = some.integers(min_value=-2000, max_value=2000)


def moments() -> some.SearchStrategy[datetime]:
    return HOURS.map(lambda hours: START + timedelta(hours=hours))


@some.composite
def helds(draw: some.DrawFn, names: some.SearchStrategy[str] | None = None) -> Held:
    since = draw(moments())
    until = draw(some.none() | some.integers(0, 3000).map(lambda hours: since + timedelta(hours=hours)))
    grace = (
        draw(some.none() | some.integers(0, 500).map(lambda hours: until + timedelta(hours=hours)))
        if until
        else None
    )
    return Held(
        draw(KEYS if names is None else names), draw(some.sampled_from([*Source])),
        draw(some.none() | some.integers(0, 200)), since, until, grace,
    )  # fmt: skip


def rights(held: list[Held], kind: Kind, at: datetime) -> Rights:
    return rights_from(held, kind, OFFERS, at)


def no_worse(one: Rights, other: Rights) -> bool:
    """Whether `one` opens at least what `other` does."""
    questionnaires = one.questionnaires is None or (
        other.questionnaires is not None and one.questionnaires >= other.questionnaires
    )
    counts = all(one.limits[limit] >= most for limit, most in other.limits.items())
    return one.features >= other.features and questionnaires and counts


@given(some.lists(helds(), max_size=4), helds(), KINDS, moments())
def test_nobody_is_worse_off_for_holding_one_more(
    held: list[Held], more: Held, kind: Kind, at: datetime
) -> None:
    assert no_worse(rights([*held, more], kind, at), rights(held, kind, at))


@given(some.lists(helds(), max_size=4), KINDS, moments())
def test_everybody_has_at_least_the_free_offer_of_their_kind(
    held: list[Held], kind: Kind, at: datetime
) -> None:
    assert no_worse(rights(held, kind, at), rights([], kind, at))


@given(some.lists(helds(), max_size=4), KINDS)
def test_after_the_last_end_only_the_free_offer_is_left(held: list[Held], kind: Kind) -> None:
    ended = [one for one in held if one.last is not None]
    after = max((one.last for one in ended if one.last), default=START)
    found = rights(ended, kind, after)
    assert found == rights([], kind, after)
    assert (found.offer, found.standing) == (OFFERS.free_for(kind).key, Standing.FREE)


@given(helds(), KINDS, moments(), some.integers(0, 1000))
def test_a_grace_takes_nothing_away_and_a_longer_one_less(
    held: Held, kind: Kind, at: datetime, hours: int
) -> None:
    if held.valid_to is None:
        return
    without = Held(held.offer, held.source, held.quantity, held.valid_from, held.valid_to)
    longer = (held.grace_until or held.valid_to) + timedelta(hours=hours)
    more = Held(held.offer, held.source, held.quantity, held.valid_from, held.valid_to, longer)
    assert no_worse(rights([held], kind, at), rights([without], kind, at))
    assert no_worse(rights([more], kind, at), rights([held], kind, at))


@given(some.lists(helds(), max_size=3), helds(some.text(max_size=12).filter(lambda key: key not in OFFERS.every)), KINDS, moments())  # fmt: skip
def test_an_offer_the_file_no_longer_has_changes_nothing(
    held: list[Held], gone: Held, kind: Kind, at: datetime
) -> None:
    assert rights([*held, gone], kind, at) == rights(held, kind, at)


@given(some.lists(helds(), max_size=4), KINDS, moments(), some.randoms())
def test_the_order_in_which_they_stand_says_nothing_of_what_is_open(held: list[Held], kind: Kind, at: datetime, random: object) -> None:  # fmt: skip
    shuffled = sorted(held, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = rights(held, kind, at), rights(shuffled, kind, at)
    assert no_worse(one, other)
    assert no_worse(other, one)
    assert one.offer == other.offer


@given(helds(), KINDS, moments())
def test_what_is_sold_to_one_kind_opens_nothing_to_another(held: Held, kind: Kind, at: datetime) -> None:
    if OFFERS.every[held.offer].kind is not kind:
        assert rights([held], kind, at) == rights([], kind, at)


def test_each_moment_of_a_subscription_that_failed_has_its_standing() -> None:
    end, grace = START + timedelta(days=365), START + timedelta(days=379)
    held = [Held("member", Source.STRIPE, None, START, end, grace)]
    standings = {
        START - timedelta(seconds=1): Standing.FREE,
        START: Standing.ENDING,
        end - timedelta(seconds=1): Standing.ENDING,
        end: Standing.GRACE,
        grace - timedelta(seconds=1): Standing.GRACE,
        grace: Standing.FREE,
    }
    assert {at: rights(held, Kind.ORGANISATION, at).standing for at in standings} == standings


def test_the_last_offer_of_the_file_counts_and_of_equals_the_one_that_is_firmest() -> None:
    own = Held("member", Source.STRIPE, 12, START)
    place = Held("member", Source.SPONSOR, None, START, START + timedelta(days=9))
    more = Held("organisation", Source.TRIAL, None, START, START + timedelta(days=9))
    found = rights([place, own], Kind.ORGANISATION, START)
    assert (found.offer, found.standing, found.source, found.until) == (
        "member",
        Standing.FULL,
        Source.STRIPE,
        None,
    )
    found = rights([place, own, more], Kind.ORGANISATION, START)
    assert (found.offer, found.standing, found.until) == ("organisation", Standing.TRIAL, more.valid_to)
