"""Articles as documents of an index, and back."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from searchapp.analysis.terms import is_form
from searchapp.engines.opensearch.cluster import Json
from searchapp.engines.opensearch.index.schema import ANY
from searchapp.facets import FACETS
from searchapp.model import Article, Section
from searchapp.retrieval.documents import Document, day_number, impacts
from searchapp.retrieval.ranking import IMPACT_STEP
from searchapp.retrieval.related import COMMON

NOTHING = "¦"
"""Stands at a position without a term; no term is this."""

LONGEST = 4_000
"""Characters of a value that is compared whole; of a longer one the beginning and a digest are."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the numbers in a document depend on: how many articles there are, the usual lengths, who has each term."""

    articles: int
    pivots: Mapping[str, float]
    df: Callable[[str], int]
    rarities: dict[str, float] = field(default_factory=dict)

    def rarity(self, term: str) -> float:
        """What a shared term counts for in `related`; 0 if it is too common to count. Remembered."""
        known = self.rarities.get(term)
        if known is None:
            cut = max(COMMON * self.articles, 3.0)
            df = max(self.df(term), 1)
            known = self.rarities[term] = math.log(cut / df) if df < cut else 0.0
        return known


def key(id: str) -> str:
    """What the cluster calls the document: ids may be longer than it takes, and made up, with lone surrogates."""
    return hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def whole(value: str) -> str:
    """A value as the cluster can compare it."""
    if len(value) <= LONGEST:
        return value
    return f"{value[:LONGEST]} {hashlib.blake2b(value.encode(), digest_size=16).hexdigest()}"


def url_key(permalink: str) -> str:
    """What permalinks are compared by: without a final slash."""
    return whole(permalink.rstrip("/"))


def document(article: Article, found: Document, collection: Collection) -> Json:
    """The document of an analysed article."""
    in_fields, everywhere = impacts(found, collection.pivots)
    shown = {facet: facet.values(article) for facet in FACETS}
    made: Json = {
        "id": whole(article.id),
        "digest": article.digest,
        "language": article.language,
        "urls": sorted({url for url in map(url_key, (article.permalink, *article.aliases)) if url}),
        "words": sorted(found.words),
        "title_words": sorted(found.title_words),
        "spellings": sorted(found.spellings),
        "facet": {facet.key: [whole(facet.fold(each)) for each in values] for facet, values in shown.items()},
        "shown": {facet.key: [whole(each) for each in values] for facet, values in shown.items()},
        "text": {field: _positions(postings) for field, postings in found.postings.items() if postings},
        "impacts": {
            field: " ".join([f"{term}|{steps}" for term, steps in of_terms.items()])
            for field, of_terms in {ANY: everywhere, **in_fields}.items()
            if of_terms
        },
        "lengths": dict(found.lengths),
        "article": _plain(article),
    }
    if article.date:
        made |= {"moment": article.date.timestamp(), "day": day_number(article)}
    if norm := _norm(everywhere, collection):
        made["norm"] = norm
    if found.exact_title:
        made["exact"] = whole(found.exact_title)
    if article.boost != 1.0:
        made["boost"] = article.boost
    return made


def _norm(everywhere: Mapping[str, int], collection: Collection) -> float:
    """√Σ (ln(cut / df) · impact)² over the terms that are rare enough, as `related` has it."""
    rarity = collection.rarity
    stems = ((term, steps) for term, steps in everywhere.items() if not is_form(term))
    return math.sqrt(sum([(rarity(term) * steps * IMPACT_STEP) ** 2 for term, steps in stems]))


def _positions(postings: Mapping[str, list[int]]) -> str:
    """The terms in order, those at one position beside each other."""
    places: list[str] = [""] * (max(positions[-1] for positions in postings.values()) + 1)
    for term, positions in postings.items():
        for position in positions:
            places[position] = f"{places[position]}|{term}" if places[position] else term
    return " ".join(place or NOTHING for place in places)


def _plain(article: Article) -> Json:
    # Not `asdict`, which copies every text.
    made = {field.name: getattr(article, field.name) for field in fields(Article)}
    made["sections"] = [
        {field.name: getattr(each, field.name) for field in fields(Section)} for each in made["sections"]
    ]
    made["date"] = article.date.isoformat() if article.date else None
    return made


def article_of(source: Mapping[str, Any]) -> Article:
    """The article of a document."""
    plain: dict[str, Any] = {
        name: tuple(held) if isinstance(held, list) else held for name, held in source["article"].items()
    }
    plain["date"] = datetime.fromisoformat(plain["date"]) if plain["date"] else None
    plain["sections"] = tuple(Section(**section) for section in plain["sections"])
    return Article(**plain)


def impacts_of(text: str) -> dict[str, int]:
    """Term -> impact, from what stands in `impacts.*`."""
    pairs = (pair.rpartition("|") for pair in text.split(" ") if pair)
    return {term: int(steps) for term, _, steps in pairs}


def side_by_side(texts: Iterable[str], left: str, right: str) -> bool:
    """Whether two terms stand side by side in one of some texts of `text.*`."""
    for text in texts:
        if left in text and right in text:
            places = text.split(" ")
            for at, place in enumerate(places[1:]):
                if right in place.split("|") and left in places[at].split("|"):
                    return True
    return False
