"""What only the engine on a cluster has: generations there, its lease, and what it makes of faults."""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import nodes
import pytest
from clustered import engine_at, forget, hosts, prefix_of
from fieldnotes import blog
from proxies import Answer, certificate, proxy

from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.engines.opensearch.cluster import DEADLINE, Cluster
from searchapp.engines.opensearch.engine import Access, OpenSearchEngine
from searchapp.engines.opensearch.index import documents, generations, lease
from searchapp.engines.opensearch.index.corpus_stats import AnalysedArticles, CorpusStats
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexUnreachableError,
    IndexWriteError,
)
from searchapp.model import Article, Query
from searchapp.retrieval import ranking
from searchapp.web import create_app

SECRET = "correct horse 7"


def dead_address() -> str:
    """Where nothing listens."""
    return f"http://127.0.0.1:{nodes.free_ports(1)[0]}"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[OpenSearchEngine]:
    with closing(engine_at(tmp_path)) as engine:
        yield engine


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with closing(Cluster(Access(hosts()))) as cluster:
        yield cluster


def names_on(cluster: Cluster, path: Path) -> set[str]:
    return set(cluster.write("GET", f"/{prefix_of(path)}*/_alias"))


def test_a_cluster_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = dead_address()
    config = Config(tmp_path, tmp_path / "index", engine="opensearch", opensearch_hosts=(address,))
    with closing(open_engine(config)) as engine:
        start = time.monotonic()
        with pytest.raises(IndexUnreachableError, match=re.escape(f"{address} can't be reached")):
            engine.search(Query("loaf"))
        assert time.monotonic() - start < DEADLINE + 3, "the client's own import included"
        monkeypatch.setattr("searchapp.engines.opensearch.cluster.DEADLINE", 0.5)
        for act in (engine.manifest, lambda: engine.rebuild([]), lambda: engine.update([], ["a.md"])):
            with pytest.raises(IndexUnreachableError):
                act()


def test_the_web_says_that_the_cluster_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchapp.engines.opensearch.cluster.DEADLINE", 0.5)
    address = dead_address()
    config = Config(tmp_path, tmp_path / "index", engine="opensearch", opensearch_hosts=(address,), query_log=False)
    client = create_app(config).test_client()
    for path in ("/api/search?q=loaf", "/healthz", "/"):
        start = time.monotonic()
        answer = client.get(path)
        assert (answer.status_code, time.monotonic() - start < DEADLINE) == (503, True), "more than one deadline of 0.5"
        if path != "/":
            assert answer.mimetype == "application/problem+json"
        assert (address in answer.text) == (path == "/healthz"), "readers are not told where the cluster is"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TemporaryFile", lambda **_: open("/dev/full", "w+b")),  # noqa: SIM115, PTH123
        ("_candidate_tempdir_list", list),
    ],
)
def test_no_room_for_what_waits_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    monkeypatch.setattr("searchapp.engines.opensearch.index.corpus_stats.MEMORY", 1)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(f"tempfile.{name}", value)
    with (
        pytest.raises(IndexWriteError, match=r"temporary files can't be written \(No"),
        AnalysedArticles(CorpusStats()) as analysed,
    ):
        analysed.add(blog())


def test_a_cluster_that_takes_its_time_over_second_copies_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    """As OpenSearch says it: 408 with how far it is."""
    begun = Answer(408, b'{"timed_out": true, "initializing_shards": 2}')
    alone = Answer(408, b'{"timed_out": true, "initializing_shards": 0}')
    said = iter([begun, begun, alone])
    with (
        proxy("", hook=lambda method, path, body: next(said)) as address,
        closing(Cluster(Access((address,)))) as cluster,
    ):
        generations.Builder(cluster, "blog", 1, lease.Lease(cluster, "blog"))._settle("blog-1")
    assert next(said, None) is None
    assert "second copies" in caplog.text


