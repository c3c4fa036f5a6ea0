"""What the invented networks must be: believable, the same every time, and a case of every rule of the benchmark."""

from collections import Counter

import pytest

from palier.benchmarks.flows.editions import as_rows, as_seats
from palier.benchmarks.rules.edition import Edition, rebuild
from palier.benchmarks.rules.thresholds import is_sensitive
from palier.demo.networks import ROUNDS
from palier.demo.rules.answers import answers
from palier.demo.rules.members import LARGE, SMALL, Member, members
from palier.demo.seeding import LARGE_NETWORK, SMALL_NETWORK
from palier.questionnaires.catalogue import latest
from tests.demo.conftest import Look
from tests.demonstration import Demonstration

VALLEY = "transports-du-val"


def invented() -> list[tuple[str, Member]]:
    """Every member but Transports du Val, with the questionnaire of its network."""
    large = [("SX", one) for one in members(LARGE, "palier large")]
    return large + [("FL", one) for one in members(SMALL, "palier small")]


def last_edition(look: Look, slug: str) -> Edition:
    row = look.rows(
        "select e.* from edition e join network n on n.id = e.network_id where n.slug = %(slug)s order by published_on desc limit 1", slug=slug
    )[0]  # fmt: skip
    rows = look.rows(
        "select cohort, variable, n_band, p10, q1, median, q3, p90, batches from release_row where edition_id = %(id)s",
        id=row["id"],
    )
    seats = look.rows(
        "select batch, organisation_id, legal_group, attributes from batch_member where edition_id = %(id)s",
        id=row["id"],
    )
    return rebuild(
        as_rows(one | {"batches": tuple(one["batches"])} for one in rows),
        as_seats(seats),
        k=row["k"],
        priority=row["priority"],
    )


# --- rules ----------------------------------------------------------------------------------------------------------


