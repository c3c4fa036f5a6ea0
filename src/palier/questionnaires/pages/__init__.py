"""The pages of questionnaires of one's own."""
