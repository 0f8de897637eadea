"""A small blog, builds of it in children that can be stopped anywhere, and what must be true of an index afterwards."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import logging
import os
import pickle
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from searchapp.articles import Limits, Outcome, Site, SourceFile, discover, open_site, reader
from searchapp.cli import cli
from searchapp.cli import index as index_command
from searchapp.config.loading import Config
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.engines.whoosh.segments import writer
from searchapp.indexing import run as runs
from searchapp.indexing import spool
from searchapp.model import Article, Query, Sort
from tests.faults import calls
from tests.faults.calls import Call, Plan
from tests.fieldnotes import blog

Answers = tuple[Any, ...]
"""Whatever can be asked of an index, as plain values: equal ones, equal indexes."""

QUESTIONS = (
    Query("", per_page=100),
    Query("", per_page=100, sort=Sort.OLDEST),
    Query("wood"),
    Query("bread patience rest", per_page=100),
    Query('"step by step" OR rye'),
    Query('"a quiet hour" -kitchen', per_page=100),
    Query("title:trains OR tag:tools"),
    Query("ferm* after:2022"),
    Query("", filters=(("category", "Workshop"), ("tag", "tools"))),
    Query("kitchn zeppelin"),
    Query("quick plain edit"),
)
MERGED = 2
"""Articles that an update may analyse again: so few that files of the generation before are linked and kept."""
KEEP = {"CURRENT", "VERIFIED", "LOCK", "scan.json", "scan.changes.json"}
"""What an index folder holds beside its generations when nobody is at it."""


def markdown(article: Article) -> str:
    """The article as its author would write it."""
    date = f"date: {article.date:%Y-%m-%d}\n" if article.date else ""
    front = f"title: {json.dumps(article.title)}\n{date}tags: {json.dumps(article.tags)}\n"
    front += f"categories: {json.dumps(article.categories)}\nauthors: {json.dumps(article.authors)}\n"
    texts = (f"## {part.title}\n\n{part.text}" if part.title else part.text for part in article.sections)
    return f"---\n{front}---\n\n" + "\n\n".join(texts) + "\n"


def write_blog(content: Path) -> None:
    """A dozen articles."""
    content.mkdir()
    for number, article in enumerate(blog()[:12]):
        (content / f"{number:02}.md").write_text(markdown(article))


def edit_blog(content: Path) -> None:
    """One is edited, so that the usual lengths change, one comes, one goes."""
    edited = content / "03.md"
    edited.write_text(edited.read_text() + "\nA quick edit, in plain words: more salt, and a longer rest.\n" * 20)
    (content / "20.md").write_text(markdown(blog()[12]))
    (content / "05.md").unlink()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code (calls.CUT if a plan has ended it), and what it said."""

    code: int
    out: str
    errors: str


def index(folder: Path, *args: str, plan: Plan | None = None) -> Ended:
    """`searchapp index` of `folder`/content into `folder`/index in a child; calls below the latter go to `plan`.

    Articles are converted in the child itself: what is tried is not how they are read.
    """
    said = folder / "said"

    def work() -> int:
        for name in [name for name in os.environ if name.startswith("SEARCHAPP_")]:
            del os.environ[name]
        os.chdir(folder)
        with calls.redirected(said):
            sys.stdout, sys.stderr = (io.TextIOWrapper(io.FileIO(fd, "w"), write_through=True) for fd in (1, 2))
            vars(runs)["convert"] = convert
            vars(index_command)["spare"] = nullcontext
            writer.MAX_MERGED = MERGED
            spool.MAX_MEMORY = 1  # what has changed waits on the disk
            if plan is not None:
                calls.tap(folder / "index", plan)
            try:
                cli.main(["index", "--content", str(folder / "content"), "--index", str(folder / "index"), *args])
            except SystemExit as end:
                return int(end.code or 0)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # numpy's threads are idle
        code = calls.fork(work)
    return Ended(code, Path(f"{said}.1").read_text(), Path(f"{said}.2").read_text())


_converted: dict[tuple[str, bytes], Outcome] = {}
"""Outcomes by id and text."""


def convert(site: Site, sources: Iterable[SourceFile], _known: Mapping[str, str]) -> Iterator[Outcome]:
    """What `articles.convert` gives, in this process."""
    for source in sources:
        text = Path(source.path).read_bytes() if Path(source.path).is_file() else b""
        yield _converted.get((source.id, text)) or reader.read(site, source, Limits())


def warm(content: Path) -> None:
    """Converts the articles of a folder once, for all children to come."""
    site = open_site(Config(content_dir=content, index_dir=content.with_name("index")))
    for source in discover(site)[0]:
        _converted[source.id, Path(source.path).read_bytes()] = reader.read(site, source, Limits())


