"""Self-hosted full-text search for a blog's Markdown articles."""

__version__ = "0.2.0"
