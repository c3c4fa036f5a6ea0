"""What is asked: questionnaires as data, their catalogue and their levers."""
