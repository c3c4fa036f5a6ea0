"""Making units, taking organisations in, letting them go."""
