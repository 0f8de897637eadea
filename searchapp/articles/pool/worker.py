"""The worker process: reads tasks from one pipe, writes results to the other.

Both pipes are private to parent and child. A result is (value, "") or (None, reason of the failure).
A task that takes too much processor time ends the process by a signal whose default action nothing in
it can catch or delay.
"""

from __future__ import annotations

import gc
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from searchapp.articles.body import detect_language
from searchapp.articles.outcome import Limits, SourceFile
from searchapp.articles.pool.frames import HEADER, HELLO, PARSED_DRAFT, Task, write
from searchapp.articles.reader import draft, parse_draft, read
from searchapp.articles.site import Site


def main() -> None:
    """Process tasks until the parent closes its pipe or this process is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    # Python-Markdown's trees are cyclic but small: collecting them rarely is a tenth faster.
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    inbox, outbox = sys.stdin.buffer, sys.stdout.fileno()
    write(outbox, HELLO)
    limits: Limits = pickle.loads(_receive(inbox))  # noqa: S301 - from our own parent
    site: Site | None = pickle.loads(_receive(inbox))  # noqa: S301 - from our own parent
    if site is None or not site.language:
        detect_language.load()  # now: its memory and time are no article's
    _limit_memory(limits.memory_bytes)
    while frame := _receive(inbox):
        for task in pickle.loads(frame):  # noqa: S301 - from our own parent
            write(outbox, _guarded(_work(site, task, limits), limits))


def _work(site: Site | None, task: Task, limits: Limits) -> Callable[[], object]:
    id, path, signature, plain, known = task
    if site is None:
        return lambda: parse_draft(path, plain=plain) if id == PARSED_DRAFT else draft(path, plain=bool(plain))
    source = SourceFile(id, Path(path), signature)
    return lambda: read(site, source, limits, plain=plain, known=known)


def _guarded(work: Callable[[], object], limits: Limits) -> tuple[object, str]:
    signal.setitimer(signal.ITIMER_PROF, limits.seconds)
    try:
        return work(), ""
    except MemoryError:
        return None, f"it needs more than {limits.memory_bytes // 2**20} MiB of memory"
    except RecursionError:
        return None, "it is nested too deeply"
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"[:200]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _limit_memory(allowance: int) -> None:
    """Limit the growth of the address space to so many bytes, where the system supports it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize() + allowance
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard < 0 else min(size, hard), hard))
    except (OSError, ValueError):
        pass


def _receive(inbox: BinaryIO) -> bytes:
    header = inbox.read(HEADER.size)
    if len(header) < HEADER.size:
        return b""
    return inbox.read(HEADER.unpack(header)[0])
