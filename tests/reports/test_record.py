"""What is kept of a document is all of it."""

import json
from fractions import Fraction

import pytest

from palier.reports.rules.record import from_plain, to_plain
from tests.reports.test_pages import DOCUMENTS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_comes_back_as_it_was_written(name):
    document, _ = DOCUMENTS[name]()
    stored = json.dumps(to_plain(document))
    again = from_plain(json.loads(stored))
    assert again == document
    assert json.dumps(to_plain(again)) == stored


def test_fractions_moments_and_pictures_stay_exact():
    document, _ = DOCUMENTS["results-fr"]()
    again = from_plain(json.loads(json.dumps(to_plain(document))))
    assert isinstance(again.headline.score, Fraction)
    assert again.cover.as_of.tzinfo is not None
    assert again.cover.issuer.logo.content == document.cover.issuer.logo.content
    assert type(again.evidence.grades[0][0]) is type(document.evidence.grades[0][0])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plain: plain.pop("kind"),
        lambda plain: plain.update(kind="novel"),
        lambda plain: plain["document"]["cover"].update(as_of="yesterday"),
        lambda plain: plain["document"]["headline"].update(score="a lot"),
        lambda plain: plain["document"].update(ending="happy"),
    ],
)
def test_anything_else_is_refused(spoil):
    plain = to_plain(DOCUMENTS["results-en"]()[0])
    spoil(plain)
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_plain(plain)


def test_a_field_added_since_takes_its_default():
    plain = to_plain(DOCUMENTS["results-en"]()[0])
    del plain["document"]["headline"]["measured_on"]
    assert from_plain(plain).headline.measured_on == ""
