"""What is untidy about a blog's tags and categories, each with the merge that would mend it. Nothing is changed here.

case, accents, separators, plural   spellings of one label; the commonest stays
edit        a rare label one slip of the finger away from a common one, in like company
once        a tag of one article; into the wider tag that its words contain, else into one that the article has
subset      a category whose articles are all in another one, too
category    a tag that a category of the same name stands beside
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from searchapp.analysis import fold_value
from searchapp.config.loading import Config
from searchapp.editor.article_stream import every
from searchapp.editor.tagging import spelling_variants
from searchapp.editor.tagging.label_usage import Labels, LabelUsage
from searchapp.editor.tagging.merge_patch import Merge, Patch, patch
from searchapp.engine import Engine
from searchapp.model import Article, Query

KINDS = ("case", "accents", "separators", "plural", "edit", "category", "subset", "once")
HEADINGS = {
    "case": "Spelt in upper and lower case",
    "accents": "With and without accents",
    "separators": "With hyphens, with blanks, or in one word",
    "plural": "Singular and plural",
    "edit": "Slips of the finger",
    "category": "Tag and category of one name",
    "subset": "Categories within another one",
    "once": "Tags of a single article",
}
SURE = ("case", "accents", "separators", "plural", "edit")
"""The kinds whose merges lose nothing; the others are a matter of taste, and in a patch only if asked for."""
RARE = 0.1
"""A label is rare beside another one if it has at most this share of its articles, or two."""
ENOUGH = 3
"""Articles from which the company of a label says what it is about."""
SMALLEST_SUBSET = 2

Occurs = Callable[[str], int]
"""In how many articles' text some words stand side by side."""


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """One thing to mend.

    kind        one of KINDS
    field       "tag" or "category"
    value       the label, in its commonest spelling (of "case": the rarer spelling)
    count       how many articles have it
    into        what it would become; None if it would go
    into_count  how many articles have that
    reason      why, in words for people
    articles    the ids of those that would change
    merge       what `patches.patch` needs to carry it out; None if there is nothing to propose
    """

    kind: str
    field: str
    value: str
    count: int
    into: str | None
    into_count: int
    reason: str
    articles: tuple[str, ...]
    merge: Merge | None

    @property
    def name(self) -> str:
        """By which it is chosen: `tag:blogs`."""
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True)
class TagReport:
    """The findings in the order of KINDS, those of the most articles first; and how many labels there are."""

    tags: int
    categories: int
    articles: int
    findings: tuple[MergeProposal, ...]


def report(engine: Engine) -> TagReport:
    """The findings over all indexed articles. Raises IndexUnusableError while there is no index."""

    def occurs(words: str) -> int:
        return engine.search(Query('"{}"'.format(words.replace('"', " ")), per_page=1, exact=True)).total

    return examine(every(engine), occurs)


def examine(articles: Iterable[Article], occurs: Occurs | None = None) -> TagReport:
    """The findings over articles, each read once; little is kept of them. `occurs` makes the finding of slips surer."""
    blog = LabelUsage()
    for article in articles:
        blog.add(article)
    found: list[MergeProposal] = []
    for labels in (blog.tags, blog.categories):
        spelt = [*_cases(blog, labels), *_spellings(blog, labels), *_slips(blog, labels, occurs)]
        found += _settled(labels, spelt, spelt)
    known = {(each.field, fold_value(name)) for each in found for name in (each.value, each.into or "")}
    beside = list(_beside_categories(blog))
    going = {each.merge.label for each in beside if each.merge and each.field == "tag"}
    once = [each for each in _once(blog, going) if ("tag", fold_value(each.value)) not in known]
    found += _settled(blog.tags, once, [each for each in found if each.field == "tag"])
    subsets = list(_subsets(blog))
    found += _settled(blog.categories, subsets, [*(each for each in found if each.field == "category"), *subsets])
    found += beside
    found.sort(key=lambda each: (KINDS.index(each.kind), each.field != "tag", -each.count, each.value))
    return TagReport(len(blog.tags.spelt), len(blog.categories.spelt), len(blog.ids), tuple(found))


