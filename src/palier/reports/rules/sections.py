"""A full report without the parts somebody left out: neither its pages nor the data attached hold them. Pure."""

from dataclasses import replace

from palier.reports.rules.documents import ResultsAndPlan
from palier.reports.rules.options import Section


def shown_only(report: ResultsAndPlan) -> ResultsAndPlan:
    """`report` with nothing in it that no section it shows would print; elements stay, as other sections name them."""
    options = report.options
    listed = options.shows(Section.PRIORITIES) or options.shows(Section.SUMMARY)
    scored = options.shows(Section.SCORE)
    return replace(
        report,
        plan=report.plan if options.shows(Section.PLAN) else None,
        criteria=report.criteria if options.shows(Section.CRITERIA) else (),
        strengths=report.strengths if listed else (),
        priorities=report.priorities if listed else (),
        gates=report.gates if scored else (),
        pyramid=report.pyramid if scored else (),
        evidence=report.evidence if scored else None,
    )
