"""The calls by which a process changes files, or reads them: seen before they are made, in a child that was forked.

Nothing is mocked: each call is made as it would be, unless a plan raises the error that the system could have
answered, or ends the process then and there. What Python code can call to write is `os`, `io.open` and the builtin
`open`; `test_calls.py` compares with what the kernel was asked, so that nothing escapes.
"""

from __future__ import annotations

import builtins
import contextlib
import fcntl
import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

READS = frozenset({"open", "list", "read", "stat", "lock"})
"""Kinds of calls that change nothing."""
CUT = 75
"""The exit status of a process that a plan has ended."""


class Call(NamedTuple):
    """A call that is about to be made.

    number    from 0, in this process
    kind      create, open, write, truncate, fsync, rename, link, unlink, mkdir, rmdir, chmod, utime, list, read, stat
              or lock
    path      what it is about; of a link or a renaming the new name
    other     the old name
    inode     of the file, where there is one; of a renamed or linked one, too
    offset    where a write begins
    data      what is written
    """

    number: int
    kind: str
    path: str
    other: str = ""
    inode: int = 0
    offset: int = 0
    data: bytes = b""


Plan = Callable[[Call], int | None]
"""Called before each call; may raise what the system could answer, or end the process. Of a write it may say how many
bytes are written."""


class _Seen:
    """The state of this process: which calls are told, and to whom."""

    def __init__(self, root: str, plan: Plan) -> None:
        self.root = root
        self.parent = str(Path(root).parent)
        self.plan = plan
        self.count = 0

    def covers(self, path: str) -> bool:
        return path == self.root or path.startswith(f"{self.root}/")

    def tell(self, kind: str, path: str, **more: Any) -> int | None:
        call = Call(self.count, kind, path, **more)
        self.count += 1
        return self.plan(call)


def real(path: Any, dir_fd: int | None = None) -> str:
    """The absolute path of what a call names by a path or a descriptor."""
    if isinstance(path, int):
        try:
            return os.readlink(f"/proc/self/fd/{path}").removesuffix(" (deleted)")  # noqa: PTH115 - called for every write
        except OSError:
            return ""
    base = str(Path.cwd()) if dir_fd is None else real(dir_fd)
    return os.path.normpath(os.path.join(base, os.fsdecode(path)))  # noqa: PTH118 - no link is followed


_lstat = os.lstat


def _inode(path: str) -> int:
    try:
        return _lstat(path).st_ino
    except OSError:
        return 0


def tap(root: Path, plan: Plan) -> None:
    """From now on, for good, tells `plan` of all calls below `root` in this process, and when its name is synced."""
    seen = _Seen(str(root.resolve()), plan)
    _tap_names(seen)
    _tap_descriptors(seen)
    _tap_opening(seen)
    # Its fast ways of copying are one call for a whole file; then its slow one is used, which writes.
    for way in ("_USE_CP_SENDFILE", "_USE_CP_COPY_FILE_RANGE"):
        if hasattr(shutil, way):
            setattr(shutil, way, False)


