"""Asks an engine all questions and sums up what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

from searchapp.engine import Engine
from searchapp.evaluation.measures import Gain, hit, ndcg, reciprocal_rank
from searchapp.evaluation.questions import Judgement, Question

Progress = Callable[[int, int], None]
Locate = Callable[[str], Iterable[str]]
"""The ids that a name in a judgement may mean, likely ones first."""

CUTOFFS = (1, 3, 10)
MAX_CUTOFF = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """How it is measured: hit@k at these `cutoffs`, which ascend, MRR and nDCG over the first `depth` results."""

    cutoffs: tuple[int, ...] = CUTOFFS
    depth: int = CUTOFFS[-1]
    gain: Gain = Gain.LINEAR

    @property
    def deepest(self) -> int:
        """How many results are looked at."""
        return max(self.depth, *self.cutoffs)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the figures, in the order in which they are shown."""
        return (*(f"hit@{cutoff}" for cutoff in self.cutoffs), "mrr", "ndcg")


Figures = Mapping[str, float]
"""Name (as in `Scale.names`) -> 0 to 1."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a judged article: its id, None if the index has none such; its place, None if beyond the depth."""

    judgement: Judgement
    id: str | None
    place: int | None


@dataclass(frozen=True, slots=True)
class RankedResults:
    """What came for a question: the first of `total` articles, as deep as the scale looks."""

    question: Question
    figures: Figures
    judged: tuple[Judged, ...]
    ranking: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """All answers, in the order of the questions, and the means of their figures."""

    answers: tuple[RankedResults, ...]
    figures: Figures
    scale: Scale
    generation: str

    @property
    def missing(self) -> tuple[tuple[Question, Judgement], ...]:
        """What is judged good and is not in the index."""
        return tuple(
            (answer.question, each.judgement)
            for answer in self.answers
            for each in answer.judged
            if each.id is None and each.judgement.grade > 0
        )


def judge(
    engine: Engine, questions: Sequence[Question], locate: Locate, scale: Scale, progress: Progress | None = None
) -> Verdict:
    """Asks all `questions` as readers would. Raises IndexUnusableError while there is no index.

    Articles that are judged good and are not in the index count as not found.
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
    """Of each figure over all queries; zeros without any."""
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
