"""The command line's shapes: arguments in, text, JSON and exit codes out, over a real index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchapp.cli import cli
from searchapp.cli.output import problem_line
from searchapp.config.loading import keys
from searchapp.model import Problem

POSTS = {
    "posts/2023-10-04-trainer.md": (
        "title: Becoming a trainer\ndate: 2023-10-04\ntags: [jobs, fitness]\ncategories: [work]\n"
        "author: Ada\npermalink: /2023/trainer/\n",
        "How a personal trainer earns a certification.\n\n## Gaining trust\n\nClients trust slowly.",
    ),
    "posts/2022-05-06-fitness.md": (
        "title: Fitness at home\ndate: 2022-05-06\ntags: [fitness]\ncategories: [life]\nauthor: Bob\n"
        "series: First steps\n",
        "A trainer is not needed for push-ups and certification is not either.",
    ),
    "posts/2021-01-01-bread.md": (
        "title: Bread\ndate: 2021-01-01\ntags: [baking]\ncategories: [life]\nauthor: Ada\n",
        "Flour, water, salt and \x1b[31mtime.",
    ),
    "posts/hidden.md": ("title: Hidden\ndraft: true\n", "A secret trainer."),
}


def fill(folder: Path) -> None:
    for id, (front, body) in POSTS.items():
        path = folder / "content" / id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{front}---\n\n{body}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blog")
    fill(folder)
    flags = [f"--content={folder / 'content'}", f"--index={folder / 'index'}"]
    result = CliRunner().invoke(cli, ["index", *flags])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in keys():
        monkeypatch.delenv(f"SEARCHAPP_{key.upper()}", raising=False)


@pytest.fixture
def here(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(indexed)
    return indexed


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, args, input=stdin)


def found(*args: str) -> list[str]:
    result = run("search", *args, "--json")
    assert result.stderr == ""
    return [Path(hit["id"]).stem for hit in json.loads(result.stdout)["hits"]]


TRAINER, FITNESS, BREAD = "2023-10-04-trainer", "2022-05-06-fitness", "2021-01-01-bread"


def test_index_reports_in_json(empty: Path) -> None:
    fill(empty)
    (empty / "content/big.md").write_text("x")
    with (empty / "content/big.md").open("r+b") as file:
        file.truncate(64 * 2**20)
    report = json.loads(run("index", "--json").stdout)
    generation, seconds, skipped = report.pop("generation"), report.pop("seconds"), report.pop("skipped")
    assert generation
    assert 0 < seconds < 60
    assert [(problem["path"], problem["line"]) for problem in skipped] == [("big.md", None)]
    assert skipped[0]["reason"]
    assert report == {"articles": 3, "added": 3, "updated": 0, "deleted": 0, "unchanged": 0, "warnings": []}
    again = json.loads(run("index", "--json").stdout)
    assert (again["unchanged"], again["generation"], len(again["skipped"])) == (3, generation, 1)


def test_index_for_people(empty: Path) -> None:
    fill(empty)
    result = run("index")
    assert result.exit_code == 0
    assert result.stdout.startswith("Index has 3 articles: 3 added, 1 hidden (")
    assert result.stdout.count("\n") == 1


def test_a_dry_run_says_would(empty: Path) -> None:
    fill(empty)
    result = run("index", "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.startswith("Index would have 3 articles: 3 added")
    assert not (empty / "index").exists()


def test_strict_ends_with_one_after_indexing(empty: Path) -> None:
    fill(empty)
    assert run("index", "--strict").exit_code == 0
    with (empty / "content/posts/big.md").open("wb") as file:
        file.truncate(64 * 2**20)
    (empty / "content/posts/new.md").write_text("# New\n\nWords of a newcomer.\n")
    result = run("index", "--strict")
    assert result.exit_code == 1
    assert "posts/big.md: skipped: " in result.stderr
    assert run("search", "newcomer").exit_code == 0


@pytest.mark.parametrize("other", ["--dry-run", "--strict", "--json"])
def test_watch_goes_alone(here: Path, other: str) -> None:
    result = run("index", "--watch", other)
    assert result.exit_code == 2
    assert "--watch" in result.stderr


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["personal", "trainer", "certification"], [TRAINER, FITNESS]),
        (["trainers"], [TRAINER, FITNESS]),
        (["trainer", "-push"], [TRAINER]),
        (["-fitness", "-trainer"], [BREAD]),
        (["trainer NOT push"], [TRAINER]),
        (['"personal trainer"'], [TRAINER]),
        (["tag:baking"], [BREAD]),
        (["--tag", "JOBS"], [TRAINER]),
        (["--tag=baking", "--tag=jobs", "--sort=oldest"], [BREAD, TRAINER]),
        (["--category", "life", "--author", "ada"], [BREAD]),
        (["--year", "2022"], [FITNESS]),
        (["--language", "en-GB", "trainer"], [TRAINER, FITNESS]),
        (["--language=pl", "--language=de"], []),
        (["--series", "first STEPS"], [FITNESS]),
        (["series:First*", "--series", "none"], []),
        (["--after", "2022", "--before", "2023-10-04"], [FITNESS]),
        (["--sort", "oldest"], [BREAD, FITNESS, TRAINER]),
        ([], [TRAINER, FITNESS, BREAD]),
        (["--limit=1", "--page=2"], [FITNESS]),
        (["--limit=1", "--page=9"], []),
    ],
)
def test_search(here: Path, args: list[str], expected: list[str]) -> None:
    assert found(*args) == expected


def test_search_json_is_the_api_s(here: Path) -> None:
    document = json.loads(run("search", "trainer", "--json").stdout)
    assert (document["query"], document["mode"], document["total"]) == ("trainer", "all", 2)
    assert {"page", "pages", "per_page", "sort", "took_ms", "did_you_mean", "facets"} <= document.keys()
    assert "<mark>trainer</mark>" in document["hits"][0]["highlights"]["title"]


def test_search_for_people(here: Path) -> None:
    result = run("search", "trainer", "--limit", "1")
    assert result.exit_code == 0
    assert "  1. Becoming a trainer\n" in result.stdout
    assert "2023-10-04 · Ada · work · #jobs #fitness" in result.stdout
    assert "tag: fitness 2, jobs 1" in result.stdout
    assert "2 articles, page 1 of 2; --page 2 for more" in result.stdout
    assert "\x1b" not in result.stdout


def test_no_escape_sequence_of_an_article_reaches_the_terminal(here: Path) -> None:
    assert "\x1b" not in run("search", "flour").stdout


def test_a_site_url_makes_public_addresses(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_SITE_URL", "https://example.org/blog")
    assert "https://example.org/blog/2023/trainer/" in run("search", "personal").stdout


def test_some_of_the_words_say_so(here: Path) -> None:
    result = run("search", "flour", "xylophone")
    assert result.exit_code == 0
    assert "some of them" in result.stderr


def test_a_misspelt_word_is_corrected_and_says_so(here: Path) -> None:
    result = run("search", "cretification", "needed")
    assert result.exit_code == 0
    assert "Fitness at home" in result.stdout
    assert "Showing results for: certification needed (--exact for cretification needed)" in result.stderr
    assert found("cretification") == [TRAINER, FITNESS]
    result = run("search", "cretification", "--exact")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Did you mean: certification" in result.stderr
    document = json.loads(run("search", "cretification", "--json").stdout)
    assert (document["query"], document["did_you_mean"], document["corrected"]) == (
        "cretification",
        "certification",
        True,
    )


def test_nothing_found_is_one(here: Path) -> None:
    result = run("search", "xylophone")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nothing found for xylophone" in result.stderr
    result = run("search", "xylophone", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["total"] == 0


@pytest.mark.parametrize(
    "args",
    [
        ["--sort", "sideways"],
        ["--page", "0"],
        ["--page", "x"],
        ["--limit", "101"],
        ["--limit", "0"],
        ["--year", "soon"],
        ["--after", "2024-02-30"],
        ["--before", "0000"],
        ["--catgory", "x"],
        ["--catgory=x"],
        ["word", "--tga", "x"],
    ],
)
def test_wrong_usage_is_two(here: Path, args: list[str]) -> None:
    result = run("search", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    assert args[-2 if len(args) > 1 else 0].split("=")[0] in result.stderr


@pytest.mark.parametrize(
    "text",
    ["--", "-", "---", '"', "*", "-*", "a" * 5000, "OR OR", "(((", "\\", "\udc80", "tag:", "title:\x00"],
)
def test_no_query_is_an_error(here: Path, text: str) -> None:
    result = run("search", "--json", "--", text)
    assert result.exit_code in {0, 1}
    assert json.loads(result.stdout)


@pytest.mark.parametrize("command", [["search", "x"], ["related", "x"], ["stats"], ["search", "x", "--json"]])
def test_no_index_is_three(empty: Path, command: list[str]) -> None:
    result = run(*command)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert "searchapp index" in result.stderr
    assert not (empty / "index").exists()


def test_no_content_is_two(empty: Path) -> None:
    for command in ("index", "check", "serve"):
        result = run(command)
        assert result.exit_code == 2, command
        assert str(empty / "content") in result.stderr
        assert result.stderr.count("\n") == 1


def names(*args: str) -> list[str]:
    result = run("related", *args, "--json")
    assert result.exit_code == 0, result.stderr
    return [Path(hit["id"]).stem for hit in json.loads(result.stdout)["hits"]]


@pytest.mark.parametrize(
    "article",
    [
        "posts/2023-10-04-trainer.md",
        "content/posts/2023-10-04-trainer.md",
        "./content/posts/../posts/2023-10-04-trainer.md",
        "/2023/trainer/",
        "/2023/trainer",
        "https://example.org/blog/2023/trainer/",
        "http://127.0.0.1:8000/articles/posts/2023-10-04-trainer.md",
        "/articles/posts/2023-10-04-trainer.md",
    ],
)
def test_related_takes_id_file_or_address(here: Path, monkeypatch: pytest.MonkeyPatch, article: str) -> None:
    monkeypatch.setenv("SEARCHAPP_SITE_URL", "https://example.org/blog")
    assert names(article)[0] == FITNESS
    assert TRAINER not in names(article)


def test_related_takes_an_absolute_path(here: Path) -> None:
    assert names(str(here / "content/posts/2023-10-04-trainer.md"))[0] == FITNESS


def test_related_says_why(here: Path) -> None:
    result = run("related", "posts/2023-10-04-trainer.md", "--limit", "1")
    assert "Fitness at home" in result.stdout
    assert "tag: fitness" in result.stdout


def test_related_to_a_draft(here: Path) -> None:
    draft = "---\ntitle: On dough\ntags: [baking]\n---\n\nSalt and flour make bread.\n"
    assert names("--draft", str(_file(here, draft)))[0] == BREAD
    result = run("related", "--draft", "-", "--json", stdin=draft)
    assert json.loads(result.stdout)["hits"][0]["id"] == f"posts/{BREAD}.md"
    assert json.loads(result.stdout)["article"] is None


def _file(folder: Path, text: str) -> Path:
    path = folder / "draft.md"
    path.write_text(text)
    return path


@pytest.mark.parametrize("article", ["absent", "/absent/", "https://example.org/x", "http://[", "\x00", "../.."])
def test_an_unknown_article_is_one(here: Path, article: str) -> None:
    result = run("related", article)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: no article ")


def test_a_hidden_article_is_explained(here: Path) -> None:
    result = run("related", "posts/hidden.md")
    assert result.exit_code == 1
    assert "not in the index" in result.stderr


def test_related_wants_one_source(here: Path) -> None:
    assert run("related").exit_code == 2
    assert run("related", "x", "--draft", "-", stdin="x").exit_code == 2
    assert run("related", "--draft", "absent.md").exit_code == 2


def test_check(empty: Path) -> None:
    fill(empty)
    result = run("check", "--ignore", "character-control")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 articles, no problems; hidden: 1 draft" in result.stderr
    (empty / "content/posts/twin.md").write_text("---\ntitle: Twin\npermalink: /2023/trainer\n---\n\nText.\n")
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].startswith("posts/twin.md:3:1: has the same permalink")
    document = json.loads(run("check", "--json", "--ignore", "character-*").stdout)
    assert [problem["path"] for problem in document["problems"]] == ["posts/twin.md"]
    assert (document["articles"], document["hidden"]) == (4, {"draft": 1})


def test_stats(here: Path) -> None:
    status = json.loads(run("stats", "--json").stdout)
    assert (status["articles"], status["categories"], status["tags"]) == (3, 2, 3)
    assert status["terms"] > 10
    assert status["size"] > 1000
    assert "articles\t3\n" in run("stats").stdout


def test_config_tells_sources(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_PORT", "8123")
    document = json.loads(run("config", "--content", "elsewhere", "--json").stdout)
    assert list(document) == list(keys())
    assert document["port"] == {"value": 8123, "source": "environment"}
    assert document["content_dir"] == {"value": str(here / "elsewhere"), "source": "flag"}
    assert document["include_drafts"] == {"value": False, "source": "default"}
    assert "port\t8123\tenvironment\n" in run("config").stdout


def test_config_shows_no_password(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_OPENSEARCH_PASSWORD", "hunter2")
    for options in ((), ("--json",)):
        shown = run("config", *options)
        assert "set, not shown" in shown.stdout
        assert "hunter2" not in shown.stdout + shown.stderr


def test_a_bad_configuration_is_two(empty: Path) -> None:
    (empty / "searchapp.toml").write_text("port = 0\nprot = 1\n")
    for command in (["config"], ["search", "x"], ["stats", "--json"]):
        result = run(*command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "searchapp.toml:2: unknown key 'prot'" in result.stderr
    assert run("config", "--config", "absent.toml").exit_code == 2


def test_a_bad_flag_of_serve_is_two(here: Path) -> None:
    for flag in ("--port=x", "--port=70000", "--workers=0"):
        result = run("serve", flag)
        assert result.exit_code == 2
        assert flag.split("=")[0] in result.stderr


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("searchapp, version ")
    for command in ("index", "search", "related", "check", "stats", "serve", "config"):
        assert f"  {command} " in run("--help").stdout
        result = run(command, "--help")
        assert result.exit_code == 0
        for option in ("--content", "--index", "--config", "--json"):
            assert option in result.stdout
    assert run("frobnicate").exit_code == 2


PINS = """
[[pinned]]
query = "trainer"
articles = ["posts/2021-01-01-bread.md", "/2023/trainer/", "posts/hidden.md"]

