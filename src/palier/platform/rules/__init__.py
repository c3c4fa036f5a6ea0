"""Pure rules of those who run the installation."""
