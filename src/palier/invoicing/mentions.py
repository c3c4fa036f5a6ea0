"""What the law wants written on an invoice, in the language in use.

Code de commerce L441-9, L441-10, D441-5; code de la commande publique L2192-10 to 14, R2192-31, D2192-35; CGI, annexe II,
article 242 nonies A.
"""

from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.invoicing.rules.documents import Document, Note
from palier.invoicing.rules.taxing import Category


def notes_of(document: Document, more: str = "") -> tuple[Note, ...]:
    """The sentences of the document, the ones a machine looks for with their code; `more` is what the staff add."""
    late, recovery = _of_the_state() if document.buyer.public else _of_commerce()
    said = [Note(late, "PMD"), Note(recovery, "PMT"), Note(_("No discount for early payment."), "AAB")]
    said.append(Note(_("Supply of services. VAT is due when the price is paid.")))
    if document.references.commitment and document.references.order:
        said.append(Note(_("Your order: %(order)s") % {"order": document.references.order}))
    return (*said, Note(more)) if more else tuple(said)


def _of_commerce() -> tuple[str, str]:
    return (
        _("Late payment: interest at the rate of the European Central Bank plus ten points (code de commerce, L441-10)."),
        _("Fixed compensation for recovery costs: 40 € (code de commerce, D441-5)."),
    )  # fmt: skip


def _of_the_state() -> tuple[str, str]:
    return (
        _(
            "Late payment: interest at the rate of the European Central Bank plus eight points (CCP, R2192-31)."
        ),
        _("Fixed compensation for recovery costs: 40 € (code de la commande publique, D2192-35)."),
    )


def exemption_of(category: Category) -> str:
    """Why no VAT is charged; empty where it is."""
    return {
        Category.STANDARD: "",
        Category.REVERSE: _("Reverse charge: VAT is due by the customer (CGI, article 283-2; directive 2006/112/EC, article 196)."),
        Category.OUTSIDE: _("VAT not charged: service supplied to a business outside the European Union (CGI, article 259-1)."),
    }[category]  # fmt: skip


def terms_of(document: Document) -> str:
    """How it is paid."""
    if document.corrects is not None:
        return _("To be set off against invoice %(number)s, or paid back by transfer.") % {
            "number": document.corrects.number
        }
    return _("To be paid by transfer by %(day)s.") % {"day": day(document.due_on)}
