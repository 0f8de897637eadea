"""Articles that say almost the same as a text in hand: candidates from the engine, confirmed by their shingles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from searchapp.editor.near_duplicates.shingles import WIDTH, containment, distinct, jaccard, prose, whole
from searchapp.engine import Engine
from searchapp.errors import NotFoundError
from searchapp.model import Draft, Query

THRESHOLD = 0.5
"""The share of common shingles from which two articles are near-duplicates, unless asked otherwise."""
PART = 0.9
"""The share of an article's shingles that another has from which it is contained in that."""
MIN_WORDS = 20
"""Shorter texts are too short to be like another one by more than chance."""
FEWEST = MIN_WORDS - WIDTH + 1

_RELATED = 30
_QUOTES, _WORDS, _CHARACTERS = 6, 8, 60


@dataclass(frozen=True, slots=True)
class SimilarArticle:
    """An article like a draft.

    similarity  what both have in common, as a share of all that either has (Jaccard index of their shingles)
    of_draft    the share of the draft that the article has too
    of_article  the share of the article that the draft has too
    """

    id: str
    title: str
    permalink: str
    similarity: float
    of_draft: float
    of_article: float


def like(draft: Draft, engine: Engine) -> tuple[SimilarArticle, ...]:
    """The articles that say almost the same as a draft, the likest first.

    Those with a similarity of THRESHOLD or more, and those of which the draft has PART or more, or that have so
    much of the draft. Texts under MIN_WORDS words are like none. Raises IndexUnusableError while there is no index.
    """
    mine = distinct(draft.text)
    if len(mine) < FEWEST:
        return ()
    found = []
    for id in dict.fromkeys(_candidates(draft, engine)):
        article = engine.article(id)
        if article is None:
            continue
        # A draft's text is prose; an article's code is compared only where the draft has it, too.
        for other in (distinct(prose(article)), distinct(whole(article))):
            if len(other) < FEWEST:
                continue
            near = jaccard(mine, other)
            within, around = containment(mine, other), containment(other, mine)
            if near >= THRESHOLD or max(within, around) >= PART:
                found.append(SimilarArticle(id, article.title, article.permalink, near, within, around))
                break
    return tuple(sorted(found, key=lambda alike: (-alike.similarity, alike.id)))


def _candidates(draft: Draft, engine: Engine) -> Iterator[str]:
    """Articles with the draft's telling words, and those with some of its passages word for word."""
    try:
        yield from (hit.id for hit in engine.related(draft, _RELATED))
    except NotFoundError:
        return
    text = " ".join(draft.text.replace('"', " ").split())
    for number in range(_QUOTES):
        begin = len(text) * number // _QUOTES
        words = text[begin : begin + 4 * _CHARACTERS].split(" ")
        # The first may be cut; where words are not parted, all is one.
        quoted = " ".join(words[1 : _WORDS + 1] if len(words) > 2 else words)[:_CHARACTERS]
        yield from (hit.id for hit in engine.search(Query(f'"{quoted}"', per_page=10, exact=True)).hits)
