"""Generations on disk: pointer, checksums, verification, file access."""
