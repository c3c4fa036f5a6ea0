"""The entry point for library users: plain data in, an exact and explained result out, no database.

    score(definition, answers) -> Result

Everything else stands in the files of this folder, named after their subjects.
"""

from palier.scoring.rules.engine import score
from palier.scoring.rules.result import Node, Result

__all__ = ["Node", "Result", "score"]
