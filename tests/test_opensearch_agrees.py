"""The engine on a cluster agrees with the others: on random small blogs, and on a real one over generated queries."""

from __future__ import annotations

import os
import random
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from clustered import engine_at
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_oracle import PREFERENCES, articles, changes, comparable, queries

from searchapp.articles import convert, discover, open_site
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.model import Article, Draft, Query, Sort
from searchapp.retrieval.ranking import Preferences

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]

QUERIES = 1_000


# To shrink what fails would take an index for each step.
@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(articles(), max_size=10), changes, st.lists(queries, min_size=8, max_size=20))
def test_random_blogs(blog: list[Article], edits: list[tuple[list[Article], list[str]]], asked: list[Query]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(engine_at(Path(folder), PREFERENCES)) as cluster:
        memory = MemoryEngine(PREFERENCES)
        for each in (memory, cluster):
            each.rebuild(blog)
        for source in (*memory.manifest(), Draft(text="red training", tags=("c#",))):
            assert likes(cluster, source) == likes(memory, source)
        for each in (memory, cluster):
            for changed, removed in edits[:2]:
                each.update(changed, removed)
        assert cluster.manifest() == memory.manifest()
        for query in asked:
            assert comparable(cluster.search(query)) == comparable(memory.search(query))
        for id in memory.manifest():
            assert cluster.article(id) == memory.article(id)
        assert cluster.suggest("re") == memory.suggest("re")


def likes(engine: Engine, source: str | Draft) -> list[tuple[str, list[tuple[str, str, object]]]]:
    """What is related, and why."""
    return [
        (hit.id, [(reason.kind, reason.value, pytest.approx(reason.weight)) for reason in hit.reasons])
        for hit in engine.related(source)
    ]


def real_blog(folder: Path) -> list[Article]:
    archive = Path(os.environ.get("SEARCHAPP_CORPORA", "")) / "blogs" / "haacked.tar.gz"
    if not archive.is_file():
        pytest.skip(f"needs SEARCHAPP_CORPORA, a folder with blogs/{archive.name}")
    with tarfile.open(archive) as file:
        file.extractall(folder / "content", filter="data")
    site = open_site(Config(content_dir=folder / "content", index_dir=folder / "index"))
    found = (outcome.article for outcome in convert(site, discover(site)[0], {}))
    return [article for article in found if article is not None]


def generated(blog: Sequence[Article], count: int) -> Iterator[Query]:
    """Queries of all kinds about a blog, of its own words, misspelt ones among them."""
    chance = random.Random(7)
    texts = [section.text.split() for article in blog for section in article.sections if len(section.text) > 200]

    def phrase(most: int) -> str:
        text = chance.choice(texts)
        length = chance.randint(1, most)
        start = chance.randrange(max(1, len(text) - length))
        return " ".join(text[start : start + length])

    def word() -> str:
        return phrase(1)

    def slip(word: str) -> str:
        at = chance.randrange(len(word))
        return word[:at] + word[at + 1 :] if chance.random() < 0.5 else word[:at] + "e" + word[at:]

    makers = (
        word, word, lambda: phrase(3), lambda: phrase(5), lambda: f'"{phrase(4)}"', lambda: f'"{phrase(2)}" {word()}',
        lambda: f"{word()} {word()} {word()}", lambda: f"{word()} OR {word()}", lambda: f"{word()} -{word()}",
        lambda: f"{word()[:3]}*", lambda: f"{word()} {word()[:4]}*", lambda: f"title:{word()}",
        lambda: f"{slip(word())} {word()}", lambda: slip(word()), lambda: f"{word()} after:2010",
        lambda: f"{word()} before:2009-06 OR {word()}", lambda: chance.choice(blog).title, lambda: "", lambda: "-the",
        lambda: f'tag:"{chance.choice(tags)}" {word()}',
    )  # fmt: skip
    tags = sorted({tag for article in blog for tag in article.tags}) or ["none"]
    for number in range(count):
        yield Query(
            makers[number % len(makers)](),
            filters=(
                *((("tag", chance.choice(tags)),) if chance.random() < 0.15 else ()),
                *((("year", str(chance.randint(2005, 2020))),) if chance.random() < 0.1 else ()),
            ),
            after=date(2012, 1, 1) if chance.random() < 0.1 else None,
            sort=chance.choice([Sort.RELEVANCE] * 3 + [Sort.NEWEST, Sort.OLDEST]),
            page=chance.choice([1, 1, 1, 2, 7]),
            exact=chance.random() < 0.1,
            explain=chance.random() < 0.2,
        )


def test_a_real_blog(tmp_path: Path) -> None:
    blog = real_blog(tmp_path)
    preferences = Preferences()
    whoosh = WhooshEngine(tmp_path / "index", preferences=preferences)
    with closing(whoosh), closing(engine_at(tmp_path, preferences)) as cluster:
        whoosh.rebuild(blog)
        cluster.rebuild(blog)
        differ = []
        for query in generated(blog, QUERIES):
            found, expected = cluster.search(query), whoosh.search(query)
            if comparable(found) != comparable(expected):
                differ.append((query, found, expected))
        for query, found, expected in differ:
            print(query.text, query.sort, found.total, expected.total, found.facets == expected.facets)
        assert [query for query, _, _ in differ] == []
        for article in blog[::100]:
            likes, known = cluster.related(article.id), whoosh.related(article.id)
            assert [hit.id for hit in likes] == [hit.id for hit in known]
            assert [hit.score for hit in likes] == [pytest.approx(hit.score) for hit in known]


def test_a_real_blog_after_edits(tmp_path: Path) -> None:
    blog = real_blog(tmp_path)
    edited = [replace(article, title=f"{article.title} again", digest="edited") for article in blog[::97]]
    removed = [article.id for article in blog[5::97]]
    with closing(WhooshEngine(tmp_path / "index")) as whoosh, closing(engine_at(tmp_path)) as cluster:
        for each in (whoosh, cluster):
            each.rebuild(blog)
            each.update(edited, removed)
        assert cluster.manifest() == whoosh.manifest()
        for query in generated(blog, QUERIES // 5):
            assert comparable(cluster.search(query)) == comparable(whoosh.search(query)), query
