"""How many examples costly properties are tried with. `--hypothesis-profile=thorough` asks for more than by default."""

from __future__ import annotations

from hypothesis import settings

EXPENSIVE: int = settings.default.max_examples // 3
"""Examples for what builds an index, or reads a whole blog, in each."""
