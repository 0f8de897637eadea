"""Formatting of log records, without secrets, control characters and queries.

A line is text for people, or one JSON object for programs (`log_format = "json"`), with the ID of its request.
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
"""The ID of the request that this thread answers, "" for none."""

HIDDEN = "[hidden]"
MIN_SECRET = 4
"""Characters of a secret from which it is masked: masking a shorter one would make lines unreadable."""
FRAMES = 8
"""Innermost frames of an exception that are logged."""

_secrets: set[str] = set()
_QUERY = re.compile(r"(?<=[\w/%.~-])\?[^\s'\"\])]+")
"""The query string of an address: the server's own messages contain the whole address of a request."""


def hide(*values: str) -> None:
    """Mask these texts in all further lines: passwords, tokens, and addresses that contain one."""
    for value in values:
        parts = (value, *filter(None, (_password(value),)))
        spellings = (spelling for part in parts for spelling in (part, quote(part, safe=""), unquote(part)))
        _secrets.update(each for each in spellings if len(each) >= MIN_SECRET)


def message(record: logging.LogRecord) -> str:
    """Return a record's message without secrets and query strings; control characters may remain."""
    text = record.getMessage()
    if not record.name.startswith("searchapp"):
        text = _QUERY.sub("?…", text)
    return without_secrets(text)


def frames(record: logging.LogRecord) -> list[str]:
    """Return the frames of a record's exception, innermost last, as `file:line function`, without its message."""
    trace = record.exc_info[2] if record.exc_info else None
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


def exception(record: logging.LogRecord) -> str:
    """Return the type of a record's exception, "" for none; without its message, which may contain a query."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__name__ if kind else ""


class JsonHandler(logging.Handler):
    """Writes a line of JSON on standard error for each record, in ASCII."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        sys.stderr.write(as_json(record) + "\n")
        sys.stderr.flush()


def as_json(record: logging.LogRecord) -> str:
    """Return one record as JSON on a single line."""
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
        line |= {"exception": kind, "places": frames(record)}
    return json.dumps(line)


def is_json() -> bool:
    """Whether the log is JSON."""
    return any(isinstance(handler, JsonHandler) for handler in logging.root.handlers)


def use(handler: logging.Handler) -> None:
    """Use this handler for all records of searchapp, instead of the previous one.

    A `JsonHandler` gets those of libraries, too; with text these go where Python sends them.
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
    """Return the handlers of searchapp's records."""
    return logging.getLogger("searchapp").handlers or [each for each in logging.root.handlers if is_json()]


def without_secrets(text: str) -> str:
    """Return a text with secrets replaced by HIDDEN."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _password(value: str) -> str | None:
    try:
        return urlsplit(value).password if "://" in value else None
    except ValueError:
        return None
