"""Articles, and what `related`, `suggest`, `spelling` and `explanation` ask of them, by looking at every one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Sized
from functools import lru_cache

import numpy as np

from searchapp.analysis import analyzer, fold
from searchapp.engines.pipeline import Candidates
from searchapp.excerpts.snippets import WholeArticle
from searchapp.facets import BY_KEY
from searchapp.model import Article
from searchapp.query import MAX_EXPANSIONS, And
from searchapp.retrieval import related
from searchapp.retrieval.documents import TEXT_FIELDS, analyse, exact_title, local_date, stands
from searchapp.retrieval.edit_distance import distance
from searchapp.retrieval.query_terms import Marks
from searchapp.retrieval.ranking import IMPACT_STEP, idf, impact, pivot
from searchapp.retrieval.spelling import Lexicon, Neighbour
from searchapp.retrieval.suggest import TitleCompletion


class Corpus:
    """`articles`, the analysed `documents` and `days` as ordinals, by id, newest first; of equal ids the last."""

    def __init__(self, articles: Iterable[Article]) -> None:
        last = {article.id: article for article in articles}
        self.articles = {id: last[id] for id in sorted(last, key=lambda id: by_date(last[id]))}
        self.documents = {id: analyse(article) for id, article in self.articles.items()}
        self.days = {id: day.toordinal() if (day := local_date(article)) else 0 for id, article in last.items()}
        self.languages = tuple(sorted({article.language for article in last.values()}))
        words = {field: sum(document.lengths[field] for document in self.documents.values()) for field in TEXT_FIELDS}
        self.pivots = {field: pivot(words[field], len(last)) for field in TEXT_FIELDS}
        self._df = Counter(
            term for document in self.documents.values() for term in set().union(*document.postings.values())
        )
        # Each article is asked about each prefix: on a server, sixty of them took two seconds.
        self.starting = lru_cache(maxsize=1_000)(self._starting)

    def df(self, term: str) -> int:
        """How many articles have a term in any text field."""
        return self._df[term]

    def _starting(self, prefix: str, titles: bool) -> frozenset[str]:
        """The words, of titles only or of all fields, that start with a prefix: those of the most articles."""
        everywhere = [each.title_words if titles else each.words for each in self.documents.values()]
        df = Counter(word for words in everywhere for word in words if word.startswith(prefix))
        return frozenset(sorted(df, key=lambda word: (-df[word], word))[:MAX_EXPANSIONS])

    def idf(self, term: str) -> float:
        """See `ranking`."""
        return idf(len(self.documents), self.df(term))

    def facts(self, id: str) -> CorpusScoreInputs:
        """What is asked about one article."""
        return CorpusScoreInputs(self, id)


class CorpusScoreInputs:
    """`explanation.Facts` of one article of a corpus."""

    def __init__(self, corpus: Corpus, id: str) -> None:
        self._corpus, self._own, self.idf = corpus, corpus.documents[id], corpus.idf

    def impact(self, term: str, field: str) -> int:
        count, length = len(self._own.postings[field].get(term, ())), self._own.lengths[field]
        return int(impact(field, count, length, self._corpus.pivots[field])) if count else 0

    def stands(self, terms: Sequence[str], field: str) -> bool:
        return stands(terms, self._own.postings[field])

    def starts(self, prefix: str, field: str) -> bool:
        own = self._own.title_words if field else self._own.words
        return not own.isdisjoint(self._corpus.starting(prefix, bool(field)))


class AllArticles(Candidates):
    """`pipeline.Candidates`: all articles of a corpus, newest first."""

    def __init__(self, corpus: Corpus, exclude: str | None) -> None:
        self._corpus = corpus
        self._all = list(corpus.articles.values())
        self._facts = [corpus.facts(id) for id in corpus.articles]
        self.articles = self.documents = len(self._all)
        self.excluded = None if exclude is None else list(corpus.articles).index(exclude)

    def dfs(self, terms: Sequence[str]) -> related.Array:
        return np.array([self._corpus.df(term) for term in terms], np.int64)

    def postings(self, term: str) -> tuple[related.Array, related.Array]:
        steps = np.array([self._steps(term, facts) for facts in self._facts], np.int64)
        docs = np.flatnonzero(steps)
        return docs, steps[docs]

    def _steps(self, term: str, facts: CorpusScoreInputs) -> int:
        return sum(facts.impact(term, field) for field in TEXT_FIELDS)

    def norms(self, cut: float) -> related.Array:
        squares = np.zeros(self.documents)
        for doc, (document, facts) in enumerate(zip(self._corpus.documents.values(), self._facts, strict=True)):
            terms = sorted(set().union(*document.postings.values()))
            rare = ((math.log(cut / df), term) for term in terms if (df := self._corpus.df(term)) < cut)
            squares[doc] = sum((rarity * self._steps(term, facts) * IMPACT_STEP) ** 2 for rarity, term in rare)
        return np.asarray(np.sqrt(squares))

    def side_by_side(self, pair: tuple[str, str], docs: related.Array) -> related.Array:
        found = [any(self._facts[doc].stands(pair, field) for field in related.PROSE) for doc in docs.tolist()]
        return np.array(found, bool)

    def holders(self, facet: str, key: str) -> related.Array:
        held = [key in BY_KEY[facet].keys(article) for article in self._all]
        return np.flatnonzero(np.array(held, bool))

    def sources(self, docs: Sequence[int], wanted: Marks) -> list[WholeArticle]:
        return [WholeArticle(self._all[doc], wanted) for doc in docs]


class CorpusLexicon(Lexicon):
    """`spelling.Lexicon` of a corpus. `match` finds what matches a pruned tree."""

    def __init__(self, corpus: Corpus, match: Callable[[And], Sized]) -> None:
        self._corpus, self._all, self._match = corpus, corpus.documents, match
        self.languages = corpus.languages

    def df(self, term: str) -> int:
        return self._corpus.df(term)

    def near(self, word: str, most: int) -> list[Neighbour]:
        counts = Counter(other for document in self._all.values() for other in document.words if other[:1] == word[0])
        found = [Neighbour(other, distance(word, other), articles) for other, articles in counts.items()]
        return [neighbour for neighbour in found if 0 < neighbour.distance <= most]

    def titled(self, word: str) -> bool:
        return any(word in document.title_words for document in self._all.values())

    def count(self, tree: And) -> int:
        return len(self._match(tree))


class CorpusTitles:
    """`suggest.Source` of a corpus. `values` gives those of a facet with the commonest first."""

    def __init__(self, corpus: Corpus, values: Callable[[str], Iterable[str]]) -> None:
        self._corpus, self._values = corpus, values
        self._words = [set(analyzer("").surfaces(article.title)) for article in corpus.articles.values()]

    def values(self, kind: str, prefix: str, limit: int) -> list[str]:
        return [value for value in self._values(kind) if fold(value).startswith(prefix)][:limit]

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> list[TitleCompletion]:
        typed = " ".join((*words, prefix))
        found = [
            (
                not exact_title(article).startswith(typed),
                number,
                TitleCompletion(article.id, article.title, article.permalink),
            )
            for number, (article, own) in enumerate(zip(self._corpus.articles.values(), self._words, strict=True))
            if own.issuperset(words) and any(word.startswith(prefix) for word in own)
        ]
        return [title for _, _, title in sorted(found, key=lambda item: item[:2])[:limit]]

    def words(self, prefix: str) -> list[str]:
        counts = Counter(word for words in self._words for word in words if word.startswith(prefix))
        return sorted(counts, key=lambda word: (-counts[word], word))


def by_date(article: Article, newest: bool = True) -> tuple[bool, float, str]:
    """What sorts articles with the newest or the oldest first, undated ones last; ties by id."""
    moment = article.date.timestamp() if article.date else 0.0
    return article.date is None, -moment if newest else moment, article.id
