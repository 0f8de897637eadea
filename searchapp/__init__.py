"""Self-hosted full-text search for a blog's Markdown articles."""

__version__ = "0.1.0"
