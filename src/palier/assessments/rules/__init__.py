"""What holds for assessments whatever stores or shows them: pure."""
