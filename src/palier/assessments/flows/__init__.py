"""What people do to a round: open it, answer, submit, look at it as a whole."""
