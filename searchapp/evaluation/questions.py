"""The nouns: what is asked, what is judged good for it, and what the whole must reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from searchapp.model import Query

EXPECTED = 2
ACCEPTABLE = 1
"""The grades of golden queries."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An article, by whatever name, and how good it is for a question: 1 and more is good, 0 and less is not."""

    name: str
    grade: int
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """A query and what is judged for it."""

    query: Query
    judgements: tuple[Judgement, ...]
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Questions:
    """All of a file.

    floor   what the totals must reach at least: "ndcg", "mrr", "hit@3" (or "hit" for the deepest) -> 0 to 1
    """

    file: str
    questions: tuple[Question, ...]
    floor: Mapping[str, float] = field(default_factory=dict)
