"""What an article is called: its title and the parts of it, its headings, and the words that others link it with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from searchapp.analysis import Analyzer
from searchapp.editor.drafting.phrases import DraftText, DraftWord, Terms, terms_of
from searchapp.model import Article

MAX_TITLE = 16
"""Words of a title beyond which no parts of it are looked for."""
MAX_HEADINGS = 60
_PARTS = re.compile(r"\s[-–—|]\s|[:(){}\[\]?!…]|\s/\s")
_NUMBERED = re.compile(r"(?:part|chapter|step|day|week|vol(?:ume)?|no|#)\.?\s*\d+|\d+[.)]?", re.I)


class ArticleName(NamedTuple):
    """Words by which an article may be meant.

    terms       in the article's language
    kind        "title", "heading" or "link" (others link it with these words)
    shown       the whole title, heading or link text
    anchor      of the heading, "" for the article
    coverage    how much of `shown` the terms make up, above 0 and up to 1
    """

    terms: Terms
    kind: str
    shown: str
    anchor: str
    coverage: float


def names(article: Article, analyzer: Analyzer) -> Iterator[ArticleName]:
    """The names of an article by its own words."""
    yield from _title(article.title, analyzer)
    for section in article.sections[: MAX_HEADINGS + 1]:
        if section.level and section.anchor and section.title:
            words = _trimmed(DraftText(section.title, analyzer).words)
            if sum(word.telling for word in words) >= 2:
                yield ArticleName(terms_of(words), "heading", section.title, section.anchor, 1.0)


def _title(title: str, analyzer: Analyzer) -> Iterator[ArticleName]:
    words = DraftText(title, analyzer).words
    telling = sum(word.telling for word in words)
    if not telling:
        return
    whole = _trimmed(words)
    # Of "What about tea?" one word is left, which is not all that the title says.
    yield ArticleName(terms_of(whole), "title", title, "", 0.6 if len(whole) == 1 < len(words) else 1.0)
    for part in _PARTS.split(title):
        words_of_part = _trimmed(DraftText(part, analyzer).words)
        if words_of_part and len(words_of_part) < len(whole) and not _NUMBERED.fullmatch(part.strip()):
            share = sum(word.telling for word in words_of_part) / telling
            yield ArticleName(terms_of(words_of_part), "title", title, "", max(share, 0.5 + share / 2))
    if len(words) <= MAX_TITLE:
        yield from _stretches(title, words, telling)


def _stretches(title: str, words: list[DraftWord], telling: int) -> Iterator[ArticleName]:
    for first in range(len(words)):
        for past in range(first + 1, len(words) + 1):
            stretch = words[first:past]
            if stretch[0].telling and stretch[-1].telling and not stretch[0].faint:
                share = sum(word.telling for word in stretch) / telling
                if share < 1:
                    yield ArticleName(terms_of(stretch), "title", title, "", share)


def linked_with(text: str, analyzer: Analyzer) -> ArticleName | None:
    """The name that a link's words give its target; None if they say nothing ("here", "last post")."""
    words = _trimmed(DraftText(text, analyzer).words)
    if not 0 < len(words) <= 8 or not any(word.telling and word.surface not in _POINTING for word in words):
        return None
    return ArticleName(terms_of(words), "link", text, "", 1.0)


def _trimmed(words: Iterable[DraftWord]) -> list[DraftWord]:
    """The words without those at both ends that say nothing."""
    found = list(words)
    while found and not found[0].telling:
        del found[0]
    while found and not found[-1].telling:
        del found[-1]
    return found


_POINTING = frozenset(
    """here link links post posts article articles blog blogged entry entries last previous earlier first next recent
    read wrote written write writing mentioned mention said talked talking see saw talk described earlier page site
    website piece story follow followup followed series part one two three day days week month year ago today yesterday
    new old other another guide tutorial details detail info information more announced announcement posted discussed
    covered above below click source original notes release full already explained showed shown back then now started
    before after again also look looks check recently thing things really great good way idea point question
    video comment comments reply thread discussion list version documentation docs example code working time update
    updates
    plan planning planned result results issue issues solve solving""".split()
)
"""Words that, alone, tell of no subject."""
