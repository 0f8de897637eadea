"""The benchmarks run and agree with each other; no times are asserted."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from searchapp.config.loading import Config
from searchapp.engine import iter_articles
from searchapp.engines import open_engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.indexing import index
from searchapp.model import Article, Section
from tests.benchmarks import desk, drafts, indexing, queries, related, serving, typos
from tests.benchmarks import load as loading
from tests.benchmarks.peers import ours, processes
from tests.benchmarks.peers.chart import chart
from tests.benchmarks.peers.corpus import (
    KINDS,
    PER_KIND,
    make_requests,
    read_articles,
    read_requests,
    write_articles,
    write_requests,
)
from tests.benchmarks.peers.processes import Contender, contenders, measure
from tests.benchmarks.peers.table import report

pytestmark = pytest.mark.slow
ARTICLES = 300
PARAGRAPHS = [
    f"{opening} {subject} {ending}"
    for opening in ("Early in spring the gardener", "After heavy rain the whole village", "Nobody in this valley")
    for subject in (
        "prunes every apple tree",
        "watches the quiet river",
        "repairs the wooden fence",
        "counts honey bees",
    )
    for ending in (
        "before anyone else wakes and walks around.",
        "because winter storms damaged almost everything outside.",
        "while children collect small stones along the water.",
        "until evening light fades behind distant mountains.",
        "without complaining about weather or muddy boots.",
    )
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made articles and requests."""
    path = tmp_path_factory.mktemp("peers")
    write_articles(path / "articles.jsonl", PARAGRAPHS, ARTICLES)
    write_requests(path / "requests.json", make_requests(path / "articles.jsonl"))
    return path


@pytest.fixture(scope="module")
def totals(folder: Path) -> list[int]:
    """How many articles each request is met by, from the specification in code."""
    reference = MemoryEngine()
    reference.rebuild(map(ours.article, read_articles(folder / "articles.jsonl")))
    return [reference.search(ours.query(request)).total for request in read_requests(folder / "requests.json")]


def test_the_same_articles_and_requests_every_time(folder: Path, tmp_path: Path) -> None:
    write_articles(tmp_path / "more.jsonl", PARAGRAPHS, ARTICLES + 50)
    before = list(read_articles(folder / "articles.jsonl"))
    assert list(read_articles(tmp_path / "more.jsonl"))[:ARTICLES] == before
    requests = read_requests(folder / "requests.json")
    assert make_requests(folder / "articles.jsonl") == requests
    assert [request.kind for request in requests] == [kind for kind in KINDS for _ in range(PER_KIND)]


@pytest.mark.parametrize("contender", contenders(Path("node_modules")), ids=lambda contender: contender.name)
def test_a_peer_does_the_work(contender: Contender, folder: Path, totals: list[int]) -> None:
    if contender.missing:
        pytest.skip(contender.missing)
    for measured in measure(contender, folder, keep=False):
        assert not measured.reason
        assert measured.size > 0
        found = measured.queries["queries"]
        pairs = [
            (entry["answer"]["total"], total)
            for entry, total in zip(found, totals, strict=True)
            if entry and entry["answer"]["total"] is not None
        ]
        if contender.name == "ours":
            assert all(theirs == total for theirs, total in pairs)
        # Stemmers and stop words differ.
        assert sum(theirs == total for theirs, total in pairs) >= len(pairs) / 3


def test_a_table_and_a_chart(folder: Path) -> None:
    found = measure(contenders(Path("node_modules"))[0], folder, keep=False)
    absent = Contender("none", {"some peer": ""}, (), "pip install some-peer")
    found += measure(absent, folder, keep=False)
    text = report(found, read_requests(folder / "requests.json"))
    assert "ours, with snippets" in text
    assert "some peer: not measured (pip install some-peer)" in text
    drawn = ElementTree.fromstring(chart("Milliseconds <a query>", [("ours", 0.5, 2.0), ("other", 30.0, 400.0)]))
    assert drawn.tag.endswith("svg")


