"""What a person does with their account."""
