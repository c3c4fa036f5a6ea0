"""What is sealed opens again, and nowhere else."""

import pytest

from palier.foundation.sealing import Unsealable, seal, unseal

SECRET = "s" * 40


def test_a_sealed_text_opens_with_its_secret_purpose_and_row_and_with_no_other() -> None:
    sealed = seal(SECRET, "a purpose", "Clé de l’hôte", "row 1")
    assert unseal(SECRET, "a purpose", sealed, "row 1") == "Clé de l’hôte"
    assert "hôte" not in sealed
    assert sealed != seal(SECRET, "a purpose", "Clé de l’hôte", "row 1")
    changed = sealed[:-4] + ("AAA=" if sealed[-4:] != "AAA=" else "BBB=")
    for attempt in (
        ("t" * 40, "a purpose", sealed, "row 1"), (SECRET, "another", sealed, "row 1"),
        (SECRET, "a purpose", sealed, "row 2"), (SECRET, "a purpose", changed, "row 1"),
        (SECRET, "a purpose", "", "row 1"), (SECRET, "a purpose", "1.é", "row 1"),
    ):  # fmt: skip
        with pytest.raises(Unsealable):
            unseal(*attempt)
