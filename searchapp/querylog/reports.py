"""Reports on a span of time, read in one pass over the file, without blocking writers."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from searchapp.querylog.entries import HOUR, READERS, AnswerKind, Interface, hour_of
from searchapp.querylog.store import BUSY_MS, FILE_NAME, FORMAT, QueryLogError

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class QueryStats:
    """Statistics of one query.

    searches   number of searches
    empty      of these without a result
    partly     of these with articles that have some of the words only
    corrected  of these with the results of a corrected query
    total      number of articles found by the last one
    clicks     number of results opened
    articles   (id, clicks, mean rank or 0 if unknown) of these, the most opened first
    weeks      searches in each week of the report
    last       the day of the last search
    """

    query: str
    searches: int
    empty: int
    partly: int
    corrected: int
    total: int
    clicks: int
    articles: tuple[tuple[str, int, float], ...]
    weeks: tuple[int, ...]
    last: date


@dataclass(frozen=True, slots=True)
class Week:
    """Numbers of searches, of those without results, and of clicks in the week that begins at `monday`."""

    monday: date
    searches: int
    empty: int
    clicks: int


@dataclass(frozen=True, slots=True)
class Report:
    """The searches from `since` to `until`, both included, through some interfaces.

    queries     the most frequent first
    interfaces  number of searches by interface, including those not selected
    filters     the 20 most frequent combinations of filters, as query strings, with the number of searches
    """

    since: date
    until: date
    weeks: tuple[Week, ...]
    queries: tuple[QueryStats, ...]
    interfaces: dict[Interface, int] = field(default_factory=dict)
    filters: tuple[tuple[str, int], ...] = ()

    @property
    def searches(self) -> int:
        """The number of all searches."""
        return sum(each.searches for each in self.queries)

    @property
    def clicks(self) -> int:
        """The number of all results opened."""
        return sum(each.clicks for each in self.queries)

    @property
    def without_results(self) -> tuple[QueryStats, ...]:
        """Queries without results or with partial ones only, the most frequent first."""
        found = [each for each in self.queries if each.empty + each.partly]
        return tuple(sorted(found, key=lambda each: (-each.empty - each.partly, -each.searches, each.query)))

    @property
    def without_clicks(self) -> tuple[QueryStats, ...]:
        """Queries with results of which none was opened."""
        return tuple(each for each in self.queries if each.total and not each.clicks)

    @property
    def rising(self) -> tuple[QueryStats, ...]:
        """Queries that are more frequent in the second half of the weeks than in the first, the greatest gain first."""
        half = len(self.weeks) // 2
        gains = {each.query: sum(each.weeks[-half:]) - sum(each.weeks[:half]) for each in self.queries} if half else {}
        found = [each for each in self.queries if gains.get(each.query, 0) > 1]
        return tuple(sorted(found, key=lambda each: (-gains[each.query], each.query)))


def read(
    folder: Path,
    since: date,
    until: date,
    zone: ZoneInfo,
    interfaces: Collection[Interface] = READERS,
    query: str | None = None,
) -> Report:
    """Read the report on the days from `since` to `until`, both included; an empty one if there is no file.

    zone   the time zone of the days
    query  only this one, in its stored form; None for all

    Raises QueryLogError if the file can't be read.
    """
    monday = since - timedelta(days=since.weekday())
    span = _Span(_hour(since, zone), _hour(until + timedelta(days=1), zone), _hour(monday, zone), interfaces, query)
    mondays = [monday + WEEK * number for number in range((until - monday) // WEEK + 1)]
    with _opened(folder) as db:
        counts = _searches(db, span) if db else {}
        if db:
            _add_clicks(db, span, counts)
        through = _interfaces(db, span) if db else {}
        filters = _filters(db, span) if db else ()
    weeks = [[0, 0, 0] for _ in mondays]
    for each in counts.values():
        for kind, by_week in enumerate((each.searches, each.empty, each.clicks)):
            for week, number in by_week.items():
                weeks[min(week, len(weeks) - 1)][kind] += number
    queries = [_stats(query, each, len(mondays), zone) for query, each in counts.items() if each.searches]
    queries.sort(key=lambda each: (-each.searches, each.query))
    return Report(
        since,
        until,
        tuple(Week(day, *numbers) for day, numbers in zip(mondays, weeks, strict=True)),
        tuple(queries),
        through,
        filters,
    )


def first_day(folder: Path, zone: ZoneInfo) -> date | None:
    """Return the day of the oldest search; None if there is none. Raises QueryLogError."""
    with _opened(folder) as db:
        found = db.execute("SELECT min(hour) FROM searches").fetchone()[0] if db else None
    return None if found is None else _day(found, zone)


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection | None]:
    path = folder / FILE_NAME
    try:
        if not path.exists() or not path.stat().st_size:
            yield None
            return
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=BUSY_MS / 1000)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > FORMAT:
                raise QueryLogError(f"{path} was written by a newer version of searchapp; use that one")
            yield db if version else None
    except (sqlite3.Error, OSError) as error:
        raise QueryLogError(
            f"{path} can't be read ({error}); if it is damaged, move it away: the server begins a new one"
        ) from error


@dataclass(frozen=True, slots=True)
class _Span:
    """The hours `first` to before `end`; `monday` is the hour at which its first week begins."""

    first: int
    end: int
    monday: int
    interfaces: Collection[Interface]
    query: str | None

    def where(self, *, every_interface: bool = False) -> str:
        """The WHERE clause, with a placeholder for `values`; all numbers in it are our own."""
        chosen = ", ".join(str(int(each)) for each in (Interface if every_interface else self.interfaces))
        one = "" if self.query is None else " AND query = ?"
        return f"WHERE hour >= {self.first} AND hour < {self.end} AND interface IN ({chosen}){one}"

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the placeholders."""
        return () if self.query is None else (self.query,)

    @property
    def week(self) -> str:
        """The SQL expression of the week's number, from 0. It ignores daylight saving: a Monday's hour may be off."""
        return f"(hour - {self.monday}) / {7 * 24}"


