"""Generations on disk: immutable, verified folders, and an atomic pointer to the current one.

    index/CURRENT                "name sha256-of-its-manifest", then the same of the previous one
    index/<generation>/manifest.json   format, fingerprint, time, and size and SHA-256 of every other file
    index/<generation>/…         Whoosh's files
    index/VERIFIED               cached checksums (see `checksums`)

A build writes a folder of its own (unchanged segment files hard-linked), syncs it, then replaces CURRENT. Readers
need no lock: they read CURRENT, then files that never change. Before a generation is opened, its files are verified
against the manifest (for the guarantees see `checksums`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from searchapp.engines.whoosh.disk import checksums, safe_files
from searchapp.engines.whoosh.segments import schema
from searchapp.errors import IndexDamagedError, IndexMissingError, IndexUnusableError, IndexWriteError
from searchapp.model import Generation
from searchapp.retrieval.fingerprint import fingerprint as terms_and_numbers

log = logging.getLogger(__name__)
FORMAT = 3
RECHECK_AFTER = 86_400.0
"""Seconds after which a file is read again though its attributes are unchanged."""
POINTER = "CURRENT"
MANIFEST = "manifest.json"
REBUILD = "run: searchapp index --rebuild"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}\Z")


@dataclass(frozen=True, slots=True)
class StoredGeneration:
    """A verified generation on disk: its files' sizes and checksums, and its line in CURRENT."""

    generation: Generation
    path: Path
    files: Mapping[str, Mapping[str, int | str]]
    line: str

    @property
    def size(self) -> int:
        """Bytes of all files but the manifest."""
        return sum(int(facts["size"]) for facts in self.files.values())


def fingerprint() -> str:
    """Return what an index depends on besides its content: with another one it can only be rebuilt."""
    return f"format {FORMAT}, schema {schema.VERSION}, {terms_and_numbers()}"


def pointer_state(index_dir: Path) -> tuple[int, ...] | None:
    """Return a value that changes when CURRENT is replaced (one `stat`); None if there is no index."""
    try:
        status = (index_dir / POINTER).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def touch(index_dir: Path) -> None:
    """Make every process that has the index open reopen it; errors are ignored."""
    with suppress(OSError):
        os.utime(index_dir / POINTER)


def current(index_dir: Path) -> tuple[StoredGeneration, str | None]:
    """Return the newest intact generation, verified, and, if that is not the newest, what is wrong with the newest.

    Raises IndexMissingError without an index, IndexDamagedError if none of its generations is intact.
    """
    _refuse_unsafe(index_dir)
    checksums.load(index_dir)
    complaint: str | None = None
    try:
        for line in _lines(index_dir):
            try:
                if line is None:
                    raise _damaged(index_dir)
                return verify(index_dir / line[0], line[1]), complaint
            except IndexDamagedError as error:
                complaint = complaint or str(error)
    finally:
        _record(index_dir)
    raise IndexDamagedError(complaint or f"{index_dir / POINTER} is empty; {REBUILD}")


def _refuse_unsafe(index_dir: Path) -> None:
    """Raise IndexDamagedError if others can write the index: Whoosh unpickles its files, which may run code."""
    safe_files.refuse_unsafe((index_dir, index_dir / POINTER))


def _pointed(index_dir: Path) -> list[tuple[str, str]]:
    """Return the generations in CURRENT and their digests, newest first. Raises as `current`."""
    lines = _lines(index_dir)
    found = [line for line in lines if line]
    if len(found) < len(lines):
        raise _damaged(index_dir)
    return found


def _lines(index_dir: Path) -> list[tuple[str, str] | None]:
    """Return the same, with None for each malformed line."""
    try:
        lines = (index_dir / POINTER).read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        raise IndexMissingError(f"there is no index in {index_dir}; run: searchapp index") from None
    except OSError as error:
        raise safe_files.unreadable(index_dir / POINTER, error, REBUILD) from error
    parts = [line.split(" ") for line in lines]
    return [(part[0], part[1]) if len(part) == 2 and _NAME.match(part[0]) else None for part in parts]


def _damaged(index_dir: Path) -> IndexDamagedError:
    return IndexDamagedError(f"{index_dir / POINTER} is damaged; {REBUILD}")


