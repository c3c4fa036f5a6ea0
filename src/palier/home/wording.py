"""Titles of pages, help by task, the glossary, the keys."""

from dataclasses import dataclass

from palier.foundation import language
from palier.foundation.language import gettext as _
from palier.home.rules.matching import folded


@dataclass(frozen=True, slots=True)
class Topic:
    """A task and how it is done; `anchor` is its address on the help page."""

    anchor: str
    title: str
    lines: tuple[str, ...]


def titles() -> dict[str, str]:
    """Titles of the pages under /fr and /en beside the home."""
    return {
        "method": _("The method"), "offers": _("Offers"), "data": _("Data and anonymity"), "accessibility": _("Accessibility statement"),
        "privacy": _("Privacy"), "legal": _("Legal notice"), "sitemap": _("Site map"),
    }  # fmt: skip


def language_pages() -> list[tuple[str, str]]:
    """Address and title of every public page in the language in use, the home first."""
    here = language.current()
    return [(f"/{here}/", _("Home")), *((f"/{here}/{name}", title) for name, title in titles().items())]


def shared_pages() -> list[tuple[str, str]]:
    """Address and title of the public pages that have one address for both languages."""
    return [
        ("/demo", _("Try the demonstration")), ("/signup", _("Create an account")), ("/signin", _("Sign in")),
        ("/forgotten", _("Choose a new password")), ("/help", _("Help")), ("/help/keyboard", _("Keyboard")),
        ("/verify", _("Check a document")),
    ]  # fmt: skip


def organisation_pages(base: str) -> list[tuple[str, str]]:
    """Address and title of the pages of an organisation whose address is `base`."""
    return [
        (base, _("Home")), (f"{base}/assessments", _("Assessments")), (f"{base}/benchmark", _("Benchmark")),
        (f"{base}/plans", _("Action plan")), (f"{base}/reports", _("Reports")), (f"{base}/people", _("People")),
        (f"{base}/questionnaires", _("Your questionnaires")), (f"{base}/settings", _("Organisation settings")), ("/account", _("My account")), ("/help", _("Help")),
        ("/help/keyboard", _("Keyboard")), *language_pages()[1:],
    ]  # fmt: skip


def help_topics() -> list[Topic]:
    """Help by task, in the order one meets them."""
    return [*_before_answering(), *_after_submitting(), *_around()]


def _before_answering() -> list[Topic]:
    return [
        Topic("organisation", _("Create an organisation and describe it"), (
            _("After signing up, three short pages ask for name, country and legal kind, then sector and workforce, then the word you use for the people you serve."),
            _("Sector, workforce and country choose your peers. You can change them later in the organisation’s settings."),
        )),
        Topic("colleagues", _("Invite colleagues"), (
            _("On the page “People”, paste the addresses and choose a role: owner, assessment lead, contributor or reader. Each receives a link that works once."),
            _("A consultant gets a mandate with an end date instead. You can end it at any time."),
        )),
        Topic("team", _("Share a round out"), (
            _("On the tab “Team” of a round, ask colleagues or paste addresses, tick the sections that are theirs and give them a date. You see how far each is, never what they answered alone."),
            _("Have them reminded every Monday, or once before their date; the button “Remind” does it at once, one letter a day at most."),
        )),
        Topic("answer", _("Answer a criterion"), (
            _("Choose the highest level whose whole description is true today and can be shown. Every change is saved by itself; the line at the bottom says when."),
            _("“Not applicable” asks for a reason and leaves the calculation. “Don’t know yet” keeps the criterion open without counting as zero."),
            _("If a colleague changed the same answer meanwhile, both versions are shown and you choose."),
        )),
        Topic("evidence", _("Back an answer with evidence"), (
            _("Write what supports the level, add a link if there is one, and say how strong it is: declared, documented or measured. The score does not change; confidence in it does."),
        )),
        Topic("submit", _("Check and submit"), (
            _("“Check answers” lists what is missing and what may surprise a reader. Submitting locks the answers, computes the result and gives a receipt. Only an owner or an assessment lead can submit."),
        )),
    ]  # fmt: skip


