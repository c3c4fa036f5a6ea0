"""The reasons of faults and remarks in the reader's language.

A check says its reasons in English, for the terminal and for whoever reads a log. Here each is known again by its
sentence, so that a page shows it in the reader's language with the same names and figures in it.
"""

import re
from collections.abc import Iterator

from palier.foundation.language import gettext


def N_(sentence: str) -> str:  # noqa: N802  (the name by which the extractor knows it)
    """Mark a sentence for translation, to be looked up later."""
    return sentence


SENTENCES = (
    # where in a workbook
    N_("%(sheet)s row %(row)s"),
    N_("%(sheet)s row %(row)s, column %(column)s"),
    # of the text itself
    N_("is empty"),
    N_("not a YAML text in UTF-8"),
    N_("not YAML: %(detail)s"),
    N_("nested too deep"),
    N_("more than %(most)s values"),
    N_("anchors and aliases are not used in these files: write it out"),
    N_("key given twice"),
    N_("unreadable value %(value)s"),
    # of a workbook
    N_("is not a workbook (.xlsx)"),
    N_("is far too large"),
    N_("is larger than %(most)s MB"),
    N_("has more than %(most)s sheets"),
    N_("has more than %(most)s rows"),
    N_("has more than %(most)s columns (%(where)s)"),
    N_("is no questionnaire: it has no sheet %(sheet)s"),
    N_("no sheet of a questionnaire has this name"),
    N_("column %(name)s is missing"),
    N_("no column has this title"),
    N_("is there twice"),
    N_("%(value)s stands in a column without a title"),
    N_("%(name)s is given twice"),
    N_("no value of %(name)s stands here"),
    N_("cells %(area)s are merged: separate them"),
    N_("no %(what)s is called %(name)s"),
    N_("%(name)s has a row already"),
    N_("item %(place)s of %(name)s is empty while a later one is not"),
    N_("only a dash stands here: there are no %(name)s"),
    N_("holds an error: %(value)s"),
    N_("holds a formula: type its value as text"),
    N_("holds a date: format the cell as text, then type it again"),
    N_("more than %(most)s characters"),
    # of the shape
    N_("must be a text in quotes, not %(value)s"),
    N_("must be a whole number without quotes, not %(value)s"),
    N_("must be a list, not %(value)s"),
    N_("must be a group of named fields, not %(value)s"),
    N_("must be true or false without quotes, not %(value)s"),
    N_("must give a text per locale, not %(value)s"),
    N_("must hold at least one named entry, not %(value)s"),
    N_("%(value)s is not one of %(words)s"),
    N_("%(value)s is not between %(low)s and %(high)s"),
    N_("%(count)s characters, at most %(most)s: %(value)s"),
    N_("%(count)s given, %(wanted)s wanted"),
    N_("%(count)s given, %(wanted)s wanted: one per value"),
    N_("at least %(least)s"),
    N_("%(few)s to %(many)s"),
    N_("a group of fields"),
    N_("a list"),
    N_("nothing"),
    N_("locale %(name)s is missing"),
    N_("locale %(name)s is not declared in `locales`"),
    N_("the locales have lists of different lengths"),
    N_("%(name)s is missing"),
    N_("unknown key %(name)s"),
    N_("%(value)s is not a code such as SX1.1.1"),
    N_('%(value)s is not a number such as "20", "2.5" or "2/3"'),
    N_('%(value)s is not a number such as "20", "-2.5" or "2/3"'),
    N_("%(value)s is not an id such as SX"),
    N_("%(value)s is not an id such as SX1.1-a"),
    N_("%(value)s is not an id such as a or web-form"),
    N_("%(value)s is not an id such as r1"),
    N_("%(value)s is not a version such as 1.0.0"),
    N_("%(value)s is not a locale such as fr"),
    N_("%(value)s is not a tag such as K or Y1"),
    N_("%(count)s criteria, at most %(most)s"),
    # of what one place says about another
    N_("%(what)s %(name)s is used twice"),
    N_("code"),
    N_("id"),
    N_("lever id"),
    N_("locale"),
    N_("pyramid tag"),
    N_("a weight is above 0"),
    N_("%(code)s: a weight is above 0"),
    N_("weight is missing: all dimensions have one, or none"),
    N_("the weights of the dimensions add up to %(sum)s, not 100"),
    N_("no scale is called %(name)s"),
    N_("scale %(name)s: two values or more, in ascending order"),
    N_("%(count)s descriptors, %(wanted)s wanted: one per level"),
    N_("out of order: %(high)s after %(low)s"),
    N_("out of order: %(high)s is capped under %(low)s"),
    N_("out of order: gates rise with their level"),
    N_("level %(level)s stands where %(wanted)s is due"),
    N_("the first level starts at 0"),
    N_("%(share)s is more than the whole: a share is 0 to 1"),
    N_("tag %(tag)s without a gate"),
    N_("tag %(tag)s without a step of the pyramid"),
    N_("no criterion carries the tag %(tag)s"),
    N_("no level above the first is numbered %(level)s"),
    N_("%(code)s is not a criterion of this element"),
    N_("a step goes up: %(low)s to %(high)s does not"),
    N_("there is no level %(level)s"),
    N_("no lever is called %(name)s"),
    N_("%(name)s would have to come before itself"),
    # of how criteria are asked
    N_("a range goes up: %(low)s to %(high)s does not"),
    N_("steps of %(step)s do not lead from %(low)s to %(high)s"),
    N_("a step is above 0"),
    N_("floor and goal are the same"),
    N_("an indicator's floor and goal differ"),
    N_("a logarithmic curve needs its floor and goal above 0"),
    N_("a logarithmic indicator has its floor and goal above 0"),
    N_("no option has a weight above 0"),
    N_("no criterion is called %(code)s"),
    N_("%(code)s does not come before %(other)s"),
    N_("%(code)s has no level %(level)s"),
    N_("%(code)s is a criterion of this questionnaire"),
    N_('a number is text, such as "2/3", not %(value)s'),
    N_('a number is text, such as "-2.5", not %(value)s'),
    N_("missing or unknown: %(name)s"),
    N_("%(code)s can never be asked: %(reason)s"),
    N_("%(code)s is not a criterion"),
    N_("%(code)s does not stand before it"),
    N_("%(code)s is itself never asked"),
    N_("%(code)s has no level %(level)s: its scale %(scale)s has %(count)s"),
    N_("%(code)s never stands at level %(level)s: its answers reach %(highest)s at most"),
    # of the version before
    N_("%(version)s is not above %(before)s, which is published: give a higher number"),
    N_("the version before is %(version)s"),
    N_("%(version)s is not an earlier version of the same major"),
    N_("changes is missing: what became of each criterion of %(version)s"),
    N_("not said of %(codes)s: same, changed or new"),
    N_("not said of %(code)s, which was asked before"),
    N_("%(code)s is listed twice"),
    N_("%(code)s is still asked"),
    N_("%(code)s is not a criterion of this version"),
    N_("%(code)s was asked before"),
    N_("%(code)s was not asked before"),
    N_("%(code)s is not answered as before: changed"),
    # advice
    N_("short is missing: a name of at most 18 characters for charts"),
    N_("covers is missing: what the criterion looks at"),
    N_("levels is missing: a descriptor per level"),
    N_("%(least)s to 4 levers wanted"),
    N_("%(least)s to 4 examples of evidence wanted"),
    N_("no lever serves %(code)s at level %(levels)s"),
    N_("%(count)s words, %(least)s to %(most)s wanted"),
    N_("reads as %(said)s where %(meant)s is due"),
    N_("level 4 names no measure"),
    N_("level 5 names no comparison or result"),
    N_("the same text in two languages"),
    N_("hardly differs from the descriptor of level %(level)s"),
    N_("nearly the same sentence as %(other)s"),
    N_("opens like %(most)s others: %(words)s"),
    N_("straight apostrophe: write ’"),
    N_("straight quotation mark: write « »"),
    N_("straight quotation mark: write ‘ ’"),
    N_("narrow no-break space (U+202F) missing before ; ! ?"),
    N_("no-break space (U+00A0) missing before :"),
    N_("no-break space (U+00A0) missing before %"),
    N_("no-break space (U+00A0) missing inside « »"),
    N_("a word that blames"),
    N_("space before ; : ! ? %"),
    N_("two spaces"),
    N_("space at an end"),
    N_("exclamation mark"),
    N_("protected mark: say attention en miroir"),
    N_("left to be written"),
)
"""Every reason there is; a test holds them against the checks. The first that fits is the one."""


