"""How well research collections are ranked: folders with documents, queries and relevance judgements (BEIR, TREC).

python -m tests.benchmarks.relevance FOLDER…

A folder has `corpus.jsonl`, `queries.jsonl`, `queries.tsv` or `topics.txt`, and judgements in `qrels/test.tsv`,
`qrels.tsv` or `qrels.txt`. Lines are

    corpus.jsonl    {"_id": "d1", "title": "…", "text": "…"}, or `id`
    queries.jsonl   {"_id": "q1", "text": "…"}, or `id`
    queries.tsv     q1 <tab> text
    topics          <top> <num> Number: q1 <title> text … </top>, as TREC has them
    qrels           q1 d1 grade, or TREC's q1 0 d1 grade; with blanks or tabs between them; a heading may come first

A query's text is nothing but words: quotes, OR or a hyphen in it are not meant as the query language has them.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from searchapp.articles.body import detect_language
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.errors import QuestionsError
from searchapp.evaluation.measures import Gain
from searchapp.evaluation.questions import Judgement, Question
from searchapp.evaluation.verdict import Scale, Verdict, judge
from searchapp.model import Article, Query, Section

CORPUS = "corpus.jsonl"
QUERIES = ("queries.jsonl", "queries.tsv", "topics.txt", "topics")
QRELS = ("qrels/test.tsv", "qrels.tsv", "qrels.txt", "qrels")
UNTITLED = "—"
"""The title of what has none: no word, so that nothing is found by it."""

_TOPIC = re.compile(r"<num>\s*(?:Number:)?\s*(?P<name>\S+?)\s*(?:</num>)?\s*<title>\s*(?:Topic:)?(?P<text>[^<]*)", re.I)
_SYNTAX = re.compile(r"""["“”„«»*]|(?:^|(?<=\s))-+(?=\S)|(?<=\w):(?=\S)""")
_OPERATORS = re.compile(r"(?<!\S)(OR|NOT)(?!\S)")


def measure(folder: Path, gain: Gain = Gain.LINEAR) -> Verdict:
    """Indexes the collection in a folder of its own, asks all its queries and compares with the judgements.

    Raises QuestionsError, naming file and line.
    """
    found = questions(folder)
    with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as scratch:
        config = Config(content_dir=folder, index_dir=Path(scratch) / "index")
        with closing(open_engine(config)) as engine:
            engine.rebuild(articles(folder / CORPUS))
            return judge(engine, found, lambda id: (id,), Scale(gain=gain))


def questions(folder: Path) -> tuple[Question, ...]:
    """The queries for which something is judged good. Raises QuestionsError, naming file and line."""
    queries = _one_of(folder, QUERIES, "queries")
    judged = _judgements(_one_of(folder, QRELS, "judgements"))
    found: dict[str, Question] = {}
    for line, name, text in _queries(queries):
        if name in found:
            raise QuestionsError(queries, line, f"the query {name} is there twice; keep one")
        found[name] = Question(Query(words(text)), tuple(judged.get(name, ())), line)
    good = tuple(each for each in found.values() if any(judgement.grade > 0 for judgement in each.judgements))
    if not good:
        raise QuestionsError(queries, None, f"nothing is judged good for any of its {len(found)} queries")
    return good


def words(text: str) -> str:
    """The text without what the query language would take for more than words."""
    return " ".join(_OPERATORS.sub(lambda match: match[0].lower(), _SYNTAX.sub(" ", text)).split())


def articles(corpus: Path) -> Iterator[Article]:
    """The articles of a `corpus.jsonl`, one in memory at a time, all in the language of its beginning.

    Raises QuestionsError, naming the line.
    """
    spoken, _ = detect_language.detect(" ".join(_text(row, "text") for _, row in islice(_rows(corpus), 50)))
    seen: set[str] = set()
    for line, row in _rows(corpus):
        id = _id(corpus, line, row)
        if id in seen:
            raise QuestionsError(corpus, line, f"the article {id} is there twice; keep one")
        seen.add(id)
        title, text = _text(row, "title").strip() or UNTITLED, _text(row, "text")
        digest = hashlib.sha256(f"{spoken}\0{title}\0{text}".encode(errors="replace")).hexdigest()
        yield Article(id, title, language=spoken, sections=(Section("", "", text, 0),), digest=digest)


def _one_of(folder: Path, names: tuple[str, ...], what: str) -> Path:
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise QuestionsError(folder, None, f"has no {what}; there must be one of {', '.join(names)}")
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except OSError as error:
        raise QuestionsError(path, None, f"can't be read ({error.strerror}); check the path") from error


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise QuestionsError(path, number, 'must be one JSON object a line, such as {"_id": "1", "text": "…"}')
        yield number, row


def _id(path: Path, line: int, row: dict[str, Any]) -> str:
    id = row.get("_id", row.get("id"))
    if not isinstance(id, str | int) or isinstance(id, bool) or not str(id).strip():
        raise QuestionsError(path, line, "there is no _id")
    return str(id).strip().encode(errors="replace").decode()


def _text(row: dict[str, Any], key: str) -> str:
    """A text without lone surrogates, which JSON can spell."""
    value = row.get(key)
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _queries(path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, name, text) of each."""
    if path.suffix.lower() == ".jsonl":
        yield from ((line, _id(path, line, row), _text(row, "text")) for line, row in _rows(path))
        return
    lines = list(_lines(path))
    whole = "".join(line for _, line in lines)
    topics = list(_TOPIC.finditer(whole))
    for match in topics:
        yield lines[whole.count("\n", 0, match.start())][0], match["name"], match["text"]
    for line, row in lines if not topics else ():
        name, _, text = row.strip().partition("\t")
        if not text.strip():
            raise QuestionsError(path, line, "must be the name of a query, a tab, and its text")
        yield line, name.strip(), text


def _judgements(path: Path) -> dict[str, list[Judgement]]:
    found: dict[str, list[Judgement]] = {}
    for line, row in _lines(path):
        fields = row.split("\t") if row.count("\t") in {2, 3} else row.split()
        *names, grade = (field.strip() for field in fields)
        if len(names) not in {2, 3} or not _is_grade(grade):
            if line == 1 and len(names) in {2, 3}:
                continue
            raise QuestionsError(path, line, "must be query, article and grade, or query, 0, article and grade")
        found.setdefault(names[0], []).append(Judgement(names[-1], int(float(grade)), line))
    return found


def _is_grade(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[0-9]{1,3}(\.0*)?", text))


def main() -> None:
    """Prints MRR@10 and nDCG@10 of each folder, with both gains that publications use."""
    for folder in map(Path, sys.argv[1:]):
        linear, exponential = (measure(folder, gain) for gain in (Gain.LINEAR, Gain.EXPONENTIAL))
        print(
            f"{folder.name}: {len(linear.answers)} queries, MRR {linear.figures['mrr']:.3f}, "
            f"nDCG {linear.figures['ndcg']:.3f} (2^grade - 1: {exponential.figures['ndcg']:.3f})"
        )


if __name__ == "__main__":
    main()