def _after_submitting() -> list[Topic]:
    return [
        Topic("results", _("Read the results"), (
            _("Each element has a strip from 0 to 100: the dot is you, the ring is your last round, the grey box is the middle half of peers, the tick their median."),
            _("“Why this score?” shows, criterion by criterion, how many points each brings. They add up to the score exactly."),
        )),
        Topic("benchmark", _("Compare with peers"), (
            _("Figures come from the last edition your network published. You see the size of the group as a band, three quartiles and your own quarter; never the score of another organisation."),
            _("When a group is too small, the next wider one is offered and named. The page “Data and anonymity” says why."),
        )),
        Topic("plan", _("Build an action plan"), (
            _("Suggestions are ranked by expected gain, distance to peers, your own priorities, evidence and effort; “Why” shows the figures. Adopt, put aside, or add your own actions, with an owner and a due date."),
        )),
        Topic("report", _("Have a PDF made"), (
            _("On the page “Reports”, choose the full report, the board summary of two pages, executive slides or the plan alone, then its parts, its paper, a mark, and whether people are named. A PDF is accessible (PDF/UA) and made for keeping (PDF/A), with its data inside; slides can be changed, charts included."),
            _("To hand it to somebody without an account, open the document and choose “Share by a link”: the link ends by itself, you see when it is used and can revoke it at any time."),
        )),
    ]  # fmt: skip


def _around() -> list[Topic]:
    return [
        Topic("own", _("Bring a questionnaire of your own"), (
            _("On “Your questionnaires”, an owner or the assessment lead uploads a YAML file or an XLSX workbook; the flash questionnaire can be downloaded there as an example."),
            _("Every fault is told with its line or its cell. Without faults, the preview shows the answering pages; publishing makes the version final and offers it when a round is opened."),
        )),
        Topic("offline", _("The connection is lost"), (
            _("Go on typing: your answer stays in this browser and is sent when the connection is back. The line at the bottom says so."),
        )),
        Topic("password", _("Password, sessions, language and theme"), (
            _("All of it is on the page “My account”: change your password, end sessions on other devices, choose French or English, a light or dark theme, and switch off keyboard shortcuts."),
        )),
        Topic("demonstration", _("Try without an account"), (
            _("The demonstration gives you a private copy of an invented organisation for 24 hours. It never enters a benchmark. “Create my organisation” keeps the answers of the open round."),
        )),
    ]  # fmt: skip


def glossary() -> list[tuple[str, str]]:
    """Words of the field and what they mean, in alphabetical order of the language in use."""
    words = [
        (_("Criterion"), _("A statement an organisation places itself on, with a description for each level.")),
        (_("Element"), _("A group of criteria scored together.")),
        (_("Dimension"), _("A group of elements; the top storey of a questionnaire.")),
        (_("Maturity level"), _("A step from 1 (Initial) to 5 (Exemplary), set by the score and by conditions on core criteria.")),
        (_("Score"), _("0 to 100 points, shown with one decimal.")),
        (_("Response rate"), _("Share of what applies that is answered. Below a threshold no score is given.")),
        (_("Evidence"), _("What backs an answer: none, declared, documented, measured or verified.")),
        (_("Campaign"), _("A network’s call to its members to answer a questionnaire by a date.")),
        (_("Edition"), _("The figures a network publishes after a campaign; they never change afterwards.")),
        (_("Peer group"), _("The organisations a score is compared with, named by sector, size or country.")),
        (_("Median"), _("Half of the group stands below it, half above.")),
        (_("Quartile"), _("A quarter of the group stands below the lower one, a quarter above the upper one.")),
        (_("Batch"), _("Contributions published together or not at all, so that no single one can be worked out.")),
        (_("Lever"), _("An action of the library that helps a criterion go from one level to another.")),
        (_("Expected gain"), _("What an action would add to the score, computed by running the whole calculation again.")),
        (_("Mandate"), _("Access an organisation gives a consultant until a date, and can end before.")),
    ]  # fmt: skip
    return sorted(words, key=lambda entry: folded(entry[0]))


def shortcuts() -> list[tuple[str, tuple[str, ...], str]]:
    """Where it works, the keys, what they do."""
    return [
        (_("Everywhere"), (_("Tab"),), _("Go to the next link, field or button; with Shift, to the previous one")),
        (_("Everywhere"), ("Ctrl", "K"), _("Open the search of the organisation")),
        (_("Everywhere"), (_("Escape"),), _("Close an open menu or dialog")),
        (_("Levels of a criterion"), ("↑ ↓",), _("Choose the level above or below")),
        (_("Levels of a criterion"), ("1 – 5",), _("Choose a level by its number, while the focus is among the levels")),
        (_("Levels of a criterion"), (_("Enter"),), _("Continue to the next criterion")),
        (_("Rationale and evidence"), ("Ctrl", _("Enter")), _("Save and continue to the next criterion")),
    ]  # fmt: skip
