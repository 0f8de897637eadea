"""Which articles are alike, and why: rare words, tags and categories they share.

A source (an article or a draft) becomes a profile of its most telling words. A word's weight grows with
how often the source says it and falls with how many articles say it:

    weight = (1 + ln tf) · ln(cut / df)    cut = max(COMMON · N, 3)

so that what more than COMMON of the blog says weighs nothing. An article scores, for each word of the
profile, weight · ln(cut / df) · tf' / (tf' + k1 · norm), tf' counting the title three times and headings
twice, norm as in BM25; for each shared tag or category a weight · ln(cut / df)². The sum is damped when few
things are shared. This is the cosine of TF-IDF with BM25's saturation in place of the candidate's log tf; see
Robertson & Zaragoza (2009) and Manning et al., "Introduction to Information Retrieval", ch. 6.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from searchapp.analysis import STOP_WORDS, analyzer, fold_value
from searchapp.engines.ranking import K1, SCORE_DIGITS
from searchapp.model import Article, Draft, Reason

COMMON = 0.3
PROFILE_WORDS = 50
SOURCE_FIELDS: Mapping[str, float] = {"title": 3.0, "headings": 2.0, "body": 1.0}
TAG_WEIGHT = 3.0
CATEGORY_WEIGHT = 1.0
REASONS = 5
WORD_REASONS = 4
MIN_SHARE = 0.05
"""A word is given as a reason if it makes up so much of the score; the strongest always is."""
B = 0.5


class Statistics(Protocol):
    """What the formula asks of an engine. A doc is any number or id that names a live article."""

    @property
    def articles(self) -> int:
        """How many live articles there are."""

    def df(self, term: str) -> int:
        """How many live articles have the term in the body, headings or title, whichever has most."""

    def postings(self, field: str, term: str) -> Iterable[tuple[int, float]]:
        """(doc, tf) of the live articles with the term in the field."""

    def place(self, doc: int) -> int:
        """Where the doc stands among all, newest first: ties in score are broken by it."""

    def length(self, doc: int) -> float:
        """The length of the doc's body in words, divided by the mean over all articles."""

    def holders(self, facet: str, key: str) -> Iterable[int]:
        """The docs with this folded value of "category" or "tag"."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is telling in a source: term -> (weighted count, the word as written); folded value -> as written."""

    words: Mapping[str, tuple[float, str]]
    tags: Mapping[str, str]
    categories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Like:
    """A candidate with its score and the reasons for it, strongest first."""

    doc: int
    score: float
    reasons: tuple[Reason, ...]


def profile(source: Article | Draft, languages: Iterable[str]) -> Profile:
    """The profile of an article, or of a draft read as text of each of the index's languages."""
    if isinstance(source, Article):
        texts = [(3.0, source.title)]
        for section in source.sections:
            texts += [(2.0, section.title), (1.0, section.text)]
        languages = (source.language,)
    else:
        texts = [(3.0, source.title), (1.0, source.text)]
    counts: defaultdict[str, float] = defaultdict(float)
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for weight, text in texts:
        for term, surface, form in _words(text, languages):
            if _telling(surface):
                counts[term] += weight
                forms[term][form] += 1
    words = {term: (count, _shown(forms[term])) for term, count in counts.items()}
    tags, categories = ({fold_value(v): v for v in values} for values in (source.tags, source.categories))
    return Profile(words, tags, categories)


def _words(text: str, languages: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    seen: set[tuple[int, str]] = set()
    for language in languages:
        for token in analyzer(language).tokens(text):
            if (token.start, token.term) not in seen:
                seen.add((token.start, token.term))
                yield token.term, token.surface, text[token.start : token.end]


def _telling(surface: str) -> bool:
    return (
        surface not in STOP_WORDS
        and (len(surface) > 2 or not surface.isascii() or not surface.isalpha())
        and (not surface.replace(".", "").isdigit())
    )


def _shown(forms: Counter[str]) -> str:
    """The commonest form; in lower case if the source ever writes it so, else as it stands (names, ASP.NET)."""
    lower = Counter({form: count for form, count in forms.items() if form == form.lower()})
    return (lower or forms).most_common(1)[0][0]


def rank(source: Profile, index: Statistics, exclude: int | None, limit: int) -> list[Like]:
    """The articles most like the source, best first; ties by date, then id."""
    cut = max(COMMON * index.articles, 3.0)
    parts: defaultdict[int, dict[tuple[str, str], float]] = defaultdict(dict)
    weighed = []
    for term, (count, shown) in source.words.items():
        df = index.df(term)
        if 0 < df < cut:
            rarity = math.log(cut / df)
            weighed.append(((1 + math.log(max(count, 1.0))) * rarity, rarity, term, shown))
    for weight, rarity, term, shown in sorted(weighed, reverse=True)[:PROFILE_WORDS]:
        for doc, tf in _weighted_postings(index, term).items():
            norm = 1 - B + B * index.length(doc)
            value = weight * rarity * tf / (tf + K1 * norm)
            parts[doc]["word", shown] = parts[doc].get(("word", shown), 0.0) + value
    for facet, values, weight in (
        ("tag", source.tags, TAG_WEIGHT),
        ("category", source.categories, CATEGORY_WEIGHT),
    ):
        for key, shown in values.items():
            docs = list(index.holders(facet, key))
            rarity = math.log(cut / len(docs)) if 0 < len(docs) < cut else 0.0
            for doc in docs if rarity else ():
                parts[doc][facet, shown] = weight * rarity**2
    parts.pop(exclude if exclude is not None else -1, None)
    scored = [(round(_sum(values), SCORE_DIGITS), doc) for doc, values in parts.items()]
    scored.sort(key=lambda pair: (-pair[0], index.place(pair[1])))
    return [Like(doc, score, _reasons(parts[doc])) for score, doc in scored[:limit] if score]


def _sum(values: Mapping[tuple[str, str], float]) -> float:
    """The parts' sum, times n / (n + 1) for n of them: one word in common, however rare, is often chance."""
    return sum(values.values()) * len(values) / (len(values) + 1)


def _weighted_postings(index: Statistics, term: str) -> dict[int, float]:
    found: dict[int, float] = {}
    for field, weight in SOURCE_FIELDS.items():
        for doc, tf in index.postings(field, term):
            found[doc] = found.get(doc, 0.0) + weight * tf
    return found


def _reasons(parts: Mapping[tuple[str, str], float]) -> tuple[Reason, ...]:
    ranked = sorted(parts.items(), key=lambda item: (-item[1], item[0]))
    words = [item for item in ranked if item[0][0] == "word"][:WORD_REASONS]
    total = sum(parts.values())
    words = words[:1] + [item for item in words[1:] if item[1] >= MIN_SHARE * total]
    chosen = [item for item in ranked if item[0][0] != "word" or item in words][:REASONS]
    return tuple(Reason(kind, value, weight / total) for (kind, value), weight in chosen)
