"""The configuration: loading from file, environment and flags, and the checks of its values."""
