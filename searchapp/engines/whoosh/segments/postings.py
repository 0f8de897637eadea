"""Inversion of texts to posting arrays: words are numbered, then numpy sorts all occurrences at once."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from searchapp.analysis.analyzer import analyzer
from searchapp.analysis.folding import spelling
from searchapp.analysis.pieces import split
from searchapp.engines.whoosh.segments import chunks
from searchapp.engines.whoosh.segments.arrays import Array, narrow
from searchapp.engines.whoosh.segments.segment import (
    ANY,
    SPELLINGS,
    WORDS,
    FieldPostings,
    SegmentPostings,
    TextPostings,
)
from searchapp.retrieval.documents import TEXT_FIELDS

WORD_FIELDS = {WORDS: None, "title_words": "title"}
"""Fields of surface forms -> the text field that they are from (None: all of them)."""

MAX_ROWS = 4_000_000
"""Occurrences of words that are sorted at once."""

MAX_STRETCHES = 1_000_000
"""Maximum of cached stretches of text (runs without white space)."""

LONG = 12
"""Mean characters of a text's stretches above which each is assumed to be many words."""

_Ranked = tuple[list[bytes], Array]
"""Words in byte order, and the rank in that order of each word's number."""


class _Lexicon:
    """Numbers of terms, surface forms and entries (the tokens of a stretch)."""

    def __init__(self) -> None:
        self.terms: dict[str, int] = {}
        self.surfaces: dict[str, int] = {}
        self.widths = array("I")
        self.starts = array("I", [0])
        self.term_of = array("I")
        self.surface_of = array("I")
        self.delta_of = array("I")
        self.spellings: dict[str, int] = {}
        self.spelling_of = array("I")
        self._entries: dict[str, _Entries] = {}

    def entries(self, language: str) -> _Entries:
        """Return the entry numbers of a language's stretches."""
        if language not in self._entries:
            self._entries[language] = _Entries(self, language)
        return self._entries[language]

    def add(self, language: str, pieces: Sequence[str]) -> int:
        """Add an entry of the concatenated tokens of pieces of text (see `analysis.split`); return its number."""
        position = 0
        for piece in pieces:
            tokens = analyzer(language).entry(piece)
            for token in tokens:
                self.term_of.append(self.terms.setdefault(token.term, len(self.terms)))
                self.surface_of.append(self.surfaces.setdefault(token.surface, len(self.surfaces)))
                self.delta_of.append(position + token.position)
                spelt = spelling(piece[token.start : token.end], token.surface)
                self.spelling_of.append(self.spellings.setdefault(spelt, len(self.spellings)))
            position += tokens[-1].position + 1 if tokens else 0
        self.widths.append(position)
        self.starts.append(len(self.term_of))
        return len(self.widths) - 1


class _Entries(dict[str, int]):
    """stretch -> entry number, filled on demand: a miss costs an analysis, a hit a dictionary look-up in C.

    No word crosses a blank, and splitting a text at blanks is several times faster than tokenising it.
    """

    def __init__(self, lexicon: _Lexicon, language: str) -> None:
        super().__init__()
        self._lexicon = lexicon
        self._language = language

    def __missing__(self, stretch: str) -> int:
        pieces = split(stretch)
        # A word with a comma is the word: most that are met first are met without one, too.
        alone = len(pieces) == 1 and pieces[0] != stretch
        number = self[pieces[0]] if alone else self._lexicon.add(self._language, pieces)
        if len(self) >= MAX_STRETCHES:
            self.clear()
        self[stretch] = number
        return number