[[pinned]]
query = "tag:jobs"
articles = ["/2023/trainer/"]
"""


def test_pins_are_followed_and_checked(here: Path, tmp_path: Path) -> None:
    file = tmp_path / "pins.toml"
    file.write_text(PINS)
    flags = (f"--config={file}", f"--content={here / 'content'}", f"--index={here / 'index'}")
    assert found("trainer", *flags) == [BREAD, TRAINER, FITNESS]
    assert "pinned" in run("search", "trainer", *flags).stdout.splitlines()[0]
    result = run("check", "--select", "pin-*", *flags)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{file}:2: [[pinned]] names no article that is shown: posts/hidden.md [pin-article]",
        f"{file}:6: [[pinned]] works for plain words and phrases only, not for 'tag:jobs' [pin-query]",
    ]
    shown = json.loads(run("config", *flags, "--json").stdout)["pinned"]["value"]
    assert shown[1] == {"query": "tag:jobs", "articles": ["/2023/trainer/"]}
    assert "tag:jobs: /2023/trainer/" in run("config", *flags).stdout


SYNONYMS = """
[[synonyms]]
words = ["coach", "trainer"]
[[synonyms]]
words = ["k8s", "kubernetes"]
[[synonyms]]
from = ["flour"]
to = ["meal", "Push-ups"]
"""


def test_synonyms_are_found_and_checked(here: Path, tmp_path: Path) -> None:
    file = tmp_path / "synonyms.toml"
    file.write_text(SYNONYMS)
    flags = (f"--config={file}", f"--content={here / 'content'}", f"--index={here / 'index'}")
    assert found("coach", *flags) == [TRAINER, FITNESS]
    assert found("coach", "--exact", *flags) == []
    assert "synonym “coach” as “trainer” in title" in run("search", "coach", "--explain", *flags).stdout
    result = run("check", *flags)
    assert result.exit_code == 1
    said = f"{file}:4: [[synonyms]] lead to no article: none has k8s, kubernetes [synonym-unknown]"
    assert [line for line in result.stdout.splitlines() if "synonym" in line] == [said]
    shown = json.loads(run("config", *flags, "--json").stdout)["synonyms"]["value"]
    assert shown == [
        {"words": ["coach", "trainer"]},
        {"words": ["k8s", "kubernetes"]},
        {"from": ["flour"], "to": ["meal", "Push-ups"]},
    ]
    assert "coach = trainer, k8s = kubernetes, flour → meal = Push-ups" in run("config", *flags).stdout


def test_scores_are_explained(here: Path) -> None:
    lines = run("search", "becoming", "a", "trainer", "--explain").stdout.splitlines()
    end = next(number for number, line in enumerate(lines) if line.endswith("  score"))
    parts = [line.split() for line in lines[: end + 1] if line.startswith(" " * 7)]
    values = [float(part[0].replace(",", "")) for part in parts]
    assert values[-1] == pytest.approx(sum(values[:-1]), abs=1e-4)
    kinds = [" ".join(part[1:3]) for part in parts]
    assert "exact title" in kinds
    assert "closeness “becoming" in kinds
    assert any(" in title = " in line for line in lines)
    document = json.loads(run("search", "trainer", "--explain", "--json").stdout)
    assert all(sum(part["value"] for part in hit["explanation"]) == hit["score"] for hit in document["hits"])


def test_a_line_about_a_file_without_a_rule() -> None:
    assert problem_line(Problem("a.md", None, "can't be changed safely")).plain == "a.md: can't be changed safely"
