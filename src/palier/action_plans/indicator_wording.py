"""The words of the indicators that are ready to use."""

from palier.action_plans.rules.indicators import LESS_IS_BETTER, Indicator, Ready
from palier.foundation.language import gettext as _


def ready_indicators() -> list[Indicator]:
    """What customers go through, the most telling first."""
    return [_indicator(one, *_words(one)) for one in Ready]


def _indicator(one: Ready, name: str, unit: str, question: str, source: str) -> Indicator:
    return Indicator(one.value, name, unit, "down" if one in LESS_IS_BETTER else "up", question, source)


def _words(one: Ready) -> tuple[str, str, str, str]:
    """Name, unit, how it is measured, source."""
    survey, log = _("Survey right after the contact"), _("Contact log")
    return {
        Ready.EFFORT: (
            _("Effort perceived by customers"), _("out of 5"),
            _(
                "“How much effort did you have to put in to get what you came for?” "
                "From 1, very little, to 5, very much: the mean of the answers."
            ),
            survey,
        ),
        Ready.HIGH_EFFORT: (
            _("Customers who had to make a great effort"), "%",
            _("Share of the answers 4 and 5 to the same question: a mean can hide them."), survey,
        ),
        Ready.FIRST_CONTACT: (
            _("Requests settled at the first contact"), "%",
            _("Requests closed without the customer coming back within seven days, over all requests."), log,
        ),
        Ready.REPEATED: (
            _("Customers who had to repeat themselves"), "%",
            _("Share who had to tell their situation again after changing channel or person."), survey,
        ),
    }[one]  # fmt: skip


def pillar_index(code: str, pillar: str, round_name: str) -> Indicator:
    """The index of one pillar, without its baseline."""
    return Indicator(
        code, _("Index of the pillar “%(pillar)s”") % {"pillar": pillar}, _("out of 100"), "up",
        _("The score of the pillar in the six pillars questionnaire, round after round."),
        _("Six pillars, round %(name)s") % {"name": round_name} if round_name else _("Six pillars questionnaire"),
    )  # fmt: skip
