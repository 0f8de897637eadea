"""What correcting asks of an index on the cluster: its index of words, and counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from searchapp.engines.opensearch.query.compiler import compile_tree
from searchapp.engines.opensearch.query.index_view import IndexView, count_of, counting
from searchapp.query import And, Word
from searchapp.retrieval.edit_distance import distance
from searchapp.retrieval.spelling import Lexicon, Neighbour


class ClusterLexicon(Lexicon):
    """`searchapp.retrieval.spelling.Lexicon` over a generation."""

    def __init__(self, view: IndexView) -> None:
        self._view, self.languages = view, view.languages

    def df(self, term: str) -> int:
        return self._view.df(term)

    def learn(self, terms: Collection[str]) -> None:
        self._view.learn(terms)

    def titled(self, word: str) -> bool:
        return self._view.count_all({"term": {"title_words": word}}, 1) > 0

    def near(self, word: str, most: int) -> list[Neighbour]:
        """See `spelling.Lexicon`. The cluster's automaton finds them: it counts edits as `edit_distance` does."""
        fuzzy = {"value": word, "fuzziness": most, "prefix_length": 1, "transpositions": True}
        clauses = [{"term": {"kind": "word"}}, {"fuzzy": {"text": {**fuzzy, "rewrite": "constant_score"}}}]
        body = {"query": {"bool": {"filter": clauses}}, "size": 10_000, "_source": ["text", "df"]}
        rows = (hit["_source"] for hit in self._view.search_words(body)["hits"]["hits"])
        found = [Neighbour(row["text"], distance(word, row["text"]), row["df"]) for row in rows]
        return [neighbour for neighbour in found if 0 < neighbour.distance <= most and neighbour.articles]

    def count_tree(self, tree: And) -> int:
        """How many articles match a pruned tree."""
        return self._view.count_all(compile_tree(tree, self._view))

    def count_with(self, tree: And, wordings: Sequence[tuple[str, ...]]) -> list[int]:
        """See `spelling.Lexicon`."""
        trees = [And((*tree.nodes, *map(Word, words))) for words in wordings]
        return list(map(count_of, self._view.searches([counting(compile_tree(each, self._view)) for each in trees])))
