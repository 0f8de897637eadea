"""Indexing runs over real files, with the memory engine: what is read, what changes, what is reported."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.errors import ConfigError, IndexLockedError, IndexWriteError, SearchappError
from searchapp.indexing import index, watch
from searchapp.indexing.check import examine
from searchapp.model import Article, IndexReport, Query


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "content").mkdir()
    return Config(content_dir=tmp_path / "content", index_dir=tmp_path / "index")


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


def write(config: Config, id: str, title: str, body: str = "Some words.", **front: str) -> Path:
    path = config.content_dir / id
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"title: {title}", *(f"{key}: {value}" for key, value in front.items())]
    path.write_text("---\n" + "\n".join(lines) + f"\n---\n\n{body}\n", encoding="utf-8")
    return path


def three(config: Config) -> None:
    write(config, "a.md", "Apples", "Crisp and red.", date="2024-01-02")
    write(config, "b.md", "Bread", "Flour and water.", date="2024-01-03")
    write(config, "sub/c.md", "Cheese", "Milk and time.", date="2024-01-04")


def make_unusable(path: Path) -> None:
    """Larger than any article may be; takes no room on the disk."""
    with path.open("r+b") as file:
        file.truncate(64 * 2**20)


def titles(engine: Engine, text: str = "") -> list[str]:
    return [hit.title for hit in engine.search(Query(text)).hits]


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.deleted, report.unchanged


def test_a_second_run_reads_nothing_and_makes_no_generation(config: Config, engine: MemoryEngine) -> None:
    three(config)
    first = index(config, engine)
    assert counts(first) == (3, 0, 0, 0)
    assert (first.articles, first.converted, first.skipped, first.warnings) == (3, 3, (), ())
    second = index(config, engine)
    assert counts(second) == (0, 0, 0, 3)
    assert second.converted == 0
    assert second.generation == first.generation != ""


def test_only_the_edited_article_is_converted(config: Config, engine: MemoryEngine) -> None:
    three(config)
    first = index(config, engine)
    write(config, "b.md", "Bread", "Rye and salt.", date="2024-01-03")
    second = index(config, engine)
    assert counts(second) == (0, 1, 0, 2)
    assert second.converted == 1
    assert second.generation != first.generation
    assert titles(engine, "rye") == ["Bread"]
    assert titles(engine, "flour water") == []


def test_many_small_runs_end_like_one_full_build(config: Config, engine: MemoryEngine) -> None:
    three(config)
    index(config, engine)
    write(config, "b.md", "Bread", "Rye.", date="2024-02-03")
    index(config, engine)
    (config.content_dir / "a.md").rename(config.content_dir / "z.md")
    index(config, engine)
    (config.content_dir / "sub/c.md").unlink()
    write(config, "d.md", "Dill")
    report = index(config, engine)
    assert counts(report) == (1, 0, 1, 2)
    fresh = MemoryEngine()
    index(replace(config, index_dir=config.index_dir.with_name("other")), fresh)
    assert dict(engine.manifest()) == dict(fresh.manifest())
    mine, other = engine.search(Query("")), fresh.search(Query(""))
    assert (mine.hits, mine.facets, mine.total) == (other.hits, other.facets, other.total)


def test_what_has_changed_waits_in_the_index_folder(
    config: Config, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the root is read-only there may be no folder for temporary files, and in memory they fill it."""
    three(config)
    index(config, engine)
    for number in range(3):
        write(config, f"new{number}.md", f"New {number}")
    killed = config.index_dir / "spool-x1y2z3"
    killed.touch()
    monkeypatch.setattr("searchapp.indexing.spool.MAX_MEMORY", 1)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", list)
    assert counts(index(config, engine)) == (3, 0, 0, 3)
    assert len(titles(engine)) == 6
    assert not list(config.index_dir.glob("spool-*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_no_room_for_what_has_changed_is_one_clear_line(
    config: Config, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(config)
    index(config, engine)
    before = titles(engine)
    write(config, "new.md", "New")
    monkeypatch.setattr("searchapp.indexing.spool.MAX_MEMORY", 1)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: open("/dev/full", "w+b"))  # noqa: SIM115, PTH123
    with pytest.raises(IndexWriteError, match=f"{re.escape(str(config.index_dir))}: can't be written .No space left"):
        index(config, engine)
    assert titles(engine) == before
    monkeypatch.undo()
    assert counts(index(config, engine)) == (1, 0, 0, 3)


def test_an_article_that_becomes_a_draft_goes(config: Config, engine: MemoryEngine) -> None:
    three(config)
    index(config, engine)
    write(config, "a.md", "Apples", draft="true")
    write(config, "b.md", "Bread", "Now with seeds.")
    report = index(config, engine)
    assert counts(report) == (0, 1, 1, 1)
    assert report.hidden == 1
    assert titles(engine, "apples") == []
    again = index(config, engine)
    assert (again.hidden, again.converted, again.generation) == (1, 0, report.generation)


def test_what_only_the_order_depends_on_is_noticed(config: Config, engine: MemoryEngine) -> None:
    three(config)
    index(config, engine)
    assert titles(engine, "and") == ["Cheese", "Bread", "Apples"]
    write(config, "a.md", "Apples", "Crisp and red.", date="2024-01-02", search="{boost: 2}")
    assert counts(index(config, engine)) == (0, 1, 0, 2)
    assert titles(engine, "and") == ["Apples", "Cheese", "Bread"]
    write(config, "a.md", "Apples", "Crisp and red.", date="2024-01-02", search="{exclude: true}")
    assert counts(index(config, engine)) == (0, 0, 1, 2)
    assert titles(engine, "and") == ["Cheese", "Bread"]
    write(config, "a.md", "Apples", "Crisp and red.", date="2024-01-02", search="{boost: much}")
    report = index(config, engine)
    assert [problem.path for problem in report.warnings] == ["a.md"]
    assert titles(engine, "and") == ["Cheese", "Bread", "Apples"]


def test_a_future_article_appears_when_its_time_comes(config: Config, engine: MemoryEngine) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    write(config, "a.md", "Apples", date=due.strftime("%Y-%m-%d %H:%M:%S +0000"))
    write(config, "b.md", "Bread")
    first = index(config, engine)
    assert (first.articles, first.hidden) == (1, 1)
    time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()) + 0.1)
    second = index(config, engine)
    assert counts(second) == (1, 0, 0, 1)
    assert second.converted == 1


