"""A pruned query tree as the cluster's query: terms and phrases that were analysed here. No user text is parsed there.

Scores are those of `ranking`, but summed in single precision, and with the tiers (all words, an exact title, pins) only
as far apart as this query needs: enough for the order. What is shown is computed anew, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

from searchapp.engines.opensearch.cluster import Json
from searchapp.engines.opensearch.index.schema import ANY
from searchapp.engines.opensearch.query.index_view import IndexView
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
    Synonyms,
    Word,
)
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.query_terms import prefix_text, sequences, typed_word, value_matches
from searchapp.retrieval.query_trees import whole_phrase
from searchapp.retrieval.ranking import IMPACT_STEP, PREFIX_SCORE, PREFIX_TITLE_SCORE, SIDE_BY_SIDE
from searchapp.retrieval.thesaurus import alternatives

MOST_CLAUSES = 480
"""Of a query; two of which make a search. The cluster takes 1,024 (`indices.query.bool.max_clause_count`)."""

LEAVES = {"term", "terms", "match_phrase", "prefix", "range", "match_all", "match_none"}

NOTHING: Json = {"match_none": {}}
EVERYTHING: Json = {"match_all": {}}


def compile_tree(tree: And, view: IndexView) -> Json:
    """The query that matches what a pruned tree does, and scores its words.

    If that is more than the cluster takes, phrases score alike wherever they stand; if it still is (dozens of joined
    words, in an index of many languages), what was typed last is left out.
    """
    view.learn(terms_of(tree, view.languages))
    found = _whole(tree, view, lean=False)
    if clauses(found) > MOST_CLAUSES:
        found = _whole(tree, view, lean=True)
    while clauses(found) > MOST_CLAUSES and len(tree.nodes) > 1:
        tree = And(tree.nodes[: len(tree.nodes) * 3 // 4])
        found = _whole(tree, view, lean=True)
    return found


def clauses(query: object) -> int:
    """How many clauses a query has, as the cluster counts them: those that have none below them."""
    if isinstance(query, list):
        return sum(map(clauses, query))
    if not isinstance(query, dict):
        return 0
    within = sum(map(clauses, query.values()))
    return within if within or not query.keys() & LEAVES else 1


def _whole(tree: And, view: IndexView, lean: bool) -> Json:
    scored, required, excluded = [], [], []
    for node in tree.nodes:
        if isinstance(node, Not):
            excluded.append(_compile(node.node, view, lean))
        elif isinstance(node, DateRange) or (isinstance(node, Field) and node.name not in TEXT_FIELDS):
            required.append(_compile(node, view, lean))
        else:
            scored.append(_compile(node, view, lean))
    parts = {"must": scored, "filter": required or [EVERYTHING], "must_not": excluded}
    return {"bool": {**parts, "should": list(_closeness(tree, view)), "minimum_should_match": 0}}


def most(tree: And, view: IndexView) -> float:
    """What the words of no article come to more than."""
    terms = list(terms_of(tree, view.languages))
    # The impacts of all fields together stay below 32; as `closeness`, a word counts at most a little more.
    return sum(34 * view.idf(term) for term in terms) + 8 * len(tree.nodes) * (PREFIX_SCORE + PREFIX_TITLE_SCORE) + 1


def terms_of(tree: And, languages: tuple[str, ...]) -> Iterator[str]:
    """Every term whose rarity or presence a compiled tree depends on."""
    whole = whole_phrase(tree)
    nodes: list[Leaf | Not | Or] = [*tree.nodes, *([whole] if whole else ())]
    for node in nodes:  # grows meanwhile
        if isinstance(node, Word | Phrase):
            yield from chain.from_iterable(sequences(node, languages))
        elif isinstance(node, Or):
            nodes += node.nodes
        elif isinstance(node, Synonyms):
            nodes += (*node.typed, *node.others)
        elif isinstance(node, Not | Field):
            nodes.append(node.node)


def _closeness(tree: And, view: IndexView) -> Iterator[Json]:
    phrase = whole_phrase(tree)
    for terms in sequences(phrase, view.languages) if phrase else ():
        if all(map(view.df, terms)):
            somewhere = _either([_side_by_side(terms, field) for field in TEXT_FIELDS])
            yield _constant(somewhere, SIDE_BY_SIDE * sum(map(view.idf, terms)))


def _compile(node: Leaf | Not | Or, view: IndexView, lean: bool) -> Json:
    if isinstance(node, Or):
        return _either([_compile(leaf, view, lean) for leaf in node.nodes])
    if isinstance(node, Not):
        return {"bool": {"must_not": [_compile(node.node, view, lean)], "filter": [EVERYTHING]}}
    if isinstance(node, Synonyms):
        return _synonyms(node, view, lean)
    if isinstance(node, DateRange):
        return _silent(days(node.after, node.before))
    if isinstance(node, Field) and node.name not in TEXT_FIELDS:
        keys = [key for key in view.spellings[node.name] if value_matches(node.name, node.node, key)]
        return _silent({"terms": {f"facet.{node.name}": keys}}) if keys else NOTHING
    fields = (node.name,) if isinstance(node, Field) else TEXT_FIELDS
    leaf = node.node if isinstance(node, Field) else node
    if isinstance(leaf, Prefix):
        return _prefix(prefix_text(leaf), view, title_only=isinstance(node, Field))
    found = _either([_stand(terms, fields, view, lean) for terms in sequences(leaf, view.languages)])
    word = typed_word(node) if isinstance(node, Word) else None
    if not word or found is NOTHING:
        return found
    bonus = _constant({"term": {"spellings": word.spelling}}, word.bonus(view.languages, view.idf))
    return {"bool": {"must": [found], "should": [bonus]}}


def _stand(terms: tuple[str, ...], fields: tuple[str, ...], view: IndexView, lean: bool, cap: float = math.inf) -> Json:
    """The terms side by side in any of some fields; none counts for more than `cap` by being rare."""
    if not all(map(view.df, terms)):
        return NOTHING
    if len(terms) == 1 and fields == TEXT_FIELDS:
        return _impact(terms[0], ANY, view, cap)
    if len(terms) == 1:
        return _either([_impact(terms[0], field, view, cap) for field in fields])
    if lean:
        somewhere = _either([_side_by_side(terms, field) for field in fields])
        return _constant(somewhere, sum(min(view.idf(term), cap) for term in terms))
    scored = {field: [_impact(term, field, view, cap) for term in terms] for field in fields}
    return _either([{"bool": {"filter": [_side_by_side(terms, field)], "should": scored[field]}} for field in fields])


def _impact(term: str, field: str, view: IndexView, cap: float) -> Json:
    boost = min(view.idf(term), cap) * IMPACT_STEP
    return {"term": {f"impacts.{field}": {"value": term, "boost": boost}}}


def _side_by_side(terms: tuple[str, ...], field: str) -> Json:
    return {"match_phrase": {f"text.{field}": " ".join(terms)}}


def _synonyms(node: Synonyms, view: IndexView, lean: bool) -> Json:
    typed = {"bool": {"must": [_compile(clause, view, lean) for clause in node.typed]}}
    found = alternatives(node, view.languages, view.idf)
    others = [_stand(terms, fields, view, lean, cap) for terms, fields, cap in found]
    return {"dis_max": {"queries": [typed, *others]}}


def _prefix(prefix: str, view: IndexView, title_only: bool) -> Json:
    parts = []
    for field, score in (("title_words", PREFIX_TITLE_SCORE), ("words", PREFIX_SCORE)):
        if field == "title_words" or not title_only:
            words = view.starting(prefix, field == "title_words")
            every = len(words) < MAX_EXPANSIONS
            parts.append(_constant({"prefix": {field: prefix}} if every else {"terms": {field: words}}, score))
    return _either(parts)


def days(after: Any, before: Any) -> Json:
    """Articles of a local date on or after one day and before another."""
    limits = {"gte": after.toordinal() if after else None, "lt": before.toordinal() if before else None}
    return {"range": {"day": {name: day for name, day in limits.items() if day is not None} or {"gte": 0}}}


def _constant(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _silent(query: Json) -> Json:
    return {"bool": {"filter": [query]}}


def _either(queries: list[Json]) -> Json:
    some = [query for query in queries if query is not NOTHING]
    if len(some) < 2:
        return some[0] if some else NOTHING
    return {"bool": {"should": some, "minimum_should_match": 1}}
