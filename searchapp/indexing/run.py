"""One indexing run: compares the content with the engine's manifest and feeds the engine the changes."""

from __future__ import annotations

import gc
import logging
import operator
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from searchapp.articles import Outcome, Site, Source, convert, digest_of, discover, open_site, permalink_clashes
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.errors import IndexDamagedError, IndexUnreachableError, IndexUnusableError
from searchapp.indexing import scan_notes as scans
from searchapp.indexing import spool
from searchapp.indexing.lock import WAIT, lock
from searchapp.indexing.report import in_order
from searchapp.indexing.scan_notes import Entry, Scan
from searchapp.model import Article, IndexReport, Problem

Progress = Callable[[int, int], None]
"""Called with the number of files read so far and of all that are to be read."""

_KEPT = "; its last good version stays searchable"
_log = logging.getLogger(__name__)


def index(
    config: Config,
    engine: Engine,
    *,
    rebuild: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    wait: float = WAIT,
) -> IndexReport:
    """Brings the index up to date and says what it did.

    Only changed articles are converted; without a change there is no new generation. A missing or
    damaged index is built anew. A file that broke keeps its last good version; an article that is
    hidden now goes.

    rebuild     convert everything and build from zero
    dry_run     only report: nothing is written anywhere
    wait        seconds to wait for another run on the same index

    Raises ConfigError if there is no content folder, IndexUnusableError if the index can't be written
    or is locked; either way the index is as it was.
    """
    return run(config, engine, rebuild=rebuild, dry_run=dry_run, progress=progress, wait=wait)[0]


def run(
    config: Config,
    engine: Engine,
    *,
    rebuild: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    wait: float = WAIT,
) -> tuple[IndexReport, Scan]:
    """`index`, and the notes that it took on the way."""
    clock = time.monotonic()
    open_site(config)  # a content folder that is not there must not make an index folder
    with nullcontext() if dry_run else lock(config.index_dir, wait):
        if not dry_run:
            # First of all: a full disk may be full of what is removed here.
            engine.tidy()
            scans.tidy(config.index_dir)
            spool.tidy(config.index_dir)
        with _without_collections():
            state = _survey(config, engine, rebuild)
        if dry_run:
            _exhaust(_reading(state, progress))
        elif state.anew:
            state.generation = engine.rebuild(_everything(state, engine, progress)).name
        else:
            _update(state, engine, config.index_dir, progress)
        if state.news and not dry_run:
            with _without_collections():
                scans.store(config.index_dir, state.notes)
        state.generation = state.generation or _generation(engine)
    return _report(state, time.monotonic() - clock), state.notes


@contextmanager
def _without_collections() -> Iterator[None]:
    """The block makes several objects for every file, and keeps them: to look among them for garbage, again and
    again as they become more, would take half of its time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(slots=True)
class _State:
    """What a run knows: before it, and as it goes on."""

    site: Site
    known: Mapping[str, str]
    """The engine's manifest before the run."""
    anew: bool
    """Build from zero."""
    old: Scan
    notes: Scan
    """What is known of the files now."""
    target: dict[str, str]
    """The manifest as it will be."""
    problems: list[Problem]
    """Those that no entry carries."""
    news: bool
    """Files are gone or were read, if only to find that they are the same: worth a fresh note."""
    candidates: list[Source] = field(default_factory=list)
    """The files that must be converted."""
    converted: int = 0
    generation: str = ""

    def settle(self, id: str, entry: Entry) -> None:
        """Notes what a file is now, and what that means for the index."""
        if self.old.get(id) != entry:
            self.notes.changes.add(id)
        self.notes.put(id, entry)
        if entry.rest.hidden:
            return
        if not entry.rest.skipped:
            self.target[id] = entry.digest
        elif id in self.known:
            self.target[id] = self.known[id]


def _survey(config: Config, engine: Engine, rebuild: bool) -> _State:
    """Compares files with notes and manifest, reading as few of them as possible."""
    site = open_site(config)
    known, anew = _manifest(engine, rebuild)
    started, now = time.time_ns(), datetime.now(UTC)
    sources, problems = discover(site)
    old = scans.load(config.index_dir, f"{site.fingerprint} {config.content_dir}")
    doubtful = sources if rebuild else old.doubtful(sources, known)
    gone = old.digests.keys() - {source.id for source in sources}
    notes = old.without([*gone, *(source.id for source in doubtful)], started)
    notes.changes |= gone
    state = _State(site, known, anew, old, notes, dict(notes.digests), [*site.problems, *problems], bool(gone))
    for source in doubtful:
        entry = None if rebuild else _still_true(state, source, now)
        if entry is None:
            state.candidates.append(source)
        else:
            state.settle(source.id, entry)
    state.news = state.news or bool(state.candidates)
    out_of_reach = tuple(problem.path for problem in problems if problem.skipped)
    state.target.update({id: digest for id, digest in known.items() if _below(id, out_of_reach)})
    return state