def test_typing_errors_are_forgiven(folder: Path) -> None:
    engine = MemoryEngine()
    engine.rebuild(map(ours.article, read_articles(folder / "articles.jsonl")))
    titles = sorted({article.title for id in engine.manifest() if (article := engine.article(id))})
    asked = typos.queries(titles, 20, seed=1)
    assert asked == typos.queries(titles[::-1], 20, seed=1)
    assert all(title != typed for title, typed in asked)
    outcomes = typos.measure(engine, asked)
    assert sum(outcome.found for outcome in outcomes) >= 0.8 * len(outcomes)


def test_links_of_authors_are_guessed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Honey bees\n\nThey swarm.\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# A garden\n\nI keep [honey bees](/a/), see [here](/a/).\n", encoding="utf-8")
    engine = MemoryEngine()
    engine.rebuild(
        Article(f"{name}.md", title, permalink=f"/{name}/", tags=("x",), sections=(Section("", "", "Word " * 300, 0),))
        for name, title in (("a", "Honey bees"), ("b", "A garden"), ("c", "Another"), ("d", "One more"))
    )
    source, removed = drafts.without_links(engine, "b.md", (tmp_path / "b.md").read_text("utf-8"))
    assert source.endswith("I keep honey bees, see here.\n")
    assert removed == [("honey bees", "a.md"), ("here", "a.md")]
    for name in "cd":
        (tmp_path / f"{name}.md").write_text("No link.", encoding="utf-8")
    tally = drafts.measure_links(engine, tmp_path)
    assert (tally.drafts, tally.possible, tally.found, tally.own) == (1, 1, 1, 1)
    assert drafts.measure_tags(engine)[0] == 4


def test_a_peer_that_fails_says_why() -> None:
    with pytest.raises(ChildProcessError, match="ended with 3: no such thing"):
        processes.run(["python3", "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"])
    assert processes.run(["python3", "-c", "print('{}')"]) == json.loads("{}")


@pytest.mark.parametrize("tool", ["wrk", ""])
def test_the_server_under_load(folder: Path, tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if tool and not shutil.which(tool):
        pytest.skip("no wrk (apt-get install wrk)")
    if not tool:
        monkeypatch.setattr(loading.shutil, "which", lambda name: None)
    (folder / f"articles-{ARTICLES}").touch()
    serving.ready(folder, ARTICLES)
    found = serving.measure(folder, rounds=1, seconds=1, workers=2, per_kind=200)
    loads = [*found.uncached, *found.kept, *found.confirmed, *found.hello]
    assert all(each.requests and not each.errors for each in loads)
    assert len(found.own) == 2
    assert "304" in serving.report(found)


def test_a_year_of_searches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries.year(tmp_path, 2_000)
    assert "2,000 searches in a year" in capsys.readouterr().out


def test_related_articles_are_measured_against_links(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="needs scikit-learn: pip install -e '.[bench]'")
    content = tmp_path / "content"
    content.mkdir()
    for number, subject in enumerate(("apples and cider", "bees and honey", "rivers and mills")):
        other = f"{number + 3}-part.md"
        text = f"All about {subject} in this valley. See [what came of it]({other})."
        (content / f"{number}-part.md").write_text(f"---\ntitle: {subject}\ntags: [valley]\n---\n{text}\n")
        (content / other).write_text(f"---\ntitle: More of {number}\n---\nStill about {subject} here.\n")
    config = Config(content_dir=content, index_dir=tmp_path / "index")
    engine = open_engine(config)
    index(config, engine)
    [first, *_] = asked = related.cases(list(iter_articles(engine)))
    assert (len(asked), first.targets) == (3, {"3-part.md"})
    assert "what came of it" not in first.text
    count, found, _ = related.measure(engine, tmp_path)
    engine.close()
    assert (count, found["searchapp"], found["same tags"]) == (3, 1.0, 0.0)
    lines: list[str] = []
    related.show({"made": found}, lines.append)
    assert len(lines) == 2 + len(found)


def test_the_desk_finds_the_near_duplicates_that_were_planted(folder: Path, tmp_path: Path) -> None:
    pairs = desk.write_blog(folder / "articles.jsonl", tmp_path / "content")
    indexing.run(tmp_path / "content", tmp_path / "index")
    assert len(pairs) == ARTICLES // desk.COPIED
    assert desk.found_of(pairs, desk.report("duplicates", tmp_path / "content", tmp_path / "index")) == 1.0
    assert desk.report("orphans", tmp_path / "content", tmp_path / "index")["links"] > ARTICLES