class PostingsBuffer:
    """Collects documents, numbered from 0 in order, and inverts them."""

    def __init__(self) -> None:
        self._lexicon = _Lexicon()
        self._tokens = array("I")
        self._runs: list[tuple[int, int, int]] = []
        self._chunks = array("I")
        self._values: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._documents = 0
        self._words = 0

    @property
    def tokens(self) -> int:
        """The approximate number of words added; never too low for scripts without blanks."""
        return self._words

    def add(self, language: str, texts: Mapping[str, Sequence[str]], values: Mapping[str, Iterable[str]]) -> int:
        """Add a document and return its number.

        texts   one sequence for each of TEXT_FIELDS; phrases do not cross its members
        values  further fields -> distinct whole values
        """
        doc = self._documents
        self._documents += 1
        entry_of = self._lexicon.entries(language).__getitem__
        chars = 0
        for number, field in enumerate(TEXT_FIELDS):
            on_line = field in chunks.LINE_FIELDS
            for text in texts[field]:
                before = len(self._tokens)
                starts = chunks.starts(text) if on_line else [0]
                for start, end in pairwise([*starts, len(text)]):
                    if on_line:
                        self._chunks.extend((len(self._runs), len(self._tokens), chars + start))
                    self._tokens.extend(map(entry_of, text[start:end].split()))
                stretches = len(self._tokens) - before
                self._runs.append((doc, number, stretches))
                # A stretch of Chinese is a word for every character.
                self._words += len(text) if len(text) > LONG * stretches else stretches
                chars += len(text) if on_line else 0
        for field, keys in values.items():
            holders = self._values[field]
            for key in keys:
                holders[key].append(doc)
        return doc

    def arrays(self) -> SegmentPostings:
        """Return the postings of all documents."""
        fields: dict[str, FieldPostings] = {name: _value_postings(found) for name, found in self._values.items()}
        texts: dict[str, TextPostings] = {}
        lexicon = self._lexicon
        entries = _frombuffer(self._tokens)
        docs, numbers, positions, lengths = self._places(entries)
        starts = _frombuffer(lexicon.starts)
        counts = np.diff(starts)[entries]
        token = np.repeat(np.arange(len(entries), dtype=np.int32), counts)
        part = np.arange(len(token), dtype=np.int32) + (starts[entries] - _before(counts))[token]
        docs, numbers, positions = docs[token], numbers[token], positions[token]
        del token, counts, entries
        positions += _frombuffer(lexicon.delta_of)[part]
        words, terms = _ranks(lexicon.surfaces), _ranks(lexicon.terms)
        term_of, surface_of = terms[1][_frombuffer(lexicon.term_of)], words[1][_frombuffer(lexicon.surface_of)]
        own = surface_of[part]
        for name, source in WORD_FIELDS.items():
            chosen = slice(None) if source is None else numbers == TEXT_FIELDS.index(source)
            fields[name] = _word_postings(words[0], own[chosen], docs[chosen])
        runs = np.array(self._runs, np.int32).reshape(-1, 3)
        rows, places = chunks.long_rows(runs, lengths, docs, numbers, positions)
        if len(rows):
            order = np.lexsort((places, docs[rows], own[rows]))
            rows = rows[order]
            fields[chunks.SPELLED] = _postings(words[0], own[rows], docs[rows])
            texts[chunks.SPELLED] = _text_postings(own[rows], docs[rows], places[order])
        fields[SPELLINGS] = _spelling_postings(lexicon, part, docs)
        forms, several = _forms(term_of, surface_of)
        own, form = term_of[part], forms[part]
        del part
        fields[ANY], of_field = _term_postings(terms[0], own, numbers, docs, positions, form)
        found = np.array(self._chunks, np.int64).reshape(-1, 3)
        widths = _frombuffer(lexicon.widths)[_frombuffer(self._tokens)]
        columns = chunks.arrays(found, runs, widths, self._documents) | several
        return SegmentPostings(fields, lengths, texts | of_field, columns)

    def _places(self, entries: Array) -> tuple[Array, Array, Array, Array]:
        """Return each token's document, field index and position; and the lengths, fields × documents."""
        runs = np.array(self._runs, np.int32).reshape(-1, 3)
        run = np.repeat(np.arange(len(runs), dtype=np.int32), runs[:, 2])
        widths = _frombuffer(self._lexicon.widths)[entries]
        before = np.append(_before(widths), widths.sum(dtype=np.int64)).astype(np.int32)
        group = runs[:, 0] * len(TEXT_FIELDS) + runs[:, 1]
        first_run = np.flatnonzero(np.diff(group, prepend=-1)).astype(np.int32)
        ends = np.append(0, np.cumsum(runs[:, 2]))
        base_of_run = np.repeat(before[ends[first_run]] + first_run, np.diff(np.append(first_run, len(runs))))
        lengths = np.zeros((self._documents, len(TEXT_FIELDS)), np.int64)
        np.add.at(lengths, (runs[:, 0], runs[:, 1]), before[ends[1:]] - before[ends[:-1]])
        # A gap of one between the texts of a field: the number of the run is added, that of the first taken off.
        docs = runs[:, 0].astype(np.uint16 if self._documents <= 1 << 16 else np.uint32)
        return docs[run], runs[:, 1].astype(np.uint8)[run], before[:-1] + run - base_of_run[run], lengths.T


