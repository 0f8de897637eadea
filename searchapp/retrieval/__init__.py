"""Retrieval independent of the storage: ranking, query terms, spelling, suggestions, related articles."""
