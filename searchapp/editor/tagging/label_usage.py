"""What the articles of a blog are filed under: little is kept of each article."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from searchapp.analysis import fold_value
from searchapp.model import Article


@dataclass(slots=True)
class Labels:
    """One field's labels by `fold_value`: how they are spelt, and the numbers of the articles that have them."""

    name: str
    spelt: dict[str, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    articles: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, values: Iterable[str], number: int) -> None:
        for value in values:
            label = fold_value(value)
            self.spelt[label][value].append(number)
            if self.articles[label][-1:] != [number]:
                self.articles[label].append(number)

    def shown(self, label: str) -> str:
        """Its commonest spelling, as facets show it."""
        forms = self.spelt[label]
        return min(forms, key=lambda form: (-len(forms[form]), form))

    def count(self, label: str) -> int:
        return len(self.articles[label])

    def ranked(self, labels: Iterable[str]) -> list[str]:
        """The commonest first."""
        return sorted(labels, key=lambda label: (-self.count(label), label))


@dataclass(slots=True)
class LabelUsage:
    """All that is looked at: what each article is filed under, by its number."""

    ids: list[str] = field(default_factory=list)
    tags: Labels = field(default_factory=lambda: Labels("tag"))
    categories: Labels = field(default_factory=lambda: Labels("category"))
    filed: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def add(self, article: Article) -> None:
        number = len(self.ids)
        self.ids.append(article.id)
        self.tags.add(article.tags, number)
        self.categories.add(article.categories, number)
        self.filed.append((tuple(map(fold_value, article.tags)), tuple(map(fold_value, article.categories))))

    def company(self, labels: Labels, label: str) -> Counter[tuple[str, str]]:
        """What else the articles of a label are filed under."""
        found: Counter[tuple[str, str]] = Counter()
        for number in labels.articles[label]:
            for name, others in zip(("tag", "category"), self.filed[number], strict=True):
                found.update((name, other) for other in others if (name, other) != (labels.name, label))
        return found
