"""What workers have when they are forked: the model that tells languages."""

from __future__ import annotations

from searchapp.articles.body.detect_language import load

load()
