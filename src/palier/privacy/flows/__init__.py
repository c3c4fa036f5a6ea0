"""What is done for what is held about people."""
