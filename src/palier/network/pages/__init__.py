"""The pages around an organisation and its people."""
