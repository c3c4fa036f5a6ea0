"""The pages of places: a network offers, an owner answers, and nobody pays twice without having said so."""

import asyncpg
import pytest

from palier.billing.flows import place_answering
from palier.billing.payers import payer_of
from palier.foundation.actor import Actor, Person
from palier.foundation.identifiers import new_id
from palier.foundation.language import day
from tests.billing.counter import Tables, at_stripe, bought
from tests.billing.selling import Selling
from tests.billing.sponsors import OFFERS, Stand, houses, stand
from tests.billing.stripe_peer.world import Trouble
from tests.conftest import Browser, Cast

NET = "/n/excellence/billing/places"


@pytest.fixture
async def members(claire: Actor) -> list[Actor]:
    return [claire, *await houses(2)]


@pytest.fixture
async def excellence(owner: asyncpg.Connection, cast: Cast, members: list[Actor]) -> Stand:
    """Two places for three members."""
    return await stand(owner, cast.people["ines"], members)


@pytest.fixture
def ines(cast: Cast) -> Person:
    return cast.people["ines"]


async def test_who_pays_already_is_asked_what_becomes_of_it_and_pays_once(
    selling: Selling, excellence: Stand, claire: Actor, ines: Person, owner: asyncpg.Connection
) -> None:
    subscription = await bought(selling, payer_of(claire))
    async with selling.visit(ines) as staff:
        page = await staff.get(NET)
        assert page.status_code == 200
        assert "0 sur 2 places" in page.text
        answer = await staff.send_form(NET, {"op": str(new_id()), "member": str(claire.organisation_id)})
        assert answer.status_code == 303
    place = (await Tables(owner).one("sponsorship"))["id"]
    here = f"/o/transports-du-val/billing/place/{place}"
    until = day((await Tables(owner).one("subscription"))["period_end"])
    async with selling.visit(claire) as browser:
        overview = (await browser.get("/o/transports-du-val/billing")).text
        assert here in overview
        page = await browser.get(here)
        for said in (until, "n’est pas remboursé", 'value="yes" checked', "aucune réponse, aucun score"):
            assert said in page.text, said
        answer = await browser.send_form(f"{here}/accept", {"cancel": "yes"})
        assert answer.status_code == 303
        assert f"prend fin le {until}" in (await browser.get(here)).text
    assert at_stripe(selling, subscription)["cancel_at_period_end"] is True
    assert await Tables(owner).held() == [
        ("manual", "network"),
        ("sponsor", "member"),
        ("stripe", "organisation"),
    ]
    async with selling.visit(ines) as staff:
        assert (await staff.send_form(f"{NET}/{place}/end", {"when": "month"})).status_code == 303
        assert "Faire continuer" in (await staff.get(NET)).text
    async with selling.visit(claire) as browser:
        assert "Faire continuer notre abonnement" in (await browser.get(here)).text
        assert (await browser.send_form(f"{here}/resume")).status_code == 303
    assert at_stripe(selling, subscription)["cancel_at_period_end"] is False


async def test_who_keeps_both_is_told_and_a_cancellation_that_failed_is_not_hushed_up(
    selling: Selling, excellence: Stand, members: list[Actor]
) -> None:
    for number, trouble in ((0, False), (1, True)):
        member = members[number]
        subscription = await bought(selling, payer_of(member))
        place = await excellence.offer(member)
        here = f"/o/{member.organisation.slug}/billing/place/{place}"
        async with selling.visit(member) as browser:
            if trouble:
                selling.in_trouble(*[Trouble.UNAVAILABLE] * 9)
            answer = await browser.send_form(f"{here}/accept", {"cancel": "yes"} if trouble else {})
            assert answer.status_code == 303
            selling.world.troubles.clear()
            page = (await browser.get(here)).text
            assert ("n’a pas pu être résilié et continue d’être facturé" in page) is trouble
            assert "Votre propre abonnement continue" in page
        assert at_stripe(selling, subscription)["cancel_at_period_end"] is False
        assert await excellence.state(place) == "active"


