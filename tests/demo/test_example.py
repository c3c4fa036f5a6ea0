"""The picture on the first page: what is kept of the invented peers is what the engine computes."""

from dataclasses import replace

from palier.demo.example import kept_peers, peers_of
from palier.questionnaires.catalogue import latest


def test_another_questionnaire_is_computed() -> None:
    assert kept_peers(replace(latest("SX"), content_hash="another")) is None


def test_what_is_kept_is_what_the_engine_computes() -> None:
    questionnaire = latest("SX")
    assert kept_peers(questionnaire) == peers_of(questionnaire), (
        "`python -m palier.demo.example` keeps it anew"
    )
