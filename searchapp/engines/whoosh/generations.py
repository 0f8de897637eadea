"""Generations on disk: whole folders, verified, that one small file points to.

    index/CURRENT                "name sha256-of-its-manifest", then the same of the one before it
    index/<generation>/manifest.json   format, fingerprint, when, and size and SHA-256 of every other file
    index/<generation>/…         Whoosh's files

A build writes a folder of its own (unchanged segment files hard-linked), verifies and syncs it, then replaces
CURRENT. Readers need no lock: they read CURRENT, then files that never change.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import Stemmer

from searchapp import analysis
from searchapp.engines.whoosh import schema
from searchapp.errors import IndexDamagedError, IndexMissingError, IndexWriteError
from searchapp.model import Generation

FORMAT = 3
MAX_VERIFIED = 1_000
POINTER = "CURRENT"
MANIFEST = "manifest.json"
REBUILD = "run: searchapp index --rebuild"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}\Z")


@dataclass(frozen=True, slots=True)
class Stored:
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
    """What an index depends on besides its content: another one can't be updated or searched, only rebuilt."""
    return f"format {FORMAT}, schema {schema.VERSION}, analyzer {analysis.VERSION}, stemmer {Stemmer.version()}"


def pointer_state(index_dir: Path) -> tuple[int, ...] | None:
    """What changes when CURRENT is replaced (one `stat`); None if there is no index."""
    try:
        status = (index_dir / POINTER).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def current(index_dir: Path) -> tuple[Stored, str | None]:
    """The generation to read, verified, and, if that is not the newest, what is wrong with the newest.

    Raises IndexMissingError without an index, IndexDamagedError if none of its generations can be trusted.
    """
    _refuse_unsafe(index_dir)
    complaint: str | None = None
    for name, digest in _pointed(index_dir):
        try:
            return verify(index_dir / name, digest), complaint
        except IndexDamagedError as error:
            complaint = complaint or str(error)
    raise IndexDamagedError(complaint or f"{index_dir / POINTER} is empty; {REBUILD}")


def _pointed(index_dir: Path) -> list[tuple[str, str]]:
    try:
        lines = (index_dir / POINTER).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise IndexMissingError(f"there is no index in {index_dir}; run: searchapp index") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"{index_dir / POINTER} can't be read ({error}); {REBUILD}") from error
    pairs = [tuple(line.split(" ")) for line in lines]
    if not all(len(pair) == 2 and _NAME.match(pair[0]) for pair in pairs):
        raise IndexDamagedError(f"{index_dir / POINTER} is damaged; {REBUILD}")
    return [(pair[0], pair[1]) for pair in pairs]


