"""A pool of worker processes with bounded memory and ordered results, in which no article can block or lose another.

Pebble (tried in 5.2) gives its workers one pipe and one lock for all: forked, it hung for more than two minutes
in 5 of 30 runs in which one worker was killed once. With pipes of their own none of 60 runs hung.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from searchapp.articles.body.prose_spans import WALL
from searchapp.articles.draft import ParsedDraft
from searchapp.articles.files.contents import read_contents
from searchapp.articles.files.source import UnreadableError, decode
from searchapp.articles.front_matter.loaders import MAX_CHARS
from searchapp.articles.outcome import Limits, Outcome, SourceFile
from searchapp.articles.pool.child import WorkerProcess
from searchapp.articles.pool.frames import HELLO, PARSED_DRAFT, Task
from searchapp.articles.site import Site
from searchapp.errors import DraftError, SearchappError
from searchapp.model import Draft, Problem

CHUNK = 8
"""Articles per message: enough to hide the pipe's latency, few enough to share the work evenly."""
WINDOW = 256
"""Sources that may be processed ahead of the next result; bounds memory."""
MAX_DRAFT = 2 * 2**20
"""Maximum bytes of an unpublished text."""
DRAFT_LIMITS = Limits(seconds=4.0, stalled=10.0)
"""Stricter limits, as somebody waits."""
_EXPIRES = re.compile(rb"(?i)\b(?:expiry[-_]?date|unpublish[-_]?date|expires)[\"' \t]*[:=]")


class WorkerPool:
    """Up to `size` child processes, started on demand. Not thread-safe."""

    def __init__(self, site: Site | None, size: int, limits: Limits) -> None:
        self.site, self.size, self.limits = site, size, limits
        self.workers: list[WorkerProcess] = []
        self.again: deque[tuple[int, Task]] = deque()
        self.plain_failures: Counter[int] = Counter()
        self.false_starts = 0
        self.selector = selectors.DefaultSelector()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()
        self.selector.close()

    def has_room(self) -> bool:
        """Whether another chunk would be processed soon."""
        return len(self.workers) < self.size or any(len(worker.pending) <= CHUNK for worker in self.workers)

    def give(self, tasks: Sequence[tuple[int, Task]]) -> None:
        """Send a chunk to an idle child, a new one, or the one with the fewest tasks."""
        worker = min(self.workers, key=lambda worker: len(worker.pending), default=None)
        if worker is None or (worker.pending and len(self.workers) < self.size):
            worker = WorkerProcess(self.site, self.limits)
            self.workers.append(worker)
            self.selector.register(worker.output, selectors.EVENT_READ, worker)
        if not worker.pending:
            worker.waited = 0.0
        worker.pending.extend(tasks)
        worker.send([task for _, task in tasks])

    def wait(self) -> list[tuple[int, object]]:
        """Block for up to a second; return (index, value or the Outcome of a failure) of finished tasks."""
        done: list[tuple[int, object]] = []
        started = time.monotonic()
        events = self.selector.select(timeout=1.0)
        passed = time.monotonic() - started
        for worker in self.workers:
            worker.waited += passed
        for key, _ in events:
            worker = key.data
            worker.waited = 0.0
            frames = worker.frames()
            if frames is None:
                done += self._lost(worker)
                continue
            for frame in frames:
                done += self._answered(worker, frame)
        for worker in list(self.workers):
            if worker.pending and worker.waited > self.limits.stalled:
                worker.stalled = True
                done += self._lost(worker)
        while self.again and self.has_room():
            self.give([self.again.popleft()])
        return done

    def _answered(self, worker: WorkerProcess, frame: object) -> list[tuple[int, object]]:
        if frame == HELLO:
            worker.greeted = True
            self.false_starts = 0
            return []
        assert isinstance(frame, tuple)
        value, failure = frame
        index, task = worker.pending.popleft()
        return [(index, value)] if not failure else self._failed(index, task, failure)

    def _failed(self, index: int, task: Task, reason: str) -> list[tuple[int, object]]:
        """Retry as plain text; report the failure if that failed twice, as one try may have hit a dying child."""
        id, path, signature, plain, known = task
        self.plain_failures[index] += bool(plain)
        if self.plain_failures[index] > 1:
            problem = Problem(id, None, f"can't be converted: {reason}", True, "file-unconvertible")
            return [(index, Outcome(id, "", None, problems=(problem,)))]
        self.again.append((index, (id, path, signature, plain or reason, known)))
        return []

    def _lost(self, worker: WorkerProcess) -> list[tuple[int, object]]:
        """Handle the exit of a child: its current task has failed, the others are given to another."""
        self.selector.unregister(worker.output)
        self.workers.remove(worker)
        status = worker.end()
        if not worker.greeted:
            # It has not come to its first task. Once or twice may be bad luck or a busy machine.
            self.false_starts += 1
            if status > 0 or self.false_starts > 2:
                raise SearchappError(
                    f"a process that converts articles can't be started (status {status}); check {sys.executable}"
                )
            self.again.extend(worker.pending)
            return []
        done: list[tuple[int, object]] = []
        if worker.pending:
            index, task = worker.pending.popleft()
            done = self._failed(index, task, self._cause(worker, status))
        self.again.extend(worker.pending)
        return done

    def _cause(self, worker: WorkerProcess, status: int) -> str:
        if worker.stalled or status == -signal.SIGPROF:
            seconds = self.limits.stalled if worker.stalled else self.limits.seconds
            return f"it takes more than {seconds:g} seconds"
        return f"the process that converts it was ended ({_signal_name(status)})"


