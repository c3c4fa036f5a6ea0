"""From figures of whole batches to a mirror, without a database."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from palier.assessments.mirrored_wording import mirror_title, mirror_verdict
from palier.assessments.rules.mirrored import MirrorView, ThemeRow
from palier.foundation import language
from palier.mirrors.catalogue import mirrored
from palier.mirrors.rules.asked import asked_from, plain_scale, plain_themes
from palier.mirrors.rules.figures import LEAST, mirror_of, people_counted, points_by_theme
from palier.questionnaires.rules.texts import Text
from palier.scoring.rules.mirror import Audience

CUSTOMERS, STAFF, LEADERS = Audience


def test_means_are_exact_and_people_are_counted_apart() -> None:
    told = [(STAFF, "", 10, 0), (STAFF, "time", 7, 325), (CUSTOMERS, "", 5, 0), (CUSTOMERS, "time", 5, 500)]
    assert people_counted(told) == {STAFF: 10, CUSTOMERS: 5}
    assert points_by_theme(told) == {STAFF: {"time": Fraction(325, 7)}, CUSTOMERS: {"time": 100}}


@given(some.integers(1, 40), some.integers(0, 100))
def test_fewer_than_five_are_hidden_whoever_says_them(answers: int, each: int) -> None:
    shown = points_by_theme([(STAFF, "time", answers, answers * each)])
    assert shown == ({STAFF: {"time": each}} if answers >= LEAST else {})


def test_what_was_asked_is_kept_as_it_was() -> None:
    asked = mirrored("EX")
    assert asked is not None
    assert asked_from(plain_themes(asked), plain_scale(asked)) == asked


def view(**points: dict[Audience, int]) -> MirrorView:
    rows = tuple(
        ThemeRow(Text((("en", name.capitalize()),)), "EX1.1", {who: Fraction(n) for who, n in said.items()})
        for name, said in points.items()
    )
    asked = mirrored("EX")
    assert asked is not None
    by_audience: dict[Audience, dict[str, Fraction]] = {}
    for theme, said in points.items():
        for who, n in said.items():
            by_audience.setdefault(who, {})[theme] = Fraction(n)
    return MirrorView(
        rows, mirror_of(asked.themes, by_audience), {CUSTOMERS: 5, STAFF: 5, LEADERS: 0}, "users"
    )


def test_the_title_is_the_finding_and_the_verdict_gives_its_figures() -> None:
    language.use("en")
    apart = view(time={CUSTOMERS: 90, STAFF: 40}, promises={CUSTOMERS: 80, STAFF: 75})
    assert mirror_title(apart) == "On “Time”, staff stand 50.0 points below users"
    assert mirror_verdict(apart).startswith("Passed: the mean of the audiences is 71.3")
    assert mirror_title(view(time={CUSTOMERS: 40, STAFF: 90})).endswith("above users")
    alike = view(time={CUSTOMERS: 70, STAFF: 66})
    assert mirror_title(alike) == "Staff and users live the same themes alike"
    assert mirror_verdict(alike).startswith("Not passed: the mean of the audiences is 68.0")
    low = view(time={CUSTOMERS: 100, STAFF: 50})
    assert mirror_verdict(low) == "Not passed: under 55 stand Staff."
    nothing = view(time={CUSTOMERS: 100})
    assert (mirror_title(nothing), mirror_verdict(nothing)) == ("The mirror shows nothing yet", "")
    language.use("fr")