def test_a_file_that_broke_keeps_its_last_good_version(config: Config, engine: MemoryEngine) -> None:
    three(config)
    index(config, engine)
    make_unusable(config.content_dir / "a.md")
    for report in (index(config, engine), index(config, engine), index(config, engine, rebuild=True)):
        assert counts(report) == (0, 0, 0, 3)
        assert [problem.path for problem in report.skipped] == ["a.md"]
        assert "last good version" in report.skipped[0].reason
        assert titles(engine, "crisp") == ["Apples"]
    write(config, "a.md", "Apples", "Green.")
    assert index(config, engine).skipped == ()
    assert titles(engine, "green") == ["Apples"]


def test_a_file_that_never_was_good_is_reported_on_every_run(config: Config, engine: MemoryEngine) -> None:
    three(config)
    make_unusable(write(config, "x.md", "Broken"))
    first, second = index(config, engine), index(config, engine)
    assert first.articles == second.articles == 3
    assert [problem.path for problem in first.skipped] == ["x.md"]
    assert first.skipped == second.skipped
    assert "last good" not in first.skipped[0].reason


def test_an_article_whose_file_turned_into_something_else_stays(config: Config, engine: MemoryEngine) -> None:
    three(config)
    index(config, engine)
    (config.content_dir / "a.md").unlink()
    os.mkfifo(config.content_dir / "a.md")
    for report in (index(config, engine), index(config, engine, rebuild=True)):
        assert counts(report) == (0, 0, 0, 3)
        assert [problem.path for problem in report.skipped] == ["a.md"]
    (config.content_dir / "a.md").unlink()
    assert counts(index(config, engine)) == (0, 0, 1, 2)