def _frombuffer(numbers: array[int]) -> Array:
    """Return a view of 32-bit numbers as int32."""
    return np.frombuffer(numbers, np.int32) if numbers else np.zeros(0, np.int32)


def _before(counts: Array) -> Array:
    """Return the exclusive cumulative sum."""
    return (np.cumsum(counts, dtype=np.int64) - counts).astype(np.int32)


def _value_postings(found: Mapping[str, list[int]]) -> FieldPostings:
    encoded = sorted((key.encode(), docs) for key, docs in found.items())
    docs = np.fromiter((doc for _, held in encoded for doc in held), np.int64)
    posts = np.cumsum([0, *(len(held) for _, held in encoded)])
    return FieldPostings([key for key, _ in encoded], posts, docs)


def _ranks(words: Mapping[str, int]) -> _Ranked:
    encoded = [word.encode() for word in words]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    ranks = np.empty(len(encoded), np.int32)
    ranks[order] = np.arange(len(encoded), dtype=np.int32)
    return [encoded[number] for number in order], ranks


def _spelling_postings(lexicon: _Lexicon, part: Array, docs: Array) -> FieldPostings:
    """Return the documents of each spelling of the surface forms that have one with accents.

    part, docs   of each occurrence the index of its token in the lexicon, and the document
    """
    accented = np.array([text not in lexicon.surfaces for text in lexicon.spellings], bool)
    surface_of, spelling_of = _frombuffer(lexicon.surface_of), _frombuffer(lexicon.spelling_of)
    listed = np.zeros(len(lexicon.surfaces), bool)
    listed[surface_of[accented[spelling_of]]] = True
    rows = listed[surface_of][part].nonzero()[0]
    words, ranks = _ranks(lexicon.spellings)
    found = _word_postings(words, ranks[spelling_of][part[rows]], docs[rows])
    # A form that has accents wherever it stands is listed, too, without documents.
    holders = dict(zip(found.terms, np.split(found.docs, found.posts[1:-1]), strict=False))
    plain = (text.encode() for text, own in zip(lexicon.surfaces, listed.tolist(), strict=True) if own)
    terms = sorted({*holders, *plain})
    posts = np.cumsum([0, *(len(holders.get(term, ())) for term in terms)])
    return FieldPostings(terms, posts, found.docs)


def _forms(terms: Array, surfaces: Array) -> tuple[Array, dict[str, Array]]:
    """Return the number of each token's surface form among those of its term, and the arrays `forms/…`.

    terms, surfaces   ranks of the term and the surface form of every token of the lexicon
    """
    pairs, place = np.unique((terms.astype(np.int64) << 32) | surfaces, return_inverse=True)
    own = pairs >> 32
    first = own.searchsorted(own)
    several = np.bincount(own, minlength=1)[own] > 1 if len(own) else np.zeros(0, bool)
    forms = narrow(np.arange(len(pairs)) - first)
    return forms[place], {"forms/terms": own[several], "forms/words": pairs[several] & 0xFFFFFFFF}


def _term_postings(
    words: list[bytes], own: Array, numbers: Array, docs: Array, positions: Array, forms: Array
) -> tuple[FieldPostings, dict[str, TextPostings]]:
    """Return the postings of ANY, and for each text field its frequencies, positions and forms.

    They are made from one row per occurrence, ordered by document; `own` is the index of the row's term in `words`.
    """
    anywhere: list[FieldPostings] = []
    parts: dict[str, list[TextPostings]] = {field: [] for field in TEXT_FIELDS}
    for rows in _partitions(own, len(words)):
        mine = own[rows]
        # One sort of whole numbers, term before row, is several times faster than a stable argsort.
        order = np.sort((mine.astype(np.int64) << 32) | np.arange(len(mine)))
        order &= 0xFFFFFFFF
        mine, rows = mine[order], rows[order]
        del order
        held, number, spots, form = docs[rows], numbers[rows], positions[rows], forms[rows]
        anywhere.append(_any_postings(words, mine, number, held))
        for place, field in enumerate(TEXT_FIELDS):
            here = np.flatnonzero(number == place)
            parts[field].append(_text_postings(mine[here], held[here], spots[here], form[here]))
    return _joined(anywhere), {field: _joined_texts(found) for field, found in parts.items()}


