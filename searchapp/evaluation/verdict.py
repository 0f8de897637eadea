"""Runs queries with judgements on an engine and computes the measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

from searchapp.engine import Engine
from searchapp.evaluation.measures import Gain, hit, ndcg, reciprocal_rank
from searchapp.evaluation.questions import Judgement, Question

Progress = Callable[[int, int], None]
Locate = Callable[[str], Iterable[str]]
"""Returns the ids that a judgement's name may refer to, the likeliest first."""

CUTOFFS = (1, 3, 10)
MAX_CUTOFF = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """The measures: hit@k at the ascending `cutoffs`, MRR and nDCG over the first `depth` results."""

    cutoffs: tuple[int, ...] = CUTOFFS
    depth: int = CUTOFFS[-1]
    gain: Gain = Gain.LINEAR

    @property
    def deepest(self) -> int:
        """The number of results needed."""
        return max(self.depth, *self.cutoffs)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the measures, in display order."""
        return (*(f"hit@{cutoff}" for cutoff in self.cutoffs), "mrr", "ndcg")


Figures = Mapping[str, float]
"""Name (as in `Scale.names`) -> 0 to 1."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged article in the results: its id, None if it is not indexed; its rank from 1, None if beyond the depth."""

    judgement: Judgement
    id: str | None
    place: int | None


@dataclass(frozen=True, slots=True)
class RankedResults:
    """The results of one query: the first of `total` ids, as deep as the scale needs, and their measures."""

    question: Question
    figures: Figures
    judged: tuple[Judged, ...]
    ranking: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The results of all queries, in their order, and the means of the measures."""

    answers: tuple[RankedResults, ...]
    figures: Figures
    scale: Scale
    generation: str

    @property
    def missing(self) -> tuple[tuple[Question, Judgement], ...]:
        """Relevant articles that are not in the index."""
        return tuple(
            (answer.question, each.judgement)
            for answer in self.answers
            for each in answer.judged
            if each.id is None and each.judgement.grade > 0
        )


def judge(
    engine: Engine, questions: Sequence[Question], locate: Locate, scale: Scale, progress: Progress | None = None
) -> Verdict:
    """Run all queries and measure their results. Raises IndexUnusableError while there is no index.

    Relevant articles that are not in the index count as not found.
    """
    generation = engine.generation()
    known = engine.manifest()
    ids: dict[str, str | None] = {}
    answers = []
    for done, question in enumerate(questions, 1):
        for judgement in question.judgements:
            if judgement.name not in ids:
                ids[judgement.name] = next((id for id in locate(judgement.name) if id in known), None)
        answers.append(_answer(engine, question, ids, scale))
        if progress:
            progress(done, len(questions))
    return Verdict(tuple(answers), mean([answer.figures for answer in answers], scale), scale, generation)


def mean(figures: Sequence[Figures], scale: Scale) -> Figures:
    """Return the mean of each measure; zeros without queries."""
    return {name: fsum(each[name] for each in figures) / max(len(figures), 1) for name in scale.names}


def _answer(engine: Engine, question: Question, ids: Mapping[str, str | None], scale: Scale) -> RankedResults:
    results = engine.search(replace(question.query, page=1, per_page=scale.deepest))
    ranking = tuple(hit.id for hit in results.hits)
    places = {id: place for place, id in enumerate(ranking, 1)}
    grades: dict[str, int] = {}
    judged = []
    for judgement in question.judgements:
        id = ids[judgement.name]
        key = judgement.name if id is None else id
        grades[key] = max(judgement.grade, grades.get(key, judgement.grade))
        judged.append(Judged(judgement, id, places.get(id) if id is not None else None))
    return RankedResults(question, _figures(ranking, grades, scale), tuple(judged), ranking, results.total)


def _figures(ranking: Sequence[str], grades: Mapping[str, int], scale: Scale) -> Figures:
    return {
        **{f"hit@{cutoff}": hit(ranking, grades, cutoff) for cutoff in scale.cutoffs},
        "mrr": reciprocal_rank(ranking, grades, scale.depth),
        "ndcg": ndcg(ranking, grades, scale.depth, scale.gain),
    }
