"""The tags and categories of all articles: spellings, counts, co-occurrence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from searchapp.analysis.folding import fold_value
from searchapp.model import Article


@dataclass(slots=True)
class FieldLabels:
    """One field's labels, keyed by `fold_value`.

    name        "tag" or "category"
    spellings   for each label its spellings, each with the numbers of the articles that have it
    articles    for each label the numbers of the articles that have it, ascending
    """

    name: str
    spellings: dict[str, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    articles: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, values: Iterable[str], number: int) -> None:
        for value in values:
            label = fold_value(value)
            self.spellings[label][value].append(number)
            if self.articles[label][-1:] != [number]:
                self.articles[label].append(number)

    def display_form(self, label: str) -> str:
        """The most frequent spelling of a label, as facets show it."""
        forms = self.spellings[label]
        return min(forms, key=lambda form: (-len(forms[form]), form))

    def count(self, label: str) -> int:
        return len(self.articles[label])

    def by_frequency(self, labels: Iterable[str]) -> list[str]:
        """The labels, the most frequent first."""
        return sorted(labels, key=lambda label: (-self.count(label), label))


@dataclass(slots=True)
class LabelUsage:
    """Both fields' labels; `labels_by_article` has the folded tags and categories of each article, by its number."""

    ids: list[str] = field(default_factory=list)
    tags: FieldLabels = field(default_factory=lambda: FieldLabels("tag"))
    categories: FieldLabels = field(default_factory=lambda: FieldLabels("category"))
    labels_by_article: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def add(self, article: Article) -> None:
        number = len(self.ids)
        self.ids.append(article.id)
        self.tags.add(article.tags, number)
        self.categories.add(article.categories, number)
        self.labels_by_article.append(
            (tuple(map(fold_value, article.tags)), tuple(map(fold_value, article.categories)))
        )

    def cooccurring(self, labels: FieldLabels, label: str) -> Counter[tuple[str, str]]:
        """Counts of the (field, label) pairs that occur in the articles of a label."""
        found: Counter[tuple[str, str]] = Counter()
        for number in labels.articles[label]:
            for name, others in zip(("tag", "category"), self.labels_by_article[number], strict=True):
                found.update((name, other) for other in others if (name, other) != (labels.name, label))
        return found
