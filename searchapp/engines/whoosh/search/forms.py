"""Words as they are written: their stems' positions at which that surface form stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from searchapp.analysis.analyzer import analyzer
from searchapp.analysis.terms import FORM, form
from searchapp.engines.whoosh.search.docsets import common
from searchapp.engines.whoosh.search.phrases import PhraseMatches, positions_of, side_by_side
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import ANY, SPELLINGS, WORDS, PostingsFile
from searchapp.retrieval.query_terms import TypedWord

_WIDE = 32
"""Bits of a position in a key."""


def side_by_side_as_written(
    file: PostingsFile, forms: Sequence[str], languages: Iterable[str], fields: Sequence[str]
) -> Iterator[PhraseMatches]:
    """Yield the documents with these forms (`analysis.form`) at consecutive positions, field by field."""
    docs = _holders(file, forms)
    for terms in _in_languages(forms, languages) if len(docs) else ():
        if any(_form(file, term, form) is not None for term, form in zip(terms, forms, strict=True)):
            yield from _searched(file, terms, forms, fields, docs)
            continue
        # None of the terms has another form here.
        for found in side_by_side(file, terms, fields):
            kept = common(found.docs, docs, file.documents)[0]
            if len(kept):
                yield PhraseMatches(found.field, found.docs.take(kept), [tfs.take(kept) for tfs in found.tfs])


def spelt(file: PostingsFile, word: TypedWord) -> Array:
    """Return the documents, ascending, that have a word spelt so in any text field."""
    number = file.find(SPELLINGS, word.spelling.encode())
    if number is not None:
        return file.docs(SPELLINGS, number)
    # Where one spelling of a form has accents, all of its spellings are listed.
    return _holders(file, (form(word.surface),)) if word.spelling == word.surface else file.array(f"{WORDS}/docs")[:0]


def stands_as_written(file: PostingsFile, forms: Sequence[str], languages: Iterable[str], field: str, doc: int) -> bool:
    """Whether a document has the forms at consecutive positions of a field."""
    docs = _alone(file, forms, doc)
    found = (_searched(file, terms, forms, (field,), docs) for terms in _in_languages(forms, languages))
    return len(docs) > 0 and any(list(each) for each in found)


def positions_in(file: PostingsFile, form: str, languages: Iterable[str], field: str, doc: int) -> Array:
    """Return the ascending positions of a form in a field of a document."""
    docs = _alone(file, (form,), doc)
    terms = _in_languages((form,), languages) if len(docs) else ()
    keys = (_occurrences(file, term, form, field, docs) for (term,) in terms)
    return np.concatenate([np.zeros(0, np.int64), *keys]) & ((1 << _WIDE) - 1)


def _searched(
    file: PostingsFile, terms: Sequence[str], forms: Sequence[str], fields: Sequence[str], docs: Array
) -> Iterator[PhraseMatches]:
    """Yield those of the documents, which have all forms, that have them at consecutive positions as these terms."""
    for field in fields:
        pairs = zip(terms, forms, strict=True)
        found = [_occurrences(file, term, form, field, docs) for term, form in pairs]
        starts = found[0]
        for offset, keys in enumerate(found[1:], 1):
            starts = starts.compress(np.isin(starts, keys - offset, assume_unique=True))
        if len(starts):
            here = np.unique(starts >> _WIDE)
            yield PhraseMatches(field, here, [_counts(keys, here) for keys in found])


def _occurrences(file: PostingsFile, term: str, form: str, field: str, docs: Array) -> Array:
    """Return `document << 32 | position` of each occurrence of a form in a field, ascending.

    term   that of the form in some language
    docs   documents that have the form in some field, ascending
    """
    number = file.find(field, term.encode())
    if number is None:
        return np.zeros(0, np.int64)
    held = file.docs(field, number)
    kept = common(held, docs, file.documents)[0]
    if not len(kept):
        return np.zeros(0, np.int64)
    posts = kept + file.postings_range(field, number).start
    counts, positions = positions_of(file, field, posts)
    keys: Array = (held.take(kept).astype(np.int64) << _WIDE).repeat(counts) + positions
    which = file.form(number, _surface(form))
    return keys if which is None else keys.compress(positions_of(file, field, posts, "forms")[1] == which)


def _form(file: PostingsFile, term: str, form: str) -> int | None:
    number = file.find(ANY, term.encode())
    return None if number is None else file.form(number, _surface(form))


def _in_languages(forms: Sequence[str], languages: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """Return the terms of forms in each of the languages, each but once."""
    return dict.fromkeys(tuple(analyzer(language).term(_surface(form)) for form in forms) for language in languages)


def _holders(file: PostingsFile, forms: Iterable[str]) -> Array:
    """Return the documents, ascending, that have all of the forms in any text field."""
    found: Array | None = None
    for each in dict.fromkeys(forms):
        number = file.find(WORDS, _surface(each).encode())
        docs = file.array(f"{WORDS}/docs")[:0] if number is None else file.docs(WORDS, number)
        found = docs if found is None else found.take(common(found, docs, file.documents)[0])
    return np.zeros(0, np.uint16) if found is None else found


def _alone(file: PostingsFile, forms: Iterable[str], doc: int) -> Array:
    """Return the document alone if it has all of the forms, else nothing."""
    for each in forms:
        held = _holders(file, (each,))
        at = int(held.searchsorted(doc))
        if at == len(held) or held[at] != doc:
            return np.zeros(0, np.int64)
    return np.array([doc])


def _counts(keys: Array, docs: Array) -> Array:
    """Return how many of the keys each of the documents has."""
    return keys.searchsorted((docs + 1) << _WIDE) - keys.searchsorted(docs << _WIDE)


def _surface(form: str) -> str:
    return form.removeprefix(FORM)
