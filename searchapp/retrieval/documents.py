"""Articles as engines index them: terms with positions in each text field, and excerpts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from searchapp.analysis.analyzer import analyzer
from searchapp.analysis.folding import spelling
from searchapp.analysis.terms import form
from searchapp.model import Article, ArticleHead
from searchapp.retrieval.ranking import impact

TEXT_FIELDS = ("title", "headings", "summary", "body", "code", "categories", "tags", "authors")
"""The fields that a plain word searches."""

EXCERPT_LENGTH = 240
"""Characters of an excerpt taken from the body."""

EXCERPT_SOURCE = 4 * EXCERPT_LENGTH
"""Characters that an excerpt is made from, before white space is collapsed."""

EXCERPT_SECTIONS = 3
"""Sections that an excerpt is made from."""


@dataclass(frozen=True, slots=True)
class Document:
    """An analysed article.

    postings      field -> term -> ascending positions; terms of stems and of forms (`analysis.form`)
    lengths       field -> number of words
    words         surface forms of all text fields; `title_words` those of the title
    spellings     the words of all text fields with their accents (`analysis.spelling`)
    exact_title   the title's surface forms, joined by blanks
    """

    postings: Mapping[str, Mapping[str, list[int]]]
    lengths: Mapping[str, int]
    words: frozenset[str]
    title_words: frozenset[str]
    spellings: frozenset[str]
    exact_title: str


def analyse(article: Article) -> Document:
    """Analyse an article. A gap of one position keeps phrases from crossing sections or values."""
    tokens = analyzer(article.language).tokens
    postings: dict[str, Mapping[str, list[int]]] = {}
    lengths: dict[str, int] = {}
    words: set[str] = set()
    title_words: set[str] = set()
    spellings: set[str] = set()
    for field, texts in field_texts(article).items():
        terms: defaultdict[str, list[int]] = defaultdict(list)
        position = length = 0
        for text in texts:
            end = position
            for token in tokens(text):
                at = position + token.position
                end = max(end, at + 1)
                (title_words if field == "title" else words).add(token.surface)
                spellings.add(spelling(text[token.start : token.end], token.surface))
                for term in {token.term, form(token.surface)}:
                    if terms[term][-1:] != [at]:
                        terms[term].append(at)
            length += end - position
            position = end + 1
        postings[field] = terms
        lengths[field] = length
    everywhere = frozenset(words | title_words), frozenset(title_words), frozenset(spellings)
    return Document(postings, lengths, *everywhere, exact_title(article))


def impacts(document: Document, pivots: Mapping[str, float]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Return `ranking.impact` of each term by field, and the sums over all fields. `pivots` by field: see `ranking`."""
    fields: dict[str, dict[str, int]] = {}
    everywhere: Counter[str] = Counter()
    for field, postings in document.postings.items():
        counts = [len(positions) for positions in postings.values()]
        steps = impact(field, counts, document.lengths[field], pivots[field]).tolist()
        fields[field] = dict(zip(postings, steps, strict=True))
        everywhere.update(fields[field])
    return fields, dict(everywhere)


def by_date(article: ArticleHead, newest: bool = True) -> tuple[bool, float, str]:
    """Sort key for newest or oldest first, undated last; ties by id."""
    moment = article.date.timestamp() if article.date else 0.0
    return article.date is None, -moment if newest else moment, article.id


def exact_title(article: Article) -> str:
    """Return the surface forms of the title, joined by blanks, which an exact-title query equals."""
    return " ".join(analyzer("").surfaces(article.title))


def field_texts(article: Article) -> dict[str, tuple[str, ...]]:
    """Return the texts of each of `TEXT_FIELDS`."""
    return {
        "title": (article.title,),
        "headings": tuple(section.title for section in article.sections),
        "summary": (article.summary,),
        "body": tuple(section.text for section in article.sections),
        "code": (article.code,),
        "categories": article.categories,
        "tags": article.tags,
        "authors": article.authors,
    }


def local_date(article: Article) -> date | None:
    """Return the calendar day of publication in the article's own time zone."""
    return article.date.date() if article.date else None


def day_number(article: ArticleHead) -> int:
    """Return the local date as a proleptic ordinal; 0 without a date."""
    return article.date.toordinal() if article.date else 0


def excerpt(article: Article) -> str:
    """Return the author's summary, else the beginning of the body, cut between words."""
    beginning = " ".join(section.text for section in article.sections[:EXCERPT_SECTIONS])
    return cut_excerpt(article.summary, beginning)


def cut_excerpt(summary: str, beginning: str) -> str:
    """Return the excerpt, given at least the first EXCERPT_SOURCE characters of the summary and of the body."""
    if summary:
        return " ".join(summary[:EXCERPT_SOURCE].split())
    text = " ".join(beginning[: EXCERPT_LENGTH + 40].split())
    if len(text) <= EXCERPT_LENGTH:
        text = " ".join(beginning[:EXCERPT_SOURCE].split())
    if len(text) <= EXCERPT_LENGTH:
        return text
    return text[: text.rfind(" ", 0, EXCERPT_LENGTH) if " " in text[:EXCERPT_LENGTH] else EXCERPT_LENGTH] + " …"


def adjacent(sequence: Sequence[str], postings: Mapping[str, list[int]]) -> bool:
    """Whether the terms are adjacent, in order."""
    starts = postings.get(sequence[0], ())
    return any(
        all(start + offset in postings.get(term, ()) for offset, term in enumerate(sequence)) for start in starts
    )
