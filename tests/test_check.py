"""`searchapp check`: rules with codes, places and remedies, through the door that editors and CI use."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchapp.articles import discover, open_site
from searchapp.config import Config
from searchapp.engines.memory import MemoryEngine
from searchapp.indexing import check, index
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
    found = {problem.path: problem.code for problem in check(config)}
    assert found == {"large.md": "file-too-large", "away.md": "file-symlink", "folder": "file-symlink"}
    assert all(isinstance(problem, Problem) for problem in discover(open_site(config))[1])
