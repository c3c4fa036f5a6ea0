"""The file of offers: what it says, and what is said where it cannot be used."""

from pathlib import Path

import pytest
import yaml

from palier.entitlements.catalogue import FILE, BadOffers, offers_in
from palier.entitlements.rules.offers import Interval, Kind
from palier.entitlements.wording import feature_names
from palier.foundation.rights import Feature


def changed(tmp_path: Path, change: object) -> Path:
    data = yaml.safe_load(FILE.read_text())
    change(data)  # type: ignore[operator]
    path = tmp_path / "other.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def set_in(*path: str, value: object) -> object:
    def change(data: dict[str, object]) -> None:
        for key in path[:-1]:
            data = data[key]  # type: ignore[assignment]
        data[path[-1]] = value

    return change


def drop(*path: str) -> object:
    def change(data: dict[str, object]) -> None:
        for key in path[:-1]:
            data = data[key]  # type: ignore[assignment]
        del data[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_in("offers", "flash", "holds", value=["nothing_known"]), "holds"),
        (set_in("offers", "flash", "counts", value={"clients": 3}), "offers.flash.counts: seats"),
        (set_in("offers", "flash", "counts", value={"seats": -1}), "counts"),
        (set_in("offers", "flash", "questionnaires", value="some"), "offers.flash.questionnaires: all, or"),
        (set_in("offers", "flash", "questionnaires", value=["XX"]), "offers.flash.questionnaires: nobody knows XX"),
        (drop("offers", "member", "name", "en"), "offers.member: name and about"),
        (set_in("offers", "member", "price", "included", value=9), "offers.member.price.included"),
        (set_in("offers", "network", "gives", value="circle"), "offers.network.gives"),
        (set_in("offers", "network", "gives", value="nobody"), "offers.network.gives"),
        (set_in("offers", "member", "discount", value=10), "discount"),
        (drop("offers", "flash"), "one without a price is needed for organisation"),
        (drop("grace_days"), "grace_days"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_the_place_and_the_reason(tmp_path: Path, change: object, said: str) -> None:  # fmt: skip
    with pytest.raises(BadOffers, match=said) as refused:
        offers_in(changed(tmp_path, change))
    assert "other.yaml" in str(refused.value)


def test_a_file_that_is_not_there_or_is_no_yaml_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadOffers, match="cannot be read"):
        offers_in(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_text("offers: [")
    with pytest.raises(BadOffers, match=r"odd\.yaml"):
        offers_in(tmp_path / "odd.yaml")


def test_every_feature_has_a_name_and_is_in_an_offer_somebody_can_buy() -> None:
    assert set(feature_names()) == set(Feature)
    offers = offers_in()
    sold = [offer for kind in Kind for offer in offers.sold_to(kind)]
    assert frozenset().union(*(offer.features for offer in sold)) == set(Feature)


def test_what_a_quantity_costs_is_the_base_and_each_one_beyond_what_is_included() -> None:
    offers = offers_in()
    price = offers.every["member"].prices[Interval.YEAR]
    assert [price.of(count) for count in (0, 1, 10, 11, 25)] == [90_000, 90_000, 90_000, 96_000, 180_000]
    assert offers.priced("palier_member_year") == (offers.every["member"], Interval.YEAR)
    assert offers.priced("palier_member_week") is None


def test_each_kind_has_one_free_offer_first_and_something_to_buy() -> None:
    offers = offers_in()
    for kind in Kind:
        assert offers.free_for(kind).free
        assert offers.sold_to(kind)
        assert all(not offer.free for offer in offers.sold_to(kind))
