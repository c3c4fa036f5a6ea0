"""The first sheet of a workbook: how to use it, in every language of the interface."""

from collections.abc import Iterator

from palier.foundation.language import LOCALES, gettext, language_name, speaking
from palier.foundation.sheets import Column, Sheet
from palier.questionnaires.layout import GUIDE, LAYOUT, MAIN, with_owners


def N_(sentence: str) -> str:  # noqa: N802  (the name by which the extractor knows it)
    """Mark a sentence for translation, to be looked up later."""
    return sentence


RULES = (
    N_("This workbook is a whole questionnaire: reword, translate or add to it, save it as .xlsx, and bring it back."),
    N_("Keep the names of sheets and the titles of columns: they say what is what. Their order does not matter."),
    N_("An empty cell says nothing. A dash means an empty list. Several codes in one cell stand with semicolons between."),
    N_("Every cell is text, numbers too: 20, 2.5 or 2/3. Formulas, dates and merged cells are refused."),
    N_("Columns that end in a locale (label.fr, label.en) hold one text a language, and every language has all of them."),
    N_("For one more language, say de: add de to locales on the sheet Questionnaire, then columns or cells that end in de."),
    N_("Columns with a number (levels.fr.1, levels.fr.2) are a list in order: level 1, level 2; examples one after the other."),
    N_("To add a criterion, add a row and name its element. Rows are asked in the order in which they stand."),
    N_("A changed questionnaire takes a higher version; changes.same, changed, new and dropped list what became of each criterion."),
)  # fmt: skip

PURPOSES = {
    MAIN: N_("What the questionnaire is: id, version, title, introduction, languages, how totals are made."),
    "Sources": N_("The texts the questionnaire draws on, and what it owes them."),
    "Scales": N_("Scales of answers, one row a level: its points, its name, what it means."),
    "Levels": N_("Levels of maturity: from how many points on, and the name."),
    "Gates": N_("Gates: levels that need a minimum on the criteria with a tag."),
    "Pyramid": N_("The steps of the pyramid, from the base up, by tag."),
    "Dimensions": N_("The dimensions. Weights on all of them, adding up to 100, or on none."),
    "Elements": N_("The elements of each dimension, with a short name for charts."),
    "Criteria": N_(
        "One row a criterion: its label, what it covers, a descriptor a level, examples of evidence."
    ),
    "Conditions": N_(
        "A criterion is asked only if another stands at a level or above; several rows must all hold."
    ),
    "Answers": N_("Criteria that are not answered by a level: the kind of answer and its settings."),
    "Options": N_("What can be ticked, for answers of the kind options."),
    "Rows": N_("What is rated one by one, for answers of the kind matrix."),
    "Levers": N_("What to do, for each element: three to five steps, effort, months, indicator."),
    "Serves": N_("Which criterion a lever takes from which level to which."),
}
"""What each sheet holds; a test holds them against the layout."""


def guide() -> Sheet:
    """The sheet, with one column for each language."""
    columns = (Column(GUIDE, 18), *(Column(language_name(locale), 80) for locale in LOCALES))
    return Sheet(GUIDE, columns, list(_rows()), table=False)


def _rows() -> Iterator[list[str]]:
    for number, sentence in enumerate(RULES, 1):
        yield [str(number), *_in_every_language(sentence)]
    yield []
    for sheet in (MAIN, *(table.sheet for _, table in with_owners(LAYOUT))):
        yield [sheet, *_in_every_language(PURPOSES.get(sheet, ""))]


def _in_every_language(sentence: str) -> Iterator[str]:
    for locale in LOCALES:
        with speaking(locale):
            yield gettext(sentence) if sentence else ""
