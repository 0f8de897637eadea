"""Excerpts of articles for results: passages, snippets, highlights and text fragments."""