def test_articles_in_a_folder_out_of_reach_stay(config: Config, engine: MemoryEngine) -> None:
    three(config)
    folder = config.content_dir / "d.md"
    write(config, "d.md/e.md", "Eggs")
    index(config, engine)
    folder.rename(config.index_dir / "away")
    folder.symlink_to(folder)
    report = index(config, engine)
    assert counts(report) == (0, 0, 0, 4)
    assert [problem.path for problem in report.skipped] == ["d.md"]


def test_the_same_permalink_is_reported_from_the_notes_too(config: Config, engine: MemoryEngine) -> None:
    write(config, "a.md", "Apples", permalink="/fruit/")
    write(config, "b.md", "Bread", permalink="/fruit")
    first, second = index(config, engine), index(config, engine)
    assert second.converted == 0
    assert first.warnings == second.warnings
    (warning,) = first.warnings
    assert warning.path == "b.md"
    assert "a.md" in warning.reason
    (checked,) = examine(config)
    assert replace(checked, line=None, column=None) == warning
    assert checked.line == 3


@pytest.mark.parametrize("junk", [None, "", "{", "[]", '{"format": 1}', '{"entries": []}', "\x00" * 100, "[" * 99999])
def test_lost_or_damaged_notes_only_cost_time(config: Config, engine: MemoryEngine, junk: str | None) -> None:
    three(config)
    write(config, "d.md", "Dill", permalink="/x/")
    write(config, "e.md", "Eggs", permalink="/x/")
    first = index(config, engine)
    notes = config.index_dir / "scan.json"
    if junk is None:
        notes.unlink()
    else:
        notes.write_text(junk)
    second = index(config, engine)
    assert counts(second) == (0, 0, 0, 5)
    assert (second.generation, second.warnings) == (first.generation, first.warnings)
    assert second.converted == 5
    assert index(config, engine).converted == 0


def test_notes_with_entries_of_the_wrong_shape_are_not_trusted(config: Config, engine: MemoryEngine) -> None:
    three(config)
    index(config, engine)
    notes = config.index_dir / "scan.json"
    columns = json.loads(notes.read_text())["columns"]
    wrong = [
        {},
        [],
        None,
        *({**columns, name: value} for name, value in zip(columns, cycle(([], None, 5, [None] * 3, [[]] * 3)))),
    ]
    rest = [[], *({"a.md": value} for value in ([], ["", False, "soon", []], [1, False, None, []], ["", 0, None, 5]))]
    for part, value in [*(("columns", value) for value in wrong), *(("rest", value) for value in rest)]:
        data = json.loads(notes.read_text())
        data[part] = value
        notes.write_text(json.dumps(data))
        report = index(config, engine)
        assert counts(report) == (0, 0, 0, 3)
        assert report.converted == 3


def many(config: Config) -> None:
    for number in range(40):
        write(config, f"{number}.md", f"Title {number}")


def test_few_changes_do_not_rewrite_all_notes(config: Config, engine: MemoryEngine) -> None:
    many(config)
    index(config, engine)
    notes, changes = config.index_dir / "scan.json", config.index_dir / "scan.changes.json"
    whole = notes.read_bytes()
    write(config, "3.md", "Three", permalink="/x/")
    write(config, "40.md", "Forty", draft="true")
    (config.content_dir / "5.md").unlink()
    assert counts(index(config, engine)) == (0, 1, 1, 38)
    assert notes.read_bytes() == whole
    assert changes.stat().st_size < len(whole) // 5
    again = index(config, engine)
    assert (counts(again), again.hidden) == ((0, 0, 0, 39), 1)
    write(config, "4.md", "Four", permalink="/x/")
    assert "the same permalink as 3.md" in index(config, engine).warnings[0].reason
    write(config, "40.md", "Forty")
    write(config, "3.md", "Three")
    last = index(config, engine)
    assert (counts(last), last.hidden, last.warnings, last.converted) == ((1, 1, 0, 38), 0, (), 2)
    assert notes.read_bytes() == whole