def test_a_proxy_that_answers_html() -> None:
    page = Answer(200, b"<html>Welcome to our network</html>", "text/html")
    for answer in (page, page._replace(status=404), page._replace(status=403, kind="text/plain")):
        with proxy("", hook=lambda method, path, body, answer=answer: answer) as address:
            engine = OpenSearchEngine(Access((address,)))
            with pytest.raises(IndexUnreachableError) as caught:
                engine.search(Query("loaf"))
            assert "Welcome" not in str(caught.value)
            engine.close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl for certificates")
def test_certificates_are_looked_at_unless_told_otherwise(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    own, other = certificate(tmp_path, "own"), certificate(tmp_path, "other")
    nothing = Answer(404, b'{"error": {"type": "aliases_not_found_exception"}}')
    with proxy("", hook=lambda method, path, body: nothing, certificate=own) as address:
        for access in (Access((address,)), Access((address,), ca=str(other[0]))):
            with closing(OpenSearchEngine(access)) as engine, pytest.raises(IndexUnreachableError, match="certificate"):
                engine.generation()
        assert not caplog.records
        for access in (Access((address,), ca=str(own[0])), Access((address,), verify=False)):
            with closing(OpenSearchEngine(access)) as engine, pytest.raises(IndexMissingError):
                engine.generation()
        assert [record.levelname for record in caplog.records] == ["WARNING"], "loudly"


def test_passwords(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "opensearch")
    nothing = Answer(404, b'{"error": {"type": "aliases_not_found_exception"}}')
    with proxy("", hook=lambda method, path, body: nothing, password=f"searchapp:{SECRET}") as address:
        right = Access((address,), "searchapp", SECRET)
        with closing(OpenSearchEngine(right)) as engine, pytest.raises(IndexMissingError):
            engine.generation()
        wrong = Access((address,), "searchapp", f"{SECRET}8")
        with closing(OpenSearchEngine(wrong)) as engine, pytest.raises(IndexUnreachableError) as caught:
            engine.generation()
    assert "refuses the user searchapp" in str(caught.value)
    assert SECRET not in caplog.text + str(caught.value) + repr((right, wrong))
    assert caplog.records, "what was asked is logged"


@pytest.mark.cluster
def test_what_is_not_ours_is_never_touched(tmp_path: Path, engine: OpenSearchEngine, cluster: Cluster) -> None:
    name = prefix_of(tmp_path)
    cluster.write("PUT", f"/{name}")
    cluster.write("PUT", f"/{name}/_doc/1", {"precious": True}, {"refresh": "true"})
    try:
        for act in (lambda: engine.rebuild(blog()), lambda: engine.update(blog(), []), lambda: engine.search(Query())):
            with pytest.raises(IndexDamagedError, match=f"{name} is there that searchapp did not make"):
                act()
        assert cluster.write("GET", f"/{name}/_doc/1")["_source"] == {"precious": True}
        cluster.write("PUT", f"/{name}-other")
        cluster.write("DELETE", f"/{name}")
        cluster.write("POST", "/_aliases", {"actions": [{"add": {"index": f"{name}-other", "alias": name}}]})
        for act in (lambda: engine.rebuild(blog()), lambda: engine.search(Query())):
            with pytest.raises(IndexDamagedError, match="did not make"):
                act()
        assert names_on(cluster, tmp_path) == {f"{name}-other"}
    finally:
        cluster.write("DELETE", f"/{name},{name}-other", None, {"ignore_unavailable": "true"})


@pytest.mark.cluster
def test_an_index_of_another_ranking_asks_to_be_rebuilt(
    engine: OpenSearchEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.rebuild(blog())
    monkeypatch.setattr(ranking, "K1", 0.4)
    with closing(OpenSearchEngine(Access(hosts()), prefix_of(tmp_path))) as later:
        with pytest.raises(IndexDamagedError, match="run searchapp index --rebuild"):
            later.search(Query())
        later.rebuild(blog())
        assert later.status().articles == len(blog())


@pytest.mark.cluster
def test_two_generations_are_kept_and_nothing_else(engine: OpenSearchEngine, tmp_path: Path, cluster: Cluster) -> None:
    made = [engine.rebuild(blog()[: number + 1]).name for number in range(3)]
    prefix = prefix_of(tmp_path)
    expected = {f"{prefix}-{name}{suffix}" for name in made[1:] for suffix in ("", "-words")} | {f"{prefix}-lock"}
    assert names_on(cluster, tmp_path) == expected

    def broken() -> Iterator[Article]:
        yield blog()[0]
        raise RuntimeError("on fire")

    with pytest.raises(RuntimeError):
        engine.rebuild(broken())
    assert names_on(cluster, tmp_path) == expected
    assert engine.generation() == made[-1]


@pytest.mark.cluster
def test_an_update_is_a_clone_or_all_anew_and_both_are_right(
    engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten: list[str] = []
    rewrite = generations.Builder._rewrite
    monkeypatch.setattr(
        generations.Builder, "_rewrite", lambda self, *rest: (rewritten.append("all"), rewrite(self, *rest))[1]
    )
    memory = MemoryEngine()
    small = [replace(article, id=f"{n}-{article.id}", digest=f"{n}") for n in range(8) for article in blog()]
    for each in (engine, memory):
        each.rebuild(small)
        each.update([replace(small[3], title="Zeppelins over the bay", digest="new")], [small[5].id])
    assert rewritten == []
    for text in ("zeppelins", "", "zepelin", blog()[0].title):
        found, expected = (each.search(Query(text, explain=True)) for each in (engine, memory))
        assert replace(found, generation="") == replace(expected, generation="")
    assert engine.manifest() == memory.manifest()
    assert engine.status().terms == memory.status().terms
    long = replace(small[0], sections=(replace(small[0].sections[0], text="many words " * 9_000),), digest="long")
    engine.update([long], [])
    memory.update([long], [])
    assert rewritten == ["all"]
    found, expected = (each.search(Query("words", explain=True)) for each in (engine, memory))
    assert replace(found, generation="") == replace(expected, generation="")


@pytest.mark.cluster
def test_of_two_indexers_one_works(engine: OpenSearchEngine, tmp_path: Path) -> None:
    engine.rebuild(blog())
    with closing(OpenSearchEngine(Access(hosts()), prefix_of(tmp_path))) as second:

        def meanwhile() -> Iterator[Article]:
            with pytest.raises(IndexLockedError, match="another searchapp index is running"):
                second.update(blog()[:1], [])
            yield from blog()[:2]

        engine.rebuild(meanwhile())
        second.rebuild(blog()[:3])
    assert engine.status().articles == 3


@pytest.mark.cluster
def test_a_killed_indexer_holds_the_lease_until_it_expires(
    engine: OpenSearchEngine, tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LASTS", 3.0)
    lease.Lease(cluster, prefix_of(tmp_path))._make_index()
    lost = lease.Lease(cluster, prefix_of(tmp_path))
    lost._take()
    with pytest.raises(IndexLockedError):
        engine.rebuild(blog())
    time.sleep(3.1)
    engine.rebuild(blog())
    assert engine.status().articles == len(blog())


@pytest.mark.cluster
def test_a_lease_that_was_lost_publishes_nothing(
    engine: OpenSearchEngine, tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LASTS", 2.0)
    before = engine.rebuild(blog()).name

    def meanwhile() -> Iterator[Article]:
        yield blog()[0]
        cluster.write("PUT", f"/{prefix_of(tmp_path)}-lock/_doc/lock", {"owner": "somebody", "until": 0.0})
        time.sleep(1.5)

    with pytest.raises(IndexLockedError, match="taken over"):
        engine.rebuild(meanwhile())
    assert engine.generation() == before


@pytest.mark.cluster
def test_what_the_cluster_refuses_is_named(engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = engine.rebuild(blog()).name
    monkeypatch.setattr(documents, "LONGEST", 50_000)  # longer than the cluster takes
    bad = replace(blog()[0], id="bad.md", tags=("x" * 40_000,))
    with pytest.raises(IndexWriteError, match=r"refused 1 of \d+ articles: bad\.md: .*can be at most"):
        engine.rebuild([*blog(), bad])
    assert engine.generation() == before
    monkeypatch.undo()
    engine.rebuild([*blog(), bad])
    assert engine.article("bad.md") == bad
    assert engine.search(Query(filters=(("tag", bad.tags[0]),))).total == 1


@pytest.mark.cluster
def test_a_busy_cluster_is_given_time(tmp_path: Path) -> None:
    refusals = iter([*["whole"] * 2, *["each"] * 3])

    def busy(method: str, path: str, body: bytes) -> Answer | None:
        if "/_bulk" not in path or (how := next(refusals, "")) == "":
            return None
        if how == "whole":
            return Answer(429, b'{"error": {"type": "rejected_execution_exception"}, "status": 429}')
        item = {"index": {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "full"}}}
        count = sum(line.startswith(b'{"index"') for line in body.split(b"\n"))
        return Answer(200, json.dumps({"errors": True, "items": [item] * count}).encode())

    with proxy(hosts()[0], hook=busy) as address:
        with closing(OpenSearchEngine(Access((address,)), prefix_of(tmp_path))) as engine:
            engine.rebuild(blog())
            assert next(refusals, None) is None, "it was refused so often"
            assert dict(engine.manifest()) == {article.id: article.digest for article in blog()}
        forget(prefix_of(tmp_path))


@pytest.mark.cluster
@pytest.mark.parametrize("block", ["cluster.blocks.read_only", "cluster.blocks.create_index"])
def test_a_cluster_that_takes_no_changes(engine: OpenSearchEngine, cluster: Cluster, block: str) -> None:
    before = engine.rebuild(blog()).name
    cluster.write("PUT", "/_cluster/settings", {"persistent": {block: True}})
    try:
        with pytest.raises(IndexWriteError, match="read-only or a disk is nearly full"):
            engine.rebuild(blog())
        assert engine.search(Query()).generation == before
    finally:
        cluster.write("PUT", "/_cluster/settings", {"persistent": {block: None}})


@pytest.mark.cluster
def test_threads_do_not_wait_for_each_other_for_ever(engine: OpenSearchEngine) -> None:
    titles = sorted({article.title for article in blog()})
    for number in range(3):
        engine.rebuild(replace(article, digest=str(number)) for article in blog())
        with ThreadPoolExecutor(4) as pool:
            found = pool.map(lambda title: engine.search(Query(f'"{title}"')).total, titles * 4, timeout=60)
            assert min(found) >= 1


@pytest.mark.cluster
def test_deep_pages(engine: OpenSearchEngine) -> None:
    first = blog()[0]
    engine.rebuild(replace(first, id=f"{n:05}.md", digest=str(n)) for n in range(10_050))
    results = engine.search(Query(page=1_005))
    assert (results.total, [hit.id for hit in results.hits]) == (10_050, [f"{n:05}.md" for n in range(10_040, 10_050)])
    for page in (1_006, 10**9, 10**15):
        assert (engine.search(Query(page=page)).total, engine.search(Query(page=page)).hits) == (10_050, ())


@pytest.mark.cluster
def test_no_query_is_too_much_for_the_cluster(engine: OpenSearchEngine) -> None:
    words = " ".join(f"w{n}a-w{n}b-w{n}c" for n in range(32))
    first = replace(blog()[0], sections=(replace(blog()[0].sections[0], text=words),))
    others = [replace(first, id=f"{code}.md", language=code, digest=code) for code in ("de", "fr", "pl", "es", "it")]
    engine.rebuild([first, *others])
    phrases = " ".join(f'"w{n}a w{n}b w{n}c"' for n in range(32))
    for text in (words, phrases, words.replace(" ", " OR "), f"{words} zeppelin", f"the of {phrases} zeppelin"):
        assert engine.search(Query(text)).total == 6
    for text in ("(" * 900, "x" * 1_000, "-" * 999, " ".join("a* b*".split() * 200), '"' * 500, "a OR " * 300, "\0"):
        assert engine.search(Query(text)).total >= 0
