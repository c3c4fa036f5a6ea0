"""What is done for those who run the installation."""
