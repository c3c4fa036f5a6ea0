"""Finding words in texts."""

import pytest

from palier.home.rules.matching import Hit, in_order, marked, matches, words_of


@pytest.mark.parametrize(("question", "text"), [
    ("reclamation", "Réclamations et incidents"), ("RÉCLAMATION", "reclamations"), ("incident réclam", "Réclamations et incidents"),
    ("oeuvre", "Mise en œuvre"), ("sx1.1.1", "SX1.1.1 Ambition"), ("l'écoute", "L’écoute combine"), ("écoute", "e\u0301coute"),
])  # fmt: skip
def test_accents_case_and_apostrophes_do_not_matter(question: str, text: str) -> None:
    assert matches(words_of(question), text)


@pytest.mark.parametrize(("question", "text"), [("", "anything"), ("  ", "anything"), ("cat dog", "a cat")])
def test_every_word_is_wanted_and_no_word_finds_nothing(question: str, text: str) -> None:
    assert not matches(words_of(question), text)


def test_a_code_comes_first_then_titles() -> None:
    hits = [Hit("Elsewhere", "/1"), Hit("About sx1.1", "/2"), Hit("Ambition", "/3", code="SX1.1")]
    assert [hit.address for hit in in_order(hits, words_of("SX1.1"))] == ["/3", "/2", "/1"]


def test_marks_keep_the_text_as_it_was() -> None:
    pieces = marked("Les réclamations, d’abord", words_of("reclam"))
    assert "".join(piece for piece, _ in pieces) == "Les réclamations, d’abord"
    assert [piece for piece, wanted in pieces if wanted] == ["réclamations"]
