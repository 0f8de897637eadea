"""The nouns: plain, frozen values that every room passes to every other.

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
    """The order of a result list. Ties break by date (newest first, undated last), then id."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Mode(StrEnum):
    """Whether the hits have all the words of the query, or, since none had, some of them."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of an article below one heading.

    `title` and `anchor` are empty for the text before the first heading. `anchor` is the id that
    the article's own generator gives the heading (no `#`). `level` is 0 for that lead, else 1-6.
    `text` is plain prose: no markup, no code blocks; paragraphs are separated by a newline. A tab stands for what
    parts words on the page beside a blank: the next cell of a table, a picture (its words are in the text), a line
    that ends early, the mark of a footnote.
    """

    title: str
    anchor: str
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """What tells a reader which article it is, and by which articles are filtered; also of a hit.

    id          path below the content folder, POSIX, with its ending
    title       plain text, never empty
    permalink   path (`/2024/x/`) or absolute http(s) URL of the article on its own site, "" if unknown
    date        when it was published, aware; None if nothing tells
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
"""The names of its fields, and of those that are texts or tuples of texts, by which articles are filtered."""


@dataclass(frozen=True, slots=True)
class Article(ArticleHead):
    """One published article, as an engine indexes it and a reader sees it.

    aliases     earlier paths of the same article (`redirect_from`, `aliases`)
    summary     the author's own description or excerpt as plain text, "" if there is none
    sections    the body in order; at least one unless the body is empty
    code        the code blocks' text, separated by newlines
    html        the rendered body, NOT sanitised: only `web` may show it, through its sanitiser
    digest      hex digest of everything this value was made from; equal digests, equal articles
    boost       what its scores in a search are multiplied by, above 0
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
    """An unpublished text for which like articles are sought; any part may be empty.

    Without a `language` it is read as text of each of the index's.
    """

    title: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asks for.

    `text` is in the query language (`searchapp.query`). `filters` are the selected values of facets, each with the key
    of its facet (`searchapp.facets`): those of one facet are alternatives, different facets narrow.
    `after` is inclusive and `before` exclusive, both compared with the article's local date.
    `page` counts from 1. `exact` asks for the words as typed, even if corrected ones would find more. `unfinished`
    tells that `text` is still being typed: its last word may be the start of a longer one. `explain` asks for
    `Hit.explanation`, too.
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
        """The values selected of the facet with this key."""
        return tuple(value for key, value in self.filters if key == facet)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a snippet; `matched` pieces are what the query's words met. Plain text, no markup."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an article as its page shows them, by which a browser finds a passage (a URL's text directive).

    The passage is `start`, or all from there to `end` if that is not "". `before` and `after` stand right beside it and
    tell it from its likes; "" where that is not needed. Each begins and ends with whole words.
    """

    start: str
    end: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A section that meets the query: a heading, its anchor (no `#`), and a few words from below it."""

    title: str
    anchor: str
    title_fragments: tuple[Fragment, ...]
    snippet: tuple[Fragment, ...]
    quote: Quote | None = None
    """Tells the passage that the snippet is of; None if nothing surely does, or only the heading matches."""


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
    """Tells the passage that the snippet is of; None if nothing surely does."""
    sections: tuple[Passage, ...] = ()
    """Sections that meet the query best, the best first: that of the snippet, then those with as many of its words."""
    reasons: tuple[Reason, ...] = ()
    """Only for related articles: the strongest first."""
    pinned: bool = False
    """It comes first for this query because the operator wants it to."""
    explanation: tuple[ScorePart, ...] = ()
    """How the score came about, if the query asks for it."""


PARTS = (
    "word", "synonym", "phrase", "prefix", "closeness", "boost", "recency", "all words", "exact title", "pinned"
)  # fmt: skip
"""What a score is made of, in the order in which it is added."""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One of the numbers that a score is the sum of, exactly and in any order.

    kind     one of PARTS
    value    what it adds; idf · impact if these are given
    text     what of the query is met, as typed, "" for the query as a whole
    term     what that is in the index
    field    where it stands, "" for anywhere
    factor   what all that stands before was multiplied by, for which `value` is the gain, or below 0 the loss
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
    """Articles, by id or address, that come first for a query. `line` says where in the configuration."""

    query: str
    articles: tuple[str, ...]
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class SynonymSet:
    """Words and phrases that mean the same; with `to`, each of `words` means those, and not the other way round.

    `line` says where in the configuration.
    """

    words: tuple[str, ...]
    to: tuple[str, ...] = ()
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article is related: `kind` is "tag", "category" or "word"; `weight` its share of the score."""

    kind: str
    value: str
    weight: float = 0.0


class FacetValue(NamedTuple):
    """One value of a facet, in its commonest spelling, and how many articles a click would show.

    A tuple, not a dataclass: an answer has hundreds, and this is made several times faster.
    """

    value: str
    count: int  # type: ignore[assignment]  # a name of tuple's own, and of the answers
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits and everything around it; plain data, complete when returned.

    `facets` has the key of every facet; values with a count of zero are there only if selected. `coverage` says how
    many of the articles that are counted for a facet have a value of it.
    `did_you_mean` is the text of a better spelt query, and if `corrected`, all else answers that one.
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

    @property
    def pages(self) -> int:
        """The number of pages, 0 when there are no hits."""
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
    """What an index holds. `size` is in bytes."""

    generation: Generation
    articles: int
    terms: int
    categories: int
    tags: int
    size: int


class Spot(NamedTuple):
    """A place in a file: line and column, both counted from 1, None where nothing is to blame."""

    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a content file.

    path        below the content folder, as in `Article.id`; of the configuration if that is to blame
    line        counts from 1; None if no line is to blame
    skipped     tells a file that is not in the index (or only in its last good version) from one that is, with a flaw
                worth knowing
    code        which rule it breaks, by its name in `searchapp.rules`
    column      counts characters of the line from 1; None if none is to blame
    remedy      what to do about this one, "" if the rule's own remedy says it all
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
    """What an indexing run did: the counts of contract §3, problems in path order."""

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
