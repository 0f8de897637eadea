"""`searchapp queries`: reports, advice and forgetting, as a person and a program see them."""

from __future__ import annotations

import json
import tomllib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fieldnotes import blog

from searchapp.cli import cli
from searchapp.config.loading import keys
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.querylog import AnswerKind, Click, Interface, Search
from searchapp.querylog.entries import hour_of
from searchapp.querylog.store import FILE_NAME, Store

RYE = "posts/2021-11-02-rye.md"
NOW = datetime.now(UTC)
HOUR = hour_of(NOW)


def search(query: str, total: int, *, ago: int = 0, interface: Interface = Interface.PAGE) -> Search:
    return Search(interface, query, (), total, AnswerKind.ALL, HOUR - ago * 24)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for key in keys():
        monkeypatch.delenv(f"SEARCHAPP_{key.upper()}", raising=False)
    return tmp_path


@pytest.fixture
def noted(here: Path) -> Path:
    with closing(Store(here / "index.desk")) as store:
        store.add([search("rye", 2)] * 5 + [search("kefir", 0)] * 3 + [search("soup", 1)])
        store.add([search("bread", 3, ago=60)] * 2 + [search("bread", 3)] * 3 + [search("ancient", 1, ago=300)])
        store.add([search("programs ask", 9, interface=Interface.API)])
        store.add([Click(Interface.LIVE, "rye", RYE, 2, HOUR), Click(Interface.LIVE, "rye", RYE, 1, HOUR)])
    return here / "index.desk"


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["queries", *args])


def document(*args: str) -> dict[str, Any]:
    result = run("--json", *args)
    assert result.stderr == ""
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def names(*args: str) -> list[str]:
    return [each["query"] for each in document(*args)["queries"]]


def test_nothing_is_nothing_and_makes_no_file(here: Path) -> None:
    result = run()
    assert result.exit_code == 1
    assert "Nobody has looked for anything" in result.stderr
    assert "Nobody has looked for anything" in run("--zero").stderr
    assert document()["queries"] == []
    assert not (here / "index.desk").exists()


def test_top_queries(noted: Path) -> None:
    found = document()
    assert [each["query"] for each in found["queries"]] == ["bread", "rye", "kefir", "soup"]
    assert found["queries"][1] == {
        "query": "rye", "searches": 5, "empty": 0, "partly": 0, "corrected": 0, "total": 2, "clicks": 2,
        "articles": [{"id": RYE, "clicks": 2, "rank": 1.5}],
        "weeks": [0] * (len(found["weeks"]) - 1) + [5], "last": NOW.date().isoformat(),
    }  # fmt: skip
    assert (found["searches"], found["clicks"], found["distinct"]) == (14, 2, 4)
    assert found["interfaces"] == {"page": 14, "api": 1}
    assert len(found["weeks"]) in (12, 13)
    assert found["weeks"][-1] == {**found["weeks"][-1], "searches": 12, "empty": 3, "clicks": 2}


def test_what_is_asked_for(noted: Path) -> None:
    assert names("--zero") == ["kefir"]
    assert names("--unclicked") == ["bread", "soup"]
    assert names("--rising") == ["rye", "kefir"]
    assert names("--limit", "1") == ["bread"]
    assert names("--interface", "api") == ["programs ask"]
    assert "ancient" in names("--since", "2020")
    assert names("--until", str((NOW - timedelta(days=20)).date())) == ["bread"]
    assert run("--zero", "--since", str((NOW + timedelta(days=9)).date())).exit_code == 2
    assert run("--zero", "--rising").exit_code == 2


def test_people_get_a_table(noted: Path) -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].startswith("rye\t5\t\t2\t")
    assert "14 searches for 4 queries" in result.stderr
    assert "\x1b" not in run("--limit", "2").stdout


def test_advice(noted: Path) -> None:
    with closing(WhooshEngine(noted.parent / "index")) as engine:
        engine.rebuild(blog())
    found = document("--about", "sourdough kefir")
    assert (found["total"], found["partly"], found["unknown"]) == (1, True, ["kefir"])
    assert found["nearest"][0]["has"] == ["sourdough"]
    assert found["nearest"][0]["lacks"] == ["kefir"]
    assert tomllib.loads(found["pin"])["pinned"][0] == {
        "query": "sourdough kefir",
        "articles": [found["nearest"][0]["id"]],
    }
    assert (found["pin_because"], found["synonym"]) == ("It is nearest by its words.", "")
    assert document("--about", "rye")["pin_because"] == "Readers opened it most (2 times, at rank 1.5 on average)."
    assert tomllib.loads(document("--about", "fermenation")["synonym"])["synonyms"] == [
        {"words": ["fermenation", "fermentation"]}
    ]
    result = run("--about", 'so "ur\x1b[31m\n[[pinned]]')
    assert "\x1b" not in result.stdout
    assert "[[pinned]]" not in result.stdout.partition("[[pinned]]")[2]


def test_a_query_is_forgotten(noted: Path) -> None:
    assert run("--forget", " RYE ").exit_code == 0
    assert names() == ["bread", "kefir", "soup"]
    assert document("--forget", "rye") == {"query": "rye", "deleted": 0}
    assert run("--forget", "rye").exit_code == 1
    assert b"rye" not in (noted / FILE_NAME).read_bytes().replace(b"rye.md", b"")


def test_a_damaged_file_is_said(noted: Path) -> None:
    (noted / FILE_NAME).write_bytes(b"no database " * 999)
    for path in noted.glob("*-*"):
        path.unlink()
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "queries.sqlite can't be read" in result.stderr
