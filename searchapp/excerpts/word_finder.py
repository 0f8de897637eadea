"""Finding a query's words in a text that is at hand: the same words, stems and phrases that a search finds there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from searchapp.excerpts.highlights import matches
from searchapp.model import SynonymSet
from searchapp.query import normalise, parse
from searchapp.retrieval.query_terms import marks, prune
from searchapp.retrieval.thesaurus import Thesaurus

Finder = Callable[[str], list[tuple[int, int]]]
"""Of a text the stretches `start:end` that the query's words meet, in order and apart from each other."""


def finder(query: str, language: str, others: Iterable[str] = (), synonyms: Sequence[SynonymSet] = ()) -> Finder | None:
    """What finds the words of a query in texts of a language; None if it has none to be found.

    others    further languages in which the query's words are read, as a search does in those of all articles
    synonyms  what means the same
    """
    languages = (language, *others)
    tree = prune(parse(normalise(query)))
    tree = Thesaurus(synonyms, languages).expand(tree) if synonyms else tree
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
