"""Several people on one round: who is asked, what each of them answered, what they agreed on."""
