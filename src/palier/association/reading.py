"""Which words of a file stand for which attribute: the stored keys and our words for them, in every language."""

from collections.abc import Callable
from functools import cache

from palier.accounts.rules import is_email
from palier.association.rules.vocabulary import Vocabulary, vocabulary
from palier.foundation.language import LOCALES, speaking
from palier.network import wording

_WORDS: dict[str, Callable[[], dict[str, str]]] = {
    "sector": wording.sectors,
    "size": wording.sizes,
    "country": wording.countries,
    "legal_kind": wording.legal_kinds,
}


@cache
def words_of_files() -> Vocabulary:
    """What a file may say, in French, in English, or as it is stored."""
    found: dict[str, dict[str, str]] = {name: {} for name in _WORDS}
    for locale in LOCALES:
        with speaking(locale):
            for name, words in _WORDS.items():
                for key, text in words().items():
                    found[name] |= {key: key, text: key}
                    if name == "size":
                        found[name][text.partition(" person")[0].partition(" people")[0]] = key
    return vocabulary(found, is_email)
