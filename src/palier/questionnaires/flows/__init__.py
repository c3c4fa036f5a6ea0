"""Questionnaires of one's own: bringing them, and choosing among them and the shipped ones."""
