"""Two rounds compared, as a file for a spreadsheet: one line per node of the later round, over common criteria."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from palier.assessments.flows.comparing import Pair
from palier.assessments.results_wording import kind_words, left_out_words
from palier.foundation.language import current, pgettext
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file
from palier.scoring.rules.result import TOTAL, Node


def comparison_file(pair: Pair) -> bytes:
    """The total, every dimension, element and criterion; a criterion that is not compared says why."""
    nodes = (node for node in pair.after.result.total.walk())
    return csv_file([_head(pair), *(_line(pair, node) for node in nodes), *_gone(pair)])


def _head(pair: Pair) -> list[str]:
    return [
        _("Kind"), _("Code"), _("Label"), pair.before.name, pair.after.name, pgettext("difference", "Change"),
        _("Level %(name)s") % {"name": pair.before.name}, _("Level %(name)s") % {"name": pair.after.name},
        _("Reliable change index"), _("Change of the median of peers"), _("Change corrected for peers"),
        _("Finished actions that aimed at it"), _("Note"),
    ]  # fmt: skip


def _line(pair: Pair, node: Node) -> Sequence[Cell]:
    change, beside = pair.comparison.changes[node.code], pair.beside(node.code)
    then, why = pair.before.result.nodes.get(node.code), pair.comparison.left_out.get(node.code)
    aimed = [deed.title for deed in pair.deeds if node.code in deed.aims]
    reliable = Fraction(str(round(beside.reliable.index, 4))) if beside.reliable else None
    return (
        kind_words(node.kind), node.code, _label(pair, node.code), change.before, change.after, change.delta,
        then.level if then else None, node.level, reliable, beside.group, beside.corrected, " | ".join(aimed),
        left_out_words(why) if why else "",
    )  # fmt: skip


def _gone(pair: Pair) -> Iterator[Sequence[Cell]]:
    """Criteria only the earlier round asked."""
    for code, why in pair.comparison.left_out.items():
        if code not in pair.after.result.nodes:
            node = pair.before.result.node(code)
            label = pair.before.questionnaire.criterion(code).label.in_(current())
            empty = (None,) * 3
            yield (
                kind_words(node.kind), code, label, *empty, node.level, None, *empty, "", left_out_words(why),
            )  # fmt: skip


def _label(pair: Pair, code: str) -> str:
    if code == TOTAL:
        return _("Overall maturity")
    parts = [*(group.row for group in pair.table.groups), *pair.table.elements, *pair.table.criteria.values()]
    row = next(one for one in parts if one.code == code)
    return row.part.label.in_(current()) if row.part else ""
