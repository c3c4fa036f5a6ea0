"""Stories told inside a clone that has two more files: German sentences, and the flash in German.

`test_third_language` plants such a clone and runs this file there, on the code as it is.
"""

import re
from datetime import date
from fractions import Fraction

from palier.assessments.flows.answering import open_assessment
from palier.assessments.store import answers_of, assessment_by_slug
from palier.foundation import language
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import every_questionnaire, find_questionnaire, latest
from tests.conftest import Browser

ROUND = "/o/transports-du-val/e/fl-2026"


def test_the_languages_are_the_folders_there_are():
    assert language.LOCALES == ("fr", "en", "de")
    assert language.language_name("de") == "Deutsch"
    assert language.negotiate("de-AT,de;q=0.9,fr;q=0.5") == "de"


def test_the_loader_accepts_the_flash_in_german():
    assert latest("FL") in every_questionnaire()
    assert latest("FL").title.in_("de") == "Kurzdiagnose"
    older = find_questionnaire("FL", "1.1.0")
    assert (older.title.in_("de"), older.title.in_("fr")) == ("Diagnostic flash", "Diagnostic flash")


def test_a_sentence_nobody_translated_is_said_in_english():
    with language.speaking("de"):
        assert (language.gettext("Help"), language.gettext("Site map")) == ("Hilfe", "Site map")


def test_french_and_english_say_what_they_said():
    with language.speaking("fr"):
        assert (language.gettext("Help"), language.percent(Fraction(5, 8))) == ("Aide", "63\u00a0%")
        assert (language.number(12345.5, 1), language.decimal_mark()) == ("12\u202f345,5", ",")
    with language.speaking("en"):
        assert (language.gettext("Help"), language.percent(Fraction(5, 8))) == ("Help", "63%")
        assert (language.number(12345.5, 1), language.decimal_mark()) == ("12,345.5", ".")


def test_numbers_and_dates_are_written_as_germans_do():
    with language.speaking("de"):
        assert (language.number(12345.5, 1), language.percent(Fraction(5, 8))) == ("12.345,5", "63\u00a0%")
        assert language.day(date(2026, 11, 3)) == "3. November 2026"


async def test_the_pages_for_everybody_speak_german_and_name_every_other_language(visit: Browser) -> None:
    async with visit(None) as browser:
        front = await browser.get("/", headers={"accept-language": "de"})
        german = (await browser.get("/de/method")).text
        french = (await browser.get("/fr/method")).text
    assert front.headers["location"] == "/de/"
    assert '<html lang="de"' in german
    assert ">Hilfe</a>" in german
    for html, others in ((german, ("fr", "en")), (french, ("en", "de"))):
        for other in others:
            assert f'<a href="/{other}/method" lang="{other}" hreflang="{other}">' in html
            assert re.search(rf'<link rel="alternate" hreflang="{other}" href="[^"]*/{other}/method">', html)


async def test_a_german_answers_and_reads_in_german(visit: Browser, claire: Actor) -> None:
    await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=date(2099, 12, 15)
    )
    async with visit(claire) as browser:
        account = (await browser.get("/account")).text
        assert re.search(r'<option value="de"[^>]*>Deutsch</option>', account)
        chosen = {"name": "Claire Lambert", "locale": "de", "theme": "auto", "time_zone": "Europe/Berlin"}
        assert (await browser.send_form("/account/preferences", chosen)).status_code == 303
        asked = (await browser.get(f"{ROUND}/q/FL1.1.1")).text
        assert '<html lang="de"' in asked
        assert "Unser Dienstversprechen ist schriftlich, bekannt und beziffert" in asked
        assert "Überall geregelt, mit einer verantwortlichen Person." in asked
        answer = {"op": str(new_id()), "rev": "0", "tried": "", "answer": "4", "grade": "none"}
        assert (await browser.send_form(f"{ROUND}/q/FL1.1.1", answer)).status_code == 303
        hub = (await browser.get(ROUND)).text
    assert "Kurzdiagnose" in hub
    async with reading(claire):
        assessment = await assessment_by_slug(claire, "fl-2026")
        assert (await answers_of(assessment.id))["FL1.1.1"].level == 4