def recorded(folder: Path, *args: str) -> list[Call]:
    """All calls of a run that ends well."""
    log = folder / "calls"
    stream = log.open("wb", buffering=0)
    ended = index(folder, *args, plan=lambda call: pickle.dump(call, stream))
    assert ended.code == 0, ended
    found = []
    with log.open("rb") as written, contextlib.suppress(EOFError):
        while True:
            found.append(pickle.load(written))
    stream.close()
    log.unlink()
    return found


def answers(folder: Path) -> Answers:
    """What the index in `folder`/index answers; raises what the engine raises."""
    with closing(WhooshEngine(folder / "index")) as engine:
        manifest = dict(engine.manifest())
        found = [replace(engine.search(query), generation="") for query in QUESTIONS]
        related = [engine.related(id, 5) for id in sorted(manifest)[:2]]
        # Weights of reasons are sums of floating point numbers, whose order is that of the documents on disk.
        alike = [
            [(hit.id, hit.score, [(why.kind, why.value) for why in hit.reasons]) for hit in hits] for hits in related
        ]
        said = [engine.suggest(text) for text in ("so", "wor", "too")]
        first = next(iter(sorted(manifest)), "")
        return tuple(sorted(manifest.items())), tuple(found), alike, tuple(said), engine.article(first)


def few_answers(folder: Path) -> Answers:
    """Enough of the answers to know one index from another."""
    with closing(WhooshEngine(folder / "index")) as engine:
        found = [replace(engine.search(query), generation="") for query in QUESTIONS[:3]]
        return tuple(sorted(engine.manifest().items())), tuple(found)


def untidy(index_dir: Path) -> list[str]:
    """What should not be in an index folder that nobody is at, and locks that are held."""
    names = [line.split()[0] for line in (index_dir / "CURRENT").read_text().splitlines()]
    wrong = sorted({path.name for path in index_dir.iterdir()} - {*KEEP, *names})
    for name in names:
        files = set(json.loads((index_dir / name / "manifest.json").read_bytes())["files"]) | {"manifest.json"}
        wrong += [f"{name}/{path.name}" for path in (index_dir / name).iterdir() if path.name not in files]
    return wrong + held(index_dir)


def held(index_dir: Path) -> list[str]:
    """The lock, if somebody holds it or stands in it; there is nobody here who could."""
    lock = index_dir / "LOCK"
    if not lock.exists():
        return []
    with lock.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return ["LOCK is held"]
        return ["LOCK names a holder"] if stream.read() else []


def copy(source: Path, target: Path) -> None:
    """Copies a folder; what were links of one file are so again."""
    copied: dict[int, Path] = {}
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        place.mkdir(exist_ok=True)
        for name in names:
            file = Path(folder, name)
            inode = file.stat().st_ino
            if inode in copied:
                (place / name).hardlink_to(copied[inode])
            else:
                copied[inode] = Path(shutil.copy2(file, place / name))


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder to try things in: in memory where that is possible, as thousands of builds wait for no disk then."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name).resolve()


@contextlib.contextmanager
def warnings_logged() -> Iterator[list[str]]:
    """What is logged by us within the block."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    handler, logger = Handler(logging.WARNING), logging.getLogger("searchapp")
    logger.addHandler(handler)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


@dataclass(frozen=True, slots=True)
class Case:
    """A situation that a run may be interrupted in.

    folder    where its content and index are; never changed, always copied
    args      of the run
    before    what is answered before it, None if there is no index
    after     what is answered when it has ended well
    calls     those of the run
    """

    name: str
    folder: Path
    args: tuple[str, ...]
    before: Answers | None
    after: Answers
    calls: tuple[Call, ...]

    def fresh(self, folder: Path) -> Path:
        """Makes `folder` a copy of the case's, in place of what was there."""
        shutil.rmtree(folder, ignore_errors=True)
        copy(self.folder, folder)
        return folder


def cases(folder: Path) -> list[Case]:
    """The first full build, one over an index that is there, and an incremental one with two generations there."""
    first = folder / "first"
    first.mkdir()
    write_blog(first / "content")
    warm(first / "content")
    second = folder / "second"
    copy(first, second)
    assert index(second).code == 0
    old = answers(second)
    (second / "content/00.md").write_text((second / "content/00.md").read_text() + "\nOne more line.\n")
    assert index(second).code == 0
    older = answers(second)
    edit_blog(second / "content")
    warm(second / "content")
    return [
        _case("first build", first, (), None, folder / "try", old),
        _case("full build", second, ("--rebuild",), older, folder / "try"),
        _case("incremental build", second, (), older, folder / "try"),
    ]


def _case(
    name: str, folder: Path, args: tuple[str, ...], before: Answers | None, place: Path, after: Answers | None = None
) -> Case:
    case = Case(name, folder, args, before, (), ())
    found = recorded(case.fresh(place), *args)
    reached = answers(place)
    assert after is None or reached == after
    assert not untidy(place / "index"), untidy(place / "index")
    shutil.rmtree(place)
    return replace(case, after=reached, calls=tuple(found))
