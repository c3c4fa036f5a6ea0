"""What the audit trail's facts are called, and how their values are told."""

import ast
from collections.abc import Iterator

import pytest

from palier.foundation.language import speaking
from palier.privacy.trail_facts import labels
from palier.privacy.trail_wording import _WITHHELD, Piece, told
from tests.privacy.test_trail_coverage import SOURCES, tree

SIDES = {"before", "after", "changes"}


def _recorded() -> Iterator[str]:
    """The name of every fact that is given to the trail by name."""
    for source in SOURCES:
        for node in ast.walk(tree(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield from (one.arg for one in node.keywords if one.arg)


def test_every_fact_has_a_name() -> None:
    with speaking("fr"):
        assert set(_recorded()) - SIDES - _WITHHELD <= set(labels())


@pytest.mark.parametrize(
    ("verb", "details", "label", "before", "after"),
    [
        ("network.role_changed", {"before": "reader", "after": "lead"}, "Valeur", "Lecteur", "Pilote de l’évaluation"),
        ("conversations.comment_changed", {"before": "bien", "after": "link"}, "Valeur", "bien", "link"),
        ("assessments.answered", {"before": {"state": "blank"}, "after": {"state": "dk"}}, "État", "Sans réponse", "Je ne sais pas encore"),
        ("network.hand_over_accepted", {"before": "proposed", "after": "accepted"}, "Valeur", "Proposée", "Acceptée"),
        (
            "structures.territory_founded", {"before": None, "after": {"kind": "living_area"}}, "Type", "–",
            "Bassin de vie ou d’emploi",
        ),
    ],
)  # fmt: skip
def test_machine_words_become_words(verb, details, label, before, after) -> None:
    with speaking("fr"):
        (change,) = told(verb, details).changes
        assert (change.label, change.before, change.after) == (
            Piece(label),
            (Piece(before),),
            (Piece(after),),
        )


def test_what_only_machines_read_is_told_as_code() -> None:
    with speaking("fr"):
        found = told(
            "mirrors.opened",
            {"themes": ["time", "moments"], "audiences": ["staff"], "unheard_of": "some_word"},
        )
        assert found.facts == [
            (Piece("Thèmes"), (Piece("time", code=True), Piece(", "), Piece("moments", code=True))),
            (Piece("Publics"), (Piece("Équipes"),)),
            (Piece("unheard_of", code=True), (Piece("some_word", code=True),)),
        ]


def test_texts_keep_their_language_and_filters_their_names() -> None:
    with speaking("fr"):
        found = told("practices.lever_written", {"title": {"fr": "Écouter", "en": "Listen"}})
        assert found.facts[0][1][-1] == Piece("Listen", locale="en")
        asked = told("privacy.trail_exported", {"filters": [["q", "attente"], ["room", "network"]]})
        assert (
            "".join(piece.text for piece in asked.facts[0][1])
            == "Texte: attente; Type d’acte: Personnes et organisation"
        )


def test_a_long_value_is_cut() -> None:
    with speaking("en"):
        ((_label, value),) = told("team.asked", {"codes": ["SX1.2.3"] * 200}).facts
        assert sum(len(piece.text) for piece in value) <= 601
        assert value[-1].text.endswith("…")
