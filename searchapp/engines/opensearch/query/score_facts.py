"""What a score is explained by, of an article at hand: from the query's words in it alone, not all of its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from searchapp.analysis.folding import spelling
from searchapp.excerpts.snippets import WholeArticle
from searchapp.model import Article
from searchapp.retrieval.documents import TEXT_FIELDS, Document, exact_title, field_texts
from searchapp.retrieval.query_terms import Marks

_LONG = ("headings", "summary", "body", "code")
"""Fields that passages are from, in the order in which they are read."""

_SHORT = ("title", "categories", "tags", "authors")
"""Fields that no passage is from."""


def wanted_document(article: Article, read: WholeArticle, lengths: Mapping[str, int], wanted: Marks) -> Document:
    """The article as `documents.analyse` has it, with the wanted terms and surface forms alone.

    `lengths` are the words of its fields, and `read` has found what is wanted in its longer ones.
    """
    texts = field_texts(article)
    longer = [(field, text) for field in _LONG for text in texts[field]]
    found = [
        (*each, tokens) for each, tokens in zip(longer, read.tokens, strict=False)
    ]  # none where none is to be marked
    for field in _SHORT:
        end = -1
        for text in texts[field]:
            tokens, end = wanted.tokens(text, article.language, end + 1)
            found.append((field, text, tokens))
    postings: dict[str, defaultdict[str, list[int]]] = {field: defaultdict(list) for field in TEXT_FIELDS}
    words: defaultdict[str, set[str]] = defaultdict(set)
    spellings: set[str] = set()
    for field, text, tokens in found:
        for token in tokens:
            for term in wanted.terms_of(token):
                postings[field][term].append(token.position)
            words[field].add(token.surface)
            spellings.add(spelling(text[token.start : token.end], token.surface))
    title_words = frozenset(words["title"])
    everywhere = title_words.union(*words.values()), title_words, frozenset(spellings)
    return Document(postings, lengths, *everywhere, exact_title(article))
