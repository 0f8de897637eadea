"""What is asked of the syntax tree of a query: its looser readings, its words for highlighting and for titles."""

from __future__ import annotations

from collections.abc import Iterator

from searchapp.analysis.folding import fold
from searchapp.languages import STOP_WORDS
from searchapp.query import TEXT_FIELDS, And, Field, Leaf, Not, Or, Phrase, Prefix, Synonyms, Word, unsigned

MOST_TELLING = 4
"""`without_stop_words` leaves queries of more words alone: of a sentence, articles with each word are long rather than
relevant.
"""


def relax(tree: And) -> And | None:
    """Return the tree in which some of the words are enough (mode "any"); None where that changes nothing.

    Words, phrases, prefixes and `title:` clauses become alternatives; exclusions, dates and the other
    fields still hold. Stop words do not match by themselves, unless there is nothing else.
    """
    optional = [node for each in tree.nodes if _is_words(each) for node in _taken_apart(each)]
    telling = [node for node in optional if not _is_stop_word(node)]
    words = tuple(leaf for node in telling or optional for leaf in (node.nodes if isinstance(node, Or) else (node,)))
    if len(optional) < 2 or not words:
        return None
    required = tuple(node for node in tree.nodes if not _is_words(node))
    return And((*required, Or(words) if len(words) > 1 else words[0]))


def without_stop_words(tree: And) -> And | None:
    """Return the tree without stop words; None if that is the same, or has one word, or more than MOST_TELLING."""
    kept = tuple(node for node in tree.nodes if not _is_stop_word(node))
    words = sum(len(list(_taken_apart(node))) for node in kept if _is_words(node))
    return And(kept) if len(kept) < len(tree.nodes) and 1 < words <= MOST_TELLING else None


def _taken_apart(node: Leaf | Not | Or) -> Iterator[Leaf | Not | Or]:
    """Yield the words of which some are enough; the synonyms of several words then belong to the first."""
    if not isinstance(node, Synonyms) or len(node.typed) == 1:
        yield node
        return
    first, *rest = node.typed
    if isinstance(first, Or):
        yield Or((*first.nodes, *node.others))
    else:
        yield Synonyms((first,), node.others)
    yield from rest


def _as_typed(tree: And) -> Iterator[Leaf | Not | Or]:
    """Yield the clauses without their synonyms."""
    for node in tree.nodes:
        yield from node.typed if isinstance(node, Synonyms) else (node,)


def _is_stop_word(node: Leaf | Not | Or) -> bool:
    if isinstance(node, Synonyms):
        return all(map(_is_stop_word, node.typed))
    return isinstance(node, Word) and fold(node.text) in STOP_WORDS


def _is_words(node: Leaf | Not | Or) -> bool:
    if isinstance(node, Or):
        return all(_is_words(leaf) for leaf in node.nodes)
    if isinstance(node, Synonyms):
        return all(map(_is_words, node.typed))
    return isinstance(node, Word | Phrase | Prefix) or (isinstance(node, Field) and node.name in TEXT_FIELDS)


def positive(tree: And) -> Iterator[tuple[Word | Phrase | Prefix, ...]]:
    """Yield the alternatives (synonyms included) of each positive clause, for highlighting; not those of facets."""
    for clause in tree.nodes:
        yield from _positive(clause)


def _positive(node: Leaf | Not | Or) -> Iterator[tuple[Word | Phrase | Prefix, ...]]:
    if isinstance(node, Or):
        for leaf in node.nodes:
            yield from _positive(leaf)
    elif isinstance(node, Synonyms):
        typed = [found for clause in node.typed for found in _positive(clause)]
        others = [leaf for other in node.others for found in _positive(other) for leaf in found]
        yield (*typed[0], *others)
        yield from typed[1:]
    elif isinstance(node, Word | Phrase | Prefix):
        yield (node,)
    elif isinstance(node, Field) and node.name in TEXT_FIELDS:
        yield (node.node,)


def title_text(tree: And) -> str | None:
    """Return the words of a query of only words and phrases, for comparison with titles; else None."""
    texts = [plain_text(node) for node in _as_typed(tree)]
    return " ".join(text for text in texts if text) if texts and None not in texts else None


def whole_phrase(tree: And) -> Phrase | None:
    """Return all words of a query as one phrase, if it has several and no alternatives; else None."""
    texts = [plain_text(node) for node in _as_typed(tree) if isinstance(node, Word | Phrase | Prefix | Or)]
    return Phrase(" ".join(text for text in texts if text), True) if len(texts) > 1 and None not in texts else None


def plain_text(node: Leaf | Not | Or) -> str | None:
    """Return the text of a word or phrase, also as extended by `while_typing`; None for anything else."""
    if isinstance(node, Or) and len(node.nodes) == 2:
        word, start = node.nodes
        if isinstance(word, Synonyms) and len(word.typed) == 1:
            word = word.typed[0] if isinstance(word.typed[0], Word) else word
        if isinstance(word, Word) and isinstance(start, Prefix) and unsigned(word.text) == start.text:
            node = word
    return node.text if isinstance(node, Word | Phrase) else None


def typed_text(node: Synonyms) -> str:
    """Return the words that were typed."""
    texts = (plain_text(each.node if isinstance(each, Field) else each) for each in node.typed)
    return " ".join(text for text in texts if text)
