"""The names of an article: its title and parts of it, its headings, and the texts of links to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from searchapp.analysis.analyzer import Analyzer
from searchapp.editor.drafting.phrases import DraftText, DraftWord, Terms, terms_of
from searchapp.model import Article

MAX_TITLE = 16
"""Words of a title up to which runs of its words are names, too."""
MAX_HEADINGS = 60
_PARTS = re.compile(r"\s[-–—|]\s|[:(){}\[\]?!…]|\s/\s")
_NUMBERED = re.compile(r"(?:part|chapter|step|day|week|vol(?:ume)?|no|#)\.?\s*\d+|\d+[.)]?", re.I)


class ArticleName(NamedTuple):
    """A phrase that names an article.

    terms       analysed in the article's language
    kind        "title", "heading", "link" (the text of a link to it) or "phrase" (frequent in it)
    shown       the whole title, heading or link text
    anchor      of the heading, "" for the article
    coverage    share of `shown` that the terms make up, above 0 and up to 1
    """

    terms: Terms
    kind: str
    shown: str
    anchor: str
    coverage: float


def names_of(article: Article, analyzer: Analyzer) -> Iterator[ArticleName]:
    """Yield the names of an article from its title and headings."""
    yield from _title(article.title, analyzer)
    for section in article.sections[: MAX_HEADINGS + 1]:
        if section.level and section.anchor and section.title:
            words = _trim(DraftText(section.title, analyzer).words)
            if sum(word.is_content for word in words) >= 2:
                yield ArticleName(terms_of(words), "heading", section.title, section.anchor, 1.0)


def _title(title: str, analyzer: Analyzer) -> Iterator[ArticleName]:
    words = DraftText(title, analyzer).words
    telling = sum(word.is_content for word in words)
    if not telling:
        return
    whole = _trim(words)
    # Of "What about tea?" one word is left, which is not all that the title says.
    yield ArticleName(terms_of(whole), "title", title, "", 0.6 if len(whole) == 1 < len(words) else 1.0)
    for part in _PARTS.split(title):
        words_of_part = _trim(DraftText(part, analyzer).words)
        if words_of_part and len(words_of_part) < len(whole) and not _NUMBERED.fullmatch(part.strip()):
            share = sum(word.is_content for word in words_of_part) / telling
            yield ArticleName(terms_of(words_of_part), "title", title, "", max(share, 0.5 + share / 2))
    if len(words) <= MAX_TITLE:
        yield from _subphrases(title, words, telling)


def _subphrases(title: str, words: list[DraftWord], telling: int) -> Iterator[ArticleName]:
    for first in range(len(words)):
        for past in range(first + 1, len(words) + 1):
            stretch = words[first:past]
            if stretch[0].is_content and stretch[-1].is_content and not stretch[0].is_vague:
                share = sum(word.is_content for word in stretch) / telling
                if share < 1:
                    yield ArticleName(terms_of(stretch), "title", title, "", share)


def name_from_link(text: str, analyzer: Analyzer) -> ArticleName | None:
    """Return the name that a link's text gives its target; None for one without content ("here", "last post")."""
    words = _trim(DraftText(text, analyzer).words)
    if not 0 < len(words) <= 8 or not any(word.is_content and word.surface not in _GENERIC for word in words):
        return None
    return ArticleName(terms_of(words), "link", text, "", 1.0)


def _trim(words: Iterable[DraftWord]) -> list[DraftWord]:
    """The words without uninformative ones at both ends."""
    found = list(words)
    while found and not found[0].is_content:
        del found[0]
    while found and not found[-1].is_content:
        del found[-1]
    return found


_GENERIC = frozenset(
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
"""Words of link texts that alone name no subject."""
