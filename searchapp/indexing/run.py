"""One indexing run: compares the content with the engine's manifest and updates the index with the changes."""

from __future__ import annotations

import gc
import logging
import operator
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from searchapp.articles import Outcome, Site, SourceFile, convert, digest_of, discover, open_site, permalink_clashes
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.errors import IndexDamagedError, IndexUnreachableError, IndexUnusableError
from searchapp.indexing import languages, spool
from searchapp.indexing import scan_notes as scans
from searchapp.indexing.lock import WAIT, lock
from searchapp.indexing.scan_notes import Entry, Scan
from searchapp.model import Article, IndexReport, Problem

Progress = Callable[[int, int], None]
"""Called with the number of files read so far and that of all to read."""

_LAST_GOOD = "; its last good version stays searchable"
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
    """Bring the index up to date and return the report.

    Only changed articles are converted; without a change there is no new generation. A missing or
    damaged index is rebuilt. A file that became invalid keeps its last good version; an article that
    is hidden now is deleted.

    rebuild     convert everything and build a new index
    dry_run     only report: nothing is written
    wait        seconds to wait for another run on the same index

    Raises ConfigError if there is no content folder, IndexUnusableError if the index can't be written
    or is locked; either way the index is unchanged.
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
    """As `index`; return the scan's notes, too."""
    clock = time.monotonic()
    open_site(config)  # a missing content folder must not create an index folder
    with nullcontext() if dry_run else lock(config.index_dir, wait):
        if not dry_run:
            # First, as a full disk may be full of what is removed here.
            engine.tidy()
            scans.tidy(config.index_dir)
            spool.tidy(config.index_dir)
        with _gc_disabled():
            state = _compare(config, engine, rebuild)
        if dry_run:
            _exhaust(_reading(state, progress))
            state.settle()
        elif state.new_index:
            state.generation = engine.rebuild(_everything(state, engine, config.index_dir, progress)).name
        else:
            _update(state, engine, config.index_dir, progress)
        if state.changed and not dry_run:
            with _gc_disabled():
                scans.store(config.index_dir, state.notes)
        state.generation = state.generation or _generation(engine)
    return _report(state, time.monotonic() - clock), state.notes


@contextmanager
def _gc_disabled() -> Iterator[None]:
    """Disable garbage collection: the block creates and keeps several objects for each file, and repeated collections
    would take half of its time.
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
    """The state of a run."""

    site: Site
    known: Mapping[str, str]
    """The engine's manifest before the run."""
    new_index: bool
    """Whether to build a new index."""
    old: Scan
    notes: Scan
    """The notes on the files as they are now."""
    target: dict[str, str]
    """The manifest as it will be."""
    problems: list[Problem]
    """Those that no entry carries."""
    changed: bool
    """Whether files are gone or were read, even if unchanged, so that the notes have to be written."""
    candidates: list[SourceFile] = field(default_factory=list)
    """The files to convert."""
    converted: int = 0
    generation: str = ""

    def record(self, id: str, entry: Entry) -> None:
        """Record a file's entry in the notes and in the target manifest."""
        if entry.rest.skipped and id in self.known:
            entry = entry._replace(language=self.old.languages.get(id, ""))
        if self.old.get(id) != entry:
            self.notes.changes.add(id)
        self.notes.put(id, entry)
        if entry.rest.hidden:
            return
        if not entry.rest.skipped:
            self.target[id] = entry.digest
        elif id in self.known:
            self.target[id] = self.known[id]

    def settle(self) -> None:
        """Decide the languages that were guessed, after everything was read, and record them."""
        if not self.changed:
            return
        decided = languages.decide(self.notes.languages.values(), self.site.language)
        for id, note in self.notes.languages.items():
            if "?" in note and id in self.target:
                digest = self.target[id] = languages.with_language(self.target[id], decided[note])
                if id not in self.notes.rest or not self.notes.rest[id].skipped:
                    if self.old.digests.get(id) != digest:
                        self.notes.changes.add(id)
                    self.notes.digests[id] = digest

    def settled(self, article: Article) -> Article:
        """Return the article as it is to be in the index."""
        digest = self.target[article.id]
        return replace(article, digest=digest, language=digest.partition("~")[2] or article.language)


def _compare(config: Config, engine: Engine, rebuild: bool) -> _State:
    """Compare the files with the notes and the manifest, reading as few of them as possible."""
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
        entry = None if rebuild else _valid_entry(state, source, now)
        if entry is None:
            state.candidates.append(source)
        else:
            state.record(source.id, entry)
    state.changed = state.changed or bool(state.candidates)
    out_of_reach = tuple(problem.path for problem in problems if problem.skipped)
    state.target.update({id: digest for id, digest in known.items() if _below(id, out_of_reach)})
    return state


