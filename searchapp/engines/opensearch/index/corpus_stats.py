"""What a build counts over all articles before it can write the first: lengths, and who has which word."""

from __future__ import annotations

import pickle
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from searchapp.analysis.terms import is_form
from searchapp.engines.opensearch.index import documents
from searchapp.engines.opensearch.index.bulk import BulkItem
from searchapp.engines.opensearch.index.documents import Collection
from searchapp.errors import IndexWriteError
from searchapp.model import Article
from searchapp.retrieval.documents import TEXT_FIELDS, Document, analyse
from searchapp.retrieval.ranking import pivot

MEMORY = 64 * 1024 * 1024
"""Bytes of analysed articles kept in memory; the rest waits in an unnamed temporary file."""

KINDS = {"t": "term", "w": "word"}


class CorpusStats:
    """Articles, words of each field, and of each term and surface form how many articles have it."""

    def __init__(self, articles: int = 0, lengths: Mapping[str, int] | None = None) -> None:
        self.articles = articles
        self.lengths = Counter(lengths or {})
        self.terms: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()

    def count(self, document: Document, *, out: bool = False) -> None:
        """Counts an article in, or out."""
        self.articles += -1 if out else 1
        count = Counter.subtract if out else Counter.update
        count(self.terms, set().union(*document.postings.values()))
        count(self.words, document.words)
        count(self.titles, document.title_words)
        count(self.lengths, document.lengths)

    def pivots(self) -> dict[str, float]:
        """`ranking.pivot` of each field."""
        return {field: pivot(self.lengths[field], self.articles) for field in TEXT_FIELDS}

    def collection(self, pivots: Mapping[str, float], known: Mapping[str, int] | None = None) -> Collection:
        """What documents are made with. `known` is the df of terms before what is counted here."""
        before = known or {}
        return Collection(self.articles, pivots, lambda term: before.get(term, 0) + self.terms[term])

    def changes(self) -> dict[str, tuple[int, int]]:
        """By key in the index of words: how many more articles have a term or form, and titles."""
        terms = {f"t:{term}": (more, 0) for term, more in self.terms.items()}
        forms = self.words.keys() | self.titles.keys()
        return terms | {f"w:{word}": (self.words[word], self.titles[word]) for word in forms}

    def rows(self, known: Mapping[str, tuple[int, int]]) -> Iterator[BulkItem]:
        """The documents of the index of words; `known` are the (df, titles) by key of those that stand there."""
        for key, more in self.changes().items():
            if any(more):
                df, titles = (sum(each) for each in zip(known.get(key, (0, 0)), more, strict=True))
                kind = "form" if is_form(key[2:]) else KINDS[key[0]]
                row = {"kind": kind, "text": key[2:], "df": df, "titles": titles}
                yield BulkItem(key, row if df > 0 else None)


class AnalysedArticles:
    """Analysed articles, each once: of those with the same id the last. A context manager."""

    def __init__(self, tally: CorpusStats) -> None:
        self.tally = tally
        self.digests: dict[str, str] = {}
        self._file = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - closed by __exit__
        self._places: dict[str, int] = {}

    def __enter__(self) -> AnalysedArticles:
        return self

    def __exit__(self, *_: object) -> None:
        # It would write what it could not before, and the reason why is known by now.
        with suppress(OSError):
            self._file.close()

    def add(self, articles: Iterable[Article]) -> None:
        """Analyses and counts. Raises IndexWriteError when the temporary folder is full."""
        for article in articles:
            if article.id in self._places:
                self.tally.count(self._load(self._places[article.id])[1], out=True)
            document = analyse(article)
            self.tally.count(document)
            self.digests[article.id] = article.digest
            try:
                self._places[article.id] = self._file.seek(0, 2)
                pickle.dump((article, document), self._file, pickle.HIGHEST_PROTOCOL)
            except OSError as error:
                raise IndexWriteError(
                    f"the folder for temporary files can't be written ({error.strerror}); make room, or name another "
                    "in TMPDIR"
                ) from error

    def _load(self, place: int) -> tuple[Article, Document]:
        self._file.seek(place)
        # Written by this very process into a file without a name: nobody else can have altered it.
        found: tuple[Article, Document] = pickle.load(self._file)  # noqa: S301 - our own, see above
        return found

    def articles(self) -> Iterator[Article]:
        """Them as they were given."""
        for place in self._places.values():
            yield self._load(place)[0]

    def rows(self, collection: Collection) -> Iterator[BulkItem]:
        """The documents of the index of articles."""
        for id, place in self._places.items():
            article, document = self._load(place)
            yield BulkItem(documents.key(id), documents.document(article, document, collection), id)
