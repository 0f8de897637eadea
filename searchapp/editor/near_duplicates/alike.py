"""Near-duplicates of a draft: candidates from the engine, confirmed by their shingles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from searchapp.editor.near_duplicates.shingles import WIDTH, containment, full_text, jaccard, prose_text, shingle_set
from searchapp.engine import Engine
from searchapp.errors import NotFoundError
from searchapp.model import Draft, Query

THRESHOLD = 0.5
"""Default Jaccard index of the shingle sets from which two articles are near-duplicates."""
MIN_CONTAINMENT = 0.9
"""Share of an article's shingles found in another one from which it is contained in that."""
MIN_WORDS = 20
"""Texts of fewer words are similar to others by chance, and are not compared."""
MIN_SHINGLES = MIN_WORDS - WIDTH + 1

_RELATED = 30
_QUOTES, _WORDS, _CHARACTERS = 6, 8, 60


@dataclass(frozen=True, slots=True)
class SimilarArticle:
    """An article similar to a draft; all shares from 0 to 1.

    similarity  Jaccard index of their shingle sets
    of_draft    share of the draft's shingles that the article has too
    of_article  share of the article's shingles that the draft has too
    """

    id: str
    title: str
    permalink: str
    similarity: float
    of_draft: float
    of_article: float


def find_similar(draft: Draft, engine: Engine) -> tuple[SimilarArticle, ...]:
    """Return the near-duplicates of a draft, the most similar first.

    Articles with a similarity of at least THRESHOLD, and those where either text contains at least MIN_CONTAINMENT
    of the other. None for drafts under MIN_WORDS words. Raises IndexUnusableError while there is no index.
    """
    mine = shingle_set(draft.text)
    if len(mine) < MIN_SHINGLES:
        return ()
    found = []
    for id in dict.fromkeys(_candidates(draft, engine)):
        article = engine.article(id)
        if article is None:
            continue
        # A draft's text is prose; an article's code is compared only where the draft has it, too.
        for other in (shingle_set(prose_text(article)), shingle_set(full_text(article))):
            if len(other) < MIN_SHINGLES:
                continue
            near = jaccard(mine, other)
            within, around = containment(mine, other), containment(other, mine)
            if near >= THRESHOLD or max(within, around) >= MIN_CONTAINMENT:
                found.append(SimilarArticle(id, article.title, article.permalink, near, within, around))
                break
    return tuple(sorted(found, key=lambda alike: (-alike.similarity, alike.id)))


def _candidates(draft: Draft, engine: Engine) -> Iterator[str]:
    """Yield ids of related articles, then of those that have one of _QUOTES verbatim quotes of the draft."""
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
