"""Content files: discovery, path conventions, reading."""
