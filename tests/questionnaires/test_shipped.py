"""The questionnaires that ship: they load, they are complete, and an editor finds nothing to send back."""

import jsonschema
import pytest
import yaml

from palier.questionnaires.catalogue import (
    check_files,
    every_questionnaire,
    latest_of_each,
    shipped_files,
    style_faults,
)
from palier.questionnaires.format import schema

FILES = shipped_files()
SIZES = {"FL": (6, 6, 12), "SX": (5, 10, 34)}
"""Dimensions, elements and criteria of each."""

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
each_questionnaire = pytest.mark.parametrize("questionnaire", latest_of_each(), ids=lambda q: q.key)


def test_the_flash_and_service_excellence_ship():
    assert {q.id for q in every_questionnaire()} >= {"FL", "SX"}


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
    assert sizes == SIZES.get(questionnaire.id, sizes)
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
