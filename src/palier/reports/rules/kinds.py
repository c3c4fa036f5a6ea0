"""Every kind of document the press sets in type."""

from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.certificates import Certificate
from palier.reports.rules.documents import ActionPlanDocument, ResultsAndPlan
from palier.reports.rules.paper_questionnaires import PaperQuestionnaire
from palier.reports.rules.slides import Slides

Document = (
    ResultsAndPlan
    | BoardSummary
    | ActionPlanDocument
    | ActionSheet
    | Bulletin
    | Certificate
    | PaperQuestionnaire
    | Slides
)
