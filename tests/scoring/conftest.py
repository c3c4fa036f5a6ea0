"""A questionnaire large enough to show everything, small enough to follow by hand."""

from typing import Any

import pytest

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.rules import Questionnaire

PLAIN: dict[str, Any] = {
    "id": "HAND",
    "version": "1.0.0",
    "coverage": {"node": "2/3", "total": "4/5"},
    "gates": [{"level": 4, "tag": "K", "at_least": "50"}, {"level": 5, "tag": "K", "at_least": "75"}],
    "pyramid": {"at_least": "60", "steps": [{"tag": "Y1"}, {"tag": "Y2"}]},
    "dimensions": [
        {
            "code": "A",
            "weight": "60",
            "elements": [
                {
                    "code": "A.1",
                    "criteria": [
                        {"code": "A.1.1", "tags": ["K", "Y1"]},
                        {"code": "A.1.2", "tags": ["Y1"]},
                        {"code": "A.1.3", "tags": ["Y2"]},
                    ],
                },
                {
                    "code": "A.2",
                    "weight": "2",
                    "criteria": [{"code": "A.2.1", "weight": "3"}, {"code": "A.2.2"}],
                },
            ],
        },
        {
            "code": "B",
            "weight": "40",
            "elements": [{"code": "B.1", "criteria": [{"code": f"B.1.{n}"} for n in range(1, 5)]}],
        },
    ],
}
CODES = ("A.1.1", "A.1.2", "A.1.3", "A.2.1", "A.2.2", "B.1.1", "B.1.2", "B.1.3", "B.1.4")


@pytest.fixture
def hand() -> Questionnaire:
    return questionnaire_from(PLAIN)


@pytest.fixture
def all_at() -> Any:
    """`all_at(4)`: every criterion at level 4; `all_at(4, **{...})` with some rows replaced."""

    def answers(level: int, **rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
        replaced = {code.replace("_", "."): row for code, row in rows.items()}
        return {code: {"level": level} for code in CODES} | replaced

    return answers
