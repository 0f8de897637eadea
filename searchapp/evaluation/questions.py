"""The nouns: what is asked, what is judged good for it, and what the whole must reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from searchapp.model import Query

EXPECTED = 2
ACCEPTABLE = 1
"""The grades of golden queries; collections bring their own."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An article, by whatever name, and how good it is for a question: 1 and more is good, 0 and less is not."""

    name: str
    grade: int
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """A query and what is judged for it. `name` tells it in reports: its number in a collection, else ""."""

    query: Query
    judgements: tuple[Judgement, ...]
    name: str = ""
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Questions:
    """All of a file or folder.

    floor       what the totals must reach at least: "ndcg", "mrr", "hit@3" (or "hit" for the deepest) -> 0 to 1
    collection  whether the judgements are of a research collection, in which articles may be missing
    unjudged    how many queries were left out, since nothing is judged good for them
    """

    file: str
    questions: tuple[Question, ...]
    floor: Mapping[str, float] = field(default_factory=dict)
    collection: bool = False
    unjudged: int = 0
