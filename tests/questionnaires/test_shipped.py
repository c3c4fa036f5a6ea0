"""The questionnaires that ship: they load, they are complete, and an editor finds nothing to send back."""

from itertools import combinations
from pathlib import Path

import jsonschema
import pytest
import yaml

from palier.questionnaires.catalogue import (
    check_files,
    every_questionnaire,
    latest_of_each,
    shipped_files,
    style_faults,
    unmatched,
)
from palier.questionnaires.format import schema
from palier.questionnaires.style import nearly_the_same

RELEASED = Path(__file__).parent / "cases/released.yaml"
FILES = shipped_files()
SIZES = {
    "DT": (5, 5, 23), "EX": (6, 6, 24), "FL": (6, 6, 12), "OM": (5, 5, 29), "P6": (6, 6, 24), "SX": (5, 10, 34),
}  # fmt: skip
"""Dimensions, elements and criteria of each."""

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
each_questionnaire = pytest.mark.parametrize("questionnaire", latest_of_each(), ids=lambda q: q.key)


def test_six_questionnaires_ship_with_146_criteria():
    assert {questionnaire.id for questionnaire in latest_of_each()} == set(SIZES)
    assert sum(len(questionnaire.criteria) for questionnaire in latest_of_each()) == 146


def test_a_version_that_shipped_never_changes():
    hashes = {questionnaire.key: questionnaire.content_hash for questionnaire in every_questionnaire()}
    assert hashes == yaml.safe_load(RELEASED.read_text(encoding="utf-8"))


def test_every_criterion_a_flash_speaks_of_is_asked_somewhere():
    assert [str(fault) for fault in unmatched()] == []


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_no_two_questionnaires_describe_a_level_in_nearly_the_same_words(locale):
    described = [
        (questionnaire.id, criterion.code, text)
        for questionnaire in latest_of_each()
        for criterion in questionnaire.criteria
        for text in criterion.levels.in_(locale)
    ]
    alike = [
        (one, other)
        for (first, one, text), (second, other, again) in combinations(described, 2)
        if first != second and nearly_the_same(text, again)
    ]
    assert alike == []


@each_file
def test_a_shipped_file_has_no_fault(file):
    assert check_files([file]) == []


@each_file
def test_a_shipped_file_follows_the_json_schema(file):
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    jsonschema.validate(data, schema(), cls=jsonschema.Draft202012Validator)


@each_file
def test_an_editor_has_nothing_to_send_back(file):
    assert [str(fault) for fault in style_faults(file)] == []


@each_questionnaire
def test_a_shipped_questionnaire_is_whole(questionnaire):
    sizes = (len(questionnaire.dimensions), len(questionnaire.elements), len(questionnaire.criteria))
    assert sizes == SIZES[questionnaire.id]
    assert set(questionnaire.locales) >= {"fr", "en"}


@each_questionnaire
def test_an_organisation_at_any_level_under_the_top_finds_a_lever(questionnaire):
    for criterion in questionnaire.criteria:
        for level in range(1, len(criterion.scale.values)):
            assert questionnaire.levers_for(criterion.code, level), (criterion.code, level)


@each_questionnaire
def test_the_five_levels_bear_their_names(questionnaire):
    names = [questionnaire.level_name(level).in_("fr") for level in range(1, 6)]
    assert names == ["Initial", "Émergent", "Structuré", "Maîtrisé", "Exemplaire"]
    assert [level.start for level in questionnaire.levels] == [0, 20, 40, 60, 80]


@each_questionnaire
def test_names_on_chart_axes_are_short_and_different(questionnaire):
    for locale in questionnaire.locales:
        names = [element.short.in_(locale) for element in questionnaire.elements]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= 18
