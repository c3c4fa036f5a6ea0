"""Every kind of document the press sets in type."""

from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.documents import ActionPlanDocument, ResultsAndPlan

Document = ResultsAndPlan | ActionPlanDocument | Bulletin
