"""The file of offers, read once and checked whole."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from palier.entitlements.rules.offers import Interval, Kind, Offer, Offers, Price
from palier.foundation.rights import Feature, Limit
from palier.foundation.settings import ROOT
from palier.questionnaires.catalogue import versions

FILE = ROOT / "offers.yaml"

COUNTED = {Kind.ORGANISATION: Limit.SEATS, Kind.PERSON: Limit.CLIENTS, Kind.NETWORK: Limit.PLACES}
"""What is counted of each kind of holder."""

_Positive = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_LANGUAGES = {"fr", "en"}


class BadOffers(ValueError):
    """The file cannot be used; the message says where and why."""


class _Price(msgspec.Struct, forbid_unknown_fields=True):
    year: _Positive
    month: _Positive
    included: _Positive
    further: dict[Interval, _Positive]


class _Offer(msgspec.Struct, forbid_unknown_fields=True, rename={"kind": "for"}):
    kind: Kind
    name: dict[str, str]
    about: dict[str, str]
    holds: list[Feature]
    counts: dict[Limit, _Positive]
    questionnaires: list[str] | str = "all"
    members: bool = False
    price: _Price | None = None
    gives: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    currency: str
    trial_days: _Positive
    grace_days: _Positive
    offers: dict[str, _Offer]


@cache
def offers_in(path: Path = FILE) -> Offers:
    """The offers of a file. Raises BadOffers, naming file, place and reason."""
    try:
        file = msgspec.convert(yaml.safe_load(path.read_text()), _File)
    except OSError as error:
        raise BadOffers(f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadOffers(f"{path.name}: {error}") from None
    every = {key: _offer(key, rank, row) for rank, (key, row) in enumerate(file.offers.items())}
    if fault := next(_faults(file, every), ""):
        raise BadOffers(f"{path.name}: {fault}")
    return Offers(every, file.currency, file.trial_days, file.grace_days)


def _offer(key: str, rank: int, row: _Offer) -> Offer:
    counted = COUNTED[row.kind]
    prices = {interval: _price(row.price, interval) for interval in Interval} if row.price else {}
    codes = None if row.questionnaires == "all" else frozenset(row.questionnaires)
    return Offer(
        key, rank, row.kind, row.name, row.about, frozenset(row.holds), codes, counted, row.counts.get(counted, 0), prices,
        row.members, row.gives,
    )  # fmt: skip


def _price(row: _Price, interval: Interval) -> Price:
    euros = row.year if interval is Interval.YEAR else row.month
    return Price(euros * 100, row.included, row.further.get(interval, 0) * 100)


def _faults(file: _File, every: dict[str, Offer]) -> Iterator[str]:
    for key, row in file.offers.items():
        place = f"offers.{key}"
        if set(row.counts) != {COUNTED[row.kind]}:
            yield f"{place}.counts: {COUNTED[row.kind]} and nothing else is counted for {row.kind}"
        if _LANGUAGES - set(row.name) or _LANGUAGES - set(row.about):
            yield f"{place}: name and about are needed in {' and '.join(sorted(_LANGUAGES))}"
        if isinstance(row.questionnaires, str) and row.questionnaires != "all":
            yield f"{place}.questionnaires: all, or a list of codes"
        if unknown := [code for code in sorted(every[key].questionnaires or ()) if not versions(code)]:
            yield f"{place}.questionnaires: nobody knows {', '.join(unknown)}"
        if row.price and row.price.included != row.counts.get(COUNTED[row.kind]):
            yield f"{place}.price.included: the same number as in counts"
        if row.gives and (row.gives not in every or every[row.gives].kind is not Kind.ORGANISATION):
            yield f"{place}.gives: names an offer for organisations"
    for kind in Kind:
        if not any(offer.kind is kind and offer.free for offer in every.values()):
            yield f"offers: one without a price is needed for {kind}"
