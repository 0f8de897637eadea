"""What a score is explained by, of an article at hand: from the query's words in it alone, not all of its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from searchapp.excerpts.snippets import WholeArticle
from searchapp.model import Article
from searchapp.retrieval.documents import TEXT_FIELDS, Document, exact_title, field_texts
from searchapp.retrieval.query_terms import Marks

_SHORT = ("title", "categories", "tags", "authors")
"""Fields that no passage is from."""


def wanted_document(article: Article, read: WholeArticle, lengths: Mapping[str, int], wanted: Marks) -> Document:
    """The article as `documents.analyse` has it, with the wanted terms and surface forms alone.

    `lengths` are the words of its fields, and `read` has found what is wanted in its longer ones.
    """
    sections = len(article.sections)
    longer = ["headings"] * sections + ["summary"] + ["body"] * sections + ["code"]
    found = list(zip(longer, read.tokens, strict=False))  # none where nothing is to be marked
    texts = field_texts(article)
    for field in _SHORT:
        end = -1
        for text in texts[field]:
            tokens, end = wanted.tokens(text, article.language, end + 1)
            found.append((field, tokens))
    postings: dict[str, defaultdict[str, list[int]]] = {field: defaultdict(list) for field in TEXT_FIELDS}
    words: defaultdict[str, set[str]] = defaultdict(set)
    for field, tokens in found:
        for token in tokens:
            for term in wanted.terms_of(token):
                postings[field][term].append(token.position)
            words[field].add(token.surface)
    title_words = frozenset(words["title"])
    return Document(postings, lengths, title_words.union(*words.values()), title_words, exact_title(article))
