"""The domain model: plain, frozen values that all packages exchange.

Nothing here knows a file format, an engine or a web framework. Text is Unicode
without surrogates; `datetime`s are aware; sequences are tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple


class Sort(StrEnum):
    """Sort order of results. Ties break by date (newest first, undated last), then id."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Mode(StrEnum):
    """Whether hits have all words of the query, or some of them because no article has all."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of an article.

    `title` and `anchor` are empty for the text before the first heading. `anchor` is the id that
    the article's own generator gives the heading (no `#`). `level` is 0 for that lead, else 1-6.
    `text` is plain prose: no markup, no code blocks; paragraphs are separated by a newline. A tab stands for any other
    break inside a paragraph: the next table cell, an image (its alt text is included), a line break, a footnote mark.
    """

    title: str
    anchor: str
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """Metadata of an article, by which it is identified and filtered; base of `Article` and `Hit`.

    id          path below the content folder, POSIX, with its suffix
    title       plain text, never empty
    permalink   path (`/2024/x/`) or absolute http(s) URL of the article on its own site, "" if unknown
    date        date of publication, aware; None if unknown
    """

    id: str
    title: str
    permalink: str = ""
    date: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: Annotated[str, "primary language subtag (BCP 47), lower case, such as en"] = "en"
    series: tuple[str, ...] = ()


HEAD = tuple(each.name for each in fields(ArticleHead))
METADATA = HEAD[4:]
"""Names of all fields, and of those by which articles are filtered: strings or tuples of strings."""


@dataclass(frozen=True, slots=True)
class Article(ArticleHead):
    """One published article, as it is indexed and displayed.

    aliases     earlier paths of the same article (`redirect_from`, `aliases`)
    summary     the author's own description or excerpt as plain text, "" if there is none
    sections    the body in order; at least one unless the body is empty
    code        the code blocks' text, separated by newlines
    html        the rendered body, NOT sanitised: only `web` may show it, through its sanitiser
    digest      hex digest of everything this value was made from, then `~` and the language if that was guessed; equal
                digests, equal articles
    boost       factor of its scores in a search, above 0
    """

    aliases: tuple[str, ...] = ()
    summary: str = ""
    sections: tuple[Section, ...] = ()
    code: str = ""
    html: str = ""
    digest: str = ""
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """An unpublished text to find related articles for; any part may be empty.

    Without a `language` it is analysed in all languages of the index.
    """

    title: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A search request.

    `text` is in the query language (`searchapp.query`). `filters` are (facet key, value) pairs (`searchapp.facets`):
    values of one facet are alternatives, different facets narrow. `after` is inclusive and `before` exclusive, both
    compared with the article's local date. `page` counts from 1. `exact` turns spelling correction off. `unfinished`
    says that `text` is still being typed: its last word may be a prefix. `explain` asks for `Hit.explanation`.
    """

    text: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    after: date | None = None
    before: date | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 10
    exact: bool = False
    unfinished: bool = False
    explain: bool = False

    def selected(self, facet: str) -> tuple[str, ...]:
        """Return the selected values of the facet with this key."""
        return tuple(value for key, value in self.filters if key == facet)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a snippet, plain text; `matched` if the query matches it."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """The words by which a browser finds a passage of an article's page (a text directive in a URL's fragment).

    The passage is `start`, or everything from `start` to `end` if that is not "". `before` and `after` are its
    immediate context, "" where it is unambiguous. Each begins and ends with whole words.
    """

    start: str
    end: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A matching section: its heading, anchor (no `#`) and snippet."""

    title: str
    anchor: str
    title_fragments: tuple[Fragment, ...]
    snippet: tuple[Fragment, ...]
    quote: Quote | None = None
    """Locates the snippet's passage; None if that is ambiguous, or only the heading matches."""


