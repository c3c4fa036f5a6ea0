"""Files of members as French spreadsheets write them: what is read, and each fault with its line and column."""

import pytest

from palier.association.reading import words_of_files
from palier.association.rules.member_file import MOST_LINES, Fault, Read, Reason, key_of, read
from palier.association.rules.merging import Known, merge
from palier.association.rules.sheets import Unreadable, lines_of, separator_of, text_of
from palier.association.wording import columns
from palier.foundation.language import LOCALES, speaking

FILE = (
    "Nom;SIREN;Contact;Courriel;Secteur;Effectif;Pays;Statut juridique\r\n"
    "Régie des Trams;552 081 317;Zoé Nœl;ZOE@Trams.example;Ferroviaire;1 200;France;public_company\r\n"
    "Clinique d’Été;;;;private_clinic;50 à 249 personnes;BE;Entreprise privée\r\n"
)


def words(text: str) -> Read:
    return read(text, words_of_files())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_every_encoding_and_separator_of_a_french_spreadsheet_reads_the_same(
    encoding: str, mark: str
) -> None:
    data = FILE.replace(";", mark).encode(encoding)
    assert words(text_of(data)) == words(FILE)
    assert words(FILE).lines[0].values["name"] == "Régie des Trams"


def test_a_line_says_what_it_says_in_words_keys_or_a_number_of_people() -> None:
    found = words(FILE)
    assert found.faults == ()
    assert found.lines[0].values == {
        "name": "Régie des Trams", "registration": "552081317", "contact": "Zoé Nœl", "email": "zoe@trams.example",
        "sector": "rail", "family": "transport", "size": "1000-4999", "country": "FR", "legal_kind": "public_company",
    }  # fmt: skip
    assert found.lines[1].values["size"] == "50-249"
    assert found.lines[1].values["legal_kind"] == "private_company"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (";552081317", Fault(2, "name", Reason.NO_NAME)),
        ("Trams;552081318", Fault(2, "registration", Reason.NOT_A_SIREN, "552081318")),
        ("Trams;;zoe(at)trams", Fault(2, "email", Reason.NOT_AN_ADDRESS, "zoe(at)trams")),
        ("Trams;;;Cirque", Fault(2, "sector", Reason.UNKNOWN_VALUE, "Cirque")),
        ("Trams;;;;beaucoup", Fault(2, "size", Reason.UNKNOWN_VALUE, "beaucoup")),
        ("Trams;;;;;Atlantide", Fault(2, "country", Reason.UNKNOWN_VALUE, "Atlantide")),
        ("T" * 161, Fault(2, "name", Reason.TOO_LONG, "T" * 80)),
        ("Trams;;;;;;surplus", Fault(2, "", Reason.TOO_MANY_CELLS)),
    ],
)
def test_a_fault_is_told_by_line_and_column(line: str, fault: Fault) -> None:
    found = words("Nom;SIREN;Courriel;Secteur;Taille;Pays\n" + line + "\nAutre;;;;;\n")
    assert found.faults == (fault,)
    assert [one.values["name"] for one in found.lines] == ["Autre"]


def test_one_line_may_have_several_faults_and_each_is_told() -> None:
    found = words("Nom;SIREN;Secteur\n;12;Cirque\n")
    assert [(one.line, one.column) for one in found.faults] == [
        (2, "registration"),
        (2, "sector"),
        (2, "name"),
    ]


def test_line_numbers_are_those_of_the_spreadsheet_even_after_a_cell_of_two_lines() -> None:
    found = words('Nom;Groupe\n"Un";"deux\nlignes"\n\nTrois;;x\n')
    assert [one.line for one in found.faults] == [5]


def test_a_member_twice_in_a_file_is_told_where_it_was_first() -> None:
    found = words("Nom;SIREN\nTrams;552081317\nTRAMS bis;552 081 317\ntrâms;\nTrams;\n")
    assert found.faults == (
        Fault(3, "name", Reason.REPEATED, "2"),
        Fault(5, "name", Reason.REPEATED, "4"),
    )


