"""Fingerprint of everything that stored terms and numbers depend on besides the articles.

Engines store it beside the index and refuse an index with another one: a search would mix numbers of two formulas, and
words would not match their articles. Ranking and analysis are represented by their results for a fixed input, so that
a change of any constant or rule changes the fingerprint.
"""

from __future__ import annotations

import hashlib
import unicodedata

import numpy as np
import Stemmer

from searchapp.analysis import analyzer
from searchapp.analysis.analyzer import Analyzer
from searchapp.facets import FACETS
from searchapp.languages import STEMMERS
from searchapp.model import METADATA
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.ranking import IMPACT_STEP, impact, pivot
from searchapp.retrieval.related import COMMON

_TEXT = (
    "Running runners' élan: naïve Straßen, l'homme qu'on, don't e-mail Node.js C++ F# .NET v1.93.0 10,000 3.11 foo_bar "
    "a-b-c-d-e-f-g-h-i \u02bc \ufdfa żółte मौसम 検索する 東京タワー ภาษาไทย " + 70 * "x"
)
_INFLECTED = (
    "runners nationalisation besonderheiten continuamente habitaciones études książkami kirjastoissa könyvtárakban "
    "мальчики δρόμους الكتب किताबें"
)
_COUNTS = np.array([1, 2, 3, 10, 1000])
_LENGTHS = np.array([1, 7, 100, 10_000])
_PIVOTS = (1.0, 8.0, 512.0)


def fingerprint() -> str:
    """Return one line: digests of ranking, analysis and facets, and the versions of Snowball and Unicode."""
    return (
        f"ranking {_digest(_ranking())}, analysis {analyzer.VERSION}-{_digest(_analysis())}, "
        f"facets {_digest(_facets())}, stemmer {Stemmer.version()}, Unicode {unicodedata.unidata_version}"
    )


def _ranking() -> object:
    """Impacts of each field over a grid of counts and lengths, pivots, and the cut-off of related articles."""
    impacts = [
        (field, impact(field, _COUNTS[:, None], _LENGTHS, usual).tolist()) for field in TEXT_FIELDS for usual in _PIVOTS
    ]
    return impacts, [pivot(words, 100) for words in (0, 1, 99, 12_345)], IMPACT_STEP, COMMON


def _analysis() -> object:
    """The tokens of one text, and the stems of a few words in every language that has a stemmer."""
    return list(Analyzer("").tokens(_TEXT)), [Analyzer(language).sequence(_INFLECTED) for language in sorted(STEMMERS)]


def _facets() -> object:
    """What is stored of the facets of an article, and the fields by which it is filtered."""
    return [(facet.key, facet.field, facet.kind) for facet in FACETS], METADATA


def _digest(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), digest_size=6).hexdigest()
