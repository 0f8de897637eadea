"""What the indexes on the cluster look like. All analysis is done here, by `searchapp.analysis`: the cluster's own
analyzers only take apart what `documents` has put together.

An index of articles:

id, digest, language, urls   as they are compared
moment, day      seconds since 1970; local date as an ordinal
boost            if it is not 1
norm             the length of its vector of words, by which `related` divides, if that is not 0
exact            the title's words, for the exact-title tier
words, title_words   surface forms, for prefixes
spellings        words with their accents
facet.*, shown.*     folded values, and values as written
text.*           terms with positions, one field for each of `documents.TEXT_FIELDS`, for phrases
impacts.*        terms with `ranking.impact` in place of their number, in each field and in `any` of them
lengths.*        words of each field
article          the article itself, as it was given

An index of words beside it: how many articles have a term, or a surface form (in their titles).
"""

from __future__ import annotations

from searchapp.engines.opensearch.cluster import Json
from searchapp.facets import BY_KEY
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.fingerprint import fingerprint as terms_and_numbers
from searchapp.retrieval.related import PROSE

VERSION = 3
"""Goes up whenever an index written before could not be read as it should."""

MADE = {"made_by": "searchapp"}
"""Says in an index that it was made here."""
ANY = "any"

_VALUE: Json = {"type": "keyword"}
_NUMBER: Json = {"type": "double"}
_WHOLE: Json = {"type": "integer"}
_SOUGHT: Json = {"type": "keyword", "doc_values": False}
_TERMS: Json = {"type": "text", "search_analyzer": "terms", "norms": False}
_POSITIONS: Json = {**_TERMS, "analyzer": "positions"}
_IMPACTS: Json = {**_TERMS, "analyzer": "impacts", "similarity": "impacts", "index_options": "freqs"}

# A token stream of our making: blanks between positions, bars between the terms of one; a term's impact behind a bar.
_ANALYSIS: Json = {
    "tokenizer": {"blanks": {"type": "whitespace", "max_token_length": 10_000}},
    "filter": {
        "stacked": {"type": "pattern_capture", "preserve_original": False, "patterns": ["([^|]+)"]},
        "counted": {"type": "delimited_term_freq", "delimiter": "|"},
    },
    "analyzer": {
        "positions": {"tokenizer": "blanks", "filter": ["stacked"]},
        "impacts": {"tokenizer": "blanks", "filter": ["counted"]},
        "terms": {"tokenizer": "blanks"},
    },
}


COPIES: Json = {"index.auto_expand_replicas": "0-1"}
"""One copy of each shard beside the first, where there is a second node."""


WORDS_SETTINGS: Json = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "max_result_window": 2**31 - 1,
    "refresh_interval": -1,
}
"""The settings of an index of words.

Without second copies: those are made once it is complete (COPIES), for a part of the work. Any page can be asked for: a
deep one costs the nodes memory for as many documents as are before it, which are never more than there are.
"""


def settings(shards: int) -> Json:
    """The same for an index of articles in so many shards."""
    similarity = {"type": "scripted", "script": {"source": "return query.boost * doc.freq"}}
    own = {"number_of_shards": shards, "similarity": {"impacts": similarity}, "analysis": _ANALYSIS}
    return {**WORDS_SETTINGS, **own}


def mapping(meta: Json) -> Json:
    """The mapping of an index of articles."""
    fields: Json = {
        **dict.fromkeys(("id", "digest", "language"), _VALUE),
        **dict.fromkeys(("urls", "exact", "words", "title_words", "spellings"), _SOUGHT),
        **dict.fromkeys(("moment", "boost", "norm"), _NUMBER),
        "day": _WHOLE,
        "facet": {"properties": dict.fromkeys(BY_KEY, _VALUE)},
        "shown": {"properties": dict.fromkeys(BY_KEY, _VALUE)},
        "text": {"properties": {field: {**_POSITIONS, "store": field in PROSE} for field in TEXT_FIELDS}},
        "impacts": {"properties": {field: {**_IMPACTS, "store": field == ANY} for field in (ANY, *TEXT_FIELDS)}},
        "lengths": {"properties": dict.fromkeys(TEXT_FIELDS, _WHOLE)},
        "article": {"type": "object", "enabled": False},
    }
    # What is only sought is left out of what is read for each hit; `more_like_this` reads the rest of it by itself.
    source = {"excludes": ["urls", "exact", "words", "title_words", "spellings", "shown", "text", "impacts"]}
    return {"dynamic": "strict", "_meta": meta, "_source": source, "properties": fields}


def words_mapping(meta: Json) -> Json:
    """The mapping of an index of words: `kind` is "term" or "word"."""
    fields = {"kind": _VALUE, "text": _VALUE, "df": _WHOLE, "titles": _WHOLE}
    return {"dynamic": "strict", "_meta": meta, "properties": fields}


def fingerprint() -> str:
    """What an index depends on besides its content: another one can't be updated or searched, only rebuilt."""
    return f"schema {VERSION}, {terms_and_numbers()}"


def is_ours(meta: object) -> bool:
    """Whether an index with this `_meta` is one that was made here."""
    return isinstance(meta, dict) and meta.items() >= MADE.items()
