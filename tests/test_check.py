"""`searchapp check`: rules with codes, places and remedies, through the door that editors and CI use."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from searchapp.articles import discover, open_site
from searchapp.cli import cli
from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.indexing import index
from searchapp.indexing.check import examine
from searchapp.indexing.run import sorted_problems
from searchapp.model import Problem
from searchapp.rules import RULES, remedy, severity


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "content").mkdir()
    return Config(content_dir=tmp_path / "content", index_dir=tmp_path / "index")


def write(config: Config, name: str, text: str | bytes) -> None:
    path = config.content_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_every_rule_says_what_and_what_to_do() -> None:
    for code, rule in RULES.items():
        assert code == rule.code
        assert code.replace("-", "").isalpha()
        assert code.islower()
        assert rule.summary
        assert rule.remedy
        assert not rule.summary.endswith(".")
        for text in (rule.summary, rule.remedy):
            assert len(text) < 100


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("---\ntitle: a\ntitle: b\n---\nText", "key-duplicate", 3, 1),
        ("---\ntitle: a: b\n---\nText", "front-matter-invalid", 2, 9),
        ("---\nx: &a 1\n---\nText", "front-matter-invalid", 2, 4),
        ("---\n- a\n---\nText", "front-matter-shape", 2, 1),
        ("---\ntitle: a\n\nText", "front-matter-unclosed", 1, 1),
        ("+++\nx = [\n+++\nText", "front-matter-invalid", 2, None),
        ('+++\nx = "a" b\n+++\nText', "front-matter-invalid", 2, 9),
        ('{"title": "a",\n  "b" 1}\nText', "front-matter-invalid", 2, 7),
        ("---\ntitle: a\n  date: tomorrow\n---\nText", "front-matter-invalid", 3, 7),
        ('---\ntitle: a\n"date": tomorrow\n---\nText', "date-unreadable", 3, 1),
        ("---\ntitle: a\nsearch:\n  boost: many\n---\nText", "search-key", 4, 3),
        ("---\ntitle: a\nredirect_from: javascript:x\n---\nText", "alias-unusable", 3, 1),
        ("---\ntitle: a\npermalink: javascript:x\n---\nText", "permalink-unusable", 3, 1),
        (b"---\ntitle: a\n---\nCaf\xe9", "encoding-invalid", 4, None),
    ],
)
def test_what_hinders_reading_has_a_code_and_a_place(
    config: Config, text: str | bytes, code: str, line: int, column: int | None
) -> None:
    write(config, "x.md", text)
    first, second = index(config, MemoryEngine()), index(config, MemoryEngine())
    [problem] = [*first.skipped, *first.warnings]
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert remedy(problem)
    assert severity(problem) == ("error" if problem.skipped else RULES[code].severity)
    assert (second.skipped, second.warnings) == (first.skipped, first.warnings), "from the notes, too"


def test_what_is_no_file_has_a_code(config: Config) -> None:
    write(config, "large.md", b"x" * (16 * 2**20 + 1))
    (config.content_dir / "away.md").symlink_to("/etc/passwd")
    (config.content_dir / "folder").symlink_to("/etc")
    found = {problem.path: problem.code for problem in examine(config)}
    assert found == {"large.md": "file-too-large", "away.md": "file-symlink", "folder": "file-symlink"}
    assert all(isinstance(problem, Problem) for problem in discover(open_site(config))[1])


HOSTILE = "_posts/a:b,c %41%\n::error::x\x1b[31m\u202e\U0001f600.md"


@pytest.fixture
def blog(config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Two articles with flaws, one of them with a name for which no format was made, and one that can't be read."""
    write(
        config,
        "a.md",
        "---\ntitle: A\n---\nText ![](x.jpg) and [50% off,\nnow: %0A::error::]() \U0001f600 ![](y.jpg)\n",
    )
    write(config, HOSTILE, "---\ntitle: B\n---\n[x](#)\n")
    write(config, "z.md", "---\ntitle: [\n---\nText")
    monkeypatch.chdir(config.content_dir.parent)
    return config


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["check", *args])


def test_text(blog: Config) -> None:
    result = run()
    assert result.exit_code == 1
    shown = "_posts/a:b,c %41% ::error::x\ufffd[31m\u202e\U0001f600.md"
    assert [line.rpartition(" [")[0].partition(": ")[0] for line in result.stdout.splitlines()] == [
        f"{shown}:1:1",
        f"{shown}:4:1",
        "a.md:4:6",
        "a.md:4:21",
        "a.md:5:24",
        "z.md:3:1",
    ]
    assert "skipped: not valid YAML" in result.stdout
    assert "2  image-alt: " in result.stderr
    assert "2 articles, 6 problems" in result.stderr


def test_json_keeps_its_shape(blog: Config) -> None:
    document = json.loads(run("--format", "json").stdout)
    assert document == json.loads(run("--json").stdout)
    assert (document["articles"], document["hidden"]) == (2, {})
    assert document["rules"]["image-alt"] == 2
    first, *_, last = document["problems"]
    assert first["path"] == HOSTILE
    assert last["skipped"] is True
    assert last["severity"] == "error"
    assert set(last) == {"path", "line", "column", "code", "severity", "reason", "remedy", "skipped"}
    assert json.loads(run("--json", "--select", "todo-left").stdout)["problems"] == []


def test_github_commands_are_one_line_each_and_escaped(blog: Config) -> None:
    lines = run("--format", "github", "--select", "link-target,front-matter-invalid").stdout.split("\n")
    assert lines[0].startswith("::warning file=content/_posts/a%3Ab%2Cc %2541%25%0A%3A%3Aerror%3A%3Ax\ufffd[31m")
    assert lines[1].startswith(
        "::warning file=content/a.md,line=4,col=21,title=a link that leads nowhere (link-target)::"
    )
    assert lines[1].endswith("nowhere: 50%25 off, now: %250A::error::; write its address, or remove it")
    assert lines[2].startswith("::error file=content/z.md,line=3,col=1,title=")
    assert lines[3:] == [""]