def test_many_changes_make_the_notes_whole_again(config: Config, engine: MemoryEngine) -> None:
    many(config)
    index(config, engine)
    notes, changes = config.index_dir / "scan.json", config.index_dir / "scan.changes.json"
    whole = notes.read_bytes()
    for number in range(6):
        write(config, f"{number}.md", "Changed")
        index(config, engine)
    assert notes.read_bytes() != whole
    assert len(json.loads(changes.read_text())["columns"]["id"]) == 1
    data = json.loads(changes.read_text())
    os.utime(config.content_dir / "20.md", (1, 1))
    for wrong in ({"base": 1}, {"gone": 5}, {"columns": []}, {"columns": {"id": [5]}}, {"format": 1}, {"key": ""}):
        changes.write_text(json.dumps(data | wrong))
        report = index(config, engine)
        assert counts(report) == (0, 0, 0, 40)
    changes.write_text("{")
    assert counts(index(config, engine)) == (0, 0, 0, 40)


def test_notes_without_an_index_do_not_hide_that_it_is_gone(config: Config, engine: MemoryEngine) -> None:
    three(config)
    index(config, engine)
    fresh = MemoryEngine()
    assert counts(index(config, fresh)) == (3, 0, 0, 0)
    assert titles(fresh, "bread") == ["Bread"]


def test_a_touched_file_is_not_converted(config: Config, engine: MemoryEngine) -> None:
    three(config)
    first = index(config, engine)
    os.utime(config.content_dir / "a.md", (1, 1))
    second = index(config, engine)
    assert (second.converted, second.generation) == (0, first.generation)


def test_an_edit_that_keeps_size_and_time_is_seen(config: Config, engine: MemoryEngine) -> None:
    three(config)
    path = config.content_dir / "a.md"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    index(config, engine)
    path.write_text(path.read_text().replace("Crisp", "Tarty"))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert counts(index(config, engine)) == (0, 1, 0, 2)
    assert titles(engine, "tarty") == ["Apples"]


def test_an_edit_within_a_clock_tick_of_the_scan_is_seen(config: Config, engine: MemoryEngine) -> None:
    """The notes claim the edited file's own signature, as they would within one tick of a coarse clock."""
    three(config)
    index(config, engine)
    path = config.content_dir / "a.md"
    path.write_text(path.read_text().replace("Crisp", "Tarty"))
    status = path.stat()
    notes = config.index_dir / "scan.json"
    data = json.loads(notes.read_text())
    signature = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
    for name, value in zip(("size", "modified", "changed", "inode"), signature, strict=True):
        data["columns"][name][data["columns"]["id"].index("a.md")] = value
    notes.write_text(json.dumps(data))
    assert counts(index(config, engine)) == (0, 1, 0, 2)


def test_a_dry_run_writes_nothing(config: Config, engine: MemoryEngine) -> None:
    three(config)
    report = index(config, engine, dry_run=True)
    assert counts(report) == (3, 0, 0, 0)
    assert not config.index_dir.exists()
    assert dict(engine.manifest()) == {}
    index(config, engine)
    before = {path: path.stat().st_mtime_ns for path in config.index_dir.iterdir()}
    write(config, "b.md", "Bread", "Changed.")
    (config.content_dir / "a.md").unlink()
    assert counts(index(config, engine, dry_run=True)) == (0, 1, 1, 1)
    assert {path: path.stat().st_mtime_ns for path in config.index_dir.iterdir()} == before
    assert titles(engine, "changed") == []


def test_rebuild_makes_a_new_generation_of_the_same(config: Config, engine: MemoryEngine) -> None:
    three(config)
    first = index(config, engine)
    second = index(config, engine, rebuild=True)
    assert counts(second) == (0, 0, 0, 3)
    assert second.converted == 3
    assert second.generation != first.generation


def test_other_settings_convert_anew(config: Config, engine: MemoryEngine) -> None:
    three(config)
    write(config, "d.md", "Dill", draft="true")
    assert index(config, engine).articles == 3
    assert counts(index(replace(config, include_drafts=True), engine))[0] == 1
    assert index(config, engine).articles == 3


