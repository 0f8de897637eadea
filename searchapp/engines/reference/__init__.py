"""The reference engine: every article examined for every query."""
