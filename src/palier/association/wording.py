"""The cockpit's words: columns of a file, what is wrong with a line, how far a member is."""

from collections.abc import Mapping, Sequence

from palier.association.roll import Place
from palier.association.rules.member_file import Fault, Reason
from palier.association.rules.messages import WRITTEN, Kind
from palier.association.rules.weeks import Week
from palier.association.store import Unknown
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.network.wording import dimension, label


def columns() -> dict[str, str]:
    """What the columns of a file of members are called."""
    return {
        "name": _("Name"), "registration": _("SIREN"), "contact": _("Contact person"), "email": _("E-mail address"),
        **{name: dimension(name) for name in ("sector", "size", "country", "legal_kind")},
        "legal_group": _("Parent group"), "family": dimension("family"),
    }  # fmt: skip


def places() -> dict[str, str]:
    """How far somebody of the register is."""
    return {
        Place.MEMBER: _("Verified member"),
        Place.ASKS: _("Asks to join"),
        Place.INVITED: _("Invited, not on Palier yet"),
        Place.EXPECTED: _("Not on Palier yet"),
    }


def fault(one: Fault) -> str:
    """What is wrong and what to do about it."""
    told = {
        Reason.NO_NAME_COLUMN: _("No column holds the names. Add a first line with the heads, one of them “Name”."),
        Reason.REPEATED_COLUMN: _("Two columns have this head. Keep one."),
        Reason.TOO_MANY_LINES: _("A file holds at most %(most)s members. Bring the rest in a second file."),
        Reason.NO_NAME: _("The name is missing. Write it."),
        Reason.TOO_LONG: _("The text is too long. Shorten it."),
        Reason.NOT_A_SIREN: _("Not a SIREN: nine digits, the last one checks the others. Correct it or leave the cell empty."),
        Reason.NOT_AN_ADDRESS: _("Not an e-mail address. Correct it or leave the cell empty."),
        Reason.UNKNOWN_VALUE: _("Not in the list. Use one of the words listed under “What a file may hold”."),
        Reason.TOO_MANY_CELLS: _("More cells than heads. Put quotes around a text that holds the separator."),
        Reason.REPEATED: _("The same member as on line %(line)s. Keep one line."),
        Reason.FROZEN: _(
            "This member has submitted: what chooses its peers is frozen until the edition is published. "
            "Take the change out, or bring it again afterwards."
        ),
    }  # fmt: skip
    return told[one.reason] % {"most": one.value, "line": one.value}


def imported(created: int, updated: int) -> str:
    """What a file has done."""
    made = ngettext("%(num)s member created", "%(num)s members created", created) % {"num": created}
    changed = ngettext("%(num)s updated", "%(num)s updated", updated) % {"num": updated}
    return _("%(made)s, %(changed)s.") % {"made": made, "changed": changed}


def cell(found: Mapping[str, str]) -> str:
    """A cohort in words: "Rail, 250 to 999 people"."""
    return ", ".join(label(name, value) for name, value in found.items())


def kinds() -> dict[str, str]:
    """What the messages of a campaign are called."""
    return {
        Kind.OPENING: _("Opening"), Kind.REMINDER: _("Reminder"), Kind.LAST_DAYS: _("Last days"), Kind.THANKS: _("Thanks"),
    }  # fmt: skip


def states() -> dict[str, str]:
    """How far a campaign is."""
    return {
        "draft": _("Draft"), "coming": _("Opens soon"), "running": _("Running"), "closed": _("Closed"),
        "published": _("Published"),
    }  # fmt: skip


def slug_of(kind: Kind) -> str:
    """A kind of message in an address."""
    return kind.value.replace(" ", "-")


def kind_of(slug: str) -> Kind:
    """The kind of message an address names. Raises Unknown."""
    found = next((kind for kind in WRITTEN if slug_of(kind) == slug), None)
    if found is None:
        raise Unknown(slug)
    return found


def weeks_title(weeks: Sequence[Week], members: int) -> str:
    """What a chart of weeks shows, as a sentence: where we are, beside the campaign before."""
    now = next((one for one in reversed(weeks) if one.submitted is not None), None)
    if now is None or now.submitted is None:
        return _("The campaign has not opened yet")
    said = {"submitted": now.submitted, "members": members, "week": now.number}
    if now.last is None:
        text = ngettext(
            "%(submitted)s of %(members)s members has submitted by week %(week)s",
            "%(submitted)s of %(members)s members have submitted by week %(week)s", now.submitted,
        )  # fmt: skip
        return text % said
    ahead = now.submitted - now.last
    if ahead > 0:
        text = ngettext(
            "%(num)s submission more than at this week of the last campaign",
            "%(num)s submissions more than at this week of the last campaign", ahead,
        )  # fmt: skip
        return text % {"num": ahead}
    if ahead < 0:
        text = ngettext(
            "%(num)s submission fewer than at this week of the last campaign",
            "%(num)s submissions fewer than at this week of the last campaign", -ahead,
        )  # fmt: skip
        return text % {"num": -ahead}
    return _("As many submissions as at this week of the last campaign")