def test_no_articles_make_an_empty_index_once(config: Config, engine: MemoryEngine) -> None:
    first, second = index(config, engine), index(config, engine)
    assert (first.articles, second.articles) == (0, 0)
    assert first.generation == second.generation != ""
    three(config)
    assert counts(index(config, engine)) == (3, 0, 0, 0)


def test_no_content_folder_is_a_mistake_and_makes_no_index(config: Config, engine: MemoryEngine) -> None:
    gone = replace(config, content_dir=config.content_dir / "absent")
    for attempt in (lambda: index(gone, engine), lambda: tuple(examine(gone))):
        with pytest.raises(ConfigError, match="absent"):
            attempt()
    assert not config.index_dir.exists()


def test_an_index_folder_that_is_a_file(config: Config, engine: MemoryEngine) -> None:
    three(config)
    config.index_dir.write_text("in the way")
    with pytest.raises(IndexWriteError, match="index"):
        index(config, engine)


def test_progress_counts_up_to_the_total(config: Config, engine: MemoryEngine) -> None:
    three(config)
    seen: list[tuple[int, int]] = []
    index(config, engine, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_check_reads_everything_and_touches_nothing(config: Config) -> None:
    three(config)
    write(config, "d.md", "Dill", draft="true")
    make_unusable(write(config, "x.md", "Broken"))
    found = examine(config)
    assert [problem.path for problem in found if problem.skipped] == ["x.md"]
    assert (found.articles, sum(found.hidden.values())) == (3, 1)
    assert not config.index_dir.exists()


HOLDER = """
import sys, time
from pathlib import Path
from searchapp.indexing.lock import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_waits_then_says_who_holds_the_lock(
    config: Config, engine: MemoryEngine, caplog: pytest.LogCaptureFixture
) -> None:
    three(config)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(config.index_dir)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(IndexLockedError, match=f"pid {holder.pid}"):
            index(config, engine, wait=0.2)
        assert f"(pid {holder.pid}); waiting" in caplog.text
        threading.Timer(0.5, holder.kill).start()
        assert index(config, engine, wait=30).articles == 3


def test_watch_follows_the_content_and_survives_errors(config: Config, engine: MemoryEngine) -> None:
    three(config)
    results: list[IndexReport | SearchappError] = []
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(config, engine, results.append, stop))
    thread.start()

    def until(count: int) -> IndexReport | SearchappError:
        deadline = time.monotonic() + 15
        while len(results) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(results) == count
        return results[-1]

    try:
        first = until(1)
        assert isinstance(first, IndexReport)
        assert first.added == 3
        write(config, "d.md", "Dill")
        second = until(2)
        assert isinstance(second, IndexReport)
        assert second.added == 1
        config.content_dir.rename(config.content_dir.with_name("away"))
        assert isinstance(until(3), ConfigError)
        config.content_dir.with_name("away").rename(config.content_dir)
        fourth = until(4)
        assert isinstance(fourth, IndexReport)
        assert fourth.unchanged == 4
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_notes_that_can_not_be_written_are_only_a_warning(
    config: Config, engine: MemoryEngine, caplog: pytest.LogCaptureFixture
) -> None:
    three(config)
    (config.index_dir / "scan.json").mkdir(parents=True)
    assert index(config, engine).articles == 3
    assert "scan.json" in caplog.text
    assert index(config, engine).unchanged == 3
    assert sorted(path.name for path in config.index_dir.iterdir()) == ["LOCK", "scan.json"]


ENGLISH = (
    "We walked along the old canal until the rain came, and then we had tea with the miller and his three daughters."
)
FRENCH = "Nous avons marché le long du vieux canal jusqu'à la pluie, puis nous avons pris le thé avec le meunier."


def articles_of(engine: MemoryEngine) -> dict[str, Article]:
    return {id: article for id in engine.manifest() if (article := engine.article(id))}


def languages(engine: MemoryEngine) -> dict[str, str]:
    return {id: article.language for id, article in articles_of(engine).items()}


def test_a_guess_on_little_text_follows_the_main_language(config: Config, engine: MemoryEngine) -> None:
    for number in range(3):
        write(config, f"{number}.md", "Au canal", FRENCH)
    write(config, "short.md", "Total", "100 km.")
    write(config, "told.md", "Total", "100 km.", lang="pl")
    index(config, engine)
    assert languages(engine) == {**dict.fromkeys(("0.md", "1.md", "2.md", "short.md"), "fr"), "told.md": "pl"}


def test_a_guess_that_a_handful_of_a_thousand_share_follows_the_main_language(
    config: Config, engine: MemoryEngine
) -> None:
    for number in range(500):
        write(config, f"{number}.md", "Au canal", "Words.", lang="en")
    for number in range(2):
        write(config, f"fr{number}.md", "Au canal", FRENCH)
    index(config, engine)
    assert {languages(engine)[f"fr{number}.md"] for number in range(2)} == {"en"}
    write(config, "fr2.md", "Au canal", FRENCH)
    report = index(config, engine)
    assert (report.converted, report.added, report.updated) == (1, 1, 2)
    assert {languages(engine)[f"fr{number}.md"] for number in range(3)} == {"fr"}
    (config.content_dir / "fr0.md").unlink()
    assert index(config, engine).updated == 2
    assert {languages(engine)[f"fr{number}.md"] for number in range(1, 3)} == {"en"}
    assert counts(index(config, engine)) == (0, 0, 0, 502)


def test_one_that_tells_its_language_vouches_for_those_that_do_not(config: Config, engine: MemoryEngine) -> None:
    for number in range(500):
        write(config, f"{number}.md", "By the canal", "Words.", lang="fr" if number < 9 else "en")
    write(config, "fr.md", "Au canal", FRENCH)
    index(config, engine)
    assert languages(engine)["fr.md"] == "fr"


@pytest.mark.parametrize("lost", [False, True])
def test_languages_after_many_runs_are_those_of_a_full_build(config: Config, engine: MemoryEngine, lost: bool) -> None:
    texts = cycle((ENGLISH, FRENCH, "Tea.", FRENCH, "100 km", ENGLISH, "Thé."))
    for number in range(40):
        write(config, f"{number * 7 % 11}.md", f"Number {number}", next(texts))
        if number % 5 == 4:
            next(config.content_dir.iterdir()).unlink()
        if number % 6 == 5:
            make_unusable(next(config.content_dir.iterdir()))
        if lost and number % 4 == 3:
            (config.index_dir / "scan.json").unlink()
        report = index(config, engine)
        assert report.articles == len(engine.manifest())
        good = {id for id in engine.manifest() if id not in {problem.path for problem in report.skipped}}
        if lost:  # of what broke, nothing is known any more but the article
            continue
        fresh = MemoryEngine()
        index(replace(config, index_dir=config.index_dir.with_name("fresh")), fresh, rebuild=True)
        if good == set(engine.manifest()):
            assert articles_of(fresh) == articles_of(engine)
    for path in config.content_dir.iterdir():
        if path.stat().st_size > 2**20:
            path.unlink()
    index(config, engine)
    fresh = MemoryEngine()
    index(replace(config, index_dir=config.index_dir.with_name("fresh")), fresh, rebuild=True)
    assert articles_of(fresh) == articles_of(engine)
    assert set(languages(engine).values()) <= {"en", "fr"}


def test_what_broke_keeps_up_with_the_main_language(config: Config, engine: MemoryEngine) -> None:
    write(config, "a.md", "Au canal", FRENCH)
    write(config, "short.md", "Total", "100 km.")
    index(config, engine)
    make_unusable(config.content_dir / "short.md")
    for number in range(3):
        write(config, f"{number}.md", "By the canal", ENGLISH)
    index(config, engine)
    assert languages(engine)["short.md"] == "en"


def test_a_dry_run_counts_what_gets_another_language(config: Config, engine: MemoryEngine) -> None:
    write(config, "a.md", "Au canal", FRENCH)
    write(config, "short.md", "Total", "100 km.")
    index(config, engine)
    for number in range(3):
        write(config, f"{number}.md", "By the canal", ENGLISH)
    assert counts(index(config, engine, dry_run=True)) == (3, 1, 0, 1)
    assert counts(index(config, engine)) == (3, 1, 0, 1)