def _signal_name(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"status {status}"


def processors() -> int:
    """Return the number of processors available to this process."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def convert(
    site: Site,
    sources: Sequence[SourceFile],
    known: Mapping[str, str],
    *,
    workers: int | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Iterator[Outcome]:
    """Yield the outcome of every source, in order, converted in child processes on demand.

    known       id -> digest of the articles shown; unchanged ones are not converted.
                Hidden ones do not belong here unless the caller heeds their `until`
    workers     maximum of child processes; by default the number of processors

    Raises SearchappError if no child can be started. Closing the iterator ends all children.
    """
    ready: dict[int, Outcome] = {}
    given = 0
    with WorkerPool(site, workers or processors(), limits) as pool:
        for index in range(len(sources)):
            while index not in ready:
                given = _feed(pool, site, sources, known, ready, given, index + WINDOW)
                if index not in ready:
                    for position, outcome in pool.wait():
                        assert isinstance(outcome, Outcome)
                        ready[position] = outcome
            yield ready.pop(index)


def _feed(
    pool: WorkerPool,
    site: Site,
    sources: Sequence[SourceFile],
    known: Mapping[str, str],
    ready: dict[int, Outcome],
    given: int,
    stop: int,
) -> int:
    """Hand out sources from number `given` to `stop`, unchanged ones excepted; return the number of the next."""
    stop = min(stop, len(sources))
    while given < stop and pool.has_room():
        tasks: list[tuple[int, Task]] = []
        while given < stop and len(tasks) < CHUNK:
            source = sources[given]
            before = known.get(source.id, "")
            unchanged = _unchanged(site, source, before, pool.limits) if before else None
            if unchanged is not None:
                ready[given] = unchanged
            else:
                tasks.append((given, (source.id, os.fspath(source.path), source.signature, "", before)))
            given += 1
        if tasks:
            pool.give(tasks)
    return given


def _unchanged(site: Site, source: SourceFile, before: str, limits: Limits) -> Outcome | None:
    """Return the outcome of an unchanged source; None if a child has to read it."""
    try:
        contents = read_contents(site, source.path, limits)
    except (OSError, UnreadableError):
        return None
    if contents.digest(site, source.id) != before:
        return None
    if _EXPIRES.search(contents.data, 0, MAX_CHARS):
        return None  # It may be hidden now though it has not changed.
    return Outcome(source.id, before, None, unchanged=True)


def digest_of(site: Site, source: SourceFile) -> str:
    """Return the digest that `convert` would give a source. Raises OSError if it can't be read."""
    try:
        return read_contents(site, source.path, Limits()).digest(site, source.id)
    except UnreadableError as error:
        raise OSError(str(error)) from error


def render_draft(text: str, limits: Limits = Limits()) -> Draft:  # noqa: B008 - frozen
    """Return an unpublished text, with or without front matter, as a `Draft`; as plain text if over the limits."""
    value = _read_text("draft", text, "it is long" if len(text) > limits.markdown_chars else "", limits)
    return value if isinstance(value, Draft) else Draft(text=text)


def parse_draft(data: bytes) -> ParsedDraft:
    """Return an unpublished text, with or without front matter, with offsets; as plain text if over the limits.

    Its warnings cover everything ignored. Raises DraftError for what is empty, not text, or over MAX_DRAFT.
    """
    if len(data) > MAX_DRAFT:
        raise DraftError(f"has more than {MAX_DRAFT:,} bytes; give the part that you are at")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DraftError("is no text: it has NUL bytes; give Markdown in UTF-8")
    text, bad_line = decode(data)
    if not text.strip():
        raise DraftError("is empty; give some Markdown")
    if text.count("\ufffd") > len(text) / 10:
        raise DraftError("is no text: most of its bytes are not UTF-8; give Markdown in UTF-8")
    value = _read_text(PARSED_DRAFT, text, "", DRAFT_LIMITS)
    if not isinstance(value, ParsedDraft):
        value = ParsedDraft(text, Draft(text=text), WALL * len(text))
    warnings = list(value.warnings)
    if value.plain:
        warnings.append((None, f"can't be rendered and is read as plain text: {value.plain}"))
    if bad_line is not None:
        warnings.append((bad_line, "is not valid UTF-8; the bytes that are not were replaced"))
    warnings.sort(key=lambda warning: warning[0] or 0)
    return replace(value, warnings=tuple(warnings))


def _read_text(id: str, text: str, plain: str, limits: Limits) -> object:
    """Have a child read a text: the second time without Markdown; return None if that fails, too."""
    task: Task = (id, text, (), plain, "")
    with WorkerPool(None, 1, limits) as pool:
        pool.give([(0, task)])
        while True:
            for _, value in pool.wait():
                return None if isinstance(value, Outcome) else value
