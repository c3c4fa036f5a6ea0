"""Finding questionnaires, by id and version, in a folder of files."""

import shutil
from pathlib import Path

import pytest
import yaml

from palier.questionnaires.catalogue import (
    BadQuestionnaire,
    ChangedQuestionnaire,
    UnknownQuestionnaire,
    check_files,
    every_questionnaire,
    find_questionnaire,
    latest,
    latest_of_each,
    load,
    style_faults,
    unmatched,
    versions,
)

SMALL = Path(__file__).parent / "cases/small.yaml"


ALL_SAME = "same: [TS1.1.1, TS1.1.2, TS2.1.1], changed: [], new: [], dropped: []"
SINCE = {
    "1.0.0": "",
    "1.9.0": f"\nchanges: {{since: 1.0.0, {ALL_SAME}}}",
    "1.10.0": f"\nchanges: {{since: 1.9.0, {ALL_SAME}}}",
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A catalogue with the small questionnaire in versions 1.0.0, 1.9.0 and 1.10.0."""
    (tmp_path / "TS").mkdir()
    for version in ("1.0.0", "1.9.0", "1.10.0"):
        text = SMALL.read_text(encoding="utf-8").replace(
            "version: 1.0.0", f"version: {version}{SINCE[version]}"
        )
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
    assert [fault.path for fault in stopped.value.faults] == ["minutes", "minutes"]


VERSIONS = [
    pytest.param("1.9.0", ALL_SAME, "changed: []", "changes", "is missing", id="no list of what stayed"),
    pytest.param("1.10.0", "since: 1.9.0", "since: 1.0.0", "changes.since", "the version before is 1.9.0", id="a version skipped"),
    pytest.param("1.9.0", "TS2.1.1], changed: []", "], changed: []", "changes", "not said of TS2.1.1", id="a criterion forgotten"),
    pytest.param("1.9.0", "dropped: []", "dropped: [TS1.1.1]", "changes.dropped[0]", "is listed twice", id="listed twice"),
    pytest.param("1.9.0", "dropped: []", "dropped: [TS9]", "changes.dropped", "TS9 was not asked before", id="dropped out of nowhere"),
    pytest.param("1.9.0", "same: [TS1.1.1, ", "same: [", "changes", "not said of TS1.1.1", id="asked before and now"),
    pytest.param("1.9.0", "TS2.1.1], changed: [], new: []", "], changed: [], new: [TS2.1.1]", "changes.new", "TS2.1.1 was asked before", id="new and yet old"),
    pytest.param("1.9.0", '["0", "25", "50", "75", "100"]', '["0", "20", "50", "75", "100"]', "changes.same", "TS1.1.1 is not answered as before", id="another scale"),
    pytest.param("1.9.0", "since: 1.0.0", "since: 2.0.0", "changes.since", "not an earlier version", id="since the future"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "of", "to", "path", "reason"), VERSIONS)
def test_a_new_version_says_what_became_of_every_criterion(version, of, to, path, reason, directory):
    file = directory / f"TS/{version}.yaml"
    text = file.read_text(encoding="utf-8")
    assert of in text
    file.write_text(text.replace(of, to, 1), encoding="utf-8")
    told = [(fault.path, fault.reason) for fault in check_files([file])]
    assert any(place.startswith(path.partition("[")[0]) and reason in why for place, why in told), told


def test_a_new_version_without_a_word_about_changes_is_refused(directory):
    file = directory / "TS/1.9.0.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("changes:")), encoding="utf-8")
    assert any("changes is missing" in fault.reason for fault in check_files([file]))


def test_a_new_major_version_owes_no_account(directory):
    text = SMALL.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 2.0.0")
    (directory / "TS/2.0.0.yaml").write_text(text, encoding="utf-8")
    assert check_files([directory / "TS/2.0.0.yaml"]) == []


def test_a_match_that_no_questionnaire_asks_is_told_with_its_line(directory):
    file = directory / "TS/1.10.0.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "tags: [Y2]", "tags: [Y2]\n            matches: [ZZ1.1.1]"
    )
    file.write_text(text, encoding="utf-8")
    (fault,) = unmatched(directory=directory)
    assert fault.reason == "no questionnaire asks ZZ1.1.1"
    assert "ZZ1.1.1" in text.splitlines()[fault.line - 1]


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
        "Each year the board looks at the share of staff able to quote it.",
        "Everybody at the board and in the branches knows it well and says so.",
        "level 4 names no measure",
        id="level 4 without a measure",
    ),
    pytest.param(
        "Each year the board looks at the share of staff able to quote it.",
        "La direction examine chaque année la part des agents qui la citent.",
        "reads as fr where en is due",
        id="the wrong language",
    ),
    pytest.param(
        "{criterion: TS1.1.2, from: 3, to: 5}",
        "{criterion: TS1.1.2, from: 4, to: 5}",
        "no lever serves TS1.1.2 at level 3",
        id="a level nobody serves",
    ),
    pytest.param(
        'evidence: {fr: ["Un courrier de réponse", "La lettre de nomination"]',
        'evidence: {fr: ["Un courrier de réponse"]',
        "2 to 4 examples of evidence wanted",
        id="one example of evidence only",
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
