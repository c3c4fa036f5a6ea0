"""The portfolio as a file for spreadsheets: the rows and figures the page shows."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file
from palier.portfolio.flows.clients import Client
from palier.portfolio.wording import quarter_in_words


def clients_csv(clients: Iterable[Client]) -> bytes:
    """One line a client; of one whose mandate has ended, the name and the day alone."""
    head = [
        _("Client"), _("Latest round"), _("Answered, %"), _("Submitted on"), _("Last score"), _("Change"), _("Position"),
        _("Overdue actions"), _("Next date"), _("Last document"), _("Mandate until"), _("Mandate ended on"),
    ]  # fmt: skip
    return csv_file([head, *map(_line, clients)], decimals=1)


def _line(one: Client) -> Sequence[Cell]:
    ended = None if one.runs else one.ended_on
    if one.standing is None:
        return [one.name, *[None] * 9, one.ends_on, ended]
    here, last = one.standing.round, one.standing.document
    return [
        one.name, one.round_name, _percent(one.progress), here.submitted_at.date() if here and here.submitted_at else None,
        one.points, one.change, quarter_in_words(one.quarter), one.late, one.next_on,
        last.title if last else None, one.ends_on, ended,
    ]  # fmt: skip


def _percent(share: Fraction | None) -> Cell:
    return None if share is None else int(share * 100)
