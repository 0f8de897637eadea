"""The query log's file and thread, with the real thing: locks, a full disk, damage, kill -9, several processes."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.querylog import AnswerKind, Click, Interface, QueryLog, Search, reports, toml_snippets, writer
from searchapp.querylog.entries import hour_of
from searchapp.querylog.privacy import MAX_STORED, mask, stored_form
from searchapp.querylog.store import FILE_NAME, Store

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
HOUR = hour_of(NOW)
TODAY = NOW.date()


def search(query: str, total: int = 1, hour: int = HOUR, **how: object) -> Search:
    settings: dict[str, object] = {"interface": Interface.PAGE, "filters": (), "outcome": AnswerKind.ALL, **how}
    return Search(query=query, total=total, hour=hour, **settings)  # type: ignore[arg-type]


def click(query: str, article: str, rank: int = 1, hour: int = HOUR) -> Click:
    return Click(Interface.PAGE, query, article, rank, hour)


def counts(folder: Path) -> dict[str, int]:
    report = reports.read(folder, date(2020, 1, 1), date(2030, 1, 1), UTC_ZONE)
    return {each.query: each.searches for each in report.queries}


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same thread with shorter pauses."""
    monkeypatch.setattr(writer, "LINGER", 0.01)
    monkeypatch.setattr(writer, "RETRY", 0.05)


@pytest.fixture
def log(tmp_path: Path, impatient: None) -> QueryLog:
    return QueryLog(tmp_path / "index.desk", 365)


# What is kept of a query


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Whoosh \n Index ", "whoosh index"),
        ("Tea OR Coffee NOT Milk or", "tea OR coffee NOT milk or"),
        ("ＷＨＯＯＳＨ", "whoosh"),
        ("mail jane.doe+x@example.co.uk please", "mail [e-mail] please"),
        ("jane＠example.org", "[e-mail]"),
        ("https://user:secret@example.org/x", "[address]"),
        ("call +48 601 234 567", "call [number]"),
        ("(020) 7946-0958", "[number]"),
        ("4111 1111 1111 1111", "[number]"),
        ("1234567", "[number]"),
        ("from 192.168.100.23", "from [address]"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[secret]"),
        ("token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0", "[secret].[secret]"),
        ("123e4567-e89b-12d3-a456-426614174000", "[secret]"),
        ("1https://a:b:c@example.org/x https://:secret@example.org", "[address] [address]"),
        ("\0\x1b[31m", "[31m"),
        ("", ""),
    ],
)
def test_what_looks_like_somebodys_data_is_masked(typed: str, kept: str) -> None:
    assert stored_form(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "after:2023-01-01 before:2024-12",
        "1999 2000 2001",
        "issue 123456",
        "0x80070005",
        "kb4012212",
        "c++ .net node.js 3.11.2",
        "react@18.2.0 @haacked",
        "what-is-new-in-aspnet-mvc-4-and-how-to-use-it",
        "idempotentaspnetsessionprovider",
        '"a phrase" -word title:loaf train*',
        "127.0.0",
    ],
)
def test_what_is_nobodys_stays(typed: str) -> None:
    assert stored_form(typed) == typed


@given(st.text(max_size=600))
def test_any_text_is_kept_in_one_spelling_and_never_fails(text: str) -> None:
    kept = stored_form(text)
    assert len(kept) <= MAX_STORED
    assert stored_form(kept) == kept
    kept.encode()


@given(st.text(max_size=60))
def test_advice_means_itself_in_toml(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()
    read = tomllib.loads(toml_snippets.pin(text, [text]) + toml_snippets.synonym([text, "x"]))
    assert read["pinned"] in (
        [{"query": whole, "articles": [whole]}],
        [{"query": read["pinned"][0]["query"], "articles": [read["pinned"][0]["query"]]}],
    )
    assert read["synonyms"][0]["words"][1] == "x"
    assert all(c.isprintable() or c == "\n" for c in toml_snippets.pin(text, [text]))


# The file


def test_equal_searches_of_an_hour_are_one_row(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "desk")) as store:
        store.add([search("Whoosh"), search(" whoosh"), search("whoosh", filters=(("tag", "x y"), ("year", "2020")))])
        store.add([search("whoosh"), click("whoosh", "a.md"), click("whoosh", "a.md"), search("\0"), search("")])
    with closing(sqlite3.connect(tmp_path / "desk" / FILE_NAME)) as db:
        assert db.execute("SELECT hour, interface, query, filters, outcome, total, count FROM searches").fetchall() == [
            (HOUR, 1, "whoosh", "", 0, 1, 3),
            (HOUR, 1, "whoosh", "tag=x+y&year=2020", 0, 1, 1),
        ]
        assert db.execute("SELECT * FROM clicks").fetchall() == [(HOUR, 1, "whoosh", "a.md", 1, 2)]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "desk").iterdir()}
    assert set(modes.values()) == {"0o600"}, modes
    assert oct((tmp_path / "desk").stat().st_mode & 0o777) == "0o700"