def _manifest(engine: Engine, rebuild: bool) -> tuple[Mapping[str, str], bool]:
    """What is indexed, and whether to build from zero."""
    try:
        known = dict(engine.manifest())
        if not known:
            engine.status()
    except IndexUnreachableError:
        raise  # it may well be there: to build it anew would be the wrong remedy
    except IndexDamagedError as error:
        _log.warning("%s; building the index anew", str(error).partition("; run: ")[0])
        return {}, True
    except IndexUnusableError:
        return {}, True
    return known, rebuild


def _still_true(state: _State, source: Source, now: datetime) -> Entry | None:
    """The note on a file if it still holds and the index agrees with it, else None."""
    entry = state.old.get(source.id)
    if entry is None or not entry.digest or entry.rest.due(now):
        return None
    shown = not entry.rest.hidden and not entry.rest.skipped
    if shown and (state.anew or state.known.get(source.id) != entry.digest):
        return None
    if entry.signature == source.signature and source.id not in state.old.racy:
        return entry
    state.news = True
    try:
        same = digest_of(state.site, source) == entry.digest
    except OSError:
        return None
    return scans.moved(entry, source) if same else None


def _below(id: str, paths: Collection[str]) -> bool:
    """True if the file is one of the paths or in a folder that is."""
    return any(id == path or id.startswith(f"{path}/") for path in paths)


def _reading(state: _State, progress: Progress | None) -> Iterator[Outcome]:
    """Converts the candidates, noting each outcome as it comes."""
    sources: Mapping[str, Source] = {source.id: source for source in state.candidates}
    candidates: Sequence[Source] = state.candidates
    if progress:
        progress(0, len(candidates))
    if not candidates:
        return
    for outcome in convert(state.site, candidates, {}):
        state.converted += 1
        state.settle(outcome.id, scans.entry(sources[outcome.id], outcome))
        yield outcome
        if progress:
            progress(state.converted, len(candidates))


def _exhaust(outcomes: Iterator[Outcome]) -> None:
    for _ in outcomes:
        pass


def _update(state: _State, engine: Engine, folder: Path, progress: Progress | None) -> None:
    """Feeds the engine what changed. What must go is only known once everything is read, hence the spool."""
    with spool.Spool(folder) as changed:
        for outcome in _reading(state, progress):
            if outcome.article is not None and state.known.get(outcome.id) != outcome.digest:
                changed.put(outcome.article)
        removed = state.known.keys() - state.target.keys()
        if changed or removed:
            state.generation = engine.update(iter(changed), removed).name


def _everything(state: _State, engine: Engine, progress: Progress | None) -> Iterator[Article]:
    """All articles for a build from zero: as they come, then the last good versions of broken files."""
    kept = set(state.target)
    for outcome in _reading(state, progress):
        if outcome.article is not None:
            yield outcome.article
        elif outcome.id in state.target:
            kept.add(outcome.id)
    for id in sorted(kept):
        article = engine.article(id)
        if article is not None:
            yield article
        else:
            del state.target[id]


def _generation(engine: Engine) -> str:
    try:
        return engine.status().generation.name
    except IndexUnusableError:
        return ""


def _report(state: _State, seconds: float) -> IndexReport:
    old, new = state.known, state.target
    kept = sum(map(old.__contains__, new))
    unchanged = sum(map(operator.eq, map(old.get, new), new.values()))
    problems = list(state.problems)
    for id, rest in state.notes.rest.items():
        suffix = _KEPT if rest.skipped and id in new else ""
        problems += [replace(p, reason=p.reason + suffix) if p.skipped else p for p in rest.problems]
    problems += permalink_clashes(state.notes.permalinks.items())
    return IndexReport(
        articles=len(new),
        added=len(new) - kept,
        updated=kept - unchanged,
        deleted=len(old) - kept,
        unchanged=unchanged,
        hidden=sum(bool(rest.hidden) for rest in state.notes.rest.values()),
        converted=state.converted,
        skipped=in_order(p for p in problems if p.skipped),
        warnings=in_order(p for p in problems if not p.skipped),
        generation=state.generation,
        seconds=seconds,
    )
