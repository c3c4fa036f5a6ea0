"""The sentences of a bulletin: each title states what the published figures carry."""

from palier.foundation.language import gettext as _
from palier.foundation.language import joined, ngettext
from palier.reports.rules.bulletins import LEAST_MOVE, Bulletin, BulletinRow


def figures_title(document: Bulletin) -> str:
    """The median of the whole and its middle half; else of what stands highest."""
    whole = next((row for row in document.shown if row.code == "total"), None)
    if whole is None or whole.quartiles is None:
        return _("The figures of the edition, element by element")
    words = {"median": whole.quartiles.median, "q1": whole.quartiles.q1, "q3": whole.quartiles.q3}
    return (
        _("Half of the network stands between %(q1)s and %(q3)s points, around a median of %(median)s")
        % words
    )


def movement_title(document: Bulletin) -> str:
    """How many medians rose and fell since the edition before."""
    if not document.before:
        return _("This is the first edition: movement shows from the next one on")
    moves = [row.moved or 0 for row in document.shown if row.code != "total"]
    up, down = sum(move >= LEAST_MOVE for move in moves), sum(move <= -LEAST_MOVE for move in moves)
    if not up and not down:
        return _("No median moved by two points or more")
    rose = ngettext("%(n)s median rose", "%(n)s medians rose", up) % {"n": up}
    if not down:
        return _("%(rose)s by two points or more, none fell as much") % {"rose": rose}
    if not up:
        return ngettext(
            "%(n)s median fell by two points or more, none rose as much",
            "%(n)s medians fell by two points or more, none rose as much",
            down,
        ) % {"n": down}
    fell = ngettext("%(n)s fell", "%(n)s fell", down) % {"n": down}
    return _("%(rose)s by two points or more, %(fell)s") % {"rose": rose, "fell": fell}


def families_title(document: Bulletin) -> str:
    """How many families of sectors are published."""
    n = len(document.families)
    if not n:
        return _("No family of sectors is large enough to be shown")
    return ngettext(
        "%(n)s family of sectors is large enough to be shown", "%(n)s families of sectors are large enough to be shown", n
    ) % {"n": n}  # fmt: skip


def unseen_words(document: Bulletin) -> str:
    """The families of sectors that are not shown, by name."""
    return joined([_("“%(label)s”") % {"label": name} for name in document.unseen])


def strip_words(row: BulletinRow) -> str:
    """A strip in words: every figure it draws."""
    box = row.quartiles
    if box is None:
        return _("%(name)s: hidden") % {"name": row.label}
    said = _("%(name)s: median %(median)s, middle half from %(q1)s to %(q3)s") % {
        "name": row.label, "median": box.median, "q1": box.q1, "q3": box.q3,
    }  # fmt: skip
    if box.p10 is not None and box.p90 is not None:
        said += ", " + _("eight in ten from %(p10)s to %(p90)s") % {"p10": box.p10, "p90": box.p90}
    return said


def signed_points(change: int | None) -> str:
    """A change in whole points with its sign; a dash where there is none to tell."""
    if change is None:
        return "–"
    return f"+{change}" if change > 0 else f"\u2212{-change}" if change < 0 else "0"
