"""Finding questionnaires, by id and version, in a folder of files."""

import shutil
from pathlib import Path

import pytest
import yaml

from palier.questionnaires.catalogue import (
    BadQuestionnaire,
    ChangedQuestionnaire,
    UnknownQuestionnaire,
    every_questionnaire,
    find_questionnaire,
    latest,
    latest_of_each,
    load,
    style_faults,
    versions,
)

SMALL = Path(__file__).parent / "cases/small.yaml"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A catalogue with the small questionnaire in versions 1.0.0, 1.9.0 and 1.10.0."""
    (tmp_path / "TS").mkdir()
    for version in ("1.0.0", "1.9.0", "1.10.0"):
        text = SMALL.read_text(encoding="utf-8").replace("version: 1.0.0", f"version: {version}")
        (tmp_path / f"TS/{version}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_questionnaire_is_found_by_id_and_version(directory):
    assert find_questionnaire("TS", "1.9.0", directory=directory).key == "TS/1.9.0"


def test_a_questionnaire_is_read_once(directory):
    first = find_questionnaire("TS", "1.9.0", directory=directory)
    assert find_questionnaire("TS", "1.9.0", directory=directory) is first


def test_the_latest_version_counts_by_number_not_by_letter(directory):
    assert latest("TS", directory=directory).version == "1.10.0"
    assert versions("TS", directory=directory) == ("1.0.0", "1.9.0", "1.10.0")
    assert [q.version for q in latest_of_each(directory=directory)] == ["1.10.0"]


@pytest.mark.parametrize(
    ("code", "version"), [("TS", "2.0.0"), ("XX", "1.0.0"), ("..", "1.0.0"), ("TS", "../TS/1.0.0"), ("", "")]
)
def test_what_is_not_there_is_unknown(code, version, directory):
    with pytest.raises(UnknownQuestionnaire):
        find_questionnaire(code, version, directory=directory)


def test_an_unknown_id_has_no_latest(directory):
    with pytest.raises(UnknownQuestionnaire):
        latest("XX", directory=directory)


def test_a_changed_file_under_a_used_version_refuses_to_load(directory):
    used = find_questionnaire("TS", "1.0.0", directory=directory).content_hash
    assert find_questionnaire("TS", "1.0.0", content_hash=used, directory=directory)
    with pytest.raises(ChangedQuestionnaire, match=r"TS/1\.0\.0 changed"):
        find_questionnaire("TS", "1.0.0", content_hash="0" * 64, directory=directory)


def test_the_hash_is_of_the_content_and_not_of_the_layout(tmp_path):
    data = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    relaid = tmp_path / "relaid.yaml"
    relaid.write_text(yaml.dump(data, allow_unicode=True), encoding="utf-8")
    assert load(relaid).content_hash == load(SMALL).content_hash
    assert load(relaid) == load(SMALL)


def test_one_changed_letter_changes_the_hash(tmp_path):
    changed = tmp_path / "changed.yaml"
    changed.write_text(
        SMALL.read_text(encoding="utf-8").replace("There is a", "There was a"), encoding="utf-8"
    )
    assert load(changed).content_hash != load(SMALL).content_hash


def test_the_start_stops_with_every_fault_of_every_file(directory):
    for version in ("1.0.0", "1.9.0"):
        file = directory / f"TS/{version}.yaml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("minutes: 5", "minutes: 0"), encoding="utf-8"
        )
    with pytest.raises(BadQuestionnaire) as stopped:
        every_questionnaire(directory=directory)
    assert [fault.line for fault in stopped.value.faults] == [10, 10]


def test_a_file_says_the_id_of_its_folder_and_the_version_of_its_name(directory):
    (directory / "ZZ").mkdir()
    shutil.copy(directory / "TS/1.0.0.yaml", directory / "ZZ/3.0.0.yaml")
    with pytest.raises(BadQuestionnaire) as stopped:
        every_questionnaire(directory=directory)
    assert {fault.path for fault in stopped.value.faults} == {"id", "version"}


def test_an_empty_catalogue_holds_nothing(tmp_path):
    assert every_questionnaire(directory=tmp_path) == ()
    assert every_questionnaire(directory=tmp_path / "absent") == ()


STYLE = [
    pytest.param("“ten”", "“ten”", None, id="nothing"),
    pytest.param("mots\u202f; aucune", "mots; aucune", "U+202F", id="French semicolon without its space"),
    pytest.param("d’agence", "d'agence", "straight apostrophe", id="straight apostrophe"),
    pytest.param("Announce it.", "Announce it!", "exclamation mark", id="exclamation mark"),
    pytest.param("no page carries it.", "no  page carries it.", "two spaces", id="two spaces"),
    pytest.param("La qualité de la réponse", "L’échec de la réponse", "a word that blames", id="blame"),
    pytest.param(
        "A single page, dated and signed, is handed to every newcomer.",
        "A single page.",
        "3 words",
        id="too short to tell a level",
    ),
    pytest.param(
        "Une page unique, datée et signée, est remise à chaque nouvel arrivant.",
        "A single page, dated and signed, is handed to every newcomer.",
        "the same text in two languages",
        id="untranslated",
    ),
    pytest.param(
        "The website shows one time per procedure, with a name beside each.",
        "A single page, dated and signed, is handed to every new colleague.",
        "nearly the same sentence as TS1.1.1 level 3",
        id="a sentence that fits two criteria",
    ),
    pytest.param(
        "Each year the board looks at the share of staff able to quote it.",
        "A single page, dated and signed, is handed to nearly every newcomer.",
        "hardly differs from the descriptor of level 3",
        id="levels that differ by an adverb",
    ),
]


@pytest.mark.parametrize(("of", "to", "reason"), STYLE)
def test_an_editor_would_send_it_back(of, to, reason, tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.read_text(encoding="utf-8").replace(of, to, 1), encoding="utf-8")
    reasons = [fault.reason for fault in style_faults(file)]
    assert any(reason in told for told in reasons) if reason else reasons == []


def test_many_descriptors_with_one_opening_read_as_a_template(tmp_path):
    text = SMALL.read_text(encoding="utf-8")
    for of in (
        "Everyone puts the promise",
        "One branch head has",
        "A single page, dated",
        "Each year the board",
    ):
        text = text.replace(f'"{of}', f'"The head of service {of}')
    file = tmp_path / "small.yaml"
    file.write_text(text, encoding="utf-8")
    assert any("opens like 3 others: the head of service" in fault.reason for fault in style_faults(file))
