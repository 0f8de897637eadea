"""How well the blog answers a query of its readers: the nearest articles, the unknown words, a pin or synonym to add.

An editor who sees a query without results asks three things: do we have that under another word, should one of our
articles come first, or does somebody have to write it?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchapp.analysis.folding import fold
from searchapp.engine import Engine
from searchapp.languages import STOP_WORDS
from searchapp.model import Draft, Hit, Mode, Query
from searchapp.query import parse
from searchapp.retrieval.query_trees import positive

NEAREST = 3
MAX_WORDS = 8
"""Words of a query that are searched one by one."""
_WORD_KINDS = frozenset({"word", "synonym", "phrase", "prefix"})


@dataclass(frozen=True, slots=True)
class NearArticle:
    """An article near a query: the query's words that it has and those that it lacks, both in the query's order."""

    id: str
    title: str
    has: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurrentResults:
    """What the index finds for a query now.

    total      number of articles found
    partly     whether these have only some of the words
    corrected  the corrected query that was searched instead, "" if none was
    suggestion the spelling suggestion, equal to `corrected` if that is set; "" if there is none
    unknown    the words that no article has in any form or synonym, in the query's order
    nearest    the best hits, or related articles if there are none; best first
    """

    query: str
    total: int
    partly: bool
    corrected: str
    suggestion: str
    unknown: tuple[str, ...]
    nearest: tuple[NearArticle, ...]


def current_results(engine: Engine, query: str) -> CurrentResults:
    """Search a query and return its results with at most NEAREST articles. Raises IndexUnusableError."""
    results = engine.search(Query(query, per_page=NEAREST, explain=True))
    words = _words(results.did_you_mean or "" if results.corrected else query)
    typed = _words(query)
    unknown = tuple(word for word in typed if not _is_known(engine, word))
    hits = results.hits or engine.related(Draft(title=query, text=query), NEAREST)
    return CurrentResults(
        query=query,
        total=results.total,
        partly=results.mode is Mode.ANY and results.total > 0,
        corrected=(results.did_you_mean or "") if results.corrected else "",
        suggestion=results.did_you_mean or "",
        unknown=unknown,
        nearest=tuple(_near_article(hit, words) for hit in hits),
    )


def _is_known(engine: Engine, word: str) -> bool:
    """Whether an article has the word or a synonym; an exact search does not expand synonyms, so both are run."""
    if engine.search(Query(word, per_page=1, exact=True)).total:
        return True
    results = engine.search(Query(word, per_page=1))
    return bool(results.total) and not results.corrected


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed pin and synonym for a query, for an editor to judge.

    article  id of the article to pin, "" if there is none to propose
    why      why this one, a sentence for people
    unknown  the first word that no article has, "" if each is known
    synonym  the proposed synonym of `unknown`, "" if there is none
    """

    article: str
    why: str
    unknown: str
    synonym: str


def propose(engine: Engine, found: CurrentResults, opened: Sequence[tuple[str, int, float]] = ()) -> Proposal:
    """Return the pin and synonym to propose for a query.

    opened  (id, clicks, mean rank or 0 if unknown) of the articles that readers opened for it, by clicks
    """
    best = next((each for each in opened if engine.article(each[0]) is not None), None)
    unknown = found.unknown[0] if found.unknown else ""
    same = (_suggested_spelling(found, unknown) or _opened_tag(engine, found, best)) if unknown else ""
    if best is not None:
        id, times, rank = best
        at = f", at rank {rank:.1f} on average" if rank else ""
        often = "once" if times == 1 else f"{times} times"
        return Proposal(id, f"Readers opened it most ({often}{at}).", unknown, same)
    if not found.nearest:
        return Proposal("", "", unknown, same)
    first = found.total and not found.partly
    why = "It comes first already: name another one if that answers better." if first else "It is nearest by its words."
    return Proposal(found.nearest[0].id, why, unknown, same)


def _suggested_spelling(found: CurrentResults, word: str) -> str:
    """The spelling suggestion for one word of the query, "" if there is none."""
    pairs = zip(_words(found.query), _words(found.suggestion), strict=False)
    return next((meant for typed, meant in pairs if typed == word and meant != word), "")


def _opened_tag(engine: Engine, found: CurrentResults, opened: tuple[str, int, float] | None) -> str:
    """The first tag, not in the query, of the article that readers opened for it, in lower case; "" if there is none.

    Tags of articles that are only near say nothing: a guess from them is as good as none.
    """
    article = engine.article(opened[0]) if opened else None
    known = {fold(each) for each in _words(found.query)}
    return next((tag.lower() for tag in (article.tags if article else ()) if fold(tag) not in known), "")


def _words(query: str) -> tuple[str, ...]:
    """The first MAX_WORDS distinct positive words of a query, without stop words unless there are no others."""
    texts = [typed.text for typed, *_ in positive(parse(query)) if any(map(str.isalnum, typed.text))]
    telling = [text for text in texts if fold(text) not in STOP_WORDS]
    return tuple(dict.fromkeys(telling or texts))[:MAX_WORDS]


def _near_article(hit: Hit, words: tuple[str, ...]) -> NearArticle:
    parts = [part for part in hit.explanation if part.kind in _WORD_KINDS]
    # A synonym may stand for several words.
    met = {text for part in parts for text in (part.text, *(part.text.split() if part.kind == "synonym" else ()))}
    return NearArticle(
        id=hit.id,
        title=hit.title,
        has=tuple(word for word in words if word in met),
        lacks=tuple(word for word in words if word not in met),
    )
