"""Positions of words as they are written: those of their stems at which that surface form stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from searchapp.analysis import FORM, analyzer
from searchapp.engines.whoosh.search.docsets import common
from searchapp.engines.whoosh.search.phrases import PhraseMatches, positions_of
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import WORDS, PostingsFile

_WIDE = 32
"""Bits of a position in a key."""


def holders(file: PostingsFile, forms: Iterable[str]) -> Array:
    """Return the documents, ascending, that have all of these forms (`analysis.form`) in any text field."""
    found: Array | None = None
    for form in dict.fromkeys(forms):
        number = file.find(WORDS, form.removeprefix(FORM).encode())
        docs = file.docs(WORDS, number) if number is not None else file.array(f"{WORDS}/docs")[:0]
        found = docs if found is None else found.take(common(found, docs, file.documents)[0])
    return np.zeros(0, np.uint16) if found is None else found


def occurrences(file: PostingsFile, form: str, languages: Iterable[str], field: str, docs: Array) -> Array:
    """Return `document << 32 | position` of each occurrence of a form in a field, ascending.

    docs   documents that have the form in some field, ascending
    """
    surface = form.removeprefix(FORM)
    keys = [np.zeros(0, np.int64)]
    for term in {analyzer(language).term(surface) for language in languages}:
        number = file.find(field, term.encode())
        if number is None:
            continue
        held = file.docs(field, number)
        kept = common(held, docs, file.documents)[0]
        if len(kept):
            posts = kept + file.postings_range(field, number).start
            counts, positions = positions_of(file, field, posts)
            own = (held.take(kept).astype(np.int64) << _WIDE).repeat(counts) + positions
            which = file.form(number, surface)
            keys.append(own if which is None else own.compress(_forms_of(file, field, posts) == which))
    return np.sort(np.concatenate(keys)) if len(keys) > 2 else keys[-1]


def _forms_of(file: PostingsFile, field: str, posts: Array) -> Array:
    return positions_of(file, field, posts, "forms")[1]


def phrase_starts(
    file: PostingsFile, forms: Sequence[str], languages: Iterable[str], field: str, docs: Array
) -> tuple[Array, list[Array]]:
    """Return `document << 32 | position` where the forms begin to stand side by side, and the occurrences of each."""
    found = {form: occurrences(file, form, languages, field, docs) for form in dict.fromkeys(forms)}
    starts = found[forms[0]]
    for offset, form in enumerate(forms[1:], 1):
        places = found[form] - offset
        starts = starts.compress(np.isin(starts, places, assume_unique=True))
    return starts, [found[form] for form in forms]


def side_by_side_as_written(
    file: PostingsFile, forms: Sequence[str], languages: Iterable[str], fields: Sequence[str]
) -> Iterator[PhraseMatches]:
    """Yield the documents with the forms at consecutive positions, field by field, as `phrases.side_by_side`."""
    docs = holders(file, forms)
    for field in fields if len(docs) else ():
        starts, found = phrase_starts(file, forms, languages, field, docs)
        if len(starts):
            here = np.unique(starts >> _WIDE)
            yield PhraseMatches(field, here, [_counts(keys, here) for keys in found])


def positions_in(file: PostingsFile, form: str, languages: Iterable[str], field: str, doc: int) -> Array:
    """Return the ascending positions of a form in a field of a document."""
    return occurrences(file, form, languages, field, _alone(file, (form,), doc)) & ((1 << _WIDE) - 1)


def _counts(keys: Array, docs: Array) -> Array:
    """Return how many of the keys each of the documents has."""
    return keys.searchsorted((docs + 1) << _WIDE) - keys.searchsorted(docs << _WIDE)


def stands_as_written(file: PostingsFile, forms: Sequence[str], languages: Iterable[str], field: str, doc: int) -> bool:
    """Whether a document has the forms at consecutive positions of a field."""
    docs = _alone(file, forms, doc)
    return bool(len(docs)) and len(phrase_starts(file, forms, languages, field, docs)[0]) > 0


def _alone(file: PostingsFile, forms: Iterable[str], doc: int) -> Array:
    """Return the document alone if it has all forms, else nothing."""
    for form in forms:
        held = holders(file, (form,))
        at = int(held.searchsorted(doc))
        if at == len(held) or held[at] != doc:
            return np.zeros(0, np.int64)
    return np.array([doc])
