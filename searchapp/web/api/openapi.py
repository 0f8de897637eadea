"""The OpenAPI 3.1 description of every endpoint; a test compares it with the real ones."""

from __future__ import annotations

from typing import Any

import searchapp
from searchapp import json_shapes as shapes
from searchapp.facets import FACETS
from searchapp.model import Sort
from searchapp.query import MAX_LENGTH
from searchapp.web.api.json_schema import components, reference
from searchapp.web.i18n import LANGUAGES
from searchapp.web.params import MAX_PAGE, MAX_PER_PAGE, MAX_VALUES

Json = dict[str, Any]

SCHEMAS: Json = components(
    shapes.HitJson,
    shapes.RelatedHitJson,
    shapes.ArticleHeadJson,
    shapes.ArticleJson,
    shapes.ResultsJson,
    shapes.SuggestionsJson,
    shapes.RelatedJson,
    shapes.DraftJson,
    shapes.IntentJson,
    shapes.HealthJson,
    shapes.ReadinessJson,
    shapes.TakenJson,
    shapes.StringsJson,
    shapes.ProblemJson,
)
_TEXT: Json = {"type": "string"}


def _query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _header(name: str, description: str, required: bool) -> Json:
    return {"name": name, "in": "header", "required": required, "schema": _TEXT, "description": description}


def _repeatable(name: str, schema: Json) -> Json:
    described = f"one of these values; repeat it for alternatives, at most {MAX_VALUES} times"
    return _query(name, {"type": "array", "items": schema}, described) | {"style": "form", "explode": True}


_Q = _query("q", _TEXT, f"in the query language; never an error; read up to {MAX_LENGTH} characters")
_DAY = {"type": "string", "pattern": r"^\d{4}(-\d{1,2}(-\d{1,2})?)?$"}
_FLAG = {"type": "string", "enum": ["0", "1"], "default": "0"}
_LIVE = _query("live", _FLAG, "1: the last word of `q` may be unfinished")
_EXACT = _query("exact", _FLAG, "1: answer `q` as typed, not corrected")
_WORDS_AND_FILTERS: list[Json] = [
    _Q,
    *(_repeatable(facet.key, _TEXT | ({"pattern": f"^{facet.pattern}$"} if facet.pattern else {})) for facet in FACETS),
    _query("after", _DAY, "published on this day or later; a month or a year means its first day"),
    _query("before", _DAY, "published before this day"),
    _query("sort", {"type": "string", "enum": [*Sort], "default": "relevance"}, "without words: newest first"),
    _query("page", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1}, "from 1"),
    _query("per_page", {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": 10}, "hits"),
    _EXACT,
]
_SEARCH: list[Json] = [*_WORDS_AND_FILTERS, _LIVE]
_LANG = _query(
    "lang",
    _TEXT,
    f"the language of the page: {', '.join(each.tag for each in LANGUAGES)}; any other counts as none given, and then "
    "Accept-Language decides",
)
_ASKED: list[Json] = [*_SEARCH, _query("explain", _FLAG, "1: with each hit the parts of its score")]
_READER: list[Json] = [
    *_SEARCH,
    _LANG,
    _query("fragment", _FLAG, "1: only the element of the page that changes with the query"),
]
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": _TEXT,
    "description": "the article's id; its slashes may stay as they are",
}

_TOPIC = {"name": "topic", "in": "path", "required": True, "schema": _TEXT, "description": "a page of the manual"}


def _limit(default: int, most: int) -> Json:
    return _query("limit", {"type": "integer", "minimum": 1, "maximum": most, "default": default}, "at most")


def _answer(description: str, media: str, schema: Json) -> Json:
    return {"description": description, "content": {media: {"schema": schema}}}


_PROBLEMS = {
    "400": "a parameter has a bad value",
    "403": "a page of another origin asks, which is not among the allowed ones",
    "404": "there is no such article",
    "413": "the body is too large",
    "415": "the body is not application/json",
    "429": "too many requests",
    "503": "there is no usable index",
}


def _get(summary: str, schema: type, parameters: list[Json], *others: str) -> Json:
    answers = {"200": _answer("the answer", "application/json", reference(schema))}
    answers |= {
        status: _answer(_PROBLEMS[status], "application/problem+json", reference(shapes.ProblemJson))
        for status in others
    }
    return {"summary": summary, "parameters": parameters, "responses": answers}


def _page(summary: str, parameters: list[Json], *others: str, media: str = "text/html") -> Json:
    answers = {"200": _answer("the page", media, _TEXT)}
    answers |= {status: _answer(_PROBLEMS[status], "text/html", _TEXT) for status in others}
    return {"summary": summary, "parameters": parameters, "responses": answers}


_ETAG = {"ETag": {"schema": _TEXT, "description": "strong; changes with the index; for If-None-Match"}}
_IF_NONE_MATCH = _header("If-None-Match", "the entity tags of copies that the client has, or *", False)


def _kept(operation: Json) -> Json:
    """With the entity tag of an answer that stays as it is until the index changes."""
    unchanged = {"description": "a copy that the client has is still right", "headers": _ETAG}
    answers = operation["responses"]
    return operation | {
        "parameters": [*operation["parameters"], _IF_NONE_MATCH],
        "responses": answers | {"200": answers["200"] | {"headers": _ETAG}, "304": unchanged},
    }


