"""The command as a process: signals, pipes, two at once, killed in the middle."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchapp.cli import cli

COMMAND = [sys.executable, "-m", "searchapp"]


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    write(tmp_path)
    return tmp_path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A blog of a few articles, for what does not depend on how long a build takes."""
    write(tmp_path, 9)
    return tmp_path


@pytest.fixture(scope="module")
def index_of_it(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexed")
    write(folder)
    assert run(folder, "index").returncode == 0
    return folder


@pytest.fixture
def indexed(index_of_it: Path, tmp_path: Path) -> Path:
    """The blog with its index."""
    return Path(shutil.copytree(index_of_it, tmp_path / "blog"))


def write(folder: Path, count: int = 120) -> None:
    chance = random.Random(5)
    words = [f"word{number}" for number in range(400)]
    (folder / "content").mkdir()
    for number in range(count):
        text = " ".join(chance.choices(words, k=300))
        front = f"title: Post {number}\ntags: [t{number % 9}]\n"
        (folder / f"content/p{number:03}.md").write_text(f"---\n{front}---\n\n{text} common\n")


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *args],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SEARCHAPP_")}


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    with start(folder, *args) as process:
        output, errors = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def total(folder: Path, query: str = "common") -> int:
    """How many articles are found, asked in this process."""
    places = [f"--content={folder / 'content'}", f"--index={folder / 'index'}"]
    return int(json.loads(CliRunner().invoke(cli, ["search", query, "--json", *places]).stdout)["total"])


def group_is_gone(group: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_json_alone_is_on_standard_output(small: Path) -> None:
    (small / "content/big.md").touch()
    os.truncate(small / "content/big.md", 64 * 2**20)
    for args, code in (
        (["index", "--json"], 0),
        (["search", "common", "--json"], 0),
        (["search", "absent", "--json"], 1),
        (["related", "p001.md", "--json"], 0),
        (["check", "--json"], 1),
        (["stats", "--json"], 0),
        (["config", "--json"], 0),
    ):
        result = run(small, *args)
        assert result.returncode == code, (args, result.stderr)
        assert isinstance(json.loads(result.stdout), dict)
        assert result.stderr == ""


def test_two_runs_at_once_both_succeed_one_after_the_other(blog: Path) -> None:
    runs = [start(blog, "index", "--rebuild", "--json") for _ in range(2)]
    outputs = [process.communicate(timeout=60) for process in runs]
    assert [process.returncode for process in runs] == [0, 0]
    generations = {json.loads(output)["generation"] for output, _ in outputs}
    assert len(generations) == 2
    errors = "".join(error for _, error in outputs)
    assert errors.count("another searchapp index is running (pid ") <= 1
    assert total(blog) == 120


@pytest.mark.slow
def test_killed_in_the_middle_there_is_the_old_or_the_new_index(indexed: Path) -> None:
    for path in sorted((indexed / "content").iterdir())[:60]:
        path.write_text(path.read_text().replace("common", "uncommon"))
    for delay in (0.15, 0.3, 0.45, 0.6, 0.8):
        process = start(indexed, "index", "--rebuild")
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL) if delay > 0.5 else process.kill()
        process.communicate()
        assert total(indexed) in {120, 60}
    result = run(indexed, "index", "--json")
    assert result.returncode == 0, result.stderr
    assert (total(indexed), total(indexed, "uncommon")) == (60, 60)
    assert json.loads(run(indexed, "index", "--json").stdout)["unchanged"] == 120


def test_a_killed_run_leaves_no_worker_behind(blog: Path) -> None:
    process = start(blog, "index", "--rebuild")
    time.sleep(0.4)
    process.kill()
    process.communicate()
    assert group_is_gone(process.pid, 10)


def test_interrupted_it_ends_quietly(indexed: Path) -> None:
    process = start(indexed, "index", "--watch")
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Watching ")
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=15)
    assert process.returncode == 130
    assert "Traceback" not in output + errors
    assert group_is_gone(process.pid)


def test_watching_ends_with_zero_on_sigterm_and_follows_edits(blog: Path) -> None:
    process = start(blog, "index", "--watch")
    assert process.stderr is not None
    assert process.stdout is not None
    assert process.stderr.readline().startswith("Watching ")
    assert process.stdout.readline().startswith("Index has 120 articles: 120 added")
    (blog / "content/new.md").write_text("# New\n\nA newcomer.\n")
    assert process.stdout.readline().startswith("Index has 121 articles: 1 added")
    assert total(blog, "newcomer") == 1
    process.terminate()
    output, errors = process.communicate(timeout=15)
    assert (process.returncode, output, errors) == (0, "", "")
    assert group_is_gone(process.pid)


@pytest.mark.parametrize("args", [["search", "common", "--limit", "100"], ["search", "--json"], ["check", "--json"]])
def test_a_reader_that_leaves_is_no_error(indexed: Path, args: Sequence[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = subprocess.run(
            [*COMMAND, *args],
            cwd=indexed,
            env=environment(),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (result.returncode, result.stderr) in {(141, ""), (141, "120 articles, no problems\n")}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("args", [["search", "common"], ["stats", "--json"], ["config"]])
def test_an_output_without_room_is_one_clear_line(indexed: Path, args: Sequence[str]) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [*COMMAND, *args],
            cwd=indexed,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr.startswith("Error: the output can't be written (No space left on device)")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error(small: Path, closed: str) -> None:
    command = f'"{sys.executable}" -m searchapp index {closed}'
    result = subprocess.run(
        ["sh", "-c", command],
        cwd=small,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert total(small) == 9


def test_bytes_that_are_no_text_are_no_traceback(small: Path) -> None:
    (small / "content").joinpath(os.fsdecode(b"caf\xe9.md")).write_text("# Caf\n\nA latin name.\n")
    for args in (
        ["index"],
        ["search", "latin"],
        ["search", "latin", "--json"],
        ["check"],
        ["search", os.fsdecode(b"\xff")],
    ):
        result = run(small, *args)
        assert result.returncode in {0, 1}
        assert "Traceback" not in result.stderr
        assert "internal error" not in result.stderr
    assert total(small, "latin") == 1


def test_a_damaged_index_is_said_and_built_anew(indexed: Path) -> None:
    files = [path for path in (indexed / "index").rglob("*") if path.is_file() and path.stat().st_size > 1000]
    damaged = max((path for path in files if path.name != "scan.json"), key=lambda path: path.stat().st_size)
    data = bytearray(damaged.read_bytes())
    damaged.unlink()  # the generation before may share the file
    damaged.write_bytes(data[: len(data) // 2])
    result = run(indexed, "search", "common")
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.count("\n") == 1
    result = run(indexed, "index")
    assert result.returncode == 0
    assert "anew" in result.stderr
    assert total(indexed) == 120


def test_an_index_that_others_can_write_is_refused(indexed: Path) -> None:
    (indexed / "index").chmod(0o777)
    for args in (["search", "common"], ["index"], ["stats"]):
        result = run(indexed, *args)
        assert result.returncode == 3, args
        assert result.stderr.splitlines()[-1].startswith("Error: ")
        assert "Traceback" not in result.stderr