def _manifest(engine: Engine, rebuild: bool) -> tuple[Mapping[str, str], bool]:
    """The manifest of the index, and whether to build a new one."""
    try:
        known = dict(engine.manifest())
        if not known:
            engine.status()
    except IndexUnreachableError:
        raise  # the index may exist: rebuilding would be wrong
    except IndexDamagedError as error:
        _log.warning("%s; building the index anew", str(error).partition("; run: ")[0])
        return {}, True
    except IndexUnusableError:
        return {}, True
    return known, rebuild


def _valid_entry(state: _State, source: SourceFile, now: datetime) -> Entry | None:
    """The entry of a file if it is still valid and agrees with the index, else None."""
    entry = state.old.get(source.id)
    if entry is None or not entry.digest or entry.rest.due(now):
        return None
    shown = not entry.rest.hidden and not entry.rest.skipped
    if shown and (state.new_index or state.known.get(source.id) != entry.digest):
        return None
    if entry.signature == source.signature and source.id not in state.old.racy:
        return entry
    state.changed = True
    try:
        same = digest_of(state.site, source) == languages.file_digest(entry.digest)
    except OSError:
        return None
    return scans.with_signature_of(entry, source) if same else None


def _below(id: str, paths: Collection[str]) -> bool:
    """Whether the file is one of the paths or below one."""
    return any(id == path or id.startswith(f"{path}/") for path in paths)


def _reading(state: _State, progress: Progress | None) -> Iterator[Outcome]:
    """Convert the candidates and record each outcome."""
    sources: Mapping[str, SourceFile] = {source.id: source for source in state.candidates}
    candidates: Sequence[SourceFile] = state.candidates
    if progress:
        progress(0, len(candidates))
    if not candidates:
        return
    for outcome in convert(state.site, candidates, {}):
        state.converted += 1
        state.record(outcome.id, scans.entry(sources[outcome.id], outcome))
        yield outcome
        if progress:
            progress(state.converted, len(candidates))


def _exhaust(outcomes: Iterator[Outcome]) -> None:
    for _ in outcomes:
        pass


def _update(state: _State, engine: Engine, folder: Path, progress: Progress | None) -> None:
    """Update the index. Deletions and guessed languages are known only after everything was read, hence the spool."""
    with spool.Spool(folder) as read:
        for outcome in _reading(state, progress):
            there = languages.file_digest(state.known.get(outcome.id, ""))
            if outcome.article is not None and there != outcome.digest:
                read.put(outcome.article)
        state.settle()
        removed = state.known.keys() - state.target.keys()
        relabelled = [
            id
            for id, digest in state.target.items()
            if (known := state.known.get(id, "")) != digest
            and languages.file_digest(known) == languages.file_digest(digest)
        ]
        if read or removed or relabelled:
            articles = chain(read, filter(None, map(engine.article, relabelled)))
            state.generation = engine.update(map(state.settled, articles), removed).name


def _everything(state: _State, engine: Engine, folder: Path, progress: Progress | None) -> Iterator[Article]:
    """All articles for a new index: converted ones, those of a language that is doubtful when it is decided, then the
    last good versions of invalid files.
    """
    kept = set(state.target)
    certain = languages.Certain(len(state.candidates))
    with spool.Spool(folder) as doubtful:
        for outcome in _reading(state, progress):
            if outcome.article is None:
                if outcome.id in state.target:
                    kept.add(outcome.id)
            elif "?" not in outcome.language:
                yield outcome.article
            elif certain.add(outcome.language):
                digest = languages.with_language(outcome.digest, outcome.article.language)
                yield replace(outcome.article, digest=digest)
            else:
                doubtful.put(outcome.article)
        state.settle()
        yield from map(state.settled, doubtful)
    for id in sorted(kept):
        article = engine.article(id)
        if article is not None:
            yield state.settled(article)
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
        suffix = _LAST_GOOD if rest.skipped and id in new else ""
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
        skipped=sorted_problems(p for p in problems if p.skipped),
        warnings=sorted_problems(p for p in problems if not p.skipped),
        generation=state.generation,
        seconds=seconds,
    )


def sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the distinct problems by path, line and column."""
    return tuple(sorted(set(problems), key=lambda p: (p.path, p.line or 0, p.column or 0, p.code, p.reason)))
