"""The entries of the query log: searches and clicks."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple

HOUR = 3_600
"""Seconds. Times are stored by the hour: enough for the reports, and too coarse to find a query's line, with its
address, in a web server's access log.
"""


class Interface(IntEnum):
    """The interface of a search; the values are stored in the file."""

    PAGE = 1
    """A search submitted on the pages."""
    LIVE = 2
    """Search as you type on the pages."""
    WIDGET = 3
    """The widget on other sites."""
    API = 4
    """A program."""
    FEED = 5
    """A new subscription to a search's feed."""


READERS = (Interface.PAGE, Interface.LIVE, Interface.WIDGET)
"""Interfaces used by people who search now."""


class AnswerKind(IntEnum):
    """How a query was answered; the values are stored in the file."""

    ALL = 0
    """With articles that have all words, or none."""
    ANY = 1
    """With articles that have some of the words only."""
    CORRECTED = 2
    """With the results of a corrected query."""


class ResultSummary(NamedTuple):
    """The number of articles that a search found, and how it was answered."""

    total: int
    outcome: AnswerKind


class Search(NamedTuple):
    """A final search, not yet anonymised: that is done when it is written.

    A tuple, not a dataclass: it is created within a request, several times faster.

    query    its text
    filters  (parameter, value) of each filter
    total    number of articles found
    hour     hours since 1970, UTC
    """

    interface: Interface
    query: str
    filters: tuple[tuple[str, str], ...]
    total: int
    outcome: AnswerKind
    hour: int


class Click(NamedTuple):
    """A result that was opened. `rank` counts from 1 over all pages; 0 if unknown."""

    interface: Interface
    query: str
    article: str
    rank: int
    hour: int


Entry = Search | Click


def hour_of(moment: datetime) -> int:
    """Return the hour of a moment, since 1970, UTC."""
    return int(moment.timestamp()) // HOUR


def this_hour() -> int:
    """Return the current hour since 1970, UTC."""
    return hour_of(datetime.now(UTC))
