"""Looser readings of what is typed without blanks, as Chinese or Thai is: its pairs of characters, anywhere."""

from __future__ import annotations

from collections.abc import Callable

from searchapp.analysis.analyzer import analyzer, one_per_position
from searchapp.analysis.unspaced import UNSPACED
from searchapp.query import MAX_CLAUSES, And, Leaf, Not, Or, Word
from searchapp.retrieval.query_trees import plain_text


def anywhere(tree: And) -> And | None:
    """Return the tree in which the pairs of an unspaced run, and the words around it, may stand anywhere.

    None if nothing was typed in such a script. At most MAX_CLAUSES pairs are looked for.
    """
    nodes: list[Leaf | Not | Or] = []
    for node in tree.nodes:
        pieces = _pieces(node)
        nodes += pieces[: max(1, MAX_CLAUSES - len(nodes))] or [node]
    return And(tuple(nodes)) if len(nodes) > len(tree.nodes) else None


def most(tree: And, count: Callable[[And], int]) -> And | None:
    """Return the tree of `anywhere` with most of its words: those that any article has, or all but one of these.

    None if no article has so many. Pairs across the border of two words are in no text. `count` returns how many
    articles match a tree.
    """
    kept = tuple(node for node in tree.nodes if not isinstance(node, Word) or count(And((node,))))
    left = [And(tuple(other for other in kept if other is not node)) for node in kept if isinstance(node, Word)]
    if len(left) > 1 and len(kept) < len(tree.nodes) and count(And(kept)):
        return And(kept)
    counted = [(count(other), other) for other in left] if len(left) > 2 else []
    found, best = max(counted, key=lambda each: each[0], default=(0, None))
    return best if found else None


def _pieces(node: Leaf | Not | Or) -> list[Word]:
    """Return what takes a position each in a word with an unspaced run; nothing of other clauses."""
    text = plain_text(node) if isinstance(node, Word | Or) else None
    if not text or not UNSPACED.search(text):
        return []
    pieces = [text[token.start : token.end] for token in one_per_position(analyzer("").tokens(text))]
    return [Word(piece) for piece in dict.fromkeys(pieces)] if len(pieces) > 1 else []
