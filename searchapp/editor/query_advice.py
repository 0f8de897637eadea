"""How well the blog answers what readers sought: the nearest articles, the words that are missing, what may help.

An editor who sees what was sought in vain asks three things: do we have that under another word, should one of our
articles come first, or does somebody have to write it? This is what there is to decide by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchapp.analysis import fold
from searchapp.engine import Engine
from searchapp.languages import STOP_WORDS
from searchapp.model import Draft, Hit, Mode, Query
from searchapp.query import parse, positive

NEAREST = 3
MOST_WORDS = 8
"""Words of a query that are looked at one by one."""
_OF_WORDS = frozenset({"word", "synonym", "phrase", "prefix"})


@dataclass(frozen=True, slots=True)
class NearArticle:
    """An article near a query: which of its words it has, in their order, and which not."""

    id: str
    title: str
    has: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurrentResults:
    """How a query is answered now.

    total      articles found
    partly     they have some of the words only
    corrected  what was searched instead, "" if nothing else was
    meant      a better spelling, "" if none is known; `corrected` if that is not ""
    unknown    its words of which no article has any form or synonym, in their order
    nearest    the articles nearest to it, best first
    """

    query: str
    total: int
    partly: bool
    corrected: str
    meant: str
    unknown: tuple[str, ...]
    nearest: tuple[NearArticle, ...]


def answer(engine: Engine, query: str) -> CurrentResults:
    """How the index answers a query. Raises IndexUnusableError."""
    results = engine.search(Query(query, per_page=NEAREST, explain=True))
    words = _words(results.did_you_mean or "" if results.corrected else query)
    typed = _words(query)
    unknown = tuple(word for word in typed if not _finds(engine, word))
    hits = results.hits or engine.related(Draft(title=query, text=query), NEAREST)
    return CurrentResults(
        query=query,
        total=results.total,
        partly=results.mode is Mode.ANY and results.total > 0,
        corrected=(results.did_you_mean or "") if results.corrected else "",
        meant=results.did_you_mean or "",
        unknown=unknown,
        nearest=tuple(_near(hit, words) for hit in hits),
    )


def _finds(engine: Engine, word: str) -> bool:
    """Whether an article has the word, or what is said to mean the same: that is not sought where words are exact."""
    if engine.search(Query(word, per_page=1, exact=True)).total:
        return True
    results = engine.search(Query(word, per_page=1))
    return bool(results.total) and not results.corrected


@dataclass(frozen=True, slots=True)
class Remedy:
    """What may help with a query, as a guess for an editor to judge.

    article  the one to put first, "" if there is none to name
    why      why this one
    unknown  a word that no article has, "" if each is known
    same     what might mean the same, "" if nothing tells
    """

    article: str
    why: str
    unknown: str
    same: str


def remedy(engine: Engine, found: CurrentResults, opened: Sequence[tuple[str, int, float]] = ()) -> Remedy:
    """What may help.

    opened  what readers opened for this query: id, how often, at which mean rank (0 if nobody told), the most first
    """
    best = next((each for each in opened if engine.article(each[0]) is not None), None)
    unknown = found.unknown[0] if found.unknown else ""
    same = (_respelt(found, unknown) or _tag(engine, found, best)) if unknown else ""
    if best is not None:
        id, times, rank = best
        at = f", at rank {rank:.1f} on average" if rank else ""
        often = "once" if times == 1 else f"{times} times"
        return Remedy(id, f"Readers opened it most ({often}{at}).", unknown, same)
    if not found.nearest:
        return Remedy("", "", unknown, same)
    first = found.total and not found.partly
    why = "It comes first already: name another one if that answers better." if first else "It is nearest by its words."
    return Remedy(found.nearest[0].id, why, unknown, same)


def _respelt(found: CurrentResults, word: str) -> str:
    """The word as the search itself would spell it."""
    pairs = zip(_words(found.query), _words(found.meant), strict=False)
    return next((meant for typed, meant in pairs if typed == word and meant != word), "")


def _tag(engine: Engine, found: CurrentResults, opened: tuple[str, int, float] | None) -> str:
    """The first tag, not in the query, of what readers opened for it: what they sought by another word.

    Tags of articles that are only near say nothing: a guess from them is as good as none.
    """
    article = engine.article(opened[0]) if opened else None
    known = {fold(each) for each in _words(found.query)}
    return next((tag.lower() for tag in (article.tags if article else ()) if fold(tag) not in known), "")


def _words(query: str) -> tuple[str, ...]:
    """What is sought of a query, word by word; words such as "the" left out unless there are no others."""
    texts = [typed.text for typed, *_ in positive(parse(query)) if any(map(str.isalnum, typed.text))]
    telling = [text for text in texts if fold(text) not in STOP_WORDS]
    return tuple(dict.fromkeys(telling or texts))[:MOST_WORDS]


def _near(hit: Hit, words: tuple[str, ...]) -> NearArticle:
    parts = [part for part in hit.explanation if part.kind in _OF_WORDS]
    # A synonym may stand for several words.
    met = {text for part in parts for text in (part.text, *(part.text.split() if part.kind == "synonym" else ()))}
    return NearArticle(
        id=hit.id,
        title=hit.title,
        has=tuple(word for word in words if word in met),
        lacks=tuple(word for word in words if word not in met),
    )
