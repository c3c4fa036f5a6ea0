"""The words for groups of peers, in the reader's language."""

from collections.abc import Mapping

from palier.foundation.language import gettext
from palier.network.wording import label

_IN_WORDS = ("sector", "family", "size", "country", "legal_kind")


def cohort_in_words(cohort: Mapping[str, str]) -> str:
    """A cohort as people say it: "Passenger transport, 250 to 999 people, France"; the whole network for {}."""
    known = [label(dimension, cohort[dimension]) for dimension in _IN_WORDS if dimension in cohort]
    return ", ".join(known) if known else gettext("the whole network")


def band_in_words(band: str) -> str:
    """A band of n: "40 to 79", "160 and more"; empty stays empty."""
    if band.endswith(" and more"):
        return gettext("%(least)s and more") % {"least": band.removesuffix(" and more")}
    least, _, most = band.partition("-")
    return gettext("%(least)s to %(most)s") % {"least": least, "most": most} if most else band