def test_members_and_answers_are_the_same_every_time() -> None:
    assert members(LARGE, "palier large") == members(LARGE, "palier large")
    one = members(LARGE, "palier large")[7]
    drawn = [answers(latest("SX"), one.maturity, one.slug, 0.4) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != answers(latest("SX"), one.maturity, "somebody-else", 0.4)


def test_names_and_addresses_are_unlike_each_other() -> None:
    every = [one for _, one in invented()]
    assert len({one.slug for one in every}) == len({one.name for one in every}) == len(every)


def test_only_the_small_network_holds_banks_and_public_hospitals() -> None:
    def careful(one: Member) -> bool:
        return is_sensitive({"family": one.family, "sector": one.sector, "legal_kind": one.legal_kind})

    assert not any(careful(one) for one in members(LARGE, "palier large"))
    assert any(careful(one) for one in members(SMALL, "palier small"))


@pytest.mark.parametrize("code", ["SX", "FL"])
def test_answers_spread_and_grow(code: str) -> None:
    every = members(LARGE if code == "SX" else SMALL, "palier large" if code == "SX" else "palier small")
    levels = Counter(
        given.level for one in every for given in answers(latest(code), one.maturity, one.slug) if given.level
    )  # fmt: skip
    total = sum(levels.values())
    assert set(levels) == {1, 2, 3, 4, 5}
    assert max(levels.values()) < total / 2
    first, later = [
        sum(given.level or 0 for one in every for given in answers(latest(code), one.maturity, one.slug, one.progress * turn)) for turn in (0, 2)
    ]  # fmt: skip
    assert later > first


# --- what was planted -------------------------------------------------------------------------------------------------


def test_the_networks_are_as_large_as_promised(look: Look) -> None:
    sizes = {
        row["slug"]: (row["members"], row["k"])
        for row in look.rows(
            "select n.slug, n.k, count(*) as members from network n join network_member m on m.network_id = n.id group by n.slug, n.k"
        )
    }
    assert sizes == {LARGE_NETWORK: (160, 5), SMALL_NETWORK: (24, 8)}
    assert look.one("select bool_and(fictive) from network")
    families = look.one(
        "select count(distinct o.family) from organisation o join network_member m on m.organisation_id = o.id join network n on n.id = m.network_id where n.slug = %(slug)s",
        slug=LARGE_NETWORK,
    )
    sectors = look.one(
        "select count(distinct o.sector) from organisation o join network_member m on m.organisation_id = o.id join network n on n.id = m.network_id where n.slug = %(slug)s",
        slug=LARGE_NETWORK,
    )
    countries = look.one(
        "select count(distinct o.country) from organisation o join network_member m on m.organisation_id = o.id join network n on n.id = m.network_id where n.slug = %(slug)s",
        slug=LARGE_NETWORK,
    )
    assert (families, sectors, countries) == (4, 8, 3)


def test_three_editions_each_and_about_140_contributions_in_the_last(look: Look) -> None:
    editions = look.rows(
        "select n.slug, e.questionnaire as asked, count(*) as n from edition e join network n on n.id = e.network_id group by 1, 2"
    )
    assert {(row["slug"], row["asked"]): row["n"] for row in editions} == {
        (LARGE_NETWORK, "SX"): ROUNDS, (SMALL_NETWORK, "FL"): ROUNDS, (LARGE_NETWORK, "P6"): 2,
    }  # fmt: skip
    last = look.one(
        "select count(*) from contribution c join campaign a on a.id = c.campaign_id join network n on n.id = a.network_id where n.slug = %(slug)s and a.questionnaire = 'SX' and a.closes_on < current_date group by a.closes_on order by a.closes_on desc limit 1",
        slug=LARGE_NETWORK,
    )
    assert 130 <= int(str(last)) <= 150
    kept = "select count(*) from contribution c join campaign a on a.id = c.campaign_id where c.scores is not null and a.closes_on"
    published = "and exists (select from edition e where e.campaign_id = a.id)"
    assert look.one(f"{kept} < current_date {published}") == 0, "published campaigns forget the scores"
    assert int(str(look.one(f"{kept} >= current_date"))) > 15, "the running campaign has begun"


def test_the_answers_stored_are_the_answers_the_rules_draw(look: Look) -> None:
    stored: dict[tuple[str, str], dict[str, tuple[str, int | None, str]]] = {}
    for row in look.rows(
        "select o.slug, s.name, a.code, a.state, a.level, a.evidence_grade from answer a join assessment s on s.id = a.assessment_id join organisation o on o.id = s.organisation_id where s.state = 'submitted' and s.questionnaire <> 'P6'"
    ):
        stored.setdefault((row["slug"], row["name"]), {})[row["code"]] = (
            row["state"],
            row["level"],
            row["evidence_grade"],
        )
    names = sorted({name for _, name in stored})
    for code, one in invented():
        for turn, name in enumerate(names[:ROUNDS]):
            drawn = answers(latest(code), one.maturity, one.slug, one.progress * turn)
            wanted = (
                {given.code: (given.state.value, given.level, given.grade.value) for given in drawn}
                if one.takes_part[turn]
                else None
            )
            assert stored.get((one.slug, name)) == wanted, (one.slug, name)


def test_the_six_pillars_stand_side_by_side_in_the_families_of_the_large_network(look: Look) -> None:
    shown = look.rows(
        "select distinct r.cohort from release_row r join edition e on e.id = r.edition_id "
        "where e.questionnaire = 'P6' and r.variable = 'P65' and r.median is not null and r.cohort like 'family=%%'"
    )
    assert len({row["cohort"] for row in shown if "&" not in row["cohort"]}) >= 3


def test_a_draft_an_erratum_with_its_corrections_and_a_bulletin_stand_there(look: Look) -> None:
    assert look.one("select count(*) from draft_row") > 0
    assert look.one("select count(*) from edition_draft where set_aside_at is null and campaign_id not in (select campaign_id from edition)") == 1  # fmt: skip
    assert look.one("select count(*) from edition where corrects_id is not null") == 1
    assert int(str(look.one("select count(*) from correction"))) >= 5
    assert look.one("select count(*) from bulletin where state = 'done'") == 1


def test_every_rung_of_the_ladder_answers_for_somebody(look: Look) -> None:
    edition = last_edition(look, LARGE_NETWORK)
    assert edition.k == 5
    answered = Counter()
    for seat in edition.seats:
        natural = {name: seat.attributes[name] for name in ("sector", "size", "country")}
        cohort = edition.standing(seat.member, natural).cohort
        answered[tuple(sorted(cohort)) if cohort is not None else None] += 1
    answered[tuple(sorted(edition.standing("x", {"country": "LU"}).cohort or {}))] += 1
    assert {("country", "sector", "size"), ("sector", "size"), ("sector",), ("family",), ()} <= set(answered)


def test_some_cohorts_are_hidden_and_one_is_wide(look: Look) -> None:
    edition = last_edition(look, LARGE_NETWORK)
    attributes = [seat.attributes for seat in edition.seats]
    asked = {(("sector", one["sector"]), ("size", one["size"])) for one in attributes}
    hidden = [cohort for cohort in asked if edition.standing("x", dict(cohort)).cohort != dict(cohort)]
    assert len(hidden) >= 2
    assert edition.standing("x", {"sector": "distance_selling"}).cohort == {"family": "commerce"}
    transport = edition.standing("x", {"family": "transport"})
    assert transport.cohort == {"family": "transport"}
    assert transport.figures["total"].n == "40-79"
    assert transport.figures["total"].p90 is not None


def test_the_small_network_is_careful(look: Look) -> None:
    edition = last_edition(look, SMALL_NETWORK)
    assert edition.k == 8
    assert min(Counter(seat.batch for seat in edition.seats).values()) >= 8


def test_the_director_has_work_to_do(look: Look) -> None:
    assert (
        look.one(
            "select count(*) from answer a join assessment s on s.id = a.assessment_id join organisation o on o.id = s.organisation_id where o.slug = %(slug)s and s.state = 'draft' and s.mode = 'together'",
            slug=VALLEY,
        )
        == 22
    )
    actions = look.rows(
        "select status, due_on < current_date and status <> 'done' as late from action a join organisation o on o.id = a.organisation_id join action_plan p on p.id = a.plan_id where o.slug = %(slug)s and p.created_at > now() - interval '310 days'",
        slug=VALLEY,
    )
    assert Counter(row["status"] for row in actions) == {"done": 2, "in_progress": 3, "planned": 3}
    assert sum(row["late"] for row in actions) == 1
    assert look.one("select count(*) from mandate where revoked_at is null and ends_on >= current_date") == 4


def test_last_years_plan_was_finished_between_two_rounds(look: Look) -> None:
    """So that what it aimed at can be set beside what the next round showed."""
    assert (
        look.one(
            "select count(*) from action a join action_plan p on p.id = a.plan_id join organisation o on o.id = a.organisation_id "
            "join assessment b on b.id = p.assessment_id join assessment s on s.organisation_id = o.id and s.questionnaire = 'SX' "
            "where o.slug = %(slug)s and a.done_at > b.submitted_at and a.done_at < s.submitted_at and s.opens_on > b.opens_on "
            "and s.submitted_at < b.submitted_at + interval '14 months'",
            slug=VALLEY,
        )
        == 5
    )


def test_the_record_of_every_organisation_is_whole(look: Look) -> None:
    assert (
        look.one(
            "select count(*) from (select chain, count(*) n, max(seq) last from audit_entry group by chain having count(*) <> max(seq)) gaps"
        )
        == 0
    )
    assert (
        look.one(
            "select count(*) from answer a where not exists (select from answer_event e where e.assessment_id = a.assessment_id and e.code = a.code)"
        )
        == 0
    )


def test_passwords_are_this_installations_own(site: Demonstration) -> None:
    assert len(set(site.passwords.values())) == 5
    assert all(password.startswith("demo-") for password in site.passwords.values())
