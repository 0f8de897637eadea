"""From texts to posting arrays: what bounds the memory of a build changes no answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from searchapp.engines.reference.engine import MemoryEngine
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.engines.whoosh.segments import postings, writer
from searchapp.engines.whoosh.segments.segment import PostingsFile
from searchapp.model import Article, Query, Section

WORDS = (
    "Bread,",
    "bread",
    "(rye)",
    "3.11;",
    "e-mail",
    "foo.bar(baz,qux)",
    "—",
    "C++",
    ".NET",
    "l'homme",
    "検索する。次",
    "…",
)
QUERIES = (
    "bread",
    "rye",
    "3.11",
    "email",
    "baz",
    "qux",
    "c++",
    ".net",
    "homme",
    "検索",
    "次",
    '"bread rye"',
    '"baz qux"',
)


def articles() -> list[Article]:
    chance = random.Random(5)
    texts = [" ".join(chance.choices(WORDS, k=12)) for _ in range(40)]
    return [Article(id=f"{n}.md", title=f"Number {n}", sections=(Section("", "", t),)) for n, t in enumerate(texts)]


@pytest.mark.parametrize("remembered", [1, 3, 1_000_000])
def test_stretches_of_text_give_the_words_that_are_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr(postings, "MAX_STRETCHES", remembered)
    engine, naive = WhooshEngine(tmp_path / "index"), MemoryEngine()
    engine.rebuild(articles())
    naive.rebuild(articles())
    for text in QUERIES:
        query = Query(text, per_page=100)
        ours, theirs = engine.search(query), naive.search(query)
        assert [hit.id for hit in ours.hits] == [hit.id for hit in theirs.hits], text
        assert ours.total == theirs.total > 0, text
    engine.close()


def test_a_text_without_blanks_fills_a_segment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_TOKENS", 1_000)
    engine = WhooshEngine(tmp_path / "index")
    text = Section("", "", "検索する次" * 60)
    engine.rebuild(Article(id=f"{n}.md", title="x", language="ja", sections=(text,)) for n in range(20))
    files = list((tmp_path / "index").glob("*/*.post"))
    assert sum(PostingsFile(path).documents for path in files) == 20
    assert len(files) >= 5
    engine.close()
