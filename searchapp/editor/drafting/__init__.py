"""Suggestions for a draft: links to articles as Markdown to paste, tags and categories, near-duplicates."""
