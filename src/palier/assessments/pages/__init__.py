"""The screens of a round."""
