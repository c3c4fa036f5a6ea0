"""People sign in at their organisation's provider: who gets in, as whom, and who does not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from palier.foundation import clock
from palier.foundation.database import only_reading
from palier.foundation.settings import Settings
from palier.single_sign_on.flows import owning
from palier.single_sign_on.rules.states import State
from tests.conftest import PASSWORD, Cast, plant_mandate
from tests.roles import as_the_worker
from tests.single_sign_on.name_servers import Names, name_server
from tests.single_sign_on.providers import staged_provider
from tests.single_sign_on.stage import SETTINGS, VALLEY, Story, address_in, story_of

ANNE = {"email": "anne.petit@exemple.fr", "email_verified": True, "name": "Anne Petit"}


@pytest.fixture(scope="module")
async def names() -> AsyncIterator[Names]:
    """One name server for the module, because the application is made for its port."""
    async with name_server() as names:
        yield names


@pytest.fixture
async def story(cast: Cast, settings: Settings, owner: Any, names: Names) -> AsyncIterator[Story]:
    names.texts, names.silent = {}, False
    with staged_provider(people={"anne": ANNE, "claire-there": {"email": "claire@exemple.fr"}}) as staged:
        await owner.execute("update person set locale = 'en'")
        yield story_of(settings, staged, names, cast, owner)


async def test_an_owner_sets_it_up_step_by_step_and_nothing_is_said_of_the_secret(
    story: Story, claire: Any
) -> None:
    async with story.browser(claire) as browser:
        early = await story.change(browser, "state", state="enforced")
        assert (early.status_code, "Describe your provider first" in early.text) == (422, True)
        assert (await story.describe(browser, issuer="https://10.0.0.1")).status_code == 422
        assert (await story.describe(browser, client_secret="")).status_code == 422
        assert (await story.describe(browser)).status_code == 303
        missing = (await story.change(browser, "state", state="enforced")).text
        assert all(word in missing for word in ("Try the connection", "mail domain", "spare key"))

        tried = await story.there_and_back(browser, await story.change(browser, "try"), "claire-there")
        assert "Nothing was changed" in tried.text
        assert "claire@exemple.fr" in tried.text
        assert await story.owner.fetchval("select count(*) from provider_identity") == 0

        assert (
            "Anybody can have an address there"
            in (await story.change(browser, "domains", domain="@Gmail.com")).text
        )
        for nonsense in ("localhost", "exemple", "10.0.0.1", "-a.fr", "a b.fr"):
            assert (await story.change(browser, "domains", domain=nonsense)).status_code == 422
        await story.change(browser, "domains", domain="anne@Exemple.fr")
        row = await story.owner.fetchrow("select * from sign_on_domain")
        look = f"domains/{row['id']}/look"
        assert "No proof was found" in (await story.change(browser, look)).text
        story.names.texts["_palier.exemple.fr"] = "palier-domain=something-else"
        assert "No proof was found" in (await story.change(browser, look)).text
        assert (await story.prove(browser)).status_code == 303
        assert (await story.change(browser, "state", state="enforced")).status_code == 422
        await story.choose_password(claire.person)
        await story.change(browser, "spare-keys", person=str(claire.person_id))
        assert (await story.change(browser, "state", state="enforced")).status_code == 303

        page = (await browser.get(SETTINGS)).status_code
        assert page == 403, "this very session began without the provider"
    stored = str(await story.owner.fetch("select * from identity_provider")) + str(
        await story.owner.fetch("select details from audit_entry")
    )
    assert "a secret with" not in stored
    verbs = await story.verbs()
    assert {
        "single_sign_on.provider_changed", "single_sign_on.tried", "single_sign_on.domain_named",
        "single_sign_on.domain_proved", "single_sign_on.spare_keys_changed", "single_sign_on.state_chosen",
    } <= set(verbs)  # fmt: skip
    details = await story.owner.fetchval(
        "select details from audit_entry where verb = 'single_sign_on.state_chosen'"
    )
    assert '"after": "enforced"' in details
    assert '"before": "off"' in details


async def test_a_domain_has_one_holder_and_a_mailed_code_proves_it_as_well(
    story: Story, claire: Any, nora: Any, sophie: Any
) -> None:
    async with story.browser(claire) as browser:
        assert (await story.prove(browser)).status_code == 303
    async with story.browser(nora) as browser:
        site = "/o/clinique-du-lac/settings/sign-on"
        await browser.send_form(f"{site}/domains", {"domain": "exemple.fr"})
        row = await story.owner.fetchrow(
            "select * from sign_on_domain where organisation_id = $1", nora.organisation_id
        )
        assert (
            await browser.send_form(f"{site}/domains/{row['id']}/mail", {"keeper": "postmaster"})
        ).status_code == 303
        letter = await story.owner.fetchrow("select * from mail where kind = 'domain_code'")
        assert letter["recipient"] == "postmaster@exemple.fr"
        code = next(line for line in letter["text"].splitlines() if len(line) == 10 and line.isupper())
        assert (
            await browser.send_form(f"{site}/domains/{row['id']}/code", {"code": "WRONGCODE2"})
        ).status_code == 422
        held = await browser.send_form(f"{site}/domains/{row['id']}/code", {"code": code.lower()})
        assert "Another organisation has proved this domain" in held.text
        mine = await story.owner.fetchval(
            "select id from sign_on_domain where organisation_id = $1", claire.organisation_id
        )
        assert (await browser.send_form(f"{site}/domains/{mine}/remove")).status_code == 404
    async with story.browser(claire) as browser:
        await story.change(browser, f"domains/{mine}/remove")
    async with story.browser(nora) as browser:
        assert (
            await browser.send_form(f"{site}/domains/{row['id']}/code", {"code": code})
        ).status_code == 303
    async with story.browser(sophie) as browser:
        assert (await browser.get(SETTINGS)).status_code == 403


async def test_a_newcomer_joins_by_a_proved_address_and_is_known_afterwards(story: Story, cast: Cast) -> None:
    await story.ready(role="reader")
    async with story.browser() as browser:
        left = await browser.send_form("/sso", {"email": "quelqu.un@exemple.fr", "next": VALLEY})
        assert address_in(left).startswith(story.staged.issuer)
        back = await story.there_and_back(browser, left, "anne")
        assert (back.status_code, back.headers["location"]) == (303, VALLEY)
        session = await story.session(browser)
        assert session is not None
        assert (session["method"], session["email"]) == ("provider", "anne.petit@exemple.fr")
        assert session["expires_at"] <= session["created_at"] + timedelta(hours=12, minutes=1)
        assert (await browser.get(VALLEY)).status_code == 200
        assert (await browser.get(f"{VALLEY}/people")).status_code == 200
    role = await story.owner.fetchval(
        "select m.role from membership m join person p on p.id = m.person_id where p.name = 'Anne Petit'"
    )
    assert role == "reader"

    story.staged.people["anne"] = ANNE | {
        "email": "anne.durand@exemple.fr"
    }  # married; the subject is what counts
    async with story.browser() as browser:
        await story.sign_on(browser, "anne")
        assert (await story.session(browser))["email"] == "anne.petit@exemple.fr"

    story.staged.people["successor"] = ANNE  # the address of one colleague given to the next
    async with story.browser() as browser:
        asked = await story.sign_on(browser, "successor")
        assert "Link your account" in asked.text
        assert await story.session(browser) is None


async def test_nobody_joins_whom_nobody_expects(story: Story, claire: Any) -> None:
    story.staged.proconnect = True
    await story.ready(preset="proconnect")
    anne = {
        "email": "anne.petit@exemple.fr",
        "given_name": "Anne",
        "usual_name": "Petit",
        "siret": "13002526500013",
    }
    story.staged.people["anne"] = anne
    async with story.browser() as browser:
        refused = await story.sign_on(browser, "anne")
        assert (refused.status_code, "nobody at Transports du Val has invited" in refused.text) == (403, True)
        assert await story.session(browser) is None
    async with story.browser(claire) as browser:
        await story.change(browser, "newcomers", role="owner")  # never
        assert await story.owner.fetchval("select newcomer_role from identity_provider") == ""
        await story.change(browser, "newcomers", role="contributor")
    await story.owner.execute(
        "update organisation set registration = '552081317' where slug = 'transports-du-val'"
    )
    async with story.browser() as browser:
        assert "another establishment" in (await story.sign_on(browser, "anne")).text
    await story.owner.execute(
        "update organisation set registration = '130025265' where slug = 'transports-du-val'"
    )
    async with story.browser() as browser:
        assert (await story.sign_on(browser, "anne")).status_code == 303
    story.staged.people["zoe"] = anne | {"email": "zoe@ailleurs.fr"}  # no proved domain
    async with story.browser() as browser:
        assert "Link your account" in (await story.sign_on(browser, "zoe")).text
    assert await story.owner.fetchval("select count(*) from person where email = 'zoe@ailleurs.fr'") == 0


async def test_an_answer_counts_once_in_the_browser_that_left_for_ten_minutes(story: Story) -> None:
    await story.ready(role="reader")
    async with story.browser() as browser, story.browser() as other:
        left = await browser.send_form("/sso/to/transports-du-val")
        address = story.way_back(left, "anne")
        for wrong in (
            address.replace("state=", "state=0"), address.replace("transports-du-val", "clinique-du-lac"),
        ):  # fmt: skip
            assert (await browser.get(wrong)).status_code in (400, 404)
        assert (await other.get(address)).status_code == 400
        assert await story.session(browser) is None

        left = await browser.send_form("/sso/to/transports-du-val")
        address = story.way_back(left, "anne")
        name, kept = next((one.name, one.value) for one in browser.cookies.jar if one.name.startswith("sso-"))
        assert (await browser.get(address)).status_code == 303
        browser.cookies.set(name, kept or "", domain="palier.test")
        assert (await browser.get(address)).status_code == 400, "a second time"

        left = await browser.send_form("/sso/to/transports-du-val")
        address = story.way_back(left, "anne")
        clock.freeze(clock.now() + timedelta(minutes=11))
        assert (await browser.get(address)).status_code == 400, "too late"
        clock.freeze(None)
        refused = address.partition("?")[0] + f"?error=access_denied&state={'a' * 64}"
        assert (await browser.get(refused)).status_code == 400


async def test_an_account_the_provider_does_not_vouch_for_is_linked_by_signing_in_to_it(
    story: Story, cast: Cast, malik: Any, nora: Any
) -> None:
    await story.ready()
    story.staged.people["malik-there"] = {"email": "malik@example.org", "email_verified": True}
    await story.choose_password(malik.person)
    async with story.browser() as browser:
        asked = await story.sign_on(browser, "malik-there")  # verified there, but example.org is not proved
        assert 'href="/signin?next=/sso/link"' in asked.text
        await browser.send_form(
            "/signin", {"email": "malik@example.org", "password": PASSWORD, "next": "/sso/link"}
        )
        assert "Comptes du Val" in (await browser.get("/sso/link")).text
        linked = await browser.send_form("/sso/link")
        assert linked.headers["location"] == VALLEY
        assert (await story.session(browser))["method"] == "provider"
        assert (await browser.send_form("/sso/link")).status_code == 400
    async with story.browser() as browser:
        assert (await story.sign_on(browser, "malik-there")).status_code == 303
        assert (await story.session(browser))["email"] == "malik@example.org"
    story.staged.people["nora-there"] = {"email": "nora@example.org", "email_verified": True}
    async with story.browser(nora) as browser:  # a stranger links nothing
        await story.sign_on(browser, "nora-there")
        assert (await browser.send_form("/sso/link")).status_code == 400
    assert await story.owner.fetchval("select count(*) from provider_identity") == 1


async def test_as_the_only_way_in_it_closes_passwords_and_links_and_says_the_same_to_everybody(
    story: Story, cast: Cast, claire: Any
) -> None:
    for key in ("claire", "malik"):
        await story.owner.execute(
            "update person set email = $2 where id = $1", cast.people[key].person_id, f"{key}@exemple.fr"
        )
        await story.choose_password(cast.people[key])
    await story.ready(State.ENFORCED)
    pages = set()
    async with story.browser() as browser:
        for email, password in (
            ("malik@exemple.fr", PASSWORD), ("malik@exemple.fr", "wrong wrong wrong"), ("nobody@exemple.fr", PASSWORD),
            ("claire@exemple.fr", "wrong wrong wrong"),
        ):  # fmt: skip
            answer = await browser.send_form("/signin", {"email": email, "password": password})
            pages.add((answer.status_code, answer.text))
        assert len(pages) == 1
        assert "signs in with its own provider" in pages.pop()[1]
        for email in ("malik@exemple.fr", "nobody@exemple.fr", "claire@exemple.fr"):
            assert (await browser.send_form("/signin/link", {"email": email})).status_code == 403
        assert await story.session(browser) is None
        entered = await browser.send_form("/signin", {"email": "claire@exemple.fr", "password": PASSWORD})
        assert entered.status_code == 303, "an owner with a spare key"


async def test_as_the_only_way_in_it_stands_before_members_and_is_unknown_to_strangers(
    story: Story, cast: Cast, malik: Any, nora: Any, claire: Any, sophie: Any
) -> None:
    await plant_mandate(claire, cast.people["hugo"])
    story.staged.people["malik-there"] = {"email": "malik@exemple.fr", "email_verified": True}
    await story.owner.execute("update person set email = 'malik@exemple.fr' where id = $1", malik.person_id)
    await story.owner.execute("update membership set role = 'owner' where person_id = $1", sophie.person_id)
    await story.ready(State.ENFORCED)
    async with story.browser(malik) as browser:
        for address in (VALLEY, f"{VALLEY}/assessments", f"{VALLEY}/people"):
            shut = await browser.get(address)
            assert (shut.status_code, "signs in with its own provider" in shut.text) == (403, True)
            assert "spare key" not in shut.text
        assert (await browser.send_form("/sso/spare/transports-du-val")).status_code == 404
        assert (await browser.get("/actions")).status_code == 200
        assert (await story.sign_on(browser, "malik-there")).status_code == 303
        assert (await browser.get(VALLEY)).status_code == 200
    async with story.browser(nora) as browser:
        assert (await browser.get(VALLEY)).status_code == 404
    async with story.browser(cast.people["hugo"]) as browser:
        assert (await browser.get(VALLEY)).status_code == 200
    async with story.browser(claire) as browser:
        assert "Use my spare key" in (await browser.get(VALLEY)).text
        assert (await browser.send_form("/sso/spare/transports-du-val")).status_code == 303
        assert (await browser.get(VALLEY)).status_code == 200
        kept = await story.change(browser, "spare-keys")
        assert "at least one owner keeps a spare key" in kept.text
        row = await story.owner.fetchval("select id from sign_on_domain")
        assert "one proved domain stays" in (await story.change(browser, f"domains/{row}/remove")).text
    letters = await story.owner.fetch("select recipient from mail where kind = 'spare_key_used'")
    assert [letter["recipient"] for letter in letters] == ["sophie@example.org"]
    assert (await story.verbs()).count("single_sign_on.spare_key_used") == 1
    async with story.browser(claire) as browser:  # a session of its own each time
        assert (await browser.get(VALLEY)).status_code == 403


async def test_a_spare_key_asks_for_the_second_factor_its_owner_has(story: Story, claire: Any) -> None:
    await story.ready(State.ENFORCED)
    await story.owner.execute(
        "insert into authenticator_app (id, person_id, secret, last_step, created_at, confirmed_at) "
        "values (gen_random_uuid(), $1, 'x', 0, now(), now())",
        claire.person_id,
    )
    async with story.browser(claire) as browser:
        assert "second factor" in (await browser.send_form("/sso/spare/transports-du-val")).text
        await story.owner.execute("update session set second_factor_at = now()")
        assert (await browser.send_form("/sso/spare/transports-du-val")).status_code == 303


async def test_a_provider_that_is_down_is_said_to_be_and_another_one_to_be_refused(story: Story) -> None:
    await story.ready(role="reader")
    async with story.browser() as browser:
        left = await browser.send_form("/sso/to/transports-du-val")
        address = story.way_back(left, "anne")
        story.staged.forge = lambda claims: claims | {"aud": "somebody-else"}
        assert (await browser.get(address)).status_code == 403
        assert await story.session(browser) is None
        await story.owner.execute("update identity_provider set issuer = 'http://127.0.0.1:1'")
        away = await browser.send_form("/sso/to/transports-du-val")
        assert (away.status_code, "does not answer" in away.text, "spare key" in away.text) == (
            503,
            True,
            True,
        )
        assert (await browser.get("/sso/clinique-du-lac")).status_code == 404
        assert (await browser.get("/sso/transports-du-val")).status_code == 200
        assert (await browser.send_form("/sso", {"email": "a@inconnu.fr"})).status_code == 422


async def test_somebody_proves_once_more_who_they_are_and_nobody_else_does_it_for_them(story: Story) -> None:
    await story.ready(role="reader")
    story.staged.people["zoe"] = {"email": "zoe@exemple.fr", "email_verified": True}
    async with story.browser() as browser:
        await story.sign_on(browser, "anne")
        await story.owner.execute("update session set proved_at = now() - interval '1 hour'")
        page = await browser.get("/sso/again?next=/account")
        assert "Comptes du Val" in page.text
        left = await browser.send_form("/sso/again", {"next": "/account"})
        assert "prompt=login" in address_in(left)
        assert (await story.there_and_back(browser, left, "zoe")).status_code == 403
        left = await browser.send_form("/sso/again", {"next": "/account"})
        story.staged.forge = lambda claims: claims | {"auth_time": claims["iat"] - 3600}
        assert (await story.there_and_back(browser, left, "anne")).status_code == 403
        story.staged.forge = lambda claims: claims
        left = await browser.send_form("/sso/again", {"next": "/account"})
        back = await story.there_and_back(browser, left, "anne")
        assert back.headers["location"] == "/account"
        session = await story.session(browser)
        assert session["proved_at"] > clock.now() - timedelta(minutes=1)


async def test_proconnect_is_left_before_it_is_asked_again_and_signing_out_goes_by_it_too(
    story: Story,
) -> None:
    story.staged.proconnect = True
    await story.ready(role="reader", preset="proconnect")
    async with story.browser() as browser:
        await story.sign_on(browser, "anne")
        out = address_in(await browser.send_form("/sso/again", {"next": "/account"}))
        assert out.startswith(f"{story.staged.issuer}/logout?id_token_hint=")
        state = out.rpartition("state=")[2]
        there = await browser.get(f"/sso/back?state={state}")
        assert (await story.there_and_back(browser, there, "anne")).headers["location"] == "/account"
        out = address_in(await browser.send_form("/sso/out"))
        assert "post_logout_redirect_uri=http%3A%2F%2Fpalier.test%2Fsso%2Fleft" in out
        assert await story.owner.fetchval("select count(*) from provider_session") == 0
        assert (await browser.get("/home")).status_code == 303
        assert (await browser.get("/sso/left")).headers["location"] == "/signin"


async def test_a_proof_by_dns_renews_itself_and_one_that_is_gone_ends_after_a_warning(
    story: Story, claire: Any, settings: Settings
) -> None:
    async with story.browser(claire) as browser:
        await story.prove(browser)
    known = replace(settings, name_server=f"127.0.0.1:{story.names.port}")

    async def round_at(interval: str) -> Any:
        await story.owner.execute(f"update sign_on_domain set proved_until = now() + interval '{interval}'")
        async with as_the_worker(settings):
            await owning.look_at_all(known)
        return await story.owner.fetchval("select proved_until from sign_on_domain")

    only_reading.set(False)
    assert await round_at("6 days 1 hour") > clock.now() + timedelta(days=360)
    story.names.texts.clear()
    assert await round_at("6 days 1 hour") < clock.now() + timedelta(days=7)
    assert await round_at("-1 hour") is None
    kinds = {row["kind"] for row in await story.owner.fetch("select kind from mail")}
    assert {"proof_ends", "proof_ended"} <= kinds
