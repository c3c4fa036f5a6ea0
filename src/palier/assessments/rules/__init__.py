"""What an answer may say, how far a round is, what a check finds: pure."""
