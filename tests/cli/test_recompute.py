"""`palier recompute` over the seeded demonstration: nothing differs; whatever is tampered with is found."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest

from palier.foundation.settings import ROOT
from palier.questionnaires.building import questionnaire_from
from palier.scoring.rules import score
from palier.scoring.rules.recomputing import Difference, differences
from palier.scoring.rules.record import result_hash, to_plain
from tests.demonstration import Demonstration, copied, create_database

pytestmark = pytest.mark.database

ROUND = "transports-du-val/sx-2025"


@pytest.fixture(scope="module")
def site(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    with copied(seeded, "recomputed", tmp_path_factory.mktemp("recomputed")) as site:
        yield site


def recompute(site: Demonstration, *words: str) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "palier", "recompute", *words]
    done = subprocess.run(
        command, env=site.environment(), cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def tampered(site: Demonstration) -> Iterator[Callable[..., tuple[int, list[str]]]]:
    """`tampered(sql, ...)`: what the command says while rows are changed behind its back; undone afterwards."""
    with psycopg.connect(site.url, user=site.administrator) as connection:
        before = connection.execute("select id, result, result_hash from assessment").fetchall()
        kept = connection.execute("select hash, content from used_definition").fetchall()

    def change(*statements: str) -> None:
        with psycopg.connect(site.url, user=site.administrator) as connection:
            connection.execute("set session_replication_role = replica")
            for statement in statements:
                assert connection.execute(statement).rowcount == 1, statement

    def run(*statements: str) -> tuple[int, list[str]]:
        change(*statements)
        return recompute(site)

    yield run
    with psycopg.connect(site.url, user=site.administrator) as connection, connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        rows = [(psycopg.types.json.Jsonb(row[1]) if row[1] else None, row[2], row[0]) for row in before]
        cursor.executemany("update assessment set result = %s, result_hash = %s where id = %s", rows)
        cursor.executemany(
            "update used_definition set content = %s where hash = %s",
            [(psycopg.types.json.Jsonb(content), key) for key, content in kept],
        )


WHERE = "from organisation o where o.id = a.organisation_id and o.slug = 'transports-du-val' and a.slug = 'sx-2025'"


def test_every_result_of_the_demonstration_is_identical(site):
    status, told = recompute(site, "--all")
    assert status == 0
    with psycopg.connect(site.url, user=site.administrator) as connection:
        stored = connection.execute("select count(*) from assessment where result is not null").fetchone()[0]
    assert told == [f"{stored} results recomputed, 0 differ"]
    assert stored > 100


def test_a_figure_changed_behind_its_back_is_found_at_its_node(tampered):
    path = "{total,children,0,children,0,score}"
    status, told = tampered(
        f"update assessment a set result = jsonb_set(a.result, '{path}', '\"99\"') {WHERE}"
    )
    assert status == 1
    (difference, count) = told
    assert re.fullmatch(rf"{ROUND}: SX1\.1 score: stored 99, recomputed [0-9/]+", difference)
    assert count.endswith("results recomputed, 1 differ")


@pytest.mark.long
def test_an_answer_nobody_could_give_is_told_with_the_reason(tampered):
    path = "{total,children,0,children,0,children,0,answer,grade}"
    status, told = tampered(
        f"update assessment a set result = jsonb_set(a.result, '{path}', '\"hearsay\"') {WHERE}"
    )
    assert status == 1
    assert told[0].startswith(
        f"{ROUND}: record: stored something else, recomputed nothing (SX1.1.1: 'hearsay'"
    )


@pytest.mark.long
def test_a_hash_changed_behind_its_back_is_found(tampered):
    status, told = tampered(f"update assessment a set result_hash = repeat('0', 64) {WHERE}")
    assert status == 1
    assert told[0].startswith(f"{ROUND}: hash: stored {'0' * 64}, recomputed ")


@pytest.mark.long
def test_a_definition_changed_behind_its_back_is_found_with_every_result_under_it(tampered, site):
    used = f"(select a.definition_hash from assessment a, lateral (select 1 {WHERE}) as one)"
    status, told = tampered(
        f"update used_definition set content = jsonb_set(content, '{{minutes}}', '1') where hash = {used}"
    )
    assert status == 1
    line = re.compile(r"(\S+/sx-\S+): definition: stored \w{64}, recomputed \w{64}")
    places = {line.fullmatch(one)[1] for one in told[:-1]}
    assert ROUND in places
    assert told[-1].endswith(f"results recomputed, {len(places)} differ")


def test_a_database_without_tables_is_told_so(site):
    empty = Demonstration(create_database(site.url, f"empty_{os.getpid()}"), site.data_directory, {})
    command = [sys.executable, "-m", "palier", "recompute"]
    done = subprocess.run(
        command, env=empty.environment(), cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "palier recompute: this database is not at the current schema: palier migrate\n"


@pytest.mark.long
def test_afterwards_nothing_differs_again(site):
    assert recompute(site)[0] == 0


# --- without a database ----------------------------------------------------------------------------------------------

ONE = {
    "dimensions": [
        {
            "code": "D",
            "elements": [
                {
                    "code": "E",
                    "criteria": [
                        {"code": "a", "answer": {"kind": "nps"}},
                        {"code": "b", "shown_if": [{"criterion": "a", "level": 4}]},
                        {"code": "c"},
                    ],
                }
            ],
        },
        {"code": "F", "elements": [{"code": "G", "criteria": [{"code": "d"}]}]},
    ]
}


@pytest.mark.parametrize("scope", [(), ("D",)])
@pytest.mark.parametrize("promoters", [0, 9])
def test_values_conditions_and_scope_come_back_from_the_tree(scope, promoters):
    asked = questionnaire_from(ONE)
    counts = {"promoters": promoters, "passives": 1, "detractors": 1}
    answers = {"a": {"value": counts}, "b": 50, "c": {"state": "na", "reason": "Claire"}, "d": 75}
    result = score(asked, answers, scope)
    stored = to_plain(result)
    assert differences(asked, stored, result_hash(result)) == []
    stored["balance"] = "1/7"
    assert [str(one) for one in differences(asked, stored, result_hash(result))] == [
        f"balance: stored 1/7, recomputed {to_plain(result)['balance'] or 'null'}"
    ]


def test_erased_words_are_no_difference_and_a_lost_branch_is():
    asked = questionnaire_from(ONE)
    result = score(asked, {"a": 50, "c": {"state": "na", "reason": "Claire"}, "d": 75})
    stored = to_plain(result)
    stored["total"]["children"][0]["children"][0]["children"][2]["answer"]["reason"] = "erased"
    assert differences(asked, stored, result_hash(result)) == []
    del stored["total"]["children"][1]["children"]
    assert differences(asked, stored, result_hash(result))[0].node == "record"
    stored["total"]["children"][1]["children"] = []
    found = differences(asked, stored, result_hash(result))
    assert Difference("F", "children", "0", "1") in found