def verify(path: Path, digest: str) -> StoredGeneration:
    """Verify a generation against its manifest, and that against `digest`; return it.

    Raises IndexDamagedError, or IndexUnreachableError if that can't be determined now.
    """
    safe_files.refuse_unsafe((path,))
    try:
        data = (path / MANIFEST).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise IndexDamagedError(f"{path / MANIFEST} was altered; {REBUILD}")
        manifest = json.loads(data)
        if manifest["fingerprint"] != fingerprint():
            raise IndexDamagedError(
                f"{path} was built by another version ({manifest['fingerprint']}; this is {fingerprint()}); {REBUILD}"
            )
        stored = _stored(path, digest, manifest)
        for name in stored.files:
            _check(stored, name, checksums.sha256(path / name))
    except OSError as error:
        raise safe_files.unreadable(path, error, REBUILD) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"{path} is damaged ({error}); {REBUILD}") from error
    return stored


def names(index_dir: Path) -> list[str]:
    """Return the generations in CURRENT, the newest first. Raises IndexMissingError and IndexDamagedError."""
    _refuse_unsafe(index_dir)
    found = [name for name, _ in _pointed(index_dir)]
    if not found:
        raise IndexDamagedError(f"{index_dir / POINTER} is empty; {REBUILD}")
    return found


def read_through(index_dir: Path, name: str) -> StoredGeneration:
    """Verify one of them by reading every file; nothing is cached or written. Raises IndexDamagedError."""
    stored = verify(index_dir / name, dict(_pointed(index_dir))[name])
    try:
        for file in stored.files:
            _check(stored, file, checksums.read(stored.path / file))
    except OSError as error:
        raise IndexDamagedError(f"{stored.path} can't be read ({error}); {REBUILD}") from error
    return stored


def due(stored: StoredGeneration) -> list[str]:
    """Return the files of a generation that no process has read for RECHECK_AFTER."""
    checksums.load(stored.path.parent)
    return [name for name in stored.files if checksums.age(stored.path / name) > RECHECK_AFTER]


def recheck(stored: StoredGeneration, names: Iterable[str], pace: checksums.Pace = lambda: None) -> None:
    """Read files of a generation and record their checksums.

    Raises IndexDamagedError for a damaged one, which processes that open it later see without reading; and OSError.
    """
    try:
        for name in names:
            _check(stored, name, checksums.read(stored.path / name, pace))
    finally:
        _record(stored.path.parent)


def _stored(path: Path, digest: str, manifest: Mapping[str, Any]) -> StoredGeneration:
    generation = Generation(path.name, datetime.fromisoformat(manifest["indexed_at"]))
    return StoredGeneration(generation, path, manifest["files"], f"{path.name} {digest}")


def _check(stored: StoredGeneration, name: str, sha256: str) -> None:
    if sha256 != stored.files[name]["sha256"]:
        file = stored.path / name
        raise IndexDamagedError(f"{file} is damaged: its checksum is not the recorded one; {REBUILD}")


@contextmanager
def new_generation(index_dir: Path, base: StoredGeneration | None) -> Iterator[Path]:
    """Create a folder to build in: empty, or with `base`'s files hard-linked. It is deleted if the block raises.

    Raises IndexWriteError for any OSError, inside the block too.
    """
    path: Path | None = None
    try:
        _prepare(index_dir)
        path = index_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        path.mkdir(mode=0o755)
        if base:
            for name in base.files:
                safe_files.link(base.path / name, path / name)
            _follow(base)
        yield path
    except BaseException as error:
        if path and not _is_current(path):
            shutil.rmtree(path, ignore_errors=True)
            with suppress(OSError):
                (index_dir / f"{POINTER}.new").unlink(missing_ok=True)
        if isinstance(error, OSError):
            where = error.filename or index_dir
            raise IndexWriteError(f"{where}: {error.strerror or error}; the index stays as it was") from error
        raise


def _is_current(path: Path) -> bool:
    try:
        return _pointed(path.parent)[0][0] == path.name
    except (IndexUnusableError, IndexError):
        return False


