"""Research collections are read as their formats have them, and ranked as well as ever."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from searchapp.config.loading import CORPORA_VARIABLE
from searchapp.errors import QuestionsError
from searchapp.evaluation.measures import Gain
from tests.benchmarks import relevance

QUERIES = {"q1": 'wings OR -flow in "slipstreams"', "q2": "heat: conduction", "q3": "nothing judged good"}
DOCUMENTS = [("d1", "Wings", "A wing in a slipstream, or flow."), ("d2", "", "Conduction of heat."), ("d3", "Heat", "")]
QRELS = (("q1", "d1", 1), ("q2", "d2", 2), ("q2", "d3", 1), ("q2", "gone", 1), ("q3", "d1", 0), ("q9", "d1", 1))


def beir(folder: Path, key: str = "_id", qrels: str = "qrels/test.tsv") -> None:
    corpus = [json.dumps({key: id, "title": title, "text": text}) for id, title, text in DOCUMENTS]
    queries = [json.dumps({key: id, "text": text}) for id, text in QUERIES.items()]
    (folder / qrels).parent.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.jsonl").write_text("\n".join(corpus) + "\n", encoding="utf-8")
    (folder / "queries.jsonl").write_text("\n".join(queries), encoding="utf-8")
    rows = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in QRELS)]
    (folder / qrels).write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("key", "qrels"), [("_id", "qrels/test.tsv"), ("id", "qrels.tsv")])
def test_a_folder_of_beir_brings_its_own_articles(tmp_path: Path, key: str, qrels: str) -> None:
    beir(tmp_path, key, qrels)
    verdict = relevance.measure(tmp_path)
    assert [answer.question.query.text for answer in verdict.answers] == [
        "wings or flow in slipstreams",
        "heat: conduction",
    ]
    assert [answer.ranking for answer in verdict.answers] == [("d1",), ("d2", "d3")], "and what has some of the words"
    assert [each.name for _, each in verdict.missing] == ["gone"]
    assert verdict.figures["hit@1"] == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("queries.tsv", "51\tflow\n52\tconduction\n"),
        (
            "topics.txt",
            "<top>\n<num> Number: 51\n<title> Topic: flow\n<desc> x\n</top>\n<num>52</num><title>conduction",
        ),
    ],
)
def test_queries_and_judgements_of_trec(tmp_path: Path, name: str, text: str) -> None:
    beir(tmp_path, qrels="qrels.txt")
    (tmp_path / "queries.jsonl").unlink()
    (tmp_path / name).write_text(text)
    (tmp_path / "qrels.txt").write_text("51 0 d1 1\n51 0 d3 2\n52\t0\td2\t1\n")
    found = relevance.questions(tmp_path)
    assert [(each.query.text, [(j.name, j.grade) for j in each.judgements]) for each in found] == [
        ("flow", [("d1", 1), ("d3", 2)]),
        ("conduction", [("d2", 1)]),
    ]
    flow, conduction = relevance.measure(tmp_path).answers
    assert 0 < flow.figures["ndcg"] < conduction.figures["ndcg"] == 1


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("corpus.jsonl", '{"_id": "d1"}\n{"_id": "d1"}\n', "corpus.jsonl:2: the article d1 is there twice"),
        ("corpus.jsonl", "{}\n", "corpus.jsonl:1: there is no _id"),
        ("corpus.jsonl", "[1]\n", "corpus.jsonl:1: must be one JSON object a line"),
        ("queries.jsonl", "{\n", "queries.jsonl:1: must be one JSON object a line"),
        ("queries.jsonl", '{"id": 1, "text": "x"}\n', "queries.jsonl: nothing is judged good for any of"),
        ("qrels/test.tsv", "q1\td1\t1\nq1\td1\tgood\n", "qrels/test.tsv:2: must be query, article and grade"),
        ("qrels/test.tsv", "q1 1\n", "qrels/test.tsv:1: must be query, article and grade"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, file: str, text: str, said: str) -> None:
    beir(tmp_path)
    (tmp_path / file).write_text(text)
    with pytest.raises(QuestionsError) as error:
        relevance.measure(tmp_path)
    assert str(error.value).startswith(f"{tmp_path}/{said}")


def test_a_folder_without_queries_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="has no queries; there must be one of queries"):
        relevance.measure(tmp_path)


@pytest.mark.parametrize(
    ("name", "gain", "ndcg", "mrr"),
    [
        ("cranfield", Gain.EXPONENTIAL, 0.365, 0.554),
        ("cranfield", Gain.LINEAR, 0.377, 0.554),
        ("time", Gain.LINEAR, 0.752, 0.801),
    ],
)
def test_collections_are_ranked_as_well_as_ever(name: str, gain: Gain, ndcg: float, mrr: float) -> None:
    folder = Path(os.environ.get(CORPORA_VARIABLE, "")) / "relevance" / name
    if CORPORA_VARIABLE not in os.environ or not folder.is_dir():
        pytest.skip(f"needs {CORPORA_VARIABLE}, a folder with relevance/{name}")
    figures = relevance.measure(folder, gain).figures
    assert figures["ndcg"] == pytest.approx(ndcg, abs=0.003)
    assert figures["mrr"] == pytest.approx(mrr, abs=0.005)
