"""What pages say about people's data: why a parcel failed, what goes after which time, what goes with an account."""

from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.privacy.rules.keeping import TERMS, Kept


def failure_sentence(why: str) -> str:
    """Why a parcel was not made, and what to do."""
    sentences = {
        "too big": _("Together the files are too big for one parcel. Take rounds and plans from their pages “Data”, and evidence from its list."),
        "not owner": _("Only an owner can take the organisation’s data away."),
    }  # fmt: skip
    return sentences.get(
        why, _("It could not be made because a file could not be read. Please ask again in a while.")
    )


def term_labels() -> dict[Kept, tuple[str, str]]:
    """What each term is about, and what exactly goes."""
    return {
        Kept.DRAFTS: (_("Rounds nobody answered"), _("Counted from the day they were opened. A round with answers is never deleted by itself.")),
        Kept.EVIDENCE: (_("Evidence past its last day"), _("Files, links and notes. What a submitted round shows stays with it.")),
        Kept.COMMENTS: (_("Comments under actions that are done"), _("Counted from the day the action was done.")),
        Kept.DOCUMENTS: (_("Documents that were made"), _("The files go; a document that somebody kept can still be checked by its code.")),
        Kept.TRAIL: (_("Details of the audit trail"), _("Before and after go; who, when and what stay, and the chain holds.")),
    }  # fmt: skip


def foreseen_words(kept: Kept, count: int) -> str:
    """What the next night would do."""
    words = {
        Kept.DRAFTS: ngettext("%(n)s round", "%(n)s rounds", count),
        Kept.EVIDENCE: ngettext("%(n)s piece of evidence", "%(n)s pieces of evidence", count),
        Kept.COMMENTS: ngettext("%(n)s comment", "%(n)s comments", count),
        Kept.DOCUMENTS: ngettext("%(n)s document", "%(n)s documents", count),
        Kept.TRAIL: ngettext("the details of %(n)s entry", "the details of %(n)s entries", count),
    }
    return words[kept] % {"n": count}


def term_error(kept: Kept) -> str:
    """A number of days that cannot be chosen."""
    term = TERMS[kept]
    return _("Write a number of days from %(fewest)s to %(most)s") % {
        "fewest": term.fewest,
        "most": term.most,
    }


def person_goes() -> tuple[str, ...]:
    """What is erased with an account."""
    return (
        _("Your account: name, e-mail address, password, sessions, preferences, second factors."),
        _("Your memberships and mandates, invitations to your address, the letters sent to you."),
        _("Your name and address wherever they stand: beside answers, actions, comments and evidence, in their texts, in documents, which are made anew."),
        _("Details of the audit trail that name you. That something was changed, and when, stays."),
        _("Your own billing account, where you pay as a consultant. A subscription that runs is cancelled at Stripe first."),
    )  # fmt: skip


def person_stays() -> tuple[tuple[str, str], ...]:
    """What stays, and why."""
    return (
        (_("What you answered, wrote and decided stays with the organisation, under a pseudonym."), _("It is the organisation’s work, and others rely on it.")),
        (_("Submitted rounds keep their answers, scores and hashes."), _("A result that changed afterwards would prove nothing.")),
        (_("Files you brought stay with the organisation; what is inside them is not searched."), _("They back its answers. Delete those you may before you go, or ask an owner.")),
        _invoices(),
        (_("Texts that name you by your first name alone, or in other words."), _("Nothing tells them from others. Ask whoever wrote them.")),
        (_("Copies made before: backups, documents already sent."), _("Backups are overwritten in their own time; what left Palier is with whoever received it.")),
    )  # fmt: skip


def _invoices() -> tuple[str, str]:
    return (
        _("Invoices that were issued, for ten years."),
        _("The law wants them kept (Code de commerce, article L123-22); afterwards they go by themselves."),
    )


def house_goes() -> tuple[str, ...]:
    """What is erased with an organisation."""
    return (
        _(
            "Every round, answer, comment, piece of evidence, plan, document and questionnaire of the organisation, and their files."
        ),
        _(
            "Memberships, mandates, invitations and links; its pages no longer exist. People keep their accounts."
        ),
        _("Its practices, and its entries in networks’ directories."),
        _(
            "Its offers, orders and billing details. A subscription that runs is cancelled at Stripe first, and nothing more is charged."
        ),
    )


def house_stays() -> tuple[tuple[str, str], ...]:
    """What stays, and why."""
    return (
        (_("The hashes of its audit trail: who, when and what, without details."), _("The chain must show that nothing was taken out unseen.")),
        _invoices(),
        (_("Its place in sealed batches of benchmarks, without any score."), _("Published figures of others rest on whole batches.")),
        (_("What a network’s staff wrote down about its member, in its own register."), _("It belongs to the network. Ask there.")),
    )  # fmt: skip
