"""What is sealed opens again, and nowhere else."""

import pytest

from palier.foundation.sealing import Unsealable, sealed, unsealed

SECRET, NEWER = "s" * 40, "n" * 40


def test_a_sealed_text_opens_with_its_secret_purpose_and_row_and_with_no_other() -> None:
    stored = sealed("Clé de l’hôte", "a purpose", [SECRET], "row 1")
    assert unsealed(stored, "a purpose", [SECRET], "row 1") == "Clé de l’hôte"
    assert "hôte" not in stored
    assert stored != sealed("Clé de l’hôte", "a purpose", [SECRET], "row 1")
    changed = stored[:-4] + ("AAA=" if stored[-4:] != "AAA=" else "BBB=")
    for text, purpose, secret, row in (
        (stored, "a purpose", NEWER, "row 1"), (stored, "another", SECRET, "row 1"), (stored, "a purpose", SECRET, "row 2"),
        (changed, "a purpose", SECRET, "row 1"), ("", "a purpose", SECRET, "row 1"), ("1.é", "a purpose", SECRET, "row 1"),
    ):  # fmt: skip
        with pytest.raises(Unsealable):
            unsealed(text, purpose, [secret], row)


def test_a_secret_is_replaced_by_naming_the_new_one_first() -> None:
    before = sealed("kept", "a purpose", [SECRET])
    assert unsealed(before, "a purpose", [NEWER, SECRET]) == "kept"
    after = sealed("kept", "a purpose", [NEWER, SECRET])
    assert unsealed(after, "a purpose", [NEWER]) == "kept"