async def test_every_refusal_says_what_was_not_done(
    selling: Selling, excellence: Stand, members: list[Actor], ines: Person
) -> None:
    everybody = [str(one.organisation_id) for one in members]
    async with selling.visit(ines) as staff:
        nobody = await staff.send_form(NET, {"op": str(new_id())})
        assert (nobody.status_code, "Choisissez au moins un adhérent" in nobody.text) == (422, True)
        token = staff.cookies["csrftoken"]
        many = await staff.post(NET, data={"_csrf_token": token, "op": str(new_id()), "member": everybody})
        assert many.status_code == 422
        assert "Seules 2 places sont libres" in many.text
        assert many.text.count(" checked") == 3, "what was ticked stays ticked"
        assert (await staff.get(f"{NET}?pick=all")).text.count(" checked") == 2
        found = await staff.get(f"{NET}?q=regie+1")
        assert "Régie 1" in found.text
        assert "Régie 0" not in found.text
        assert (await staff.send_form(NET, {"op": "x", "member": str(new_id())})).status_code == 422
        place = await excellence.give(members[1])
        assert (await staff.send_form(f"{NET}/{place}/end")).status_code == 422
        assert (await staff.get(f"{NET}/{place}/end")).status_code == 200
        for act in ("withdraw", "keep"):
            assert (await staff.send_form(f"{NET}/{place}/{act}")).status_code == 303
            assert "Rien n’a été fait" in (await staff.get(NET)).text
    await excellence.set("quantity", 1)
    here = f"/o/{members[1].organisation.slug}/billing/place/{place}"
    async with selling.visit(members[1]) as browser:
        for act in ("decline", "accept"):
            assert (await browser.send_form(f"{here}/{act}")).status_code == 303
        assert (await browser.send_form(f"{here}/leave")).status_code == 422
        assert (await browser.send_form(f"{here}/leave", {"understood": "yes"})).status_code == 303
        assert (await browser.send_form(f"{here}/leave", {"understood": "yes"})).status_code == 303
        assert "Toutes vos données restent" in (await browser.get(here)).text
    place = await excellence.offer(members[0])
    await excellence.set("quantity", 0)
    here = f"/o/{members[0].organisation.slug}/billing/place/{place}"
    async with selling.visit(members[0]) as browser:
        full = await browser.send_form(f"{here}/accept")
        assert (full.status_code, "n’a pas de place libre" in full.text) == (422, True)
    async with selling.visit(ines) as staff:
        assert "1 place de plus est prise" in (await staff.get(NET)).text


async def test_a_place_has_no_page_for_anybody_else(
    selling: Selling, excellence: Stand, members: list[Actor], claire: Actor, malik: Actor, nora: Actor, cast: Cast,
    owner: asyncpg.Connection, visit: Browser,
) -> None:  # fmt: skip
    place = await excellence.offer(claire)
    await stand(owner, cast.people["hugo"], [nora], slug="cercle")
    tails = ("", "/accept", "/decline", "/leave", "/resume")
    others = (
        (nora, f"/o/clinique-du-lac/billing/place/{place}", 404), (nora, f"/o/transports-du-val/billing/place/{place}", 404),
        (malik, f"/o/transports-du-val/billing/place/{place}", 403), (members[1], f"/o/regie-0/billing/place/{place}", 404),
    )  # fmt: skip
    for who, address, code in others:
        async with selling.visit(who) as browser:
            for tail in tails:
                answer = await (
                    browser.send_form(address + tail, {"understood": "yes"}) if tail else browser.get(address)
                )
                assert answer.status_code == code, f"{who.person.name} {tail}"
    async with selling.visit(cast.people["hugo"]) as stranger:
        assert "Transports du Val" not in (await stranger.get("/n/cercle/billing/places")).text
        for net in ("cercle", "excellence"):
            for tail in ("end", "withdraw", "keep"):
                answer = await stranger.send_form(f"/n/{net}/billing/places/{place}/{tail}", {"when": "now"})
                assert answer.status_code == 404, f"{net} {tail}"
    assert await excellence.state(place) == "invited"
    await place_answering.accept(claire, place, OFFERS)
    async with visit(cast.people["ines"]) as where_nothing_is_sold:
        page = await where_nothing_is_sold.get(NET)
        assert "Rien n’est vendu ici" in page.text
        assert "Transports du Val" not in page.text