@dataclass(slots=True)
class _Counts:
    """Counts of one query; dicts are by week."""

    searches: dict[int, int] = field(default_factory=dict)
    empty: dict[int, int] = field(default_factory=dict)
    clicks: dict[int, int] = field(default_factory=dict)
    partly: int = 0
    corrected: int = 0
    last: int = 0
    total: int = 0
    articles: dict[str, list[int]] = field(default_factory=dict)
    """By id: clicks, clicks with a known rank, sum of ranks."""


def _searches(db: sqlite3.Connection, span: _Span) -> dict[str, _Counts]:
    rows = db.execute(
        # With max() the columns beside it, here `total`, are those of its row.
        f"SELECT query, {span.week} AS week, sum(count), sum(count * (total = 0)), "  # noqa: S608 - numbers of ours
        f"sum(count * (total > 0 AND outcome = {int(AnswerKind.ANY)})), "
        f"sum(count * (outcome = {int(AnswerKind.CORRECTED)})), max(hour), total "
        f"FROM searches {span.where()} GROUP BY query, week",
        span.values,
    )
    found: dict[str, _Counts] = {}
    for query, week, searches, empty, partly, corrected, last, total in rows:
        counts = found.get(query)
        if counts is None:
            counts = found[query] = _Counts()
        counts.searches[week] = searches
        counts.partly += partly
        counts.corrected += corrected
        if empty:
            counts.empty[week] = empty
        if last >= counts.last:
            counts.last, counts.total = last, total
    return found


def _add_clicks(db: sqlite3.Connection, span: _Span, found: dict[str, _Counts]) -> None:
    rows = db.execute(
        f"SELECT query, {span.week} AS week, article, sum(count), sum(count * (rank > 0)), "  # noqa: S608 - as above
        f"sum(count * rank) FROM clicks {span.where()} GROUP BY query, week, article",
        span.values,
    )
    for query, week, article, clicks, ranked, ranks in rows:
        counts = found.get(query)
        if counts is None:
            continue  # the search was before the span
        counts.clicks[week] = counts.clicks.get(week, 0) + clicks
        numbers = counts.articles.setdefault(article, [0, 0, 0])
        for at, number in enumerate((clicks, ranked, ranks)):
            numbers[at] += number


def _interfaces(db: sqlite3.Connection, span: _Span) -> dict[Interface, int]:
    where = span.where(every_interface=True)
    rows = db.execute(f"SELECT interface, sum(count) FROM searches {where} GROUP BY interface", span.values)  # noqa: S608 - as above
    return {Interface(number): count for number, count in rows}


def _filters(db: sqlite3.Connection, span: _Span) -> tuple[tuple[str, int], ...]:
    rows = db.execute(
        f"SELECT filters, sum(count) AS number FROM searches {span.where()} AND filters <> '' "  # noqa: S608 - as above
        "GROUP BY filters ORDER BY number DESC, filters LIMIT 20",
        span.values,
    )
    return tuple((filters, number) for filters, number in rows)


def _stats(query: str, counts: _Counts, weeks: int, zone: ZoneInfo) -> QueryStats:
    opened = (
        (article, clicks, ranks / ranked if ranked else 0.0)
        for article, (clicks, ranked, ranks) in counts.articles.items()
    )
    return QueryStats(
        query=query,
        searches=sum(counts.searches.values()),
        empty=sum(counts.empty.values()),
        partly=counts.partly,
        corrected=counts.corrected,
        total=counts.total,
        clicks=sum(counts.clicks.values()),
        articles=tuple(sorted(opened, key=lambda each: (-each[1], each[2], each[0]))),
        weeks=_by_week(counts.searches, weeks),
        last=_day(counts.last, zone),
    )


def _by_week(by_week: dict[int, int], weeks: int) -> tuple[int, ...]:
    found = [0] * weeks
    for week, number in by_week.items():
        found[min(week, weeks - 1)] += number
    return tuple(found)


def _hour(day: date, zone: ZoneInfo) -> int:
    """The hour since 1970 in which a day begins."""
    return hour_of(datetime(day.year, day.month, day.day, tzinfo=zone))


def _day(hour: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(hour * HOUR, UTC).astimezone(zone).date()
