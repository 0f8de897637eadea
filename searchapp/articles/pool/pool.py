"""The parent's side of the process pool: bounded, in order, and no article can hold up or lose another.

Pebble (tried in 5.2) gives its workers one pipe and one lock for all: forked, it stood still for more than two minutes
in 5 of 30 runs in which one worker was killed once. With pipes of their own none of 60 runs stood still.
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
from searchapp.articles.draft import Manuscript
from searchapp.articles.files.contents import read_contents
from searchapp.articles.files.source import UnreadableError, decode
from searchapp.articles.front_matter.loaders import MAX_CHARS
from searchapp.articles.outcome import Limits, Outcome, SourceFile
from searchapp.articles.pool.child import WorkerProcess
from searchapp.articles.pool.frames import HELLO, MANUSCRIPT, Task
from searchapp.articles.site import Site
from searchapp.errors import DraftError, SearchappError
from searchapp.model import Draft, Problem

CHUNK = 8
"""Articles in one message: enough to hide the pipe's latency, few enough to share the work evenly."""
WINDOW = 256
"""Sources that may be under way ahead of the one that is waited for; bounds what is held in memory."""
MAX_DRAFT = 2 * 2**20
"""Bytes of an unpublished text that are read."""
DRAFT_LIMITS = Limits(seconds=4.0, stalled=10.0)
"""Somebody waits for it."""
_EXPIRES = re.compile(rb"(?i)\b(?:expiry[-_]?date|unpublish[-_]?date|expires)[\"' \t]*[:=]")


class WorkerPool:
    """Up to `size` children, started as they are needed. Not shared between threads."""

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
        """Whether another chunk would be worked on soon."""
        return len(self.workers) < self.size or any(len(worker.pending) <= CHUNK for worker in self.workers)

    def give(self, tasks: Sequence[tuple[int, Task]]) -> None:
        """Hands a chunk to an idle child, a new one, or the one with the least to do."""
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
        """Blocks until there is something new; (index, value or the Outcome of a failure) of what is done."""
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
        """Another try as plain text, or a report if there were two: one may have gone to a dying child."""
        id, path, signature, plain, known = task
        self.plain_failures[index] += bool(plain)
        if self.plain_failures[index] > 1:
            problem = Problem(id, None, f"can't be converted: {reason}", True, "file-unconvertible")
            return [(index, Outcome(id, "", None, problems=(problem,)))]
        self.again.append((index, (id, path, signature, plain or reason, known)))
        return []

    def _lost(self, worker: WorkerProcess) -> list[tuple[int, object]]:
        """A child is gone: the task it was at is to blame, the others are given to another."""
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
    """How many processors this process may use."""
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
    """The outcome of every source, in their order, converted in child processes as it is asked for.

    known       id -> digest of the articles that are shown; those that are still the same are not converted.
                Hidden ones do not belong here unless the caller heeds their `until`
    workers     child processes at most; as many as there are processors by default

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
    """Hands out sources from number `given` on, up to `stop`; unchanged ones are ready at once."""
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
    """The outcome of a source that is as it was; None if a child has to look at it."""
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
    """The digest that `convert` would give a source. Reads the file; raises OSError if it can't."""
    try:
        return read_contents(site, source.path, Limits()).digest(site, source.id)
    except UnreadableError as error:
        raise OSError(str(error)) from error


def render_draft(text: str, limits: Limits = Limits()) -> Draft:  # noqa: B008 - frozen
    """An unpublished text, with or without front matter, as a `Draft`; read as plain text if it must be."""
    value = _read_text("draft", text, "it is long" if len(text) > limits.markdown_chars else "", limits)
    return value if isinstance(value, Draft) else Draft(text=text)


def read_manuscript(data: bytes) -> Manuscript:
    """An unpublished text, with or without front matter, as its author sees it; read as plain text if it must be.

    Its warnings tell of all that was passed over. Raises DraftError for what is empty, no text, or over MAX_DRAFT.
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
    value = _read_text(MANUSCRIPT, text, "", DRAFT_LIMITS)
    if not isinstance(value, Manuscript):
        value = Manuscript(text, Draft(text=text), WALL * len(text))
    warnings = list(value.warnings)
    if value.plain:
        warnings.append((None, f"can't be rendered and is read as plain text: {value.plain}"))
    if bad_line is not None:
        warnings.append((bad_line, "is not valid UTF-8; the bytes that are not were replaced"))
    warnings.sort(key=lambda warning: warning[0] or 0)
    return replace(value, warnings=tuple(warnings))


def _read_text(id: str, text: str, plain: str, limits: Limits) -> object:
    """What a child makes of a text: at the second try without Markdown, and None if that fails, too."""
    task: Task = (id, text, (), plain, "")
    with WorkerPool(None, 1, limits) as pool:
        pool.give([(0, task)])
        while True:
            for _, value in pool.wait():
                return None if isinstance(value, Outcome) else value