@pytest.mark.parametrize("all_of_it", [True, False])
def test_who_has_a_deleted_file_open_does_no_harm_to_the_next_one(tmp_path: Path, all_of_it: bool) -> None:
    old = Store(tmp_path)
    old.add([search(f"old {n}") for n in range(500)])
    for path in tmp_path.iterdir():
        if all_of_it or path.name == FILE_NAME:
            path.unlink()
    with closing(Store(tmp_path)) as new:
        new.add([search("new")])
        old.add([search("lost")])
        old.close()
        assert (tmp_path / f"{FILE_NAME}-wal").exists(), "it is the new file's"
        with closing(Store(tmp_path)) as third:
            third.add([search("third")])
        new.add([search("newer")])
    assert counts(tmp_path) == {"new": 1, "newer": 1, "third": 1}
    assert everything(tmp_path) == 3


def test_what_is_old_goes_and_the_file_shrinks(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(Store(tmp_path)) as store:
        for day in range(40):
            store.add([search(f"query number {n}", hour=HOUR - 24 * day) for n in range(500)])
            store.add([click(f"query number {n}", f"{n}.md", hour=HOUR - 24 * day) for n in range(50)])
        before = pages(path)
        store.prune(HOUR, 10)
        assert pages(path) < before / 2
        oldest = reports.first_day(tmp_path, UTC_ZONE)
        assert oldest == date(2026, 11, 8)
    with closing(Store(tmp_path, max_bytes=200_000)) as store:
        assert store.is_large
        store.prune(HOUR, 10)
        assert pages(path) * 4096 <= 210_000
        assert sum(counts(tmp_path).values()) > 500, "the newest stay"


def test_a_flood_within_the_hour_fills_no_disk(tmp_path: Path) -> None:
    with closing(Store(tmp_path, max_bytes=200_000)) as store:
        store.add([search("before")])
        flood = [search(f"flood {n}") for n in range(25_000)]
        with pytest.raises(sqlite3.OperationalError, match="full"):
            store.add(flood)
        with suppress(sqlite3.OperationalError):
            for at in range(0, len(flood), 100):
                store.add(flood[at : at + 100])
        assert store.is_large
        assert pages(tmp_path / FILE_NAME) * 4096 <= 240_000
        store.prune(HOUR, 365)
        assert counts(tmp_path)["before"] == 1, "this hour stays"
        store.prune(HOUR + 1, 365)
        store.add([search("after", hour=HOUR + 1)])
    assert counts(tmp_path) == {"after": 1}


def pages(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA page_count").fetchone()[0])


def test_the_report_counts(tmp_path: Path) -> None:
    week = 7 * 24
    with closing(Store(tmp_path)) as store:
        store.add([search("old", hour=HOUR - 60 * 24)])
        store.add(
            [search("bread", 4, HOUR - week)] * 2
            + [search("bread", 5)] * 3
            + [search("bread", 5, interface=Interface.API)]
        )
        store.add([search("kefir", 0)] * 4 + [search("kefir", 2, outcome=AnswerKind.ANY)])
        store.add([search("breda", 5, outcome=AnswerKind.CORRECTED), search("rye", 3)])
        store.add(
            [click("bread", "a.md", 1), click("bread", "a.md", 3), click("bread", "b.md", 0), click("never", "a.md")]
        )
    report = reports.read(tmp_path, date(2026, 11, 5), TODAY, UTC_ZONE)
    by_query = {each.query: each for each in report.queries}
    assert [each.query for each in report.queries] == ["bread", "kefir", "breda", "rye"]
    bread = by_query["bread"]
    assert (bread.searches, bread.empty, bread.total, bread.clicks, bread.last) == (5, 0, 5, 3, TODAY)
    assert bread.articles == (("a.md", 2, 2.0), ("b.md", 1, 0.0))
    assert bread.weeks == (0, 2, 3)
    kefir = by_query["kefir"]
    assert (kefir.empty, kefir.partly) == (4, 1)
    assert by_query["breda"].corrected == 1
    assert [(week.monday.day, week.searches, week.empty, week.clicks) for week in report.weeks] == [
        (2, 0, 0, 0), (9, 2, 0, 0), (16, 10, 4, 3),
    ]  # fmt: skip
    assert [each.query for each in report.without_results] == ["kefir"]
    assert [each.query for each in report.without_clicks] == ["breda", "rye"] or by_query["kefir"].total
    assert report.interfaces == {Interface.PAGE: 12, Interface.API: 1}
    assert (report.searches, report.clicks) == (12, 3)


def test_days_begin_where_the_blog_is(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        store.add([search("late", hour=hour_of(datetime(2026, 11, 17, 23, tzinfo=UTC)))])
    warsaw = ZoneInfo("Europe/Warsaw")
    assert reports.read(tmp_path, TODAY, TODAY, warsaw).searches == 1
    assert reports.read(tmp_path, TODAY, TODAY, UTC_ZONE).searches == 0
    assert reports.first_day(tmp_path, warsaw) == TODAY


def test_without_a_file_there_is_nothing_and_with_a_damaged_one_it_is_said(tmp_path: Path) -> None:
    assert reports.read(tmp_path, TODAY, TODAY, UTC_ZONE).queries == ()
    assert reports.first_day(tmp_path, UTC_ZONE) is None
    (tmp_path / FILE_NAME).write_bytes(b"not a database " * 500)
    with pytest.raises(reports.QueryLogError, match=r"queries\.sqlite can't be read"):
        reports.read(tmp_path, TODAY, TODAY, UTC_ZONE)


# The thread


def test_what_is_noted_is_in_the_file_soon(log: QueryLog, tmp_path: Path) -> None:
    for _ in range(3):
        log.note(search("bread"))
    wait_for(lambda: counts(tmp_path / "index.desk") == {"bread": 3})
    log.note(search("rye"))
    log.close()
    assert counts(tmp_path / "index.desk") == {"bread": 3, "rye": 1}
    log.note(search("late"))
    log.close()


def test_an_idle_thread_ends_and_another_begins(log: QueryLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "IDLE", 0.05)
    before = threading.active_count()
    for number in range(1, 3):
        log.note(search("bread"))
        wait_for(lambda: threading.active_count() == before)
        assert counts(tmp_path / "index.desk") == {"bread": number}


def test_many_threads_lose_nothing(log: QueryLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "IDLE", 0.0)  # the thread ends whenever it can
    threads = [threading.Thread(target=lambda: [log.note(search(f"q{n % 7}")) for n in range(500)]) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    wait_for(lambda: sum(counts(tmp_path / "index.desk").values()) == 4_000)
    log.close()


def test_a_lock_held_by_another_process_stops_nobody(
    log: QueryLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = tmp_path / "index.desk"
    log.note(search("before"))
    wait_for(lambda: counts(desk) == {"before": 1})
    monkeypatch.setattr(writer, "MAX_QUEUED", 5)
    monkeypatch.setattr("searchapp.querylog.store.BUSY_MS", 50)
    holder = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); db.execute('BEGIN EXCLUSIVE');"
        "print('held', flush=True); sys.stdin.read()"
    )
    log._close_store()  # so that the shorter patience is used
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(desk / FILE_NAME)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        log.note(search("during"))
        wait_for(lambda: "locked" in caplog.text)
        for _ in range(20):
            log.note(search("during"))
        assert log.dropped > 0
        other.stdin.close()
    wait_for(lambda: counts(desk).get("during") == 5)
    wait_for(lambda: "noted again; 16 searches" in caplog.text)
    assert len(caplog.records) == 2, "said once, and once when it works again"
    log.close()


def test_a_deleted_file_is_made_again(log: QueryLog, tmp_path: Path) -> None:
    desk = tmp_path / "index.desk"
    log.note(search("one"))
    wait_for(lambda: counts(desk) == {"one": 1})
    for path in desk.iterdir():
        path.unlink()
    log.note(search("two"))
    wait_for(lambda: counts(desk) == {"two": 1})
    for path in desk.iterdir():
        path.unlink()
    desk.rmdir()
    log.note(search("three"))
    wait_for(lambda: counts(desk) == {"three": 1})
    log.close()


@pytest.mark.parametrize("damage", ["header", "middle", "truncated", "text"])
def test_a_damaged_file_is_set_aside(
    log: QueryLog, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk = tmp_path / "index.desk"
    path = desk / FILE_NAME
    with closing(Store(desk)) as store:
        store.add([search(f"some query {n}", hour=HOUR - n) for n in range(2_000)])
    data = path.read_bytes()
    match damage:
        case "header":
            path.write_bytes(b"x" * 100 + data[100:])
        case "middle":
            path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
        case "truncated":
            path.write_bytes(data[:5000])
        case "text":
            path.write_bytes(b"hello, world\n" * 1000)
    log.note(search("new"))
    wait_for(lambda: list(desk.glob("queries.damaged-*.sqlite")))
    wait_for(lambda: counts(desk) == {"new": 1})
    assert "was damaged" in caplog.text
    log.close()


def test_a_folder_that_cant_be_written(tmp_path: Path, impatient: None, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "desk").write_text("a file where the folder should be")
    log = QueryLog(tmp_path / "desk", 365)
    for _ in range(3):
        log.note(search("bread"))
        time.sleep(0.1)
    assert len(caplog.records) == 1
    assert "searches go on" in caplog.text
    (tmp_path / "desk").unlink()
    wait_for(lambda: (tmp_path / "desk" / FILE_NAME).exists() and counts(tmp_path / "desk") == {"bread": 3})
    log.close()


def test_a_newer_file_is_left_alone(log: QueryLog, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = tmp_path / "index.desk"
    Store(desk).close()
    with closing(sqlite3.connect(desk / FILE_NAME)) as db:
        db.execute("PRAGMA user_version = 99")
    log.note(search("bread"))
    wait_for(lambda: "newer version" in caplog.text)
    log.close()
    with pytest.raises(reports.QueryLogError, match="newer"):
        reports.read(desk, TODAY, TODAY, UTC_ZONE)


PROCESS = """
import resource, sys, time, logging
from pathlib import Path
from searchapp.querylog import Interface, AnswerKind, QueryLog, Search, writer
from searchapp.querylog.entries import this_hour
writer.LINGER = 0.0
writer.RETRY = 0.05
logging.basicConfig()
kind, folder, name = sys.argv[1:]
if kind == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
log = QueryLog(Path(folder), 365)
for number in range(100_000 if kind == "endless" else 300):
    query = f"{name} {number} " + "long words " * 15
    log.note(Search(Interface.PAGE, query, (), 1, AnswerKind.ALL, this_hour() - number % 99))
    if number % 20 == 0:
        time.sleep(0.01)
print("done", log.dropped, flush=True)
"""


def start(kind: str, folder: Path, name: str = "one") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, kind, str(folder), name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def everything(folder: Path) -> int:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(db.execute("SELECT sum(count) FROM searches").fetchone()[0] or 0)


def test_processes_share_the_file_and_flush_when_they_end(tmp_path: Path) -> None:
    running = [start("two", tmp_path / "desk", name) for name in ("one", "two")]
    for each in running:
        out, err = each.communicate(timeout=60)
        assert (out, err, each.returncode) == ("done 0\n", "", 0)
    assert everything(tmp_path / "desk") == 600


def test_kill_9_leaves_a_whole_file(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    for pause in (0.0, 0.05, 0.1):
        process = start("endless", folder)
        wait_for(lambda: (folder / FILE_NAME).exists() and (folder / f"{FILE_NAME}-wal").exists())
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
        Store(folder).close()  # perhaps it came to nothing yet
        before = everything(folder)
        with closing(Store(folder)) as store:
            store.add([search("after")])
        assert everything(folder) == before + 1


def test_a_full_disk_stops_nobody(tmp_path: Path) -> None:
    process = start("full", tmp_path / "desk")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.startswith("done")
    assert err.count("can't be noted") == 1, err
    assert "Traceback" not in err
    assert everything(tmp_path / "desk") < 300


def test_after_a_fork_the_child_writes_what_is_its_own(log: QueryLog, tmp_path: Path) -> None:
    desk = tmp_path / "index.desk"
    log.note(search("parent"))
    wait_for(lambda: counts(desk) == {"parent": 1})
    child = os.fork()
    if not child:
        log.note(search("child"))
        log.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    log.note(search("parent"))
    log.close()
    assert counts(desk) == {"parent": 2, "child": 1}


@pytest.mark.parametrize("typed", ["@{}", "{}@", "@x://{}", "@://{}:", "{} {} @{}"])
@pytest.mark.parametrize("much", ["a", "a.", ":", "x://", "1a", "1 ", "(1-", "a-"])
def test_masking_takes_no_square_of_the_length(typed: str, much: str) -> None:
    long = much * 100_000
    began = time.process_time()
    mask(typed.format(long, long, long))
    assert time.process_time() - began < 10  # the square of it takes minutes


def test_a_search_waits_for_nothing(log: QueryLog, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    log.note(search("\ud800 lone", filters=(("tag", "\ud800"),)))
    log.note(click("x", "\udcff.md"))
    log.close()
    assert not caplog.records
