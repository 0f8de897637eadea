"""Cache of the SHA-256 of index files, validated by inode, size, and times of modification and change.

Reading a whole index before it is opened takes longer the larger it is, so processes share what one has read:
`index/VERIFIED` has, for every file of the generations in CURRENT, its SHA-256 and the inode,
size, time of modification and time of change (in ns) at that time. Guarantees:

- A file with exactly those four attributes is taken to have that checksum. Any other is read. A file
  cannot be written, truncated or replaced without another time of change, though its modification time is reset; a
  copy or a restored backup has other inodes.
- Bits that rot on the medium without a write change no attribute. Servers read everything again in the background once
  a day (`scrub`), and so does an indexer before it builds upon a generation. The results are recorded as well.
- A record that is lost, damaged, older than the files, or writable by others only costs time: files are read again.
  Checksums are always compared with those of the generation's manifest.

Whoever could plant a record could as well plant an index: the folder is written by its owner alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

RECORD = "VERIFIED"
FORMAT = 1
MAX_REMEMBERED = 10_000
MAX_BYTES = 16 * 2**20
TICK_NS = 20_000_000
"""Resolution of times of change (10 ms at most by the kernel's clock): a younger file may yet change unnoticed."""
PIECE = 1024 * 1024

Pace = Callable[[], None]


@dataclass(frozen=True, slots=True)
class FileCheck:
    """The checksum of a file, and its attributes at that time.

    inode, size, modified, changed   from `os.stat`, times in ns since 1970
    sha256                           of its bytes, hex
    read                             when it was computed, in s since 1970
    """

    inode: int
    size: int
    modified: int
    changed: int
    sha256: str
    read: float


_Key = tuple[int, int, int]
_Table = Mapping[_Key, FileCheck]
_found: dict[_Key, FileCheck] = {}
"""inode, size and time of modification -> the check by this process."""
_recorded: dict[Path, _Table] = {}
"""Index folder -> the same as last loaded from its record."""


def load(index_dir: Path) -> None:
    """Load the record; nothing if it is not trusted."""
    _recorded[index_dir] = {_key(check): check for check in _read_record(index_dir)}


def sha256(file: Path) -> str:
    """Return the checksum of a file, read only if it is not cached. Raises OSError."""
    check = _known(file)
    return check.sha256 if check else read(file)


def age(file: Path) -> float:
    """Return the seconds since the file was last read; infinity if it has changed since or the clock was set back."""
    check = _known(file)
    passed = time.time() - check.read if check else -1.0
    return passed if passed >= 0 else float("inf")


def read(file: Path, pace: Pace = lambda: None) -> str:
    """Read a file, cache its checksum and return it; `pace` is called after every PIECE bytes. Raises OSError."""
    state = hashlib.sha256()
    with file.open("rb", buffering=0) as stream:
        before, now = os.fstat(stream.fileno()), time.time()
        buffer = memoryview(bytearray(min(PIECE, before.st_size + 1)))
        while count := stream.readinto(buffer):
            state.update(buffer[:count])
            pace()
        after = os.fstat(stream.fileno())
    check = _check(before, state.hexdigest(), now)
    if check == _check(after, check.sha256, now) and check.changed < now * 1e9 - TICK_NS:
        _remember(check)
    return check.sha256


def follow(file: Path, sha256: str) -> None:
    """Update the check with this checksum after our own linking or unlinking, which alters the time of change."""
    status = file.stat()
    checks = [check for check in _checks(file, status) if check.sha256 == sha256]
    if checks:
        newest = max(checks, key=lambda check: check.read)
        _remember(replace(newest, changed=status.st_ctime_ns))


def written(file: Path, sha256: str) -> None:
    """Cache the checksum of a file that this process has just written and read back."""
    _remember(_check(file.stat(), sha256, time.time()))


def store(index_dir: Path, files: Iterable[Path]) -> None:
    """Write the checks of these files to the record. Errors are ignored, as they only cost the next process time."""
    checks = {_key(check): check for file in files if (check := _known(file))}
    recorded = _recorded.get(index_dir, {})
    if all(recorded.get(key) == check for key, check in checks.items()):
        return
    youngest = max(check.changed for check in checks.values())
    # So that nothing that is written from now on can have the same time of change.
    time.sleep(min(max(0.0, (youngest + TICK_NS - time.time_ns()) / 1e9), TICK_NS / 1e9))
    data = {"format": FORMAT, "files": [_row(check) for check in checks.values()]}
    temporary = index_dir / f"{RECORD}.{secrets.token_hex(4)}.new"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(descriptor, 0o644)
            stream.write(json.dumps(data, separators=(",", ":")).encode())
        temporary.replace(index_dir / RECORD)
        _recorded[index_dir] = checks
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def leftovers(index_dir: Path) -> Iterable[Path]:
    """Return temporary files of processes that were killed in `store`."""
    return index_dir.glob(f"{RECORD}.*.new")


def _known(file: Path) -> FileCheck | None:
    status = file.stat()
    checks = [check for check in _checks(file, status) if check.changed == status.st_ctime_ns]
    return max(checks, key=lambda check: check.read, default=None)


def _checks(file: Path, status: os.stat_result) -> list[FileCheck]:
    """Return the checks of a file, regardless of its time of change."""
    key = status.st_ino, status.st_size, status.st_mtime_ns
    return [table[key] for table in (_found, _recorded.get(file.parent.parent, {})) if key in table]


def _check(status: os.stat_result, sha256: str, read: float) -> FileCheck:
    return FileCheck(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns, sha256, read)


def _key(check: FileCheck) -> _Key:
    return check.inode, check.size, check.modified


def _remember(check: FileCheck) -> None:
    if len(_found) >= MAX_REMEMBERED:
        _found.clear()
    _found[_key(check)] = check


def _row(check: FileCheck) -> list[int | str | float]:
    return [check.inode, check.size, check.modified, check.changed, check.sha256, check.read]


def _read_record(index_dir: Path) -> list[FileCheck]:
    try:
        descriptor = os.open(index_dir / RECORD, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not _trusted(status):
                return []
            data = json.loads(stream.read(MAX_BYTES))
        if data["format"] != FORMAT:
            return []
        return [_decoded(row) for row in data["files"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _trusted(status: os.stat_result) -> bool:
    ours = status.st_uid in {os.geteuid(), 0}
    return stat.S_ISREG(status.st_mode) and ours and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _decoded(row: list[object]) -> FileCheck:
    inode, size, modified, changed, digest, when = row
    numbers = (inode, size, modified, changed)
    if not (all(type(number) is int for number in numbers) and isinstance(digest, str)):
        raise TypeError(row)
    if not isinstance(when, int | float):
        raise TypeError(row)
    return FileCheck(*numbers, digest, float(when))  # type: ignore[arg-type] # looked at above
