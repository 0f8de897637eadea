"""Reading, digesting and decoding one file."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

from searchapp.articles.outcome import Limits

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_LINES = re.compile("\r\n?|\u2028|\u2029|\x85")
_CHANGED = re.compile(f"{_CONTROL.pattern}|{_LINES.pattern}")


class UnreadableError(Exception):
    """The file can't be used; the message is for users, and `code` is the rule that it breaks."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.code = code


def read_bytes(path: str | Path, limits: Limits) -> bytes:
    """Return the file's content, up to the size it had when it was opened.

    Never blocks on a device. Raises UnreadableError if it is no regular file or too large, OSError if it can't be
    opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"is {kind_of(status.st_mode)}, not a file", "file-odd")
        if status.st_size > limits.file_bytes:
            raise UnreadableError(
                f"is {status.st_size:,} bytes long; files over {limits.file_bytes:,} bytes are not read",
                "file-too-large",
            )
        parts: list[bytes] = []
        missing = status.st_size
        while missing and (part := os.read(descriptor, missing)):
            parts.append(part)
            missing -= len(part)
    finally:
        os.close(descriptor)
    return b"".join(parts)


def kind_of(mode: int) -> str:
    """Return a file type in words, from `st_mode`."""
    for test, name in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISLNK, "a symbolic link"),
    ):
        if test(mode):
            return name
    return "a device"


def digest(fingerprint: str, id: str, data: bytes) -> str:
    """Return the hex digest of a file's bytes together with its id and the site's fingerprint."""
    state = hashlib.blake2b(f"{fingerprint}\0{id}\0".encode("utf-8", "surrogatepass"), digest_size=20)
    state.update(data)
    return state.hexdigest()


def decode(data: bytes) -> tuple[str, int | None]:
    """Return the text, cleaned, and the line of the first invalid byte, None if there is none.

    UTF-8, or UTF-16 with a byte order mark. Invalid bytes become U+FFFD.
    """
    text, bad = decoded(data)
    return clean_text(text), bad


def decoded(data: bytes) -> tuple[str, int | None]:
    """Return what `decode` does, with control characters and line ends unchanged."""
    bad = None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            bad = data.count(b"\n", 0, error.start) + 1
            text = data.decode("utf-8-sig", "replace")
    return text, bad


def unix_newlines(text: str) -> str:
    r"""Return the text with `\n` for CRLF and CR; other line separators are kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean_text(text: str) -> str:
    r"""Return the text with `\n` for every kind of line end, without control characters and lone surrogates."""
    if not text.isascii() or "\r" in text:
        text = _LINES.sub("\n", text)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", text)


def clean_with_offsets(text: str) -> tuple[str, Callable[[int], int]]:
    """Return `clean_text` of a text without surrogates, and a function from its offsets to those of the original."""
    parts: list[str] = []
    places, origins = [0], [0]
    done = length = 0
    for match in _CHANGED.finditer(text):
        between = text[done : match.start()]
        new = "" if _CONTROL.fullmatch(match[0]) else "\n"
        parts += (between, new)
        length += len(between) + len(new)
        done = match.end()
        places.append(length)
        origins.append(done)
    parts.append(text[done:])

    def origin(position: int) -> int:
        nearest = bisect_right(places, position) - 1
        return origins[nearest] + position - places[nearest]

    return "".join(parts), origin
