"""What a hit costs, in characters read and not in time, and what passages of long articles show."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from searchapp.analysis import analyzer
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.engines.whoosh.segments import docstore
from searchapp.model import Article, Hit, Query, Section

FILLER = "Flour, water and a little patience, said the miller to nobody.\n"
END = "Then the zeppelin of Friedrichshafen landed softly."


def article(id: str, times: int, end: str = END) -> Article:
    texts = (FILLER * (times // 2), FILLER * (times - times // 2) + end)
    sections = (Section("", "", texts[0], 0), Section("Landing", "landing", texts[1]))
    return Article(id=id, title="A Day", sections=sections, html="<p>Flour</p>" * times, digest=id)


class Counter:
    """Counts characters that are inflated, and looked at for words, while it is installed."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.inflated = self.analysed = 0
        self._pattern = analyzer.TOKEN
        patch.setattr(analyzer, "TOKEN", SimpleNamespace(finditer=self._finditer, findall=self._pattern.findall))
        patch.setattr(docstore, "zlib", SimpleNamespace(decompress=self._decompress, error=zlib.error))

    def _finditer(self, text: str, start: int = 0, end: int = 1 << 60) -> Iterator[Any]:
        self.analysed += min(end, len(text)) - start
        return self._pattern.finditer(text, start, end)

    def _decompress(self, data: Any, *more: int) -> bytes:
        found = zlib.decompress(data, *more)
        self.inflated += len(found)
        return found


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    engine = WhooshEngine(tmp_path / "index")
    yield engine
    engine.close()


def only_hit(engine: WhooshEngine, text: str) -> Hit:
    [hit] = engine.search(Query(text)).hits
    return hit


@pytest.mark.parametrize(
    "text", ["zeppelin", '"the zeppelin of friedrichshafen"', "miller zeppelin landed", "the zeppel*"]
)
def test_a_hit_in_a_megabyte_reads_no_more_than_one_in_a_page(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    work = []
    for times in (100, 17_000):
        engine.rebuild([article("a.md", times), Article(id="b.md", title="Other", digest="b")])
        only_hit(engine, text)
        with monkeypatch.context() as patch:
            counter = Counter(patch)
            hit = only_hit(engine, text)
        assert hit.section == Section("Landing", "landing", "")
        assert hit.excerpt.startswith("Flour, water")
        assert "zeppelin" in " ".join(f.text for f in hit.snippet if f.matched)
        work.append((counter.inflated, counter.analysed))
    (short_inflated, short_analysed), (long_inflated, long_analysed) = work
    assert long_inflated <= max(short_inflated, 4 * docstore.BLOCK)
    assert long_analysed <= max(short_analysed, 2_000)


def test_further_sections_of_a_megabyte_cost_three_short_passages(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = tuple(Section(f"Day {n}", f"day-{n}", FILLER * 2_500 + END, 2) for n in range(7))
    engine.rebuild([Article(id="a.md", title="A Week", sections=sections, digest="a")])
    only_hit(engine, "zeppelin")
    counter = Counter(monkeypatch)
    assert len(only_hit(engine, "zeppelin").sections) == 3
    assert counter.inflated <= 8 * docstore.BLOCK
    assert counter.analysed <= 3 * 1_000


def test_hits_of_a_listing_read_no_more_than_an_excerpt(engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.rebuild([article("a.md", 17_000)])
    only_hit(engine, "")
    counter = Counter(monkeypatch)
    assert only_hit(engine, "").excerpt.startswith("Flour, water")
    assert (counter.inflated <= docstore.BLOCK, counter.analysed) == (True, 0)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('"zeppelin of friedrichshafen"', ["zeppelin of Friedrichshafen"]),
        ("softl*", ["softly"]),
        ("e-mail", ["e-mail"]),
        ("email", ["e-mail"]),
        ('zeppelin "the zeppelin of"', ["the zeppelin of"]),
        ("C++ 18.2", ["C++", "18.2.1"]),
        ("検索", ["検索"]),
    ],
)
def test_marks_at_the_end_of_a_long_article(engine: WhooshEngine, text: str, marked: list[str]) -> None:
    engine.rebuild([article("a.md", 3_000, f"{END} By e-mail, in C++ of version 18.2.1, 全文検索する")])
    assert [f.text for f in only_hit(engine, text).snippet if f.matched] == marked


def test_the_densest_passage_is_shown_wherever_it_is(engine: WhooshEngine) -> None:
    text = (
        "The miller sleeps. "
        + FILLER * 2_000
        + "A zeppelin over the sleeping miller. "
        + FILLER * 2_000
        + "A zeppelin."
    )
    engine.rebuild([Article(id="a.md", title="A Day", sections=(Section("", "", text, 0),), digest="a")])
    hit = only_hit(engine, "zeppelin miller sleeping")
    assert {f.text for f in hit.snippet if f.matched} == {"zeppelin", "sleeping", "miller"}


def test_merging_keeps_articles_as_they_were(engine: WhooshEngine) -> None:
    articles = [article(f"{n}.md", 80 * n, f"{END} Ärger {n}.") for n in range(5)]
    engine.rebuild(articles[:2])
    for number in range(2, 5):
        engine.update([articles[number]], [f"{number - 2}.md"])
    assert [engine.article(f"{n}.md") for n in range(5)] == [None, None, None, *articles[3:]]
    hits = engine.search(Query("arger")).hits
    assert {hit.id: [f.text for f in hit.snippet if f.matched] for hit in hits} == {
        "3.md": ["Ärger"],
        "4.md": ["Ärger"],
    }
