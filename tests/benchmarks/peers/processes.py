"""Starts a peer's process, watches its memory, and gives what it measured, or why there is nothing."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SYSTEM_PYTHON = "/usr/bin/python3"
PAGE = os.sysconf("SC_PAGE_SIZE")
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Contender:
    """A peer: its module's name, its variants with what each can't do, and how it is started."""

    name: str
    variants: dict[str, str]
    command: tuple[str, ...]
    missing: str = ""
    """Why it can't be measured here; "" if it can."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One variant's figures. `build` and `queries` are what `measure` printed; `size` is in bytes."""

    label: str
    lacks: str
    build: dict[str, Any]
    queries: dict[str, Any]
    size: int
    reason: str = field(default="")
    """Why there are no figures."""


def contenders(modules: Path) -> list[Contender]:
    """All peers in the order of the table; `modules` is a `node_modules` folder."""
    ours = {"ours": "", "ours, with snippets": ""}
    tantivy = {"tantivy": "", "tantivy, with snippets": ""}
    sqlite = {
        "SQLite FTS5": "no facets",
        "SQLite FTS5, count(*) over ()": "no facets",
        "SQLite FTS5, facets by joins": "",
    }
    return [
        Contender("ours", ours, _python()),
        Contender("tantivy", tantivy, _python(), _without("tantivy")),
        Contender("fts5", sqlite, _python()),
        Contender("bm25s", {"bm25s": "any word, not all; only the top ten"}, _python(), _without("bm25s")),
        Contender("xapian", {"Xapian": ""}, _python(SYSTEM_PYTHON), _without_xapian()),
        Contender("minisearch", {"MiniSearch": "no phrases"}, _node(modules), _without_node(modules, "minisearch")),
        Contender("whoosh", {"stock Whoosh": ""}, _python()),
    ]


def _python(executable: str = sys.executable) -> tuple[str, ...]:
    return (executable, "-m", "tests.benchmarks.peers.measure")


def _node(modules: Path) -> tuple[str, ...]:
    return ("node", "--max-old-space-size=12000", str(_HERE / "minisearch.mjs"), str(modules.resolve()))


def _without(module: str) -> str:
    return "" if importlib.util.find_spec(module) else f"pip install {module}"


def _without_xapian() -> str:
    if Path(SYSTEM_PYTHON).exists():
        found = subprocess.run([SYSTEM_PYTHON, "-c", "import xapian"], capture_output=True, check=False)
        if not found.returncode:
            return ""
    return "apt-get install python3-xapian"


def _without_node(modules: Path, package: str) -> str:
    if not shutil.which("node"):
        return "no node"
    return "" if (modules / package).is_dir() else f"npm install {package}, then --npm=…/node_modules"


def measure(contender: Contender, folder: Path, keep: bool) -> list[Measured]:
    """Builds the index and asks the queries of every variant; the index is removed unless it is to be kept."""
    if contender.missing:
        return [Measured(label, lacks, {}, {}, 0, contender.missing) for label, lacks in contender.variants.items()]
    index = folder / contender.name
    shutil.rmtree(index, ignore_errors=True)
    try:
        build = run([*contender.command, *_step(contender, "build"), str(folder)])
        size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
        return [
            Measured(label, lacks, build, run([*contender.command, *_step(contender, label), str(folder)]), size)
            for label, lacks in contender.variants.items()
        ]
    except ChildProcessError as error:
        return [Measured(label, lacks, {}, {}, 0, str(error)) for label, lacks in contender.variants.items()]
    finally:
        if not keep:
            shutil.rmtree(index, ignore_errors=True)


def _step(contender: Contender, step: str) -> tuple[str, ...]:
    return (step,) if contender.name == "minisearch" else (contender.name, step)


def run(command: list[str]) -> dict[str, Any]:
    """The JSON that a process prints, with "peak": resident bytes of it and its children together.

    Raises ChildProcessError with the last line that it wrote to standard error.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        watch = _Watch(process.pid)
        output, errors = process.communicate()
        watch.stop()
    if process.returncode:
        last = (errors.strip().splitlines() or [""])[-1]
        raise ChildProcessError(f"ended with {process.returncode}: {last[:200]}")
    result: dict[str, Any] = json.loads(output)
    if "memory" in result:
        result["peak"] = max(watch.peak, result["memory"]["peak"])
    return result


class _Watch:
    """Samples the resident memory of a process and its descendants, seldom enough to cost nothing."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def stop(self) -> None:
        """Ends the sampling."""
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(0.2):
            self.peak = max(self.peak, _resident(self._pid))


def _resident(pid: int) -> int:
    """Bytes of a process and its descendants; pages that they share are counted in each."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        started = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except (OSError, IndexError):
        return 0
    return own + sum(_resident(int(child)) for children in started for child in children)