def patch_of(config: Config, chosen: Iterable[MergeProposal]) -> Patch:
    """The patch that carries out the merges of some findings. Writes nothing; raises ConfigError without content."""
    able = [(each.merge, each.articles) for each in chosen if each.merge is not None]
    return patch(config, [merge for merge, _ in able], ((id, merge) for merge, ids in able for id in ids))


def _finding(blog: LabelUsage, labels: Labels, kind: str, label: str, target: str | None, reason: str) -> MergeProposal:
    into = labels.shown(target) if target is not None else None
    return MergeProposal(
        kind,
        labels.name,
        labels.shown(label),
        labels.count(label),
        into,
        labels.count(target) if target is not None else 0,
        reason,
        tuple(blog.ids[number] for number in labels.articles[label]),
        Merge(labels.name, label, into) if into is not None else None,
    )


def _cases(blog: LabelUsage, labels: Labels) -> Iterator[MergeProposal]:
    for label, forms in labels.spelt.items():
        shown = labels.shown(label)
        merge = Merge(labels.name, label, shown)
        for form, numbers in forms.items():
            if form != shown:
                reason = f"“{form}” and “{shown}” differ in case only; readers see “{shown}”"
                ids = tuple(blog.ids[number] for number in numbers)
                yield MergeProposal("case", labels.name, form, len(ids), shown, len(forms[shown]), reason, ids, merge)


def _spellings(blog: LabelUsage, labels: Labels) -> Iterator[MergeProposal]:
    groups: dict[str, list[str]] = defaultdict(list)
    for label in labels.spelt:
        groups[spelling_variants.key(label)].append(label)
    for group in groups.values():
        target, *others = labels.ranked(group)
        for label in others:
            kind = next(
                (kind for each in (target, *group) if each != label and (kind := spelling_variants.kind(label, each))),
                "",
            )
            if kind and (kind != "plural" or _could_be_one(blog, labels, label, target)):
                said = {
                    "accents": "differ in accents only",
                    "separators": "differ in hyphens, blanks and the like only",
                    "plural": "are singular and plural of one word",
                }[kind]
                reason = f"“{labels.shown(label)}” and “{labels.shown(target)}” {said}"
                yield _finding(blog, labels, kind, label, target, reason)


def _could_be_one(blog: LabelUsage, labels: Labels, one: str, other: str) -> bool:
    """False if both have company enough to tell, and none in common."""
    if min(labels.count(one), labels.count(other)) < ENOUGH:
        return True
    mine, others = blog.company(labels, one), blog.company(labels, other)
    return not (mine and others) or not mine.keys().isdisjoint(others)


def _slips(blog: LabelUsage, labels: Labels, occurs: Occurs | None) -> Iterator[MergeProposal]:
    for pair in spelling_variants.slips(labels.spelt):
        target, label = labels.ranked(pair)
        count, more = labels.count(label), labels.count(target)
        if (
            spelling_variants.key(label) == spelling_variants.key(target)
            or count > max(2, RARE * more)
            or count == more > 1
        ):
            continue
        if not set(labels.articles[label]).isdisjoint(labels.articles[target]):
            continue  # Who writes both means two things.
        shared = blog.company(labels, label).keys() & blog.company(labels, target).keys()
        if not shared and blog.company(labels, label):
            continue
        if not spelling_variants.is_likely_slip(label, target) and (count == more or not shared):
            continue
        if occurs is not None and occurs(label) > max(count, RARE * occurs(target)):
            continue  # Articles use it as a word.
        reason = f"“{labels.shown(label)}” is one letter away from “{labels.shown(target)}”, which is on like articles"
        yield _finding(blog, labels, "edit", label, target, reason)


def _settled(labels: Labels, findings: list[MergeProposal], sure: Iterable[MergeProposal]) -> list[MergeProposal]:
    """The findings, each with the end of the chain of sure merges that begins where it leads to."""
    into = {finding.merge.label: fold_value(finding.into) for finding in sure if finding.merge and finding.into}
    settled = []
    for finding in findings:
        end, seen = fold_value(finding.into or ""), set[str]()
        while end in into and into[end] != end and end not in seen:
            seen.add(end)
            end = into[end]
        if finding.into is not None and finding.merge is not None and end != fold_value(finding.into):
            shown = labels.shown(end)
            merge = replace(finding.merge, into=shown)
            finding = replace(finding, into=shown, into_count=labels.count(end), merge=merge)
        settled.append(finding)
    return settled


