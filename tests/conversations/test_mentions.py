"""Who is called in a text, and who is not."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.conversations.rules.mentions import calls_in, composed, parts_of

MALIK, ELOISE, ELOISE_TWO, JEAN, ANNE = (UUID(int=n) for n in range(1, 6))
PEOPLE = {
    MALIK: "Malik Ouali", ELOISE: "Éloïse Petit", ELOISE_TWO: "Éloïse Petitjean", JEAN: "Jean-Luc D’Arc", ANNE: "Anne",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Malik Ouali, tu regardes ?", [MALIK]),
        ("vu avec @malik ouali.", [MALIK]),
        ("@Malik", [MALIK]),
        ("(@malik)", [MALIK]),
        ("@MALIK\u00a0OUALI", [MALIK]),
        ("@Malik\nOuali", [MALIK]),
        ("@Malikou", []),
        ("malik@ouali.fr, claire@malik", []),
        ("@Eloise Petit", [ELOISE]),
        ("@Éloïse Petitjean et @anne", [ELOISE_TWO, ANNE]),
        ("@Éloïse", []),
        ("@Jean-Luc D’Arc", [JEAN]),
        ("@jean-luc", [JEAN]),
        ("@@malik", [MALIK]),
        ("@", []),
        ("@ malik", []),
        ("@malik@anne", [MALIK]),
        ("@Personne", []),
    ],
)
def test_a_name_calls_one_person_or_nobody(text: str, called: list[UUID]) -> None:
    assert [call.person for call in calls_in(composed(text), PEOPLE)] == called


def test_decomposed_letters_call_as_well() -> None:
    assert [c.person for c in calls_in(composed("@E\u0301loi\u0308se Petit"), PEOPLE)] == [ELOISE]


def test_the_calls_are_set_off_and_the_rest_is_as_it_was() -> None:
    parts = parts_of("Vu par @Malik <b>hier</b>", PEOPLE)
    assert [(part.text, part.called) for part in parts] == [
        ("Vu par ", False), ("@Malik", True), (" <b>hier</b>", False),
    ]  # fmt: skip


@given(st.text(), st.lists(st.text(max_size=12), max_size=5))
def test_whatever_is_typed_no_letter_is_lost(text: str, names: list[str]) -> None:
    people = {UUID(int=n): name for n, name in enumerate(names)}
    kept = composed(text + "@" + "@".join(names))
    assert "".join(part.text for part in parts_of(kept, people)) == kept