def _partitions(own: Array, words: int) -> Iterator[Array]:
    """Yield the rows in groups of about MAX_ROWS, by ranges of words, to bound the memory of sorting."""
    if len(own) <= MAX_ROWS:
        yield np.arange(len(own))
        return
    ends = np.cumsum(np.bincount(own, minlength=words))
    group = (ends // MAX_ROWS).astype(np.uint8)[own]
    for number in range(int(ends[-1]) // MAX_ROWS + 1):
        yield np.flatnonzero(group == number)


def _joined(parts: list[FieldPostings]) -> FieldPostings:
    """Concatenate the postings of consecutive ranges of words."""
    if len(parts) == 1:
        return parts[0]
    terms = [term for part in parts for term in part.terms]
    posts = _counted_on([part.posts for part in parts])
    fields = [part.fields for part in parts if part.fields is not None]
    docs = np.concatenate([part.docs for part in parts])
    return FieldPostings(terms, posts, docs, np.concatenate(fields) if fields else None)


def _joined_texts(parts: list[TextPostings]) -> TextPostings:
    if len(parts) == 1:
        return parts[0]
    return TextPostings(
        np.concatenate([part.tfs for part in parts]),
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.forms for part in parts if part.forms is not None]),
    )


def _counted_on(bounds: list[Array]) -> Array:
    """Concatenate bounds that each begin at 0, each offset by the end of the one before."""
    ends = np.cumsum([0, *(int(part[-1]) for part in bounds)]).tolist()
    return np.concatenate([np.zeros(1, np.int64), *(part[1:] + end for part, end in zip(bounds, ends, strict=False))])


def _postings(words: list[bytes], own: Array, docs: Array) -> FieldPostings:
    """Return the documents of each term, from rows ordered by term and document."""
    new_term, new_post = _starts(own, docs)
    starts, term_starts = np.flatnonzero(new_post), np.flatnonzero(new_term)
    terms = [words[rank] for rank in own[term_starts].tolist()]
    return FieldPostings(terms, np.append(np.searchsorted(starts, term_starts), len(starts)), docs[starts])


def _text_postings(own: Array, docs: Array, positions: Array, forms: Array | None = None) -> TextPostings:
    """Return frequencies, positions and forms, from rows ordered by term and document."""
    _, new_post = _starts(own, docs)
    tfs = np.diff(np.append(np.flatnonzero(new_post), len(docs)))
    order = _ascending_within(positions, new_post)
    if order is not None:
        positions, forms = positions[order], None if forms is None else forms[order]
    return TextPostings(narrow(tfs), narrow(positions), forms)


def _any_postings(words: list[bytes], own: Array, numbers: Array, docs: Array) -> FieldPostings:
    """Return the documents of each term and the bits of their fields, from rows ordered by term and document."""
    starts = np.flatnonzero(_starts(own, docs)[1])
    bits = np.left_shift(np.uint8(1), numbers)
    return replace(_postings(words, own, docs), fields=np.bitwise_or.reduceat(bits, starts) if len(starts) else bits)


def _starts(own: Array, docs: Array) -> tuple[Array, Array]:
    """Return masks of the rows that begin a term, and a posting."""
    new_term, new_post = np.ones((2, len(own)), bool)
    np.not_equal(own[1:], own[:-1], out=new_term[1:])
    np.not_equal(docs[1:], docs[:-1], out=new_post[1:])
    return new_term, new_term | new_post


def _ascending_within(positions: Array, new_post: Array) -> Array | None:
    """Return the order by position within each posting, None if it is so: compounds come before earlier parts."""
    disordered = (positions[1:] < positions[:-1]) & ~new_post[1:]
    return np.lexsort((positions, np.cumsum(new_post))) if disordered.any() else None


def _word_postings(words: list[bytes], own: Array, docs: Array) -> FieldPostings:
    """Return the distinct documents of each surface form."""
    parts = []
    for rows in _partitions(own, len(words)):
        pairs = (own[rows].astype(np.int64) << 32) | docs[rows]
        pairs.sort()
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        mine = pairs >> 32
        starts = np.flatnonzero(np.diff(mine, prepend=-1))
        terms = [words[rank] for rank in mine[starts].tolist()]
        parts.append(FieldPostings(terms, np.append(starts, len(mine)), (pairs & 0xFFFFFFFF).astype(docs.dtype)))
    return _joined(parts)
