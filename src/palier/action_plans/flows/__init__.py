"""What happens to plans: one transaction each."""
