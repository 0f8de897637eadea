"""The figures of a ranking: against tables made by hand, their own laws, and trec_eval where it is installed."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchapp.evaluation.measures import Gain, hit, ndcg, reciprocal_rank

GRADES = {"a": 3, "b": 2, "c": 3, "d": 0, "e": 1, "f": 2, "g": 3, "h": 2}
RANKING = ["a", "b", "c", "d", "e", "f"]
"""By hand: of these six, linear gains give DCG 3 + 1.26186 + 1.5 + 0 + 0.38685 + 0.71241 = 6.86113, and the best order,
3 3 3 2 2 2, gives 3 + 1.89279 + 1.5 + 0.86135 + 0.77371 + 0.71241 = 8.74026. Exponential ones give 7 + 1.89279 + 3.5
+ 0 + 0.38685 + 1.06862 = 13.84826, and 7 + 4.41651 + 3.5 + 1.29203 + 1.16056 + 1.06862 = 18.43771.
"""


@pytest.mark.parametrize(
    ("gain", "depth", "figure"),
    [
        (Gain.LINEAR, 6, 6.86113 / 8.74026),
        (Gain.EXPONENTIAL, 6, 13.84826 / 18.43771),
        (Gain.LINEAR, 1, 1.0),
        (Gain.LINEAR, 2, (3 + 1.26186) / (3 + 1.89279)),
    ],
)
def test_ndcg_by_hand(gain: Gain, depth: int, figure: float) -> None:
    assert ndcg(RANKING, GRADES, depth, gain) == pytest.approx(figure, abs=1e-5)


def test_an_expected_article_second_and_one_that_would_do_first() -> None:
    assert ndcg(["would-do", "expected"], {"expected": 2, "would-do": 1}, 10) == pytest.approx(
        (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    )


@pytest.mark.parametrize(
    ("ranking", "depth", "hits", "reciprocal"),
    [
        ("xyaz", 1, 0, 0),
        ("xyaz", 3, 1, 1 / 3),
        ("xda", 2, 0, 0),
        ("", 10, 0, 0),
        ("ea", 10, 1, 1),
    ],
)
def test_hit_and_reciprocal_rank_by_hand(ranking: str, depth: int, hits: float, reciprocal: float) -> None:
    assert hit(list(ranking), GRADES, depth) == hits
    assert reciprocal_rank(list(ranking), GRADES, depth) == pytest.approx(reciprocal)


def test_nothing_good_is_nothing() -> None:
    assert ndcg(["a"], {"a": 0, "b": -1}, 10) == ndcg([], {}, 10) == 0


ids = st.sampled_from("abcdefghijklmnop")
rankings = st.lists(ids, unique=True, max_size=12)
grades = st.dictionaries(ids, st.integers(-1, 4), max_size=10)


@given(rankings, grades, st.integers(1, 12), st.sampled_from(Gain))
@example([], {}, 1, Gain.LINEAR)
def test_laws(ranking: list[str], grades: dict[str, int], depth: int, gain: Gain) -> None:
    figure = ndcg(ranking, grades, depth, gain)
    assert 0 <= figure <= 1 + 1e-12
    assert hit(ranking, grades, depth) >= reciprocal_rank(ranking, grades, depth) >= 0
    assert (figure > 0) == (hit(ranking, grades, depth) == 1)
    best = sorted(grades, key=lambda id: -grades[id])
    if any(grade > 0 for grade in grades.values()):
        assert ndcg(best, grades, depth, gain) == pytest.approx(1)
    for at in range(len(ranking) - 1):  # a better article further up never makes it worse
        if grades.get(ranking[at], 0) < grades.get(ranking[at + 1], 0):
            better = [*ranking[:at], ranking[at + 1], ranking[at], *ranking[at + 2 :]]
            assert ndcg(better, grades, depth, gain) >= figure - 1e-12


@pytest.mark.slow  # pytrec_eval is one of the benchmarks' peers
@given(st.lists(st.tuples(rankings, grades), min_size=1, max_size=5), st.integers(1, 12))
def test_as_trec_eval_has_it(queries: list[tuple[list[str], dict[str, int]]], depth: int) -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="needs pytrec_eval: pip install -e '.[bench]'")
    judged = {str(number): (ranking, grades) for number, (ranking, grades) in enumerate(queries) if ranking and grades}
    qrels = {name: grades for name, (_, grades) in judged.items()}
    run = {name: {id: -float(at) for at, id in enumerate(ranking[:depth])} for name, (ranking, _) in judged.items()}
    measures = {f"ndcg_cut.{depth}", "recip_rank", f"success.{depth}"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
    for name, (ranking, grades) in judged.items():
        assert ndcg(ranking, grades, depth) == pytest.approx(theirs[name][f"ndcg_cut_{depth}"])
        assert reciprocal_rank(ranking, grades, depth) == pytest.approx(theirs[name]["recip_rank"])
        assert hit(ranking, grades, depth) == theirs[name][f"success_{depth}"]
