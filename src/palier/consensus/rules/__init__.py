"""What opened answers amount to. Pure."""
