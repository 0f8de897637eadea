"""The JSON of the HTTP API and of `--json` as TypedDicts, from which the OpenAPI description is derived.

`Annotated` adds a description (a string) or keywords of JSON Schema (a dict). Annotations are not postponed in this
module, as TypedDict would not find `NotRequired` in strings.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, TypedDict, get_type_hints

from searchapp.excerpts.sections import MOST
from searchapp.facets import BY_KEY, LABELS
from searchapp.model import METADATA, PARTS, ArticleHead, Mode, Sort

Count = Annotated[int, {"minimum": 0}]
Moment = Annotated[str, {"format": "date-time"}]


class HighlightsJson(TypedDict):
    title: str
    body: str


Highlights = Annotated[HighlightsJson, "HTML: escaped text in which only <mark> is markup"]


if TYPE_CHECKING:

    class MetadataJson(TypedDict):
        """The fields of an article by which it is filtered, as `model.ArticleHead` has them."""

else:
    _HINTS = get_type_hints(ArticleHead, include_extras=True)
    MetadataJson = TypedDict("MetadataJson", {name: _HINTS[name] for name in METADATA})


class ArticleHeadJson(MetadataJson):
    id: Annotated[str, "path below the content folder, with its ending"]
    url: Annotated[str, "where a reader finds the article"]
    title: str
    date: Annotated[str | None, {"format": "date-time"}, "ISO 8601 with offset"]
    excerpt: str


class SectionJson(TypedDict):
    title: str
    anchor: str
    level: Count
    text: str


class ArticleJson(ArticleHeadJson):
    summary: str
    sections: list[SectionJson]
    code: str


class HeadingJson(TypedDict):
    title: str
    anchor: str


class PassageJson(HeadingJson):
    url: str
    highlights: Highlights


class PartJson(TypedDict):
    part: Annotated[str, {"enum": [*PARTS]}, "what adds to the score"]
    text: Annotated[str, "what of the query is met, as typed"]
    term: Annotated[str, "what that is in the index"]
    field: Annotated[str, "where it stands, empty for anywhere"]
    idf: Annotated[float | None, "how rare the term is; the closeness has the sum over all words"]
    impact: Annotated[float | None, "what it counts there; `value` is idf × impact"]
    factor: Annotated[float | None, "what the sum of the parts before is multiplied by; `value` is what that adds"]
    value: Annotated[float, "all values add up to the score, exactly"]


class HitJson(ArticleHeadJson):
    score: Annotated[float, "comparable within one answer only"]
    partial: Annotated[bool, "whether it has only some of the words"]
    pinned: Annotated[bool, "whether the operator has put the article first for this query"]
    highlights: Highlights
    section: Annotated[HeadingJson | None, "the best matching section; its anchor is the fragment to append to `url`"]
    passage_url: Annotated[str, "lands on the passage of `highlights.body`: `url` with anchor and text directive"]
    sections: Annotated[
        list[PassageJson],
        f"the sections that meet the query best, at most {MOST}: `section`, then others, the best first",
    ]
    explanation: NotRequired[Annotated[list[PartJson], "with `explain=1`: the parts of the score"]]


class RelatedHitJson(HitJson):
    reasons: Annotated[list[str], '"tag: …", "category: …" or "word: …"']


class RelatedJson(TypedDict):
    article: ArticleHeadJson | None
    hits: list[RelatedHitJson]


class FacetValueJson(TypedDict):
    value: str
    count: Count
    selected: bool


class PageJson(TypedDict):
    """A page of results without its facets, which are serialised separately."""

    query: Annotated[str, "the text as it was understood"]
    mode: Annotated[str, {"enum": [*Mode]}, '"any" if no article has all the words']
    total: Count
    page: Count
    pages: Count
    per_page: Count
    sort: Annotated[str, {"enum": [*Sort]}]
    took_ms: Annotated[float, {"minimum": 0}, "what the search took when this answer was made"]
    did_you_mean: Annotated[str | None, "the whole query, better spelt, if that finds more"]
    corrected: Annotated[bool, "whether all else here answers `did_you_mean` instead of `query`"]
    other_reading: Annotated[str | None, "the query with its dashes read the other way, if that finds articles"]
    more: Annotated[Count, "how many articles with some of the words follow the `total` with all of them"]
    hits: list[HitJson]


class ResultsJson(PageJson):
    facets: Annotated[dict[str, list[FacetValueJson]], {"keys": tuple(BY_KEY)}]


class SuggestionJson(TypedDict):
    text: str
    kind: Annotated[str, {"enum": ["article", *(facet.key for facet in LABELS), "query"]}]
    url: str | None


class SuggestionsJson(TypedDict):
    query: str
    suggestions: list[SuggestionJson]


class HealthJson(TypedDict):
    status: Literal["ok"]
    articles: Count
    generation: str
    indexed_at: Moment


class ReadinessJson(TypedDict):
    status: Literal["ready"]


class TakenJson(TypedDict):
    status: Literal["queued", "known", "nothing to do"]


class StringsJson(TypedDict):
    lang: str
    dir: Literal["ltr", "rtl"]
    strings: Annotated[dict[str, Any], "by name; a text with a number by its plural category"]


class ProblemJson(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    parameter: NotRequired[Annotated[str, "with 400: which one"]]


class DraftJson(TypedDict, total=False):
    title: str
    text: str
    tags: list[str]
    categories: list[str]
    limit: Annotated[int, {"minimum": 1, "maximum": 100, "default": 10}]


class ClickJson(TypedDict):
    id: str
    rank: NotRequired[Annotated[int, {"minimum": 0, "maximum": 1_000}]]


class IntentJson(TypedDict):
    search: Annotated[str, "what follows `?` in the address of the search, such as `q=bread&tag=rye`"]
    interface: NotRequired[Annotated[Literal["page", "live", "widget"], {"default": "page"}]]
    total: NotRequired[Annotated[int | None, {"minimum": 0}, "as it was answered; without it only the clicks count"]]
    mode: NotRequired[Annotated[str, {"enum": [*Mode], "default": "all"}]]
    corrected: NotRequired[Annotated[bool, {"default": False}]]
    clicks: NotRequired[
        Annotated[
            list[ClickJson], "the results that were opened, at most 10; ranks count from 1 over all pages, 0 is unknown"
        ]
    ]
