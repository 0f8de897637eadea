"""Parsing dates in the formats of people and generators."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

FIRST_YEAR, LAST_YEAR = 1000, 9998
"""Beyond these years, a change of time zone could overflow `datetime`."""

_TIME = (
    r"(?:(?:[T ]|,|\s+at)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|(?:UTC|GMT)(?![+-])|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|(?:UTC|GMT)?[+-]\d{2})?)?\s*\Z"
)
_NUMBERS = re.compile(
    r"(?P<year>\d{4})(?P<gap>[-/.])(?P<month>\d{1,2})(?:(?P=gap)(?P<day>\d{1,2}))?" + _TIME, re.I | re.A
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _TIME, re.I | re.A)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_NAMED = (
    re.compile(_WEEKDAY + _MONTH + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4}),?" + _TIME, re.I | re.A),
    re.compile(
        _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+" + _MONTH + r"[\s,-]+(?P<year>\d{4}),?" + _TIME, re.I | re.A
    ),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MAIL = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d", re.A)


def parse(text: str, zone: tzinfo) -> datetime | None:
    """Return the datetime (aware) of a text, None if it is no date.

    text    ISO 8601 and its looser relatives, RFC 2822, `Jun 5, 2020`, Unix seconds or milliseconds
    zone    time zone of a time without an offset
    """
    text = text.strip()
    if len(text) > 80:
        return None
    if re.fullmatch(r"\d{10}|\d{13}", text, re.A):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    for pattern in (_NUMBERS, _COMPACT, *_NAMED):
        if match := pattern.match(text):
            return _moment(match, zone)
    return _mail(text, zone)


def _moment(match: re.Match[str], zone: tzinfo) -> datetime | None:
    part = match.groupdict()
    name = part.get("name")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(part["month"])
    hour = int(part["hour"] or 0)
    half = (part["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    micro = int((part["fraction"] or "0").ljust(6, "0")[:6])
    try:
        where = _zone(part["zone"], zone)
        naive = datetime(
            int(part["year"]),
            month,
            int(part["day"] or 1),
            hour,
            int(part["minute"] or 0),
            int(part["second"] or 0),
            micro,
        )
    except ValueError:
        return None
    return make_aware(naive, where)


def make_aware(naive: datetime, zone: tzinfo) -> datetime | None:
    """Return a naive time in a zone as an aware one with a fixed offset; None if the year is out of range."""
    if not FIRST_YEAR <= naive.year <= LAST_YEAR:
        return None
    offset = naive.replace(tzinfo=zone).utcoffset() or timedelta()
    offset -= offset % timedelta(minutes=1)  # local mean times have seconds, ISO 8601 has none
    return naive.replace(tzinfo=timezone(offset) if offset else UTC)


def _zone(text: str | None, zone: tzinfo) -> tzinfo:
    """Return the zone of an offset; raises ValueError for `+99:99`."""
    if not text:
        return zone
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    text = text.upper().removeprefix("UTC").removeprefix("GMT")
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError("minutes of an offset")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _mail(text: str, zone: tzinfo) -> datetime | None:
    if not _MAIL.match(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return make_aware(moment.replace(tzinfo=None), moment.tzinfo or zone)
