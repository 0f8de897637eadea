"""Loading the articles of a page of hits: matches come from posting arrays, and little text is read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from searchapp.analysis.analyzer import Token
from searchapp.analysis.folding import fold_text
from searchapp.analysis.terms import is_form
from searchapp.engines.whoosh.search.forms import positions_in
from searchapp.engines.whoosh.segments import chunks
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.chunks import LINE_FIELDS, SPELLED
from searchapp.engines.whoosh.segments.docstore import Docstore
from searchapp.engines.whoosh.segments.segment import ANY, MARK, PostingsFile
from searchapp.excerpts.passages import MatchPositions, MatchRun, PassageChoice, TextLine, longest_at, words_between
from searchapp.model import ArticleHead, Section
from searchapp.retrieval.query_terms import Marks

FEW = 256
"""Chunks that are converted to a list, which is quicker than looking few up in an array."""

FIELDS = ("title", *LINE_FIELDS)
"""The fields in which words are looked up, in the order of TEXT_FIELDS."""

_JOINERS = str.maketrans("", "", "'’ʼ.,‐‑_-")

MANY = 64
"""Positions that are quicker in an array than in a list."""

Stands = list[tuple[str, int, Array]]
"""(term, index in FIELDS, ascending positions in that field), for each term in the order of the fields."""


class _ChunkRange(NamedTuple):
    """A range of chunks: first words and offsets (with the end), the passage's position, the indices of its chunk and
    of the one with the match's end, and how many characters are wanted before and after.
    """

    words: list[int]
    chars: list[int]
    position: int
    chosen: int
    longest: int
    lead: int
    window: int


class _Positions:
    """Random access to the positions of a text field's postings."""

    def __init__(self, file: PostingsFile, field: str) -> None:
        self._tfs, self._marks, self._positions = (
            file.array(f"{field}/{part}") for part in ("tfs", "marks", "positions")
        )

    def of(self, post: int) -> Array:
        """Return the positions of a posting."""
        mark = post // MARK
        counts = self._tfs[mark * MARK : post + 1].tolist()
        end = self._marks.item(mark) + sum(counts)
        return self._positions[end - counts[-1] : end]


class StoredSegment:
    """A segment's arrays for loading hits."""

    def __init__(self, file: PostingsFile) -> None:
        self.file = file
        self.stored = Docstore(file)
        self._bounds, self._words, self._chars = (file.array(f"chunk/{part}") for part in ("bounds", "words", "chars"))
        self._fields = [
            (number, field, file.bits[field], _Positions(file, field))
            for number, field in enumerate(FIELDS)
            if field in file.bits
        ]

    def articles(self, docs: Sequence[int], marks: Marks) -> dict[int, StoredArticle]:
        """Return some documents by number."""
        found: dict[int, Stands] = {doc: [] for doc in docs}
        ordered = np.array(sorted(docs), self.file.array(f"{ANY}/docs").dtype)
        for term in marks.terms:
            if is_form(term):
                self._add_form(found, term, marks.languages)
                continue
            number = self.file.find(ANY, term.encode())
            if number is None:
                continue
            first = self.file.postings_range(ANY, number).start
            held, bits = self.file.docs(ANY, number), self.file.fields_of(number)
            places = held.searchsorted(ordered)
            there = (held.take(places, mode="clip") == ordered).nonzero()[0]
            places = places.take(there)
            for doc, place, own in zip(
                *(a.tolist() for a in (ordered.take(there), places, bits.take(places))), strict=True
            ):
                for number, field, bit, positions in self._fields:
                    if own & bit:
                        found[doc].append((term, number, positions.of(self.file.rank(field, first + place))))
        return {doc: StoredArticle(self, doc, marks, stands) for doc, stands in found.items()}

    def _add_form(self, found: dict[int, Stands], form: str, languages: Sequence[str]) -> None:
        """Add the positions of a form in documents."""
        for doc, stands in found.items():
            for number, field, _, _ in self._fields:
                positions = positions_in(self.file, form, languages, field, doc)
                if len(positions):
                    stands.append((form, number, positions))

    def spelled(self, doc: int, prefix: str) -> Array:
        """Return the positions on the line of a long document's words with a prefix."""
        file = self.file
        start, end = file.prefix_range(SPELLED, prefix.encode())
        if start >= end:
            return np.zeros(0, np.int64)
        posts = file.array(f"{SPELLED}/posts")
        held = slice(posts.item(start), posts.item(end))
        mine = np.repeat(file.array(f"{SPELLED}/docs")[held] == doc, file.array(f"{SPELLED}/tfs")[held])
        found = file.positions(SPELLED, held.start, held.stop)[mine].astype(np.int64)
        return np.unique(found)

    def chunks(self, doc: int, line_end: int, text_end: int) -> tuple[Any, Any]:
        """Return the first words and the offsets of a document's chunks, each with the given end."""
        start, end = self._bounds.item(doc), self._bounds.item(doc + 1)
        words, chars = self._words[start:end], self._chars[start:end]
        if end - start < FEW:
            return [*words.tolist(), line_end], [*chars.tolist(), text_end]
        return np.append(words, np.int64(line_end)), np.append(chars, np.int64(text_end))

    def lengths(self, doc: int) -> list[int]:
        """Return the number of words of a document in each of FIELDS."""
        lengths: list[int] = self.file.lengths[: len(FIELDS), doc].tolist()
        return lengths