@dataclass(frozen=True, slots=True)
class Hit(ArticleHead):
    """An article in a result list. `title_fragments` and `snippet` joined are plain text."""

    excerpt: str = ""
    score: float = 0.0
    title_fragments: tuple[Fragment, ...] = ()
    snippet: tuple[Fragment, ...] = ()
    section: Section | None = None
    """The best matching section, its `text` left empty; None for the lead or when browsing."""
    quote: Quote | None = None
    """Locates the snippet's passage; None if that is ambiguous."""
    sections: tuple[Passage, ...] = ()
    """The best matching sections: that of the snippet first, then those with about as many of its words."""
    reasons: tuple[Reason, ...] = ()
    """Only for related articles: the strongest first."""
    pinned: bool = False
    """Whether the operator pinned it to this query."""
    explanation: tuple[ScorePart, ...] = ()
    """The parts of the score, if the query asks for them."""


PARTS = (
    "word", "as typed", "synonym", "phrase", "prefix", "closeness", "boost", "recency", "all words", "exact title",
    "pinned",
)  # fmt: skip
"""Kinds of parts of a score, in the order in which they are added."""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One summand of a score; the values of all parts add up to it exactly, in any order.

    kind     one of PARTS
    value    what it adds; idf · impact if these are given
    text     the part of the query that matches, as typed; "" for the query as a whole
    term     its term in the index
    field    the field that matches, "" for any
    factor   factor of the sum of the parts before, for which `value` is the gain, or below 0 the loss
    """

    kind: str
    value: float
    text: str = ""
    term: str = ""
    field: str = ""
    idf: float | None = None
    impact: float | None = None
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class Pinned:
    """Articles, by id or URL, that come first for a query. `line` is that of the configuration file."""

    query: str
    articles: tuple[str, ...]
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class SynonymSet:
    """Words and phrases with the same meaning; with `to`, each of `words` means those, but not vice versa.

    `line` is that of the configuration file.
    """

    words: tuple[str, ...]
    to: tuple[str, ...] = ()
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article is related: `kind` is "tag", "category" or "word"; `weight` its share of the score, 0 to 1."""

    kind: str
    value: str
    weight: float = 0.0


class FacetValue(NamedTuple):
    """One value of a facet in its commonest spelling, and the number of articles if it were selected.

    A tuple, not a dataclass: a response has hundreds, and tuples are made several times faster.
    """

    value: str
    count: int  # type: ignore[assignment]  # a name of tuple's own, and of the answers
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits with totals and facets; plain data, complete when returned.

    `facets` has the key of every facet; values with a count of zero are there only if selected. `coverage` is, for each
    facet, the number of articles counted that have a value.
    `did_you_mean` is the text of a corrected query; if `corrected`, everything else answers that one.
    `other_reading` is the text of the query with its dashes read the other way, as words side by side or as exclusions
    (`query.other_reading`), if that finds articles.
    """

    query: Query
    mode: Mode
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    generation: str = ""
    did_you_mean: str | None = None
    corrected: bool = False
    coverage: Mapping[str, int] = field(default_factory=dict)
    other_reading: str | None = None

    @property
    def pages(self) -> int:
        """The number of pages, 0 if there are no hits."""
        return -(-self.total // self.query.per_page)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion. `kind` is "article", "category", "tag" or "query"; `id`/`permalink` only for articles."""

    text: str
    kind: str
    id: str = ""
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """A finished build of the index: its name and when it was finished (UTC)."""

    name: str
    indexed_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """Size of an index: numbers of articles, terms and labels; `size` is in bytes."""

    generation: Generation
    articles: int
    terms: int
    categories: int
    tags: int
    size: int


class Spot(NamedTuple):
    """A position in a file: line and column, counted from 1; None if unknown."""

    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with a content file or the configuration.

    path        below the content folder, as in `Article.id`; or that of the configuration file
    line        counts from 1; None if unknown
    skipped     whether the file is left out of the index (or only its last good version is in it)
    code        the rule that it breaks (`searchapp.rules`)
    column      in characters of the line, from 1; None if unknown
    remedy      how to fix this problem, "" if the rule's own remedy is enough
    """

    path: str
    line: int | None
    reason: str
    skipped: bool = False
    code: str = ""
    column: int | None = None
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Result of an indexing run: the counts of its JSON report, problems in path order."""

    articles: int = 0
    added: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    hidden: int = 0
    converted: int = 0
    skipped: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    generation: str = ""
    seconds: float = field(default=0.0, compare=False)