def _prepare(index_dir: Path) -> None:
    index_dir.mkdir(parents=True, exist_ok=True, mode=0o755)
    status = index_dir.stat()
    if status.st_mode & stat.S_IWGRP and not status.st_mode & stat.S_IWOTH and status.st_uid == os.geteuid():
        # A checkout under umask 002 leaves the folder writable by the user's own group.
        index_dir.chmod(stat.S_IMODE(status.st_mode) & ~stat.S_IWGRP)
    _refuse_unsafe(index_dir)


def publish(path: Path, before: StoredGeneration | None) -> Generation:
    """Write the manifest of a finished folder, sync everything, make it the current generation, and return that.

    `before` is the generation to fall back on; files linked from it keep their verified checksums.
    """
    recorded: dict[str, Mapping[str, int | str]] = {}
    for file in sorted(path.iterdir()):
        if before and file.name in before.files and (before.path / file.name).samefile(file):
            recorded[file.name] = before.files[file.name]
        else:
            safe_files.sync(file)
            digest = checksums.read(file)
            recorded[file.name] = {"size": file.stat().st_size, "sha256": digest}
            checksums.written(file, digest)
    generation = Generation(path.name, datetime.now(UTC))
    manifest = {"fingerprint": fingerprint(), "indexed_at": generation.indexed_at.isoformat(), "files": recorded}
    data = json.dumps(manifest, indent=1).encode()
    index_dir = path.parent
    safe_files.write(path / MANIFEST, data)
    # Its files are named before itself, and itself before the pointer to it: no file system need keep an order.
    safe_files.sync(path)
    safe_files.sync(index_dir)
    lines = [f"{path.name} {hashlib.sha256(data).hexdigest()}", *([before.line] if before else [])]
    temporary = index_dir / f"{POINTER}.new"
    safe_files.write(temporary, ("\n".join(lines) + "\n").encode())
    if before:
        # Unlinking changes what is known of the files that are left: first this, then the record, then the pointer,
        # so that whoever opens the new generation right away need not read it. Only the fallback is at stake.
        _remove_all_but(index_dir, {path.name, before.path.name})
        _follow(before)
    checksums.store(index_dir, [*_files(path), *(_files(before.path) if before else [])])
    temporary.replace(index_dir / POINTER)
    _settle(index_dir, first=before is None)
    return generation


def _settle(index_dir: Path, first: bool) -> None:
    """Sync and clean up after the pointer was replaced; errors no longer matter for the new generation."""
    try:
        safe_files.sync(index_dir)
        if first:
            # The folder, and some above it, may have been made for this index: their names are in those above them.
            for folder in index_dir.absolute().parents:
                with suppress(PermissionError):
                    safe_files.sync(folder)
    except OSError as error:
        log.warning(
            "%s: can't be synced (%s); should the power fail now, the generation before may be back",
            index_dir,
            error.strerror,
        )
    clean(index_dir)


def clean(index_dir: Path) -> None:
    """Delete generations that CURRENT does not name: older ones, and leftovers of killed builds.

    Errors are ignored. If CURRENT can't be read, nothing is deleted.
    """
    try:
        keep = {name for name, _ in _pointed(index_dir)}
    except IndexMissingError:
        keep = set()
    except IndexUnusableError:
        return
    with suppress(OSError):
        _remove_all_but(index_dir, keep)
        for path in (index_dir / f"{POINTER}.new", *checksums.leftovers(index_dir)):
            path.unlink(missing_ok=True)


def _remove_all_but(index_dir: Path, keep: Collection[str]) -> None:
    for path in index_dir.iterdir():
        if path.name not in keep and _NAME.match(path.name) and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def _follow(stored: StoredGeneration) -> None:
    """Keep the checks of a generation's files valid after linking or unlinking."""
    for name, facts in stored.files.items():
        checksums.follow(stored.path / name, str(facts["sha256"]))


def _record(index_dir: Path) -> None:
    """Record new checks of the generations in CURRENT."""
    with suppress(IndexUnusableError, OSError):
        checksums.store(index_dir, [file for name, _ in _pointed(index_dir) for file in _files(index_dir / name)])


def _files(path: Path) -> list[Path]:
    return [file for file in path.iterdir() if file.name != MANIFEST] if path.is_dir() else []