def sources(
    segments: Sequence[StoredSegment], bases: Sequence[int], numbers: Sequence[int], marks: Marks
) -> list[StoredArticle]:
    """Return some documents in the order given. `bases` are the numbers of the segments' first documents."""
    of_segment: dict[int, list[int]] = {}
    for number in numbers:
        of_segment.setdefault(bisect_right(bases, number) - 1, []).append(number)
    found: dict[int, StoredArticle] = {}
    for place, held in of_segment.items():
        articles = segments[place].articles([number - bases[place] for number in held], marks)
        found.update((bases[place] + doc, article) for doc, article in articles.items())
    return [found[number] for number in numbers]


class StoredArticle:
    """A `snippets.HitSource` over a segment."""

    def __init__(self, segment: StoredSegment, doc: int, marks: Marks, stands: Stands) -> None:
        self._segment = segment
        self._doc = doc
        self._marks = marks
        self._stands = stands
        self._record = segment.stored.record(doc)
        id, title, permalink = (segment.file.text(f"doc.{name}", doc) for name in ("id", "title", "permalink"))
        self.head = ArticleHead(id, title, permalink, self._record.date, **self._record.metadata)
        self.sections = self._record.sections
        if marks:
            self._lengths = segment.lengths(doc)
            self._line_bounds = self._bounds()
            text_end = self._record.starts[2 * self.sections + 2]
            self._words, self._chars = segment.chunks(doc, self._line_bounds[-1], text_end)

    @property
    def size(self) -> tuple[int, int]:
        starts = self._record.starts
        return sum(self._lengths[2:]), starts[2 * self.sections + 2] - starts[self.sections]

    def excerpt(self) -> str:
        return self._record.excerpt()

    def section(self, number: int) -> Section:
        return self._record.section(number)

    def line(self) -> TextLine:
        return TextLine(self.sections, self._line_bounds, self._text_at)

    def _bounds(self) -> tuple[int, int, int, int]:
        _, headings, summary, body, code = self._lengths
        at_summary = headings + self.sections
        at_body = at_summary + summary + 1
        at_code = at_body + body + self.sections
        return at_summary, at_body, at_code, at_code + code + 1

    def places(self) -> MatchPositions:
        bases = (0, 0, *self._line_bounds)
        terms: dict[str, Any] = {}
        for term, number, positions in self._stands:
            if not number:
                continue
            base = bases[number]
            many = len(positions) > MANY
            here: Any = base + positions.astype(np.int64) if many else [base + at for at in positions.tolist()]
            if term not in terms:
                terms[term] = here
            elif not many and isinstance(terms[term], list):
                terms[term] += here
            else:
                terms[term] = np.concatenate([terms[term], here])
        return MatchPositions(terms, self._prefixed())

    def _prefixed(self) -> dict[int, Any]:
        """Return the positions of the words with the prefix of an item."""
        prefixes = self._marks.prefixes
        if not prefixes:
            return {}
        if self._line_bounds[-1] > chunks.LONG:
            found_by_item = ((item, self._segment.spelled(self._doc, prefix)) for prefix, item in prefixes)
            return {item: positions for item, positions in found_by_item if len(positions)}
        found: dict[int, set[int]] = {}
        end = self._record.starts[2 * self.sections + 2]
        text = self._record.text(0, end)
        starts = tuple(prefix for prefix, _ in prefixes)
        for chunk, (start, stop) in enumerate(pairwise(self._chars)):
            # Surface forms are folded, and may be without what joins their parts.
            plain = fold_text(text[start:stop])
            if _has_any(plain, starts) or _has_any(plain.translate(_JOINERS), starts):
                for position, item in self._marks.starts_in(text[start:stop], self.head.language, self._words[chunk]):
                    found.setdefault(item, set()).add(position)
        return {item: sorted(positions) for item, positions in found.items()}

    def _text_at(self, position: int) -> tuple[int, int]:
        chunk = bisect_right(self._words, position) - 1
        number = bisect_right(self._record.starts, self._chars[chunk]) - 1
        return number, self._line_end(number, chunk)

    def _line_end(self, text: int, chunk: int) -> int:
        """Return the position after the last word of a text that has this chunk."""
        after = bisect_left(self._chars, self._record.starts[text + 1], chunk + 1)
        # Texts without words have their gap, too.
        if after == len(self._chars) - 1:
            return sum(self._lengths[1:]) + text
        return int(self._words[after]) - (bisect_right(self._record.starts, self._chars[after]) - 1 - text)

    def title_tokens(self) -> list[Token]:
        if self._marks.prefixes:
            return self._marks.tokens(self.head.title, self.head.language)[0]
        hot = [position for _, number, positions in self._stands if not number for position in positions.tolist()]
        if not hot:
            return []
        hot = sorted(set(hot)) if len(hot) > 1 else hot
        return self._marks.tokens_at(
            self.head.title, self.head.language, hot, range(self._lengths[0]), 0, len(self.head.title)
        )

    def around(
        self, choice: PassageChoice, found: Sequence[MatchRun], lead: int, window: int
    ) -> tuple[str, list[Token]]:
        start, end = self._record.starts[choice.text : choice.text + 2]
        if choice.position is None:
            return self._record.text(start, min(end, start + window + 1)), []
        position, words, chars = choice.position, self._words, self._chars
        chunk = bisect_right(words, position) - 1
        past = bisect_left(chars, end, chunk + 1)
        longest = bisect_right(words, position + longest_at(found, position) - 1, chunk) - 1
        needed = max(int(chars[chunk + 1]) + window + 1, int(chars[longest + 1]))
        last = min(bisect_left(chars, needed, chunk + 1), past)
        first = bisect_right(chars, max(start, int(chars[chunk]) - lead - 1), 0, chunk + 1) - 1
        places = [int(word) for word in words[first : last + 1]]
        if last == past:
            places[-1] = self._line_end(choice.text, chunk)
        offset = int(chars[first])
        ends = [int(char) - offset for char in chars[first : last + 1]]
        chunks_around = _ChunkRange(places, ends, position, chunk - first, longest - first, lead, window)
        text = self._record.text(offset, offset + ends[-1])
        return text, self._tokens_of(text, words_between(found, places[0], places[-1]), chunks_around)

    def _tokens_of(self, text: str, hot: list[int], chunks_around: _ChunkRange) -> list[Token]:
        """Return the tokens at those positions that may be shown."""
        words, chars, position, chosen, longest, lead, window = chunks_around

        def tokens_in(chunk: int) -> list[Token]:
            here = hot[bisect_left(hot, words[chunk]) : bisect_left(hot, words[chunk + 1])]
            if not here:
                return []
            place = range(words[chunk], words[chunk + 1])
            return self._marks.tokens_at(text, self.head.language, here, place, chars[chunk], chars[chunk + 1])

        tokens = tokens_in(chosen)
        starts = [token.start for token in tokens if token.position == position]
        low, high = min(starts) - lead, max(starts) + window
        for chunk in range(len(words) - 1):
            if chunk != chosen and chars[chunk + 1] > low and (chars[chunk] < high or chunk <= longest):
                tokens += tokens_in(chunk)
        return tokens


def _has_any(text: str, parts: tuple[str, ...]) -> bool:
    return any(part in text for part in parts)
