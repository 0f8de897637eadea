"""Index data for spelling correction, over arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from searchapp.engines.whoosh.search.fuzzy_terms import FIELD, similar_terms
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import ANY
from searchapp.query import And, Word
from searchapp.retrieval.query_terms import sequences
from searchapp.retrieval.spelling import Lexicon, Neighbour


class SnapshotLexicon(Lexicon):
    """`spelling.Lexicon` of a snapshot; `match` returns the live documents, ascending, that match a pruned tree."""

    def __init__(self, snapshot: Snapshot, match: Callable[[And], Array]) -> None:
        self._snapshot = snapshot
        self._match = match
        self.languages = snapshot.languages

    def near(self, word: str, most: int) -> list[Neighbour]:
        distances: dict[bytes, int] = {}
        articles: Counter[bytes] = Counter()
        for segment in self._snapshot.segments:
            for term, distance, number in similar_terms(segment.file, word, most):
                docs = segment.file.docs(FIELD, number)
                distances[term] = distance
                articles[term] += len(docs) if segment.live is None else int(np.count_nonzero(segment.live[docs]))
        return [Neighbour(t.decode(), distances[t], count) for t, count in articles.items() if count]

    def df(self, term: str) -> int:
        return self._snapshot.df(term)

    def titled(self, word: str) -> bool:
        return any(len(docs) for docs in self._snapshot.postings("title_words", word))

    def count_tree(self, tree: And) -> int:
        return len(self._match(tree))

    def count_with(self, tree: And, wordings: Sequence[tuple[str, ...]]) -> list[int]:
        docs = self._match(tree)
        if not len(docs):
            return [0] * len(wordings)
        mask = np.zeros(self._snapshot.documents, bool)
        mask[docs] = True
        return [int(np.count_nonzero(self._with_all(words, mask))) for words in wordings]

    def _with_all(self, words: tuple[str, ...], mask: Array) -> Array:
        for word in words:
            held = np.zeros(len(mask), bool)
            for segment in self._snapshot.segments:
                for term in {terms[0] for terms in sequences(Word(word), self.languages)}:
                    number = segment.file.find(ANY, term.encode())
                    if number is not None:
                        held[segment.base : segment.base + segment.documents][segment.file.docs(ANY, number)] = True
            mask = mask & held
        return mask
