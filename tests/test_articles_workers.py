"""Files and texts that would hang, kill or fool a reader: each is reported, none harms its neighbours."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from articles import outcomes, problems, site_of, write

from searchapp.articles import Limits, Outcome, convert, digest_of, discover, permalink_clashes, render_draft
from searchapp.errors import ConfigError, SearchappError

pytestmark = pytest.mark.fresh_workers

QUICK = Limits(seconds=0.7)
PLAIN = "can't be rendered and is read as plain text: "

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")

HANGING = ["[[]", "[[]](", "[](", "![]("]


def test_texts_that_never_end_become_plain_text_and_harm_no_neighbour(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"a{n}.md": f"Fine number{n}." for n in range(12)}
    for n, piece in enumerate(HANGING):
        files[f"a{n}x.md"] = f"---\ntitle: T\n---\nFindable words\n\n{piece * 8000}"
    started = time.monotonic()
    found = outcomes(tmp_path, files, limits=QUICK)
    assert time.monotonic() - started < 20
    for n in range(len(HANGING)):
        [(line, reason, skipped)] = problems(found[f"a{n}x.md"])
        assert (line, skipped) == (4, False)
        assert reason == PLAIN + "it takes more than 0.7 seconds"
        article = found[f"a{n}x.md"].article
        assert article is not None
        assert article.sections[0].text.startswith("Findable words")
    assert list(found) == sorted(files)
    assert all(found[f"a{n}.md"].article and not found[f"a{n}.md"].problems for n in range(12))


def test_a_text_nested_too_deeply_becomes_plain_text(tmp_path: Path) -> None:
    text = "\n".join("    " * n + f"- level{n}" for n in range(300))
    found = outcomes(tmp_path, {"deep.md": text}, limits=Limits(seconds=60))
    [(_, reason, skipped)] = problems(found["deep.md"])
    assert (reason, skipped) == (PLAIN + "nested too deeply", False)
    deep = found["deep.md"].article
    assert deep is not None
    assert "level299" in deep.sections[0].text


@pytest.mark.parametrize("piece", ["[", "<![", "![", "[^1]"])
def test_brackets_that_nothing_closes_are_rendered(tmp_path: Path, piece: str) -> None:
    found = outcomes(tmp_path, {"a.md": f"Findable words\n\n{piece * 8000}"}, limits=QUICK)
    article = found["a.md"].article
    assert article is not None
    assert problems(found["a.md"]) == []
    assert article.sections[0].text.startswith("Findable words")


def test_memory_is_limited(tmp_path: Path) -> None:
    limits = Limits(memory_bytes=32 * 2**20, seconds=20)
    files = {"big.md": "word\n\n" * 300_000, "small.md": "Small."}
    found = outcomes(tmp_path, files, limits=limits)
    [(_, reason, _)] = problems(found["big.md"])
    assert "MiB of memory" in reason or "was ended" in reason
    assert found["small.md"].article is not None


def test_large_files_and_lines(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"line.md": b"# T\n\n" + b"word " * (2 * 2**20), "over.md": b"x" * 20_000_000}
    found = outcomes(tmp_path, files, limits=Limits())
    [(line, reason, skipped)] = problems(found["line.md"])
    assert (line, skipped) == (1, False)
    assert "2,097,152" in reason
    article = found["line.md"].article
    assert article is not None
    assert article.title == "T"
    [(_, reason, skipped)] = problems(found["over.md"])
    assert skipped
    assert "20,000,000 bytes" in reason
    assert "16,777,216" in reason


def test_plain_text_keeps_headings_code_and_words(tmp_path: Path) -> None:
    text = (
        "Lead <b>bold</b> [link](http://x) **strong**\nsecond\n\n"
        "## A *heading*\n\n```\ncode <x>\n\nmore\n```\n\n- item\n"
    )
    article = outcomes(tmp_path, {"a.md": text}, limits=Limits(markdown_chars=10))["a.md"].article
    assert article is not None
    assert [(s.title, s.anchor, s.text) for s in article.sections] == [
        ("", "", "Lead bold link strong second"),
        ("A heading", "a-heading", "- item"),
    ]
    assert article.code == "code <x>\n\nmore"


def test_what_is_no_file_is_reported_and_never_opened(tmp_path: Path) -> None:
    write(tmp_path, {"good.md": "Text", "folder/x.md": "Text"})
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.md").symlink_to("self.md")
    (tmp_path / "dead.md").symlink_to("nowhere")
    (tmp_path / "alias.md").symlink_to("good.md")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "s.md"))
        sources, found = discover(site_of(tmp_path))
    assert [source.id for source in sources] == ["alias.md", "folder/x.md", "good.md"]
    assert [(problem.path, problem.skipped) for problem in found] == [
        ("dead.md", True),
        ("loop", False),
        ("pipe.md", True),
        ("s.md", True),
        ("self.md", True),
    ]


def test_a_file_that_turns_into_a_pipe_or_goes_away(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "Text", "b.md": "Text", "c.md": "Text"})
    site = site_of(tmp_path)
    sources, _ = discover(site)
    (tmp_path / "a.md").unlink()
    os.mkfifo(tmp_path / "a.md")
    (tmp_path / "b.md").unlink()
    found = list(convert(site, sources, {"a.md": "x", "b.md": "x"}))
    assert [(o.id, [p.skipped for p in o.problems], o.digest) for o in found[:2]] == [
        ("a.md", [True], ""),
        ("b.md", [True], ""),
    ]
    assert found[2].article is not None
    with pytest.raises(OSError, match="named pipe"):
        digest_of(site, sources[0])
    with pytest.raises(FileNotFoundError):
        digest_of(site, sources[1])


def without_overrides() -> None:
    """Takes from root, before it executes a program, the right to read what the file mode forbids."""
    if os.geteuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            assert ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0) == 0  # PR_CAPBSET_DROP


def test_unreadable_files_and_folders(tmp_path: Path) -> None:
    write(tmp_path / "content", {"a.md": "Text", "closed/b.md": "Text", "c.md": "Text"})
    (tmp_path / "content/a.md").chmod(0)
    (tmp_path / "content/closed").chmod(0)
    command = [sys.executable, "-m", "searchapp", "index", "--json"]
    try:
        run = subprocess.run(command, cwd=tmp_path, preexec_fn=without_overrides, capture_output=True, text=True)
    finally:
        (tmp_path / "content/closed").chmod(0o700)
    report = json.loads(run.stdout)
    assert report["articles"] == 1
    assert [(found["path"], "Permission denied" in found["reason"]) for found in report["skipped"]] == [
        ("a.md", True),
        ("closed", True),
    ]


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.md"
    path.write_text("start\n", encoding="utf-8")
    stop = threading.Event()

    def grow() -> None:
        with path.open("a", encoding="utf-8") as file:
            while not stop.is_set():
                file.write("more and more\n" * 200)

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        [outcome] = outcomes(tmp_path, limits=Limits()).values()
    finally:
        stop.set()
        thread.join()
    assert outcome.article is not None or outcome.problems[0].skipped


def test_names_that_are_no_unicode(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("Text", encoding="utf-8")
    (tmp_path / os.fsdecode(b"caf\xe8.md")).write_text("Text", encoding="utf-8")
    (tmp_path / "line\nbreak.md").write_text("Text", encoding="utf-8")
    site = site_of(tmp_path)
    sources, found = discover(site)
    assert [source.id for source in sources] == ["caf\ufffd.md", "line\nbreak.md"]
    assert [(problem.path, problem.skipped) for problem in found] == [("caf\ufffd.md", True)]
    assert all(outcome.article for outcome in convert(site, sources, {}))


def test_content_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder"):
        site_of(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="is a file"):
        site_of(tmp_path / "file")


def test_only_what_changed_is_converted(tmp_path: Path) -> None:
    first = outcomes(tmp_path, {f"{n}.md": f"Text {n}" for n in range(5)}, limits=Limits())
    known = {id: outcome.digest for id, outcome in first.items()}
    write(tmp_path, {"3.md": "Changed"})
    site = site_of(tmp_path)
    sources, _ = discover(site)
    again = list(convert(site, sources, known))
    assert [outcome.unchanged for outcome in again] == [True, True, True, False, True]
    assert [outcome.digest == known[outcome.id] for outcome in again] == [True, True, True, False, True]
    assert again[3].article is not None
    assert again[3].digest == again[3].article.digest == digest_of(site, sources[3])


def test_an_article_that_has_expired_is_hidden_though_it_has_not_changed(tmp_path: Path) -> None:
    for wait in (1.5, 6, 24):  # the machine may be busy
        ends = datetime.now(UTC) + timedelta(seconds=wait)
        [first] = outcomes(tmp_path, {"a.md": f"---\ntitle: T\nexpiryDate: {ends.isoformat()}\n---\n"}).values()
        site = site_of(tmp_path)
        sources, _ = discover(site)
        [soon] = convert(site, sources, {"a.md": first.digest})
        if datetime.now(UTC) < ends:
            break
    assert first.article is not None
    assert (soon.unchanged, soon.until) == (True, ends)
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 0.05)
    [later] = convert(site, sources, {"a.md": first.digest})
    assert (later.unchanged, later.hidden) == (False, "expired")


@pytest.mark.parametrize(
    "settings",
    [
        {"permalink": "/:title/"},
        {"include_drafts": True},
        {"include_future": True},
        {"timezone": "Asia/Tokyo"},
        {"language": "de"},
    ],
)
def test_a_digest_changes_with_all_that_shapes_the_article(tmp_path: Path, settings: dict[str, object]) -> None:
    write(tmp_path, {"a.md": "Text"})
    [source] = discover(site_of(tmp_path))[0]
    before = digest_of(site_of(tmp_path), source)
    assert digest_of(site_of(tmp_path), source) == before
    assert digest_of(site_of(tmp_path, **settings), source) != before
    write(tmp_path, {"_config.yml": "permalink: none"})
    assert digest_of(site_of(tmp_path), source) != before


def test_order_and_equality_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    write(tmp_path, {f"{n:03}.md": f"# T{n}\n\n" + "word " * (n % 7 * 300) for n in range(60)})
    site = site_of(tmp_path)
    sources, _ = discover(site)
    one = list(convert(site, sources, {}, workers=1))
    three = list(convert(site, sources, {}, workers=3))
    assert one == three
    assert [outcome.id for outcome in one] == [source.id for source in sources]


def children() -> set[int]:
    """The worker processes of this one."""
    found: set[int] = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes()
            # The process that the tests' own workers are forked from names the module, too.
            if parent == os.getpid() and b"searchapp.articles.pool.worker" in command and b"forkserver" not in command:
                found.add(int(entry.name))
        except OSError:
            continue
    return found


@needs_proc
def test_closing_the_iterator_ends_the_workers(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.md": "Text" for n in range(50)})
    site = site_of(tmp_path)
    found = convert(site, discover(site)[0], {}, workers=2)
    next(found)
    assert children()
    close(found)
    assert not children()


def close(iterator: Iterator[Outcome]) -> None:
    iterator.close()  # type: ignore[attr-defined]


def test_a_link_out_of_the_content_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secret.md": "Not for readers", "content/good.md": "Text"})
    (tmp_path / "content/leak.md").symlink_to("../secret.md")
    (tmp_path / "content/absolute.md").symlink_to(tmp_path / "content/good.md")
    sources, found = discover(site_of(tmp_path / "content"))
    assert [source.id for source in sources] == ["absolute.md", "good.md"]
    assert [(problem.path, problem.skipped) for problem in found] == [("leak.md", True)]
    assert "outside the content folder" in found[0].reason


@needs_proc
def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    write(tmp_path, {f"{n:03}.md": f"Text {n}" for n in range(400)})
    site = site_of(tmp_path)
    found = convert(site, discover(site)[0], {}, workers=2)
    seen = [next(found)]
    assert children()
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    seen += found
    assert len(seen) == 400
    assert all(outcome.article for outcome in seen)
    assert sum(bool(outcome.problems) for outcome in seen) <= 2


def test_workers_that_can_not_start_are_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.md": "Text"})
    site = site_of(tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SearchappError, match="can't be started"):
        list(convert(site, discover(site)[0], {}))


def test_drafts_are_guarded_too() -> None:
    draft = render_draft("# Title\n\nwords " + "[" * 8000, Limits(seconds=0.5))
    assert draft.title == "Title"
    assert draft.text.startswith("Title\nwords")


def test_clashing_permalinks() -> None:
    found = permalink_clashes([("b.md", "/x/"), ("a.md", "/x"), ("c.md", ""), ("d.md", ""), ("e.md", "/y/")])
    assert [(problem.path, problem.skipped) for problem in found] == [("b.md", False)]
    assert "a.md" in found[0].reason
