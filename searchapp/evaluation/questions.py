"""Queries with relevance judgements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from searchapp.model import Query

EXPECTED = 2
ACCEPTABLE = 1
"""The relevance grades of golden queries."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The relevance grade of an article, given by id, path or address; 1 and more is relevant."""

    name: str
    grade: int
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """A query and its judgements."""

    query: Query
    judgements: tuple[Judgement, ...]
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Questions:
    """The queries of a file.

    floor   minimum of the mean measures: "ndcg", "mrr", "hit@3" (or "hit" for the deepest) -> 0 to 1
    """

    file: str
    questions: tuple[Question, ...]
    floor: Mapping[str, float] = field(default_factory=dict)
