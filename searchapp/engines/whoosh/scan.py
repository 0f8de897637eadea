"""The fast path: the query tree as operations on posting arrays. Exact; `compiler.match` is its oracle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searchapp.analysis import analyzer, fold_value
from searchapp.engines.documents import TEXT_FIELDS
from searchapp.engines.ranking import (
    EXACT_TITLE,
    PREFIX_SCORE,
    PREFIX_TITLE_SCORE,
    SCORE_DIGITS,
    idf,
    saturated,
)
from searchapp.engines.terms import prefix_text, sequences, value_matches
from searchapp.engines.whoosh.arrays import Array
from searchapp.engines.whoosh.snapshot import Snapshot
from searchapp.model import FACETS
from searchapp.query import (
    MAX_EXPANSIONS,
    And,
    DateRange,
    Field,
    Leaf,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    title_text,
)

_SPAN = 1 << 32
"""More than any position: (document, position) pairs are compared as document * _SPAN + position."""


@dataclass(frozen=True, slots=True)
class Found:
    """Which documents match, as a mask over all of them, and what each scores; None scores nothing."""

    mask: Array
    scores: Array | None = None


def match(tree: And, snapshot: Snapshot) -> tuple[Array, Array]:
    """The live documents that match a pruned tree, ascending, and their scores."""
    mask = snapshot.live.copy()
    scores = np.zeros(snapshot.documents)
    for node in tree.nodes:
        found = _find(node, snapshot)
        mask &= found.mask
        if found.scores is not None:
            scores += found.scores
    docs = np.flatnonzero(mask)
    exact = title_text(tree)
    if exact and (title := " ".join(analyzer("").surfaces(exact))):
        scores[snapshot.holders("exact", title)] += EXACT_TITLE
    return docs, np.round(scores[docs], SCORE_DIGITS)


def _find(node: Leaf | Not | Or, snapshot: Snapshot) -> Found:
    if isinstance(node, Not):
        return Found(~_find(node.node, snapshot).mask)
    if isinstance(node, Or):
        return _either([_find(leaf, snapshot) for leaf in node.nodes], snapshot)
    if isinstance(node, DateRange):
        first = node.after.toordinal() if node.after else 1
        last = node.before.toordinal() if node.before else np.iinfo(np.int64).max
        return Found((snapshot.days >= first) & (snapshot.days < last))
    if isinstance(node, Field) and node.name in FACETS:
        return Found(_holders_of_values(node, snapshot))
    fields = (node.name,) if isinstance(node, Field) else TEXT_FIELDS
    leaf = node.node if isinstance(node, Field) else node
    if isinstance(leaf, Prefix):
        return _find_prefix(leaf, snapshot, title_only=isinstance(node, Field))
    return _find_words(leaf, snapshot, fields)


def _either(parts: list[Found], snapshot: Snapshot) -> Found:
    mask = np.zeros(snapshot.documents, bool)
    scores = np.zeros(snapshot.documents)
    for part in parts:
        mask |= part.mask
        if part.scores is not None:
            scores += np.where(part.mask, part.scores, 0.0)
    return Found(mask, scores)


def _holders_of_values(node: Field, snapshot: Snapshot) -> Array:
    whole = node.name != "author" and not isinstance(node.node, Prefix)
    keys = (fold_value(node.node.text),) if whole else snapshot.facets[node.name].keys
    mask = np.zeros(snapshot.documents, bool)
    for key in keys:
        if whole or value_matches(node.name, node.node, key):
            mask[snapshot.holders(f"{node.name}_is", key)] = True
    return mask


def _find_words(node: Word | Phrase, snapshot: Snapshot, fields: tuple[str, ...]) -> Found:
    mask = np.zeros(snapshot.documents, bool)
    scores = np.zeros(snapshot.documents)
    for terms in sequences(node, snapshot.languages):
        for field in fields:
            stands = None if len(terms) == 1 else _side_by_side(field, terms, snapshot)
            if stands is None:
                _add_term(field, terms[0], snapshot, mask, scores, None)
            elif len(stands):
                mask[stands] = True
                keep = np.zeros(snapshot.documents, bool)
                keep[stands] = True
                for term in terms:
                    _add_term(field, term, snapshot, mask, scores, keep)
    return Found(mask, scores)


def _add_term(field: str, term: str, snapshot: Snapshot, mask: Array, scores: Array, keep: Array | None) -> None:
    """Adds a term's score in one field to `scores` and its documents to `mask`; of those in `keep` only."""
    for docs, tfs in snapshot.postings(field, term):
        if keep is not None:
            kept = keep[docs]
            docs, tfs = docs[kept], tfs[kept]
        counts = tfs.astype(np.float64)
        scores[docs] += idf(snapshot.articles, snapshot.df(term)) * saturated(
            field, counts, snapshot.norms[field][docs]
        )
        mask[docs] = True


def _side_by_side(field: str, terms: tuple[str, ...], snapshot: Snapshot) -> Array:
    """The documents that have the terms at consecutive positions of a field."""
    found = []
    for leaf in snapshot.leaves:
        numbers = [leaf.file.find(field, term.encode()) for term in terms]
        if None in numbers:
            continue
        starts: Array | None = None
        for offset, number in enumerate(numbers):
            assert number is not None
            docs = np.repeat(leaf.file.docs(field, number).astype(np.int64), leaf.file.tfs(field, number))
            places = docs * _SPAN + leaf.file.positions(field, number) - offset
            starts = places if starts is None else starts[np.isin(starts, places, assume_unique=True)]
        assert starts is not None
        docs = starts // _SPAN
        docs = docs[np.diff(docs, prepend=-1) != 0] + leaf.base
        found.append(docs[snapshot.live[docs]])
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _find_prefix(node: Prefix, snapshot: Snapshot, title_only: bool) -> Found:
    holders = snapshot.starting("title_words", prefix_text(node), MAX_EXPANSIONS)
    if title_only:
        return Found(holders, PREFIX_TITLE_SCORE * holders)
    anywhere = snapshot.starting("words", prefix_text(node), MAX_EXPANSIONS)
    return Found(holders | anywhere, PREFIX_TITLE_SCORE * holders + PREFIX_SCORE * anywhere)
