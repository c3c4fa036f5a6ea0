"""Words an editor counts: measures at the upper levels, and texts in the wrong language.

Lists of stems, not understanding: they find a descriptor without any figure or comparison, not a poor one.
Source: docs/method.md#style.
"""

import re
from collections.abc import Mapping

from palier.questionnaires.shapes import Path

MEASURE_LEVEL = 4
RESULT_LEVEL = 5

_NUMBERS = {
    "fr": (
        r"\d|\b(deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|vingt|trente|cent|moitié|tiers|quart|"
        r"dixième|doubl\w+)\b"
    ),
    "en": (
        r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|hundred|half|thirds?|quarter|"
        r"tenth|doubl\w+|twice)\b"
    ),
}
_MEASURES: Mapping[str, str] = {
    "fr": (
        r"\b(taux|part|parts|délais?|durées?|nombre|pourcentage|score|note|notes|indices?|indicateurs?|chiffr\w+|mesur\w+|"
        r"compt\w+|écarts?|volume\w*|fréquence|coûts?|cibles?|seuils?|statisti\w+|proportion|moyenne\w*|médiane\w*|"
        r"recommandation|satisfaction|baisse|hausse|tendance\w*|suivi\w*|progress\w+|calcul\w+|sondage\w*|temps|heures?|jours?|"
        r"minutes?|euros?|relev\w+|recens\w+|dénombr\w+|quantifi\w+|évalu\w+)\b"
    ),
    "en": (
        r"\b(rate|rates|share|shares|time|times|duration|number|numbers|percentage|score|scores|scored|index|indices|"
        r"indicators?|figures?|measur\w+|count\w*|gaps?|volumes?|frequency|costs?|targets?|thresholds?|statistic\w*|"
        r"proportion|averages?|median|recommendation|satisfaction|falls?|fell|rise|rises|rose|trends?|track\w*|"
        r"progress|calculat\w+|surve\w+|hours?|days?|minutes?|euros?|pounds?|record\w*|tall\w+|quantif\w+|rated?|ratings?)\b"
    ),
}
_RESULTS: Mapping[str, str] = {
    "fr": (
        r"\b(compar\w+|pairs?|autres?|ailleurs|meilleur\w*|référence\w*|classement\w*|devant|devanc\w+|"
        r"ans|année\w*|depuis|durable\w*|résultat\w*|confirm\w+|constat\w+|baiss\w+|diminu\w+|recul\w*|hausse\w*|progress\w+|"
        r"augment\w+|disparu\w*|divis\w+|récompens\w*|prix|distingu\w+|label\w*|repris\w*|reprend\w*|adopt\w+|copi\w+|inspir\w+|"
        r"zéro|plus aucun\w*|supérieur\w*|inférieur\w*|dépass\w+|au-dessus|externe\w*|extérieur\w*|indépendant\w*|"
        r"publi\w+|visit\w+|cit\w+|voisin\w*|secteur\w*|réseau\w*|national\w*|homologue\w*|moyenne\w*|effet\w*|gagn\w+|gain\w*|"
        r"évité\w*|réduit\w*|remont\w+|tomb\w+|rejoin\w+|recommand\w+|choisi\w+|reconn\w+)\b"
    ),
    "en": (
        r"\b(compar\w+|peers?|others?|elsewhere|best|better|benchmark\w*|ranking\w*|ranked?|ahead|leads?|leading|"
        r"years?|since|lasting|sustain\w*|results?|confirm\w*|fall\w*|fell|drop\w*|declin\w+|rise\w*|rose|risen|improv\w+|increas\w+|"
        r"disappear\w*|halv\w+|award\w*|prize\w*|recogni\w+|label\w*|adopt\w*|cop(y|ies|ied)|inspir\w*|zero|no longer|"
        r"above|below|under|exceed\w*|beat\w*|external\w*|outside\w*|independent\w*|publish\w*|visit\w*|cit(e|es|ed)|neighbour\w*|"
        r"sector\w*|network\w*|national\w*|counterpart\w*|average\w*|effects?|gain\w*|saved?|avoided|reduc\w+|cut|cuts|grown|grew|"
        r"shrunk|shrank|climbed|recommend\w*|chos\w+|quot(e|es|ed)|win\w*|won|borrow\w*|taken up|take up|doubl\w+)\b"
    ),
}
_STOPWORDS: Mapping[str, frozenset[str]] = {
    "fr": frozenset(
        {
            "le",
            "la",
            "les",
            "un",
            "une",
            "des",
            "du",
            "de",
            "et",
            "est",
            "sont",
            "dans",
            "par",
            "pour",
            "sur",
            "avec",
            "qui",
            "que",
            "ne",
            "pas",
            "au",
            "aux",
            "ce",
            "cette",
            "se",
            "son",
            "sa",
            "ses",
            "leur",
            "ou",
        }
    ),
    "en": frozenset(
        {
            "the",
            "an",
            "of",
            "and",
            "is",
            "are",
            "in",
            "by",
            "for",
            "with",
            "who",
            "that",
            "which",
            "not",
            "to",
            "at",
            "this",
            "its",
            "their",
            "it",
            "from",
            "be",
            "has",
        }
    ),
}
"""Words of one language only: "on" and "a" are in both."""
LEAST_WORDS_TO_TELL = 8


def names_a_measure(text: str, locale: str) -> bool:
    """Whether a descriptor of level 4 says what is counted; True in a language without a list."""
    return locale not in _MEASURES or _found(_MEASURES, text, locale) or _found(_NUMBERS, text, locale)


def names_a_result(text: str, locale: str) -> bool:
    """Whether a descriptor of level 5 says what came of it, or against whom; True in a language without a list."""
    return locale not in _RESULTS or _found(_RESULTS, text, locale) or _found(_NUMBERS, text, locale)


def written_in(text: str) -> str | None:
    """The language most small words of `text` belong to; None for a short text or a draw."""
    words = re.findall(r"\w+", text.casefold())
    if len(words) < LEAST_WORDS_TO_TELL:
        return None
    counts = {locale: sum(word in small for word in words) for locale, small in _STOPWORDS.items()}
    highest = max(counts.values())
    leading = [locale for locale, count in counts.items() if count == highest and highest]
    return leading[0] if len(leading) == 1 else None


def locale_of(path: Path) -> str:
    """The language a text is written in by the key that names it, empty for none of those known here."""
    return next((str(key) for key in reversed(path) if key in _STOPWORDS), "")


def _found(stems: Mapping[str, str], text: str, locale: str) -> bool:
    return re.search(stems[locale], text, re.IGNORECASE) is not None