def test_a_file_without_names_or_with_a_column_twice_is_refused_whole() -> None:
    assert words("SIREN;Secteur\n552081317;rail\n").faults[0].reason is Reason.NO_NAME_COLUMN
    assert words("Nom;Nom\na;b\n").faults[0].reason is Reason.REPEATED_COLUMN
    assert words("").faults[0].reason is Reason.NO_NAME_COLUMN


def test_columns_nobody_asks_for_are_passed_over_and_named() -> None:
    assert words("Nom;Chiffre d’affaires\nTrams;12\n").ignored == ("Chiffre d’affaires",)


def test_no_more_lines_than_a_file_may_have() -> None:
    found = words("Nom\n" + "".join(f"Membre {n}\n" for n in range(MOST_LINES + 1)))
    assert len(found.lines) == MOST_LINES
    assert found.faults == (Fault(MOST_LINES + 2, "", Reason.TOO_MANY_LINES, str(MOST_LINES)),)


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xfea"])
def test_a_workbook_or_a_picture_is_no_file_of_members(data: bytes) -> None:
    with pytest.raises(Unreadable):
        text_of(data)


def test_an_open_quote_that_swallows_the_file_is_told() -> None:
    with pytest.raises(Unreadable):
        list(lines_of('Nom\n"' + "x" * 200_000))


def test_a_comma_inside_quotes_separates_nothing() -> None:
    assert separator_of('"Nom, prénom";SIREN') == ";"


def known(name: str, frozen: bool = False, joined: bool = False, **values: str) -> Known:
    siren = values.get("registration", "")
    return Known(name, key_of(name, siren), {"name": name, **values}, frozen, joined)


def test_updates_and_creations_are_told_apart_and_a_second_time_nothing_is_left() -> None:
    found = words(FILE)
    first = merge(found.lines, [known("Regie des trams", sector="rail")])
    assert [line.values["name"] for line in first.created] == ["Clinique d’Été"]
    assert first.updated[0].before["size"] == ""
    assert first.updated[0].after["size"] == "1000-4999"
    after = [
        Known("1", "name:regie des trams", {**first.updated[0].known.values, **first.updated[0].after}),
        Known("2", first.created[0].key, first.created[0].values),
    ]
    again = merge(found.lines, after)
    assert (again.created, again.updated, again.unchanged, again.faults) == ((), (), 2, ())


def test_what_chooses_peers_is_frozen_while_an_edition_is_awaited_and_the_rest_is_not() -> None:
    lines = words("Nom;Effectif;Contact\nTrams;10;Zoé\n").lines
    assert merge(lines, [known("Trams", frozen=True, size="50-249")]).faults == (
        Fault(2, "size", Reason.FROZEN),
    )
    lines = words("Nom;Contact\nTrams;Zoé\n").lines
    assert len(merge(lines, [known("Trams", frozen=True)]).updated) == 1


def test_a_member_on_palier_keeps_the_name_it_gave_itself() -> None:
    lines = words("Nom;SIREN\nTRAMS SA;552081317\n").lines
    assert merge(lines, [known("Trams", joined=True, registration="552081317")]).unchanged == 1


def test_an_empty_cell_erases_nothing() -> None:
    lines = words("Nom;Contact\nTrams;\n").lines
    assert merge(lines, [known("Trams", contact="Zoé")]).unchanged == 1


def test_two_organisations_of_one_name_and_two_sirens_are_two() -> None:
    lines = words("Nom;SIREN\nTrams;552081317\n").lines
    assert len(merge(lines, [known("Trams", registration="732829320")]).created) == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_every_head_we_write_in_a_file_is_understood_again(locale: str) -> None:
    with speaking(locale):
        heads = columns()
    known = words_of_files()
    assert {known.column(head) for key, head in heads.items() if key != "family"} == heads.keys() - {"family"}
