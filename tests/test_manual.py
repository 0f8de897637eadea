"""The README and the manual say what is so: their examples are tried, their tables compared with the code."""

from __future__ import annotations

import re
import shutil
import tomllib
from contextlib import chdir, closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from click.testing import CliRunner
from examples import DOCUMENTS, README, ROOT, Block, Blog, Untrue, blocks, codes, rows
from prometheus_client.parser import text_string_to_metric_families

from searchapp import manual
from searchapp.articles.generators.table import GENERATORS
from searchapp.cli import cli
from searchapp.config.loading import SECRETS, keys, load
from searchapp.facets import FACETS
from searchapp.querylog import AnswerKind, Click, Interface, Search
from searchapp.querylog.entries import hour_of
from searchapp.querylog.store import Store
from searchapp.web.api.openapi import DOCUMENT

LOAF = "_posts/2016-03-12-the-first-loaf.md"
NOT_RUN = [block for path in DOCUMENTS for block in blocks(path) if block.not_run]
NAMED = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo articles with an index, after a day on which readers looked for something."""
    folder = tmp_path_factory.mktemp("blog")
    shutil.copytree(ROOT / "content", folder / "content")
    with chdir(folder):
        assert CliRunner().invoke(cli, ["index"]).exit_code == 0
    for name in ("opensearch.password", "opensearch-ca.pem"):
        (folder / name).write_text("secret\n", "utf-8")
    hour = hour_of(datetime.now(UTC))
    with closing(Store(folder / "index.desk")) as store:
        sought = Search(Interface.PAGE, "sourdough", (("tag", "bread"),), 1, AnswerKind.ALL, hour)
        store.add([sought] * 4 + [sought._replace(query="kefir grains", total=0, filters=())] * 2)
        store.add([sought._replace(query="chess", filters=())] * 3)
        store.add([Click(Interface.PAGE, "sourdough", LOAF, 1, hour)])
    return folder


@pytest.fixture
def demo(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blog:
    for key in keys():
        monkeypatch.delenv(f"SEARCHAPP_{key.upper()}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Blog(Path(shutil.copytree(built, tmp_path / "blog")))


@NAMED
def test_examples_work(path: Path, demo: Blog) -> None:
    for block in blocks(path):
        if not block.not_run:
            demo.run(block)


@pytest.mark.parametrize("block", NOT_RUN, ids=lambda block: block.where)
def test_examples_that_need_more_than_this(block: Block) -> None:
    pytest.skip(f"{block.where} {block.not_run}")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sh", "searchapp serch bread"),
        ("sh", "searchapp search bread --colour red"),
        ("sh", "searchapp search xyzzyxyzzy"),
        ("sh", "searchapp serve --prot 80"),
        ("sh", "curl http://127.0.0.1:8000/api/nothing"),
        ("sh", "curl http://example.org/"),
        ("sh", "rm -r content"),
        ("sh", ".venv/bin/python -m tests.benchmarks.nothing"),
        ("sh", ".venv/bin/python -m tests.benchmarks.cluster --nothing"),
        ("sh", ".venv/bin/python -m pytest tests/nothing"),
        ("sh", "NOTHING=1 .venv/bin/python -m pytest tests/fuzz"),
        ("sh", "export SEARCHAPP_NOTHING=1"),
        ("json", '{"articles": 1}'),
        ("json", '{"total": "one"}'),
        ("json", "{nothing}"),
        ("toml", 'site_titel = "x"'),
        ("html", '<script src="https://search.example.org/nothing.js"></script>'),
        ("css", ":root { --nothing: red; }"),
        ("fortran", "PRINT *"),
    ],
)
def test_an_example_that_is_not_so_is_found(demo: Blog, language: str, text: str) -> None:
    demo.printed = '{"total": 1}'
    with pytest.raises((Untrue, click.UsageError)):
        demo.run(Block("here", language, "", text))


@NAMED
def test_queries_find_something(path: Path, demo: Blog) -> None:
    with chdir(demo.folder):
        for cells in rows(path, "query"):
            for query in codes(cells[0]):
                found = demo.client.get("/api/search", query_string={"q": query}).get_json()
                assert found["total"] > 0, query
                assert (found["mode"], found["corrected"]) == ("all", False), query


@pytest.mark.parametrize("path", [*DOCUMENTS, *(ROOT / ".github").glob("*.md"), ROOT / "CHANGELOG.md"], ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for address in re.findall(r"\]\(([^)\s]+)\)", text):
        if address.startswith("https://"):
            continue
        file, _, anchor = address.partition("#")
        target = path.parent / unquote(file) if file else path
        assert target.exists(), address
        if anchor:
            article = manual.engine().article(target.name)
            assert article is not None
            assert anchor in {section.anchor for section in article.sections}, address


def test_every_setting_is_told_with_its_default(tmp_path: Path, demo: Blog) -> None:
    with chdir(demo.folder):
        config = load()
    told = []
    for cells in rows(manual.FOLDER / "configuration.md", "key"):
        names, defaults = codes(cells[0]), codes(cells[1])
        told += names
        for name, default in zip(names, defaults, strict=True) if defaults else ():
            value, real = tomllib.loads(f"x = {default}")["x"], getattr(config, name)
            real = real.name if isinstance(real, Path) else list(real) if isinstance(real, tuple) else real
            assert value == real, name
        assert defaults or set(names) <= SECRETS | {"pinned", "synonyms"}, names
    assert sorted(told) == sorted(keys())


def test_every_command_is_told() -> None:
    told = [codes(cells[0])[0] for cells in rows(manual.FOLDER / "command-line.md", "command")]
    assert sorted(told) == sorted(f"searchapp {name}" for name in cli.list_commands(click.Context(cli)))


def test_every_address_is_told() -> None:
    told = [code for cells in rows(manual.FOLDER / "http-api.md", "address") for code in codes(cells[0])]
    real = [f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item]
    assert sorted(told) == sorted(real)


def test_every_metric_is_told(demo: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_METRICS_TOKEN", "secret")
    with chdir(demo.folder):
        text = demo.client.get("/metrics", headers={"Authorization": "Bearer secret"}).text
    real = {family.name for family in text_string_to_metric_families(text)}
    told = [code for cells in rows(manual.FOLDER / "monitoring.md", "metric") for code in codes(cells[0])]
    assert sorted(name.removesuffix("_total") for name in told) == sorted(real)


def test_the_readme_is_one_screenful_and_says_why_of_each_dependency() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 200
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [each for name, found in project["optional-dependencies"].items() for each in found if name in EXTRAS]
    needed = {re.split(r"[^\w-]", each)[0].lower() for each in (*project["dependencies"], *extras)}
    told = {name.lower() for cells in rows(README, "dependency") for name in re.findall(r"[\w-]+", cells[0])}
    assert needed <= told
    assert told - needed <= {"searchapp", *EXTRAS}


EXTRAS = ("opensearch", "redis")
"""Optional dependencies that are not for developers."""


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("rankin", "did you mean 'ranking'"),
        ("Search box for you", "did you mean 'search-box'"),
        ("index", "searchapp index --help"),
        ("xyzzy", "all topics: searchapp help"),
    ],
)
def test_help_for_an_unknown_topic(topic: str, said: str) -> None:
    result = CliRunner().invoke(cli, ["help", topic])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_help_into_a_pipe_is_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "searchapp.toml").write_text("this is no configuration")
    monkeypatch.chdir(tmp_path)  # help must be there when nothing else works
    topics = CliRunner().invoke(cli, ["help"]).stdout
    assert [line.partition("\t")[0] for line in topics.splitlines()] == [page.topic for page in manual.pages()]
    for page in manual.pages():
        printed = CliRunner().invoke(cli, ["help", page.topic]).stdout
        assert printed == f"# {page.title}\n\n{page.markdown}"
        assert printed.removeprefix(f"# {page.title}\n\n") in (manual.FOLDER / f"{page.topic}.md").read_text("utf-8")


def test_help_on_a_terminal_is_formatted() -> None:
    def shown(*words: str) -> str:
        printed = CliRunner().invoke(cli, ["help", *words], env={"FORCE_COLOR": "1", "COLUMNS": "100"}).stdout
        return re.sub(r"\x1b\[[0-9;]*m", "", printed)

    topics = shown()
    assert [
        part for part in dict.fromkeys(page.part for page in manual.pages()) if f"\n{part}" not in f"\n{topics}"
    ] == []
    assert all(f"  {page.topic} " in topics for page in manual.pages())
    page = shown("ranking")
    assert "see Your articles (searchapp help articles)" in page
    assert "What you have pinned to the query" in page
    assert not re.search(r"^##|```|\]\(", page, re.MULTILINE)


def test_every_facet_and_every_generator_is_told() -> None:
    def text(topic: str) -> str:
        return (manual.FOLDER / f"{topic}.md").read_text("utf-8")

    for facet in FACETS:
        assert f"`{facet.key}`" in text("http-api")
        assert f"`--{facet.key}`" in text("command-line")
        assert not facet.operator or f"`{facet.operator}:" in text("query-language")
    told = " ".join(cells[0] for cells in rows(manual.FOLDER / "articles.md", "from"))
    assert [generator.title for generator in GENERATORS if generator.title not in told] == []
