"""Rules on the values of front matter: title, dates, tags, description, aliases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from searchapp.articles.front_matter import fields
from searchapp.articles.front_matter.values import first
from searchapp.articles.front_matter.visibility import DRAFT_FOLDERS
from searchapp.articles.lint.page import Flaw, LintedFile
from searchapp.model import Spot

CODES = frozenset(
    (
        "title-missing date-missing date-mismatch date-implausible tags-divided tag-blank tag-repeated "
        "description-missing description-long alias-self"
    ).split()
)
LONG_DESCRIPTION = 200
"""Characters of a description from which it is reported; search engines cut at about 160."""
_EARLIEST = 1900
_EPOCH = date(1970, 1, 1)
"""The date that programs write for a missing one."""
_FIRST_HEADING = re.compile(r"(?:^[ ]{0,3}#[ \t]*[^#\s]|^[^\s#>`~-][^\n]*\n=+[ \t]*$|<h1\b)", re.M)
_LABELS = (("tags", "tag"), ("categories", "category"))


def find(page: LintedFile) -> Iterator[Flaw]:
    """Yield missing, repeated and contradictory values."""
    yield from _title(page)
    yield from _dates(page)
    yield from _labels(page)
    yield from _description(page)
    article = page.article
    if article and article.permalink and article.permalink in article.aliases:
        spot = next(
            (s for key in ("redirectfrom", "aliases", "alias") if (s := page.facts.front.spot_of(key)).line), Spot()
        )
        reason = f"{article.permalink} is the article's own permalink: it would redirect to itself"
        yield Flaw("alias-self", spot, reason)


def _title(page: LintedFile) -> Iterator[Flaw]:
    if not fields.title(page.facts.front) and not _FIRST_HEADING.search(page.prose):
        spot = page.facts.front.spot_of("title")
        yield Flaw("title-missing", spot if spot.line else Spot(1, 1), "no title; the file name is shown instead")


def _dates(page: LintedFile) -> Iterator[Flaw]:
    day = page.facts.date
    if day is None:
        if page.is_post and DRAFT_FOLDERS.isdisjoint(page.facts.place.folders):
            yield Flaw("date-missing", Spot(1, 1), "no date: it comes last in every list")
        return
    spot = page.facts.front.spot_of("date")
    if not _EARLIEST <= day.year <= datetime.now(UTC).year + 5 or day.date() == _EPOCH:
        reason = f"{day:%Y-%m-%d} is hardly meant"
        yield Flaw("date-implausible", spot if spot.line else Spot(1, 1), reason)
        return
    named = page.facts.place.date(page.facts.site.zone)
    if spot.line and named and abs(day - named) > timedelta(days=2):
        reason = f"the date is {day:%Y-%m-%d}, and the file's name says {named:%Y-%m-%d}"
        yield Flaw("date-mismatch", spot, reason)


def _labels(page: LintedFile) -> Iterator[Flaw]:
    for several, single in _LABELS:
        value = page.facts.front.data.get(several)
        if isinstance(value, str) and "," in value and page.runs_liquid and not value.strip().startswith("["):
            shown = " ".join(value.split())[:80]
            remedy = f"write {several}: [{', '.join(part.strip() for part in shown.split(','))}]"
            reason = f"Jekyll divides this at blanks and keeps the commas: {shown}"
            yield Flaw("tags-divided", page.facts.front.spot_of(several), reason, remedy)
        items = value if isinstance(value, list) else []
        if any(item is None or (isinstance(item, str) and not item.strip()) for item in items):
            yield Flaw("tag-blank", page.facts.front.spot_of(several), f"one of the {several} is empty")
        keys = Counter(first(item).strip().casefold() for item in items)
        for key, number in keys.items():
            if key and number > 1:
                yield Flaw(
                    "tag-repeated", page.facts.front.spot_of(several), f"the {single} {key} is given {number} times"
                )


def _description(page: LintedFile) -> Iterator[Flaw]:
    text = fields.summary(page.facts.front)
    if not text:
        yield Flaw("description-missing", Spot(1, 1), "no description: lists and search engines show what comes first")
    elif len(text) > LONG_DESCRIPTION and (spot := page.facts.front.spot_of("description")).line:
        yield Flaw("description-long", spot, f"its {len(text)} characters are cut where they are shown")