def _tap_names(seen: _Seen) -> None:
    def one(name: str, kind: str) -> None:
        call = getattr(os, name)

        def tapped(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            where = real(path, kwargs.get("dir_fd"))
            if seen.covers(where):
                seen.tell(kind, where, inode=_inode(where))
            return call(path, *args, **kwargs)

        setattr(os, name, tapped)

    def two(name: str, kind: str) -> None:
        call = getattr(os, name)

        def tapped(source: Any, target: Any, **kwargs: Any) -> Any:
            old, new = real(source, kwargs.get("src_dir_fd")), real(target, kwargs.get("dst_dir_fd"))
            if seen.covers(new):
                seen.tell(kind, new, other=old, inode=_inode(old))
            return call(source, target, **kwargs)

        setattr(os, name, tapped)

    for name, kind in (
        ("mkdir", "mkdir"), ("rmdir", "rmdir"), ("unlink", "unlink"), ("remove", "unlink"), ("chmod", "chmod"),
        ("utime", "utime"), ("listdir", "list"), ("scandir", "list"), ("truncate", "truncate"), ("stat", "stat"),
        ("lstat", "stat"),
    ):  # fmt: skip
        one(name, kind)
    for name, kind in (("rename", "rename"), ("replace", "rename"), ("link", "link"), ("symlink", "link")):
        two(name, kind)


def _tap_descriptors(seen: _Seen) -> None:
    def tapped(name: str, kind: str, module: Any = os) -> None:
        call = getattr(module, name)

        def tell(file: Any, *args: Any) -> Any:
            descriptor = file if isinstance(file, int) else file.fileno()
            where = real(descriptor)
            # A lock's file must be let go of whatever happens; the kernel refuses nobody that.
            if kind == "lock" and args[0] == fcntl.LOCK_UN:
                return call(descriptor, *args)
            if seen.covers(where) or (kind == "fsync" and where == seen.parent):
                facts: dict[str, Any] = {"inode": os.fstat(descriptor).st_ino}
                if kind == "write":
                    facts |= {"data": bytes(args[0])}
                    facts |= {"offset": args[1] if args[1:] else os.lseek(descriptor, 0, os.SEEK_CUR)}
                if kind == "truncate":
                    facts |= {"offset": args[0]}
                size = seen.tell(kind, where, **facts)
                if size is not None:
                    args = (bytes(args[0])[:size], *args[1:])
            return call(descriptor, *args)

        setattr(module, name, tell)

    for name, kind in (
        ("fsync", "fsync"), ("fdatasync", "fsync"), ("write", "write"), ("pwrite", "write"),
        ("ftruncate", "truncate"), ("fchmod", "chmod"), ("read", "read"), ("pread", "read"),
    ):  # fmt: skip
        if hasattr(os, name):
            tapped(name, kind)
    for name in ("flock", "lockf"):
        tapped(name, "lock", fcntl)


class _Raw(io.FileIO):
    """A file whose writes and reads are told."""

    seen: _Seen
    where: str

    def write(self, data: Any, /) -> int:
        view = bytes(data)
        size = self.seen.tell("write", self.where, inode=os.fstat(self.fileno()).st_ino, offset=self.tell(), data=view)
        return super().write(view if size is None else view[:size])

    def read(self, size: int | None = -1, /) -> bytes:
        self._tell_read()
        return super().read(-1 if size is None else size)

    def readall(self) -> bytes:
        self._tell_read()
        return super().readall()

    def readinto(self, buffer: Any, /) -> int:
        self._tell_read()
        return super().readinto(buffer)

    def _tell_read(self) -> None:
        self.seen.tell("read", self.where, inode=os.fstat(self.fileno()).st_ino, offset=self.tell())

    def truncate(self, size: int | None = None, /) -> int:
        end = self.tell() if size is None else size
        self.seen.tell("truncate", self.where, inode=os.fstat(self.fileno()).st_ino, offset=end)
        return super().truncate(size)


def _tap_opening(seen: _Seen) -> None:
    os_open, io_open = os.open, io.open

    def tell(where: str, flags: int) -> None:
        there = _inode(where)
        if flags & os.O_CREAT and not there:
            seen.tell("create", where)
        elif flags & os.O_TRUNC and there:
            seen.tell("truncate", where, inode=there)
        else:
            seen.tell("open", where, inode=there)

    def tapped_os_open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        where = real(path, dir_fd)
        if seen.covers(where):
            tell(where, flags)
        return os_open(path, flags, mode, dir_fd=dir_fd)

    def tapped_open(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None,
        newline: Any = None, closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        where = real(file)
        if not seen.covers(where):
            return io_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if not isinstance(file, int) and opener is None:  # an opener calls what tells
            flags = {"r": 0, "w": os.O_CREAT | os.O_TRUNC, "x": os.O_CREAT, "a": os.O_CREAT}
            tell(where, next(flags[letter] for letter in mode if letter in flags))
        raw = _Raw(file, mode.replace("t", "").replace("b", ""), closefd, opener)
        raw.seen, raw.where = seen, where
        if buffering == 0:
            return raw
        kind: Any = (
            io.BufferedRandom if "+" in mode else io.BufferedWriter if set(mode) & set("wxa") else io.BufferedReader
        )
        buffered = kind(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    os.open = tapped_os_open
    io.open = builtins.open = tapped_open


def fork(work: Callable[[], int]) -> int:
    """Runs `work` in a child and gives its exit status, negative for a signal. Its exceptions are status 70."""
    child = os.fork()
    if not child:
        status = 70
        try:
            status = work()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextlib.contextmanager
def redirected(out: Path) -> Iterator[None]:
    """What the block, in a child, writes to its standard streams goes to a file each: `out`.1 and `out`.2."""
    for number in (1, 2):
        descriptor = os.open(f"{out}.{number}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(descriptor, number)
        os.close(descriptor)
    yield
