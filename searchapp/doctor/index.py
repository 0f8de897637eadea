"""Checks of the index: existence, version, checksums of all files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from searchapp.config.loading import Config
from searchapp.doctor.findings import Finding, counted, of_error, ok, warning
from searchapp.engines import open_engine
from searchapp.errors import IndexDamagedError


def index(config: Config) -> Iterator[Finding]:
    """Check that the index can be searched. Raises IndexUnusableError."""
    if config.engine == "whoosh":
        yield from _checksums(config)
    with closing(open_engine(config)) as engine:
        status = engine.status()
        built = f"{status.generation.name}, built {status.generation.indexed_at:%Y-%m-%d %H:%M} UTC"
        yield ok("index", f"{counted(status.articles, 'article')} in generation {built}")


def _checksums(config: Config) -> Iterator[Finding]:
    from searchapp.engines.whoosh.disk import generations  # here, since it takes the one Whoosh there should be

    generation, *older = generations.names(config.index_dir)
    stored = generations.read_through(config.index_dir, generation)
    count, size = len(stored.files), stored.size
    yield ok("checksums", f"all {count} files of {stored.generation.name} are as they were written ({size:,} bytes)")
    for name in older:
        try:
            generations.read_through(config.index_dir, name)
        except IndexDamagedError as error:
            found = of_error("checksums", error).found
            yield warning("checksums", f"{found}; it is only the one to fall back on", "run: searchapp index --rebuild")
