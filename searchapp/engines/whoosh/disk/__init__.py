"""Generations on disk: the pointer, checksums, verification, file access."""
