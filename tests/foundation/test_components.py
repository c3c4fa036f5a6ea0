"""The component macros write forms that everybody can fill in."""

import re
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from jinja2.exceptions import UndefinedError

from palier.foundation import language, templates


@pytest.fixture
def ui() -> Any:
    language.use("fr")
    module: ModuleType = templates.environment().get_template("macros/ui.html").module  # type: ignore[assignment]
    return module


FIELDS = ("text_field", "text_area", "password_field")


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_has_a_label_its_hint_and_its_error(ui: Any, field: str) -> None:
    html = getattr(ui, field)("email", "Adresse", error="Saisissez une adresse", hint="Pour vous connecter")
    assert '<label for="email">Adresse' in html
    assert 'aria-describedby="email-hint email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="email-hint">Pour vous connecter' in html
    assert re.search(r'id="email-error">.*Saisissez une adresse', html)
    assert " required" not in html, "the browser's own bubbles are not used"


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_without_fault_says_nothing_of_it(ui: Any, field: str) -> None:
    html = getattr(ui, field)("email", "Adresse")
    assert "aria-invalid" not in html
    assert "aria-describedby" not in html
    assert 'aria-required="true"' in html


@pytest.mark.parametrize("field", ["text_field", "text_area"])
def test_what_is_optional_says_so(ui: Any, field: str) -> None:
    html = getattr(ui, field)("why", "Justification", required=False)
    assert "(facultatif)" in html
    assert "aria-required" not in html


def test_what_somebody_typed_is_kept_and_escaped(ui: Any) -> None:
    assert 'value="&lt;b&gt;&#34;"' in ui.text_field("name", "Nom", '<b>"')
    assert "&lt;/textarea&gt;" in ui.text_area("why", "Justification", "</textarea>")
    assert "secret" not in ui.password_field("password", "Mot de passe").replace('class="secret"', "")


def test_a_radio_group_is_named_and_its_first_choice_is_where_the_summary_leads(ui: Any) -> None:
    choices = [("s", "Moins de 50"), ("m", "50 à 249", "saisonniers compris")]
    html = ui.radios("size", "Effectif", choices, value="m", error="Choisissez une tranche")
    assert "<legend>Effectif</legend>" in html
    assert re.search(
        r'<fieldset[^>]* role="radiogroup" aria-required="true" aria-describedby="size-error"', html
    )
    assert '<input type="radio" id="size" name="size" value="s">' in html
    assert re.search(r'id="size-2" name="size" value="m" checked aria-describedby="size-2-more"', html)
    assert '<a href="#size">Choisissez une tranche</a>' in ui.error_summary(
        {"size": "Choisissez une tranche"}
    )


def test_a_select_keeps_the_choice_inside_its_group(ui: Any) -> None:
    html = ui.select("sector", "Secteur", [("t", "Transport"), ("Public", [("m", "Mairie")])], "m")
    assert '<optgroup label="Public"><option value="m" selected>Mairie</option></optgroup>' in html


@pytest.mark.parametrize("value", [date(2026, 11, 28), ("28", "11", "2026")])
def test_a_date_is_three_named_boxes(ui: Any, value: Any) -> None:
    html = ui.date_field("due", "Échéance", value)
    assert re.findall(r'name="(due-\w+)".*?value="(\d+)"', html) == [
        ("due-day", "28"), ("due-month", "11"), ("due-year", "2026")
    ]  # fmt: skip


def test_the_summary_counts_and_takes_the_focus(ui: Any) -> None:
    assert ui.error_summary({}).strip() == ""
    html = ui.error_summary({"a": "Un", "b": "Deux"})
    assert "Il y a 2 problèmes" in html
    assert 'tabindex="-1" autofocus' in html
    assert "Il y a un problème" in ui.error_summary({"a": "Un"})


@pytest.mark.parametrize(
    ("value", "words"),
    [(2.4, "en hausse de +2,4"), (-0.3, "en baisse de −0,3"), (0, "= stable 0,0"), (None, "–")],
)
def test_a_change_is_said_and_not_only_shown(ui: Any, value: float | None, words: str) -> None:
    plain = re.sub(r"<[^>]+>", "", ui.delta(value, "points"))
    assert plain.startswith(words)


def test_an_unknown_icon_is_an_error(ui: Any) -> None:
    with pytest.raises(UndefinedError):
        ui.icon("unicorn")


def test_the_pager_shows_both_ends_and_the_neighbours(ui: Any) -> None:
    html = ui.pager(5, 12, "?sort=name&")
    assert re.findall(r"page=(\d+)\"(?: aria-current=\"page\")?><span", html) == ["1", "4", "5", "6", "12"]
    assert 'page=5" aria-current="page"' in html
    assert ui.pager(1, 1, "?").strip() == ""
