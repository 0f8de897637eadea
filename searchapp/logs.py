"""How log records become lines: no secret gets there, no control character, and nothing of a query's text.

A line is text for people, or one JSON object for programs (`log_format = "json"`), with the request it belongs to.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from urllib.parse import quote, unquote, urlsplit

request_id: ContextVar[str] = ContextVar("searchapp_request_id", default="")
"""Of the request that is being answered in this thread, "" for none."""

HIDDEN = "[hidden]"
SHORTEST = 4
"""Characters of a secret that is looked for: to hide a shorter one would make lines unreadable and hide nothing."""
FRAMES = 8
"""Innermost places that are told of an exception."""

_secrets: set[str] = set()
_QUERY = re.compile(r"(?<=[\w/%.~-])\?[^\s'\"\])]+")
"""What follows the path in an address: the server's own messages have the whole address of a request."""


def hide(*values: str) -> None:
    """Keeps these texts out of every line from now on: passwords, tokens, and addresses that have one in them."""
    for value in values:
        parts = (value, *filter(None, (_password(value),)))
        spellings = (spelling for part in parts for spelling in (part, quote(part, safe=""), unquote(part)))
        _secrets.update(each for each in spellings if len(each) >= SHORTEST)


def message(record: logging.LogRecord) -> str:
    """What a record says, without what is to be hidden; control characters may be in it."""
    text = record.getMessage()
    if not record.name.startswith("searchapp"):
        text = _QUERY.sub("?…", text)
    return without_secrets(text)


def places(record: logging.LogRecord) -> list[str]:
    """What an exception came through, innermost last, as `file:line function`; never what it says."""
    trace = record.exc_info[2] if record.exc_info else None
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


def exception(record: logging.LogRecord) -> str:
    """The kind of a record's exception, "" for none. What it says may be what a reader has sought."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__name__ if kind else ""


class JsonHandler(logging.Handler):
    """A line of JSON on standard error for each record; everything but ASCII is escaped."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record."""
        sys.stderr.write(as_json(record) + "\n")
        sys.stderr.flush()


def as_json(record: logging.LogRecord) -> str:
    """One record as JSON, without a line end in it."""
    line: dict[str, object] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "process": record.process,
        "message": message(record),
    }
    if name := request_id.get():
        line["request_id"] = name
    if kind := exception(record):
        line |= {"exception": kind, "places": places(record)}
    return json.dumps(line)


def is_json() -> bool:
    """Whether lines are JSON now."""
    return any(isinstance(handler, JsonHandler) for handler in logging.root.handlers)


def use(handler: logging.Handler) -> None:
    """Gives all records to this handler, in place of one that was given before.

    With text, what libraries have to say goes where Python sends it; with JSON it does as well as ours.
    """
    ours = logging.getLogger("searchapp")
    logging.root.handlers[:] = [each for each in logging.root.handlers if not isinstance(each, JsonHandler)]
    as_objects = isinstance(handler, JsonHandler)
    ours.handlers[:] = [] if as_objects else [handler]
    ours.setLevel(logging.INFO if as_objects else logging.NOTSET)
    logging.captureWarnings(as_objects)
    if as_objects:
        logging.root.addHandler(handler)


def handlers() -> list[logging.Handler]:
    """Those that our records are given to."""
    return logging.getLogger("searchapp").handlers or [each for each in logging.root.handlers if is_json()]


def without_secrets(text: str) -> str:
    """A text with HIDDEN in place of each secret."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _password(value: str) -> str | None:
    try:
        return urlsplit(value).password if "://" in value else None
    except ValueError:
        return None
