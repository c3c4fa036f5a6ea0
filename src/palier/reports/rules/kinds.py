"""Every kind of document the press sets in type."""

from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.documents import ActionPlanDocument, ResultsAndPlan

Document = ResultsAndPlan | ActionPlanDocument | ActionSheet | Bulletin