_DRAFT = _get("Articles like an unpublished text", shapes.RelatedJson, [], "400", "413", "415", "429", "503") | {
    "requestBody": {"required": True, "content": {"application/json": {"schema": reference(shapes.DraftJson)}}}
}

_INTENT = {
    "summary": "What a reader sought, once that is final, and what was opened; anonymous, and noted if the log is on",
    "requestBody": {
        "required": True,
        "content": {media: {"schema": reference(shapes.IntentJson)} for media in ("application/json", "text/plain")},
    },
    "responses": {
        "204": {"description": "taken; or not, if there were too many, or the log is off"},
        **{
            status: _answer(_PROBLEMS[status], "application/problem+json", reference(shapes.ProblemJson))
            for status in ("400", "403", "413", "415")
        },
    },
}

_HOOK = {
    "summary": "The content has changed: bring the index up to date; off unless the server has a secret for it",
    "parameters": [
        _header("X-Hub-Signature-256", "sha256= and the HMAC-SHA256 of the raw body, in hex, as GitHub signs", True),
        _header("X-GitHub-Delivery", "the delivery's name; the same one is taken once", False),
        _header("X-GitHub-Event", "ping is answered and leads to nothing", False),
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"description": "anything, it is not read"}}},
    },
    "responses": {
        "202": _answer(
            "queued, together with others that wait; or known already", "application/json", reference(shapes.TakenJson)
        ),
        **{
            status: _answer(text, "application/problem+json", reference(shapes.ProblemJson))
            for status, text in (
                ("403", "the signature is missing or wrong"),
                ("404", "this server takes no calls"),
                ("413", _PROBLEMS["413"]),
                ("429", _PROBLEMS["429"]),
            )
        },
    },
}

_BROWSER = {
    "summary": "Completions for a browser's address bar: what was typed, and a list of texts",
    "parameters": [_Q],
    "responses": {
        "200": _answer("the answer", "application/x-suggestions+json", {"type": "array", "items": {}}),
        **{
            status: _answer(_PROBLEMS[status], "application/problem+json", reference(shapes.ProblemJson))
            for status in ("400", "429", "503")
        },
    },
}
_FEED = "A search as an Atom feed: the newest first (sort=oldest turns that), only with all the words as typed"

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "searchapp",
        "version": searchapp.__version__,
        "description": "Full-text search over a blog's articles. Unknown parameters are ignored; an empty "
        "value counts as one not given; a parameter that is not repeatable and comes twice is an error.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "paths": {
        "/": {"get": _kept(_page("The reader's page", _READER, "400", "503"))},
        "/search": {"get": _kept(_page("The reader's page", _READER, "400", "503"))},
        "/explain": {"get": _kept(_page("How the scores came about, for operators", [*_SEARCH, _LANG], "400", "503"))},
        "/help": {"get": _kept(_page("The manual's topics, or a search over it", [_Q, _EXACT, _LANG], "400"))},
        "/help/{topic}": {"get": _kept(_page("One page of the manual", [_TOPIC, _LANG], "404"))},
        "/articles/{id}": {"get": _kept(_page("An article with its related ones", [_ID, _LANG], "404", "503"))},
        "/api/search": {"get": _kept(_get("One page of results", shapes.ResultsJson, _ASKED, "400", "429", "503"))},
        "/api/suggest": {
            "get": _kept(_get("Completions", shapes.SuggestionsJson, [_Q, _limit(8, 20)], "400", "429", "503"))
        },
        "/api/articles/{id}": {"get": _kept(_get("One article", shapes.ArticleJson, [_ID], "404", "429", "503"))},
        "/api/articles/{id}/related": {
            "get": _kept(
                _get("Articles like one", shapes.RelatedJson, [_ID, _limit(10, 100)], "400", "404", "429", "503")
            )
        },
        "/api/related": {"post": _DRAFT},
        "/api/intents": {"post": _INTENT},
        "/api/opensearch/suggest": {"get": _kept(_BROWSER)},
        "/feed.atom": {"get": _kept(_page(_FEED, _WORDS_AND_FILTERS, "400", "503", media="application/atom+xml"))},
        "/opensearch.xml": {
            "get": _kept(
                _page("For a browser's address bar", [_LANG], "400", media="application/opensearchdescription+xml")
            )
        },
        "/embed.js": {"get": _kept(_page("The search box for other sites", [], media="text/javascript"))},
        "/embed.css": {"get": _kept(_page("The style sheet of that search box", [], media="text/css"))},
        "/embed/strings.json": {"get": _kept(_get("The texts of that search box", shapes.StringsJson, [_LANG]))},
        "/robots.txt": {"get": _page("For crawlers", [], media="text/plain")},
        "/healthz": {"get": _get("Whether the index answers", shapes.HealthJson, [], "503")},
        "/readyz": {"get": _get("Whether this server can answer a search now", shapes.ReadinessJson, [], "503")},
        "/hooks/reindex": {"post": _HOOK},
        "/api/openapi.json": {
            "get": {
                "summary": "This description",
                "responses": {"200": _answer("the answer", "application/json", {"type": "object"})},
            }
        },
    },
    "components": {"schemas": SCHEMAS},
}