def _subsets(blog: LabelUsage) -> Iterator[MergeProposal]:
    """For each category the smallest one that has all of its articles, among those that have its first."""
    labels = blog.categories
    sets = {label: frozenset(numbers) for label, numbers in labels.articles.items()}
    for label, numbers in sets.items():
        if len(numbers) < SMALLEST_SUBSET:
            continue
        beside = [other for other in blog.filed[labels.articles[label][0]][1] if other != label]
        around = [other for other in beside if numbers < sets[other] or (numbers == sets[other] and other < label)]
        if not around:
            continue
        target = min(around, key=lambda other: (len(sets[other]), other))
        shown = labels.shown(target)
        same = "; both have the same articles" if len(sets[target]) == len(numbers) else ", which has more"
        reason = f"all of its articles are in “{shown}” too{same}; leave it if it is a part of that on purpose"
        yield _finding(blog, labels, "subset", label, target, reason)


def _beside_categories(blog: LabelUsage) -> Iterator[MergeProposal]:
    named: dict[str, str] = {}
    for label in blog.categories.ranked(blog.categories.spelt):
        named.setdefault(spelling_variants.key(label), label)
    for label in blog.tags.spelt:
        category = named.get(spelling_variants.key(label))
        if category is None or not (label == category or spelling_variants.kind(label, category)):
            continue
        both = sorted(set(blog.tags.articles[label]) & set(blog.categories.articles[category]))
        few, other = (blog.tags, blog.categories), (label, category)
        if blog.categories.count(category) < blog.tags.count(label):
            few, other = (blog.categories, blog.tags), (category, label)
        yield _beside(blog, few, other, both)


def _beside(blog: LabelUsage, fields: tuple[Labels, Labels], names: tuple[str, str], both: list[int]) -> MergeProposal:
    """The finding about the rarer of a tag and a category of one name, which comes first."""
    (labels, others), (label, other) = fields, names
    shown, count = others.shown(other), labels.count(label)
    found = _finding(blog, labels, "category", label, None, "")
    if not both:
        reason = (
            f"there is a {others.name} “{shown}”, too, which none of its articles has: give it to them, or rename one"
        )
        return replace(found, reason=reason)
    share = "all of its articles have" if len(both) == count else f"{len(both):,} of its {count:,} articles have"
    reason = f"{share} the {others.name} “{shown}”, too; there the {labels.name} could go"
    ids = tuple(blog.ids[number] for number in both)
    merge = Merge(labels.name, label, None, other)
    return replace(found, count=len(both), into_count=others.count(other), reason=reason, articles=ids, merge=merge)


def _once(blog: LabelUsage, going: Container[str]) -> Iterator[MergeProposal]:
    """Tags of one article. None leads to a label that is `going` itself."""
    labels = blog.tags
    wider: dict[tuple[str, ...], str] = {}
    for label in labels.ranked(labels.spelt):
        if labels.count(label) > 1 and label not in going and spelling_variants.parts(label):
            wider.setdefault(spelling_variants.parts(label), label)
    for label, numbers in labels.articles.items():
        if len(numbers) > 1:
            continue
        target = _wider(label, wider, labels)
        if target is not None:
            reason = f"only one article has it; “{labels.shown(target)}” is wider and has {labels.count(target):,}"
        else:
            beside = blog.filed[numbers[0]][0]
            others = [other for other in beside if other not in going and labels.count(other) > 1]
            target = labels.ranked(others)[0] if others else None
            reason = "only one article has it, so it leads nowhere; use it again or drop it"
            if target is not None:
                reason = f"only one article has it, which is under “{labels.shown(target)}” anyway"
        yield _finding(blog, labels, "once", label, target, reason)


def _wider(label: str, known: Mapping[tuple[str, ...], str], labels: Labels) -> str | None:
    """The longest, then the commonest tag whose words stand in this one's, side by side."""
    words = spelling_variants.parts(label)
    for length in range(len(words) - 1, 0, -1):
        found = [
            known[words[at : at + length]]
            for at in range(len(words) - length + 1)
            if words[at : at + length] in known and len(spelling_variants.joined(words[at : at + length])) > 1
        ]
        if found:
            return labels.ranked(found)[0]
    return None