def test_sarif(blog: Config) -> None:
    log = json.loads(run("--format", "sarif").stdout)
    [sarif] = log["runs"]
    assert (log["version"], sarif["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    described = sarif["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == list(RULES)
    for each in sarif["results"]:
        assert described[each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["level"] in {"error", "warning", "note"}
        assert each["message"]["text"]
    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in sarif["results"]]
    assert unquote(uris[0]) == f"content/{HOSTILE}"
    assert re.fullmatch(r"content/_posts/a:?[\w%./,]*", uris[0])
    region = sarif["results"][3]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 4, "startColumn": 21}
    assert json.loads(run("--format", "sarif", "--select", "todo-left").stdout)["runs"][0]["results"] == []


def test_rules_are_switched_off_everywhere_or_below_a_path(blog: Config, tmp_path: Path) -> None:
    def codes(*args: str) -> set[tuple[str, str]]:
        problems = json.loads(run("--json", *args).stdout)["problems"]
        return {(problem["path"][:4], problem["code"]) for problem in problems}

    assert codes("--ignore", "image-*,date-missing", "--ignore", "front-*,link-target:_posts/*") == {
        ("a.md", "link-target")
    }
    assert codes("--select", "todo-left") == set()
    assert codes("--select", "default", "--select", "description-missing") > codes()
    toml = tmp_path / "searchapp.toml"
    toml.write_text('check_ignore = ["*:_posts/*", "front-matter-invalid"]\ncheck_select = ["link-*", "front-*"]\n')
    assert codes() == {("a.md", "link-target")}
    assert codes("--select", "default", "--ignore", "date-*") == {("a.md", "link-target"), ("a.md", "image-alt")}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            'check_ignore = ["image-atl"]',
            "check_ignore must be a list of rules (there is no rule 'image-atl'; did you mean image-alt?)",
        ),
        ('check_select = ["image-alt:x"]', "check_select must be a list of rules ('image-alt:x' names a path;"),
        ("check_ignore = 3", "check_ignore must be a list of rules, such as"),
        ('check_ignore = ["qqq"]', "searchapp check --rules lists all"),
    ],
)
def test_unknown_rules_are_errors_that_name_the_key(blog: Config, tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "searchapp.toml").write_text(f"\n{line}\n")
    result = run()
    assert result.exit_code == 2
    assert "searchapp.toml:2: " in result.stderr
    assert told in result.stderr


def test_unknown_rules_and_formats_are_wrong_usage(blog: Config) -> None:
    for args in (
        ["--ignore", "image-atl"],
        ["--select", "image-atl"],
        ["--format", "xml"],
        ["--json", "--format", "sarif"],
    ):
        result = run(*args)
        assert (result.exit_code, result.stdout) == (2, ""), args
    assert "did you mean image-alt?" in run("--select", "image-atl").stderr


def test_all_rules_are_listed(blog: Config) -> None:
    result = run("--rules", "--ignore", "image-alt")
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0] for row in rows] == list(RULES)
    assert next(row[:3] for row in rows if row[0] == "image-alt") == ["image-alt", "warning", "off"]
    listed = json.loads(run("--rules", "--json").stdout)["rules"]
    assert [rule["code"] for rule in listed if not rule["default"]] == [
        c for c, rule in RULES.items() if not rule.default
    ]


def test_addresses_and_titles_that_two_articles_claim(config: Config) -> None:
    write(config, "a.md", "---\ntitle: Bread\npermalink: /bread/\nredirect_from: [/old/, /loaf]\n---\nText")
    write(config, "b.md", "---\ntitle: bread\npermalink: /bread\n---\nText")
    write(config, "c.md", "---\ntitle: Rye\npermalink: /rye/\naliases:\n  - /old\n  - /bread/\n---\nText")
    found = [(p.path, p.code, p.line, p.column, p.reason) for p in sorted_problems(examine(config))]
    assert found == [
        ("b.md", "title-repeated", 2, 1, "has the same title as a.md"),
        ("b.md", "permalink-clash", 3, 1, "has the same permalink as a.md: /bread"),
        ("c.md", "alias-clash", 4, 1, "its earlier address /bread/ is the permalink of a.md"),
        ("c.md", "alias-clash", 4, 1, "its earlier address /old is claimed by a.md, too"),
    ]


def test_some_files_only(blog: Config) -> None:
    write(blog, "_drafts/d.md", "---\ntitle: B\npermalink: /x/\n---\n[x](/nowhere/)\n![](x.jpg)\n")

    def paths(*args: str) -> list[str]:
        return [problem["path"] for problem in json.loads(run("--json", *args).stdout)["problems"]]

    assert paths("content/a.md") == ["a.md"] * 3
    assert paths("a.md", "z.md") == ["a.md"] * 3 + ["z.md"]
    assert paths("content/_drafts") == ["_drafts/d.md"], "drafts if they are named, and links need the whole blog"
    assert set(paths("content")) == {"a.md", "z.md", HOSTILE, "_drafts/d.md"}
    assert "_drafts/d.md" not in paths()
    for path, told in (("nowhere.md", "there is no file"), ("..", "is not below")):
        result = run(path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr


def test_indexing_does_without_all_of_this() -> None:
    program = (
        "import sys, searchapp.articles.pool.worker, searchapp.indexing; "
        "print('searchapp.articles.lint' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