def in_words(reason: str) -> str:
    """`reason` in the reader's language; as it is when nobody knows it."""
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(reason):
            values = {name: _value(name, value) for name, value in found.groupdict().items()}
            return gettext(sentence) % values if values else gettext(sentence)
    return reason


def _value(name: str, value: str) -> str:
    """Names and figures stay; a reason within a reason and our own words for a value are said in turn."""
    return in_words(value) if name == "reason" or value in _FIXED or name == "wanted" else value


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", sentence)
    return re.compile("".join(_parts(parts)), re.DOTALL)


def _parts(parts: list[str]) -> Iterator[str]:
    for place, part in enumerate(parts):
        yield f"(?P<{part}>{'[0-9]+' if part == 'row' else '.+'})" if place % 2 else re.escape(part)


def _openness(one: tuple[str, re.Pattern[str]]) -> tuple[bool, int, int]:
    return "%(reason)s" not in one[0], one[0].count("%("), -len(one[0])


_PATTERNS = tuple(sorted(
    ((sentence, _pattern(sentence)) for sentence in SENTENCES), key=_openness
))  # fmt: skip
"""Reasons within reasons first, then fixed sentences, then those that say most and leave least open."""
_FIXED = frozenset(sentence for sentence in SENTENCES if "%(" not in sentence)
