"""Finds and unpacks the real blogs that benchmarks measure, and watches the processes that they start."""

from __future__ import annotations

import os
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 1024 * 1024


@contextmanager
def blog(name: str) -> Iterator[Path]:
    """A real blog in a temporary folder. Says so and ends with 0 where there are none."""
    root = os.environ.get("SEARCHAPP_CORPORA")
    archive = Path(root or "") / "blogs" / f"{name}.tar.gz"
    if not root or not archive.is_file():
        print(f"skipped: set SEARCHAPP_CORPORA to a folder with blogs/{name}.tar.gz")
        sys.exit(0)
    with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
        with tarfile.open(archive) as file:
            file.extractall(folder, filter="data")
        entries = [path for path in Path(folder).iterdir() if path.is_dir()]
        yield entries[0] if len(entries) == 1 else Path(folder)


class PeakMemory:
    """The largest sum over a process and its descendants, in bytes, sampled every 20 ms.

    resident        pages shared between processes counted in each
    proportional    shared pages divided among those that share them
    """

    def __init__(self, pid: int) -> None:
        self.resident = self.proportional = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def stop(self) -> None:
        """Ends the sampling."""
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(0.02):
            sizes = [_sizes(pid) for pid in _family(self._pid)]
            self.resident = max(self.resident, sum(resident for resident, _ in sizes))
            self.proportional = max(self.proportional, sum(share for _, share in sizes))


def _family(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        found.append(current)
        queue += parents.get(current, [])
    return found


def _sizes(pid: int) -> tuple[int, int]:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0, 0
    values = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in text.splitlines()[1:] if ":" in line}
    return values.get("Rss", 0), values.get("Pss", 0)
