"""Find a query's words in a text, by the same stems and phrases as a search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from searchapp.excerpts.highlights import matches
from searchapp.model import SynonymSet
from searchapp.query import normalise, parse
from searchapp.retrieval.query_terms import marks, prune
from searchapp.retrieval.thesaurus import Thesaurus
from searchapp.retrieval.unspaced_words import anywhere

Finder = Callable[[str], list[tuple[int, int]]]
"""Returns the matches `start:end` in a text, in order and without overlap."""


def finder(
    query: str, language: str, others: Iterable[str] = (), synonyms: Sequence[SynonymSet] = (), loose: bool = False
) -> Finder | None:
    """Return the finder of a query's words in texts of a language; None if it has no words.

    others    further languages in which the query is analysed, as a search does with those of all articles
    loose     with what was typed without blanks in pieces, as a search takes it if no article has it as it is
    """
    languages = (language, *others)
    tree = prune(parse(normalise(query)))
    tree = Thesaurus(synonyms, languages).expand(tree) if synonyms else tree
    if loose:
        tree = anywhere(tree) if tree else None
    wanted = marks(tree, languages) if tree else None
    if not wanted:
        return None

    def find(text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for match in matches(wanted.tokens(text, language)[0], wanted):
            if not found or match.start >= found[-1][1]:
                found.append((match.start, match.end))
        return found

    return find
