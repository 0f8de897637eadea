"""What is kept of one search and of one click."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple

HOUR = 3_600
"""Seconds. Times are kept to the hour: more than any report needs, and too coarse to find the line of a web server's
access log, with its address, that belongs to a query.
"""


class Interface(IntEnum):
    """Through what was searched; the numbers are those in the file."""

    PAGE = 1
    """A search that was submitted on the pages."""
    LIVE = 2
    """Typing ahead on the pages."""
    WIDGET = 3
    """The box on other sites."""
    API = 4
    """A program."""
    FEED = 5
    """Somebody begins to follow a search."""


READERS = (Interface.PAGE, Interface.LIVE, Interface.WIDGET)
"""People who look for something now."""


class Outcome(IntEnum):
    """How a query was answered; the numbers are those in the file."""

    ALL = 0
    """With articles that have all the words, or with none."""
    ANY = 1
    """With articles that have some of the words."""
    CORRECTED = 2
    """With those of another spelling."""


class Search(NamedTuple):
    """A search that is final, as it came; what of it is kept is decided when it is written.

    A tuple, not a dataclass: it is made within a request, several times faster.

    query    its text
    filters  what it was narrowed by, as parameters of an address
    total    how many articles were found
    hour     since 1970, UTC
    """

    interface: Interface
    query: str
    filters: tuple[tuple[str, str], ...]
    total: int
    outcome: Outcome
    hour: int


class Click(NamedTuple):
    """A result that was opened. `rank` counts from 1 over all pages; 0 where nobody told."""

    interface: Interface
    query: str
    article: str
    rank: int
    hour: int


Entry = Search | Click


def hour_of(moment: datetime) -> int:
    """The hour of a moment, since 1970, UTC."""
    return int(moment.timestamp()) // HOUR


def this_hour() -> int:
    """The hour that it is."""
    return hour_of(datetime.now(UTC))
