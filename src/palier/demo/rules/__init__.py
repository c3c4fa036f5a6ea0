"""An invented network that behaves like a real one: who is in it, and what they answer. Pure and deterministic."""
