"""The pages of assessments: answering, submitting, results."""