def verify(path: Path, digest: str) -> Stored:
    """Checks a generation against its manifest, and that against `digest`; raises IndexDamagedError."""
    try:
        data = (path / MANIFEST).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise IndexDamagedError(f"{path / MANIFEST} was altered; {REBUILD}")
        manifest = json.loads(data)
        if manifest["fingerprint"] != fingerprint():
            raise IndexDamagedError(
                f"{path} was built by another version ({manifest['fingerprint']}; this is {fingerprint()}); {REBUILD}"
            )
        for name, facts in manifest["files"].items():
            file = path / name
            if not _is_as_recorded(file, facts["size"], facts["sha256"]):
                raise IndexDamagedError(f"{file} is damaged: its checksum is not the recorded one; {REBUILD}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"{path} is damaged ({error}); {REBUILD}") from error
    generation = Generation(path.name, datetime.fromisoformat(manifest["indexed_at"]))
    return Stored(generation, path, manifest["files"], f"{path.name} {digest}")


_verified: dict[tuple[int, int, int, int], str] = {}
"""What this process has found right: device, inode, size and time of change -> SHA-256."""


def _is_as_recorded(file: Path, size: int, sha256: str) -> bool:
    """Checks a file, once in a process: the next generation links most files of this one, and reads only new ones."""
    status = file.stat()
    key = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
    if status.st_size == size and _verified.get(key) != sha256:
        if len(_verified) >= MAX_VERIFIED:
            _verified.clear()
        _verified[key] = _sha256(file)
    return status.st_size == size and _verified[key] == sha256


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refuse_unsafe(index_dir: Path) -> None:
    """Whoosh unpickles files of its index: a folder that others can write could run their code."""
    for path in (index_dir, index_dir / POINTER):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise IndexDamagedError(f"{path} can't be read ({error.strerror})") from error
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise IndexDamagedError(f"{path} can be written by others; run: chmod go-w '{path}'")
        if status.st_uid not in {os.geteuid(), 0}:
            raise IndexDamagedError(f"{path} belongs to another user; run: chown {os.geteuid()} '{path}'")


@contextmanager
def new_generation(index_dir: Path, base: Stored | None) -> Iterator[Path]:
    """A folder to build in: empty, or with `base`'s files hard-linked. Gone again if the block raises.

    Raises IndexWriteError for what the file system refuses, inside the block too.
    """
    path: Path | None = None
    try:
        _prepare(index_dir)
        path = index_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        path.mkdir(mode=0o755)
        if base:
            for file in base.path.iterdir():
                if file.name != MANIFEST:
                    _link(file, path / file.name)
        yield path
    except BaseException as error:
        if path and not _is_current(path):
            shutil.rmtree(path, ignore_errors=True)
        if isinstance(error, OSError):
            where = error.filename or index_dir
            raise IndexWriteError(f"{where}: {error.strerror or error}; the index stays as it was") from error
        raise


def _is_current(path: Path) -> bool:
    try:
        return _pointed(path.parent)[0][0] == path.name
    except (IndexMissingError, IndexDamagedError, IndexError):
        return False


def _prepare(index_dir: Path) -> None:
    index_dir.mkdir(parents=True, exist_ok=True, mode=0o755)
    status = index_dir.stat()
    if status.st_mode & stat.S_IWGRP and not status.st_mode & stat.S_IWOTH and status.st_uid == os.geteuid():
        # A checkout under umask 002 leaves the folder writable by the user's own group.
        index_dir.chmod(stat.S_IMODE(status.st_mode) & ~stat.S_IWGRP)
    _refuse_unsafe(index_dir)


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        # Some file systems know no hard links.
        shutil.copyfile(source, target)


def publish(path: Path, before: Stored | None) -> Generation:
    """Writes the manifest of a finished folder, syncs everything, and makes it the current generation.

    `before` is the generation to fall back on; files linked from it keep the checksums it was verified with.
    """
    files: dict[str, Mapping[str, int | str]] = {}
    for file in sorted(path.iterdir()):
        if before and file.name in before.files and (before.path / file.name).samefile(file):
            files[file.name] = before.files[file.name]
        else:
            _sync(file)
            files[file.name] = {"size": file.stat().st_size, "sha256": _sha256(file)}
    generation = Generation(path.name, datetime.now(UTC))
    manifest = {"fingerprint": fingerprint(), "indexed_at": generation.indexed_at.isoformat(), "files": files}
    data = json.dumps(manifest, indent=1).encode()
    _write(path / MANIFEST, data)
    _sync(path)
    index_dir = path.parent
    lines = [f"{path.name} {hashlib.sha256(data).hexdigest()}", *([before.line] if before else [])]
    temporary = index_dir / f"{POINTER}.new"
    _write(temporary, ("\n".join(lines) + "\n").encode())
    temporary.replace(index_dir / POINTER)
    _sync(index_dir)
    clean(index_dir)
    return generation


def clean(index_dir: Path) -> None:
    """Removes generations that nothing points to: older ones, and what a killed build left."""
    try:
        keep = {name for name, _ in _pointed(index_dir)}
    except (IndexMissingError, IndexDamagedError):
        keep = set()
    for path in index_dir.iterdir():
        if path.name not in keep and _NAME.match(path.name) and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        os.fchmod(stream.fileno(), 0o644)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
