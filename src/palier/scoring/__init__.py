"""What answers are worth: pure arithmetic over a questionnaire and its answers."""
