"""What the cockpit decides with, without a database."""
