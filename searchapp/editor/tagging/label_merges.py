"""Proposals to merge a blog's tags and categories, by kind. Read only.

case, accents, separators, plural   spellings of one label; the most frequent stays
edit        a rare label, one typing error away from a frequent one that occurs with the same labels
once        a tag of one article; into a broader tag whose words it contains, else into another tag of the article
subset      a category whose articles are all in another one, too
category    a tag with the same name as a category
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from searchapp.analysis.folding import fold_value
from searchapp.config.loading import Config
from searchapp.editor.tagging import spelling_variants
from searchapp.editor.tagging.label_usage import FieldLabels, LabelUsage
from searchapp.editor.tagging.merge_patch import Merge, Patch, patch
from searchapp.engine import Engine, iter_articles
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
"""The kinds whose merges lose nothing; the others are in a patch only if asked for."""
RARE = 0.1
"""A label is rare compared with another one if it has at most this share of its articles, or two."""
MIN_ARTICLES = 3
"""Articles from which the labels that occur with a label say what it is about."""
MIN_SUBSET = 2

PhraseCount = Callable[[str], int]
"""Returns the number of articles whose text has a phrase."""


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """A label that could be merged into another one, or removed.

    kind        one of KINDS
    field       "tag" or "category"
    value       the label, in its most frequent spelling (of kind "case": the rarer spelling)
    count       number of articles that have it
    into        the label that replaces it; None if it is removed
    into_count  number of articles that have that
    reason      why, in words for people
    articles    ids of the articles that would change
    merge       the argument for `merge_patch.patch`; None if there is no change to propose
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
        """The name by which people select it, as `tag:blogs`."""
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True)
class TagReport:
    """The proposals in the order of KINDS, most articles first, and the numbers of labels and articles."""

    tags: int
    categories: int
    articles: int
    findings: tuple[MergeProposal, ...]


def tag_report(engine: Engine) -> TagReport:
    """Return the report over all indexed articles. Raises IndexUnusableError while there is no index."""

    def occurs(words: str) -> int:
        return engine.search(Query('"{}"'.format(words.replace('"', " ")), per_page=1, exact=True)).total

    return examine_labels(iter_articles(engine), occurs)


def examine_labels(articles: Iterable[Article], occurs: PhraseCount | None = None) -> TagReport:
    """Return the report over articles, each read once and not kept.

    occurs      rules out typing errors that articles use as words; without it, more of these are proposed
    """
    blog = LabelUsage()
    for article in articles:
        blog.add(article)
    found: list[MergeProposal] = []
    for labels in (blog.tags, blog.categories):
        spelt = [*_cases(blog, labels), *_spellings(blog, labels), *_typos(blog, labels, occurs)]
        found += _with_final_targets(labels, spelt, spelt)
    known = {(each.field, fold_value(name)) for each in found for name in (each.value, each.into or "")}
    beside = list(_same_names(blog))
    going = {each.merge.label for each in beside if each.merge and each.field == "tag"}
    once = [each for each in _once(blog, going) if ("tag", fold_value(each.value)) not in known]
    found += _with_final_targets(blog.tags, once, [each for each in found if each.field == "tag"])
    subsets = list(_subsets(blog))
    found += _with_final_targets(
        blog.categories, subsets, [*(each for each in found if each.field == "category"), *subsets]
    )
    found += beside
    found.sort(key=lambda each: (KINDS.index(each.kind), each.field != "tag", -each.count, each.value))
    return TagReport(len(blog.tags.spellings), len(blog.categories.spellings), len(blog.ids), tuple(found))


def patch_of(config: Config, chosen: Iterable[MergeProposal]) -> Patch:
    """Return the patch that applies some proposals. Writes nothing; raises ConfigError without a content folder."""
    able = [(each.merge, each.articles) for each in chosen if each.merge is not None]
    return patch(config, [merge for merge, _ in able], ((id, merge) for merge, ids in able for id in ids))


def _proposal(
    blog: LabelUsage, labels: FieldLabels, kind: str, label: str, target: str | None, reason: str
) -> MergeProposal:
    into = labels.display_form(target) if target is not None else None
    return MergeProposal(
        kind,
        labels.name,
        labels.display_form(label),
        labels.count(label),
        into,
        labels.count(target) if target is not None else 0,
        reason,
        tuple(blog.ids[number] for number in labels.articles[label]),
        Merge(labels.name, label, into) if into is not None else None,
    )


def _cases(blog: LabelUsage, labels: FieldLabels) -> Iterator[MergeProposal]:
    for label, forms in labels.spellings.items():
        shown = labels.display_form(label)
        merge = Merge(labels.name, label, shown)
        for form, numbers in forms.items():
            if form != shown:
                reason = f"“{form}” and “{shown}” differ in case only; readers see “{shown}”"
                ids = tuple(blog.ids[number] for number in numbers)
                yield MergeProposal("case", labels.name, form, len(ids), shown, len(forms[shown]), reason, ids, merge)


def _spellings(blog: LabelUsage, labels: FieldLabels) -> Iterator[MergeProposal]:
    groups: dict[str, list[str]] = defaultdict(list)
    for label in labels.spellings:
        groups[spelling_variants.variant_key(label)].append(label)
    for group in groups.values():
        target, *others = labels.by_frequency(group)
        for label in others:
            kind = next(
                (
                    kind
                    for each in (target, *group)
                    if each != label and (kind := spelling_variants.variant_kind(label, each))
                ),
                "",
            )
            if kind and (kind != "plural" or _could_be_one(blog, labels, label, target)):
                difference = {
                    "accents": "differ in accents only",
                    "separators": "differ in hyphens, blanks and the like only",
                    "plural": "are singular and plural of one word",
                }[kind]
                reason = f"“{labels.display_form(label)}” and “{labels.display_form(target)}” {difference}"
                yield _proposal(blog, labels, kind, label, target, reason)


def _could_be_one(blog: LabelUsage, labels: FieldLabels, one: str, other: str) -> bool:
    """False if both have MIN_ARTICLES articles, and never occur with the same label."""
    if min(labels.count(one), labels.count(other)) < MIN_ARTICLES:
        return True
    mine, others = blog.cooccurring(labels, one), blog.cooccurring(labels, other)
    return not (mine and others) or not mine.keys().isdisjoint(others)


def _typos(blog: LabelUsage, labels: FieldLabels, occurs: PhraseCount | None) -> Iterator[MergeProposal]:
    for pair in spelling_variants.one_edit_pairs(labels.spellings):
        target, label = labels.by_frequency(pair)
        count, more = labels.count(label), labels.count(target)
        if (
            spelling_variants.variant_key(label) == spelling_variants.variant_key(target)
            or count > max(2, RARE * more)
            or count == more > 1
        ):
            continue
        if not set(labels.articles[label]).isdisjoint(labels.articles[target]):
            continue  # An article with both means two things.
        shared = blog.cooccurring(labels, label).keys() & blog.cooccurring(labels, target).keys()
        if not shared and blog.cooccurring(labels, label):
            continue
        if not spelling_variants.is_likely_typo(label, target) and (count == more or not shared):
            continue
        if occurs is not None and occurs(label) > max(count, RARE * occurs(target)):
            continue  # Articles use it as a word.
        known = labels.display_form(target)
        reason = f"“{labels.display_form(label)}” is one letter away from “{known}”, which is on like articles"
        yield _proposal(blog, labels, "edit", label, target, reason)


def _with_final_targets(
    labels: FieldLabels, findings: list[MergeProposal], sure: Iterable[MergeProposal]
) -> list[MergeProposal]:
    """The proposals, each with its target replaced by the end of the chain of sure merges that begins there."""
    into = {finding.merge.label: fold_value(finding.into) for finding in sure if finding.merge and finding.into}
    settled = []
    for finding in findings:
        end, seen = fold_value(finding.into or ""), set[str]()
        while end in into and into[end] != end and end not in seen:
            seen.add(end)
            end = into[end]
        if finding.into is not None and finding.merge is not None and end != fold_value(finding.into):
            shown = labels.display_form(end)
            merge = replace(finding.merge, into=shown)
            finding = replace(finding, into=shown, into_count=labels.count(end), merge=merge)
        settled.append(finding)
    return settled


def _subsets(blog: LabelUsage) -> Iterator[MergeProposal]:
    """For each category the smallest other one that has all of its articles."""
    labels = blog.categories
    sets = {label: frozenset(numbers) for label, numbers in labels.articles.items()}
    for label, numbers in sets.items():
        if len(numbers) < MIN_SUBSET:
            continue
        beside = [other for other in blog.labels_by_article[labels.articles[label][0]][1] if other != label]
        around = [other for other in beside if numbers < sets[other] or (numbers == sets[other] and other < label)]
        if not around:
            continue
        target = min(around, key=lambda other: (len(sets[other]), other))
        shown = labels.display_form(target)
        same = "; both have the same articles" if len(sets[target]) == len(numbers) else ", which has more"
        reason = f"all of its articles are in “{shown}” too{same}; leave it if it is a part of that on purpose"
        yield _proposal(blog, labels, "subset", label, target, reason)


def _same_names(blog: LabelUsage) -> Iterator[MergeProposal]:
    named: dict[str, str] = {}
    for label in blog.categories.by_frequency(blog.categories.spellings):
        named.setdefault(spelling_variants.variant_key(label), label)
    for label in blog.tags.spellings:
        category = named.get(spelling_variants.variant_key(label))
        if category is None or not (label == category or spelling_variants.variant_kind(label, category)):
            continue
        both = sorted(set(blog.tags.articles[label]) & set(blog.categories.articles[category]))
        few, other = (blog.tags, blog.categories), (label, category)
        if blog.categories.count(category) < blog.tags.count(label):
            few, other = (blog.categories, blog.tags), (category, label)
        yield _same_name(blog, few, other, both)


def _same_name(
    blog: LabelUsage, fields: tuple[FieldLabels, FieldLabels], names: tuple[str, str], both: list[int]
) -> MergeProposal:
    """The proposal for the rarer (first) of a tag and a category of one name."""
    (labels, others), (label, other) = fields, names
    shown, count = others.display_form(other), labels.count(label)
    found = _proposal(blog, labels, "category", label, None, "")
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
    """Tags of one article; none is merged into a label that is to be removed (`going`)."""
    labels = blog.tags
    wider: dict[tuple[str, ...], str] = {}
    for label in labels.by_frequency(labels.spellings):
        if labels.count(label) > 1 and label not in going and spelling_variants.words_of(label):
            wider.setdefault(spelling_variants.words_of(label), label)
    for label, numbers in labels.articles.items():
        if len(numbers) > 1:
            continue
        target = _broader_tag(label, wider, labels)
        if target is not None:
            reason = (
                f"only one article has it; “{labels.display_form(target)}” is wider and has {labels.count(target):,}"
            )
        else:
            beside = blog.labels_by_article[numbers[0]][0]
            others = [other for other in beside if other not in going and labels.count(other) > 1]
            target = labels.by_frequency(others)[0] if others else None
            reason = "only one article has it, so it leads nowhere; use it again or drop it"
            if target is not None:
                reason = f"only one article has it, which is under “{labels.display_form(target)}” anyway"
        yield _proposal(blog, labels, "once", label, target, reason)


def _broader_tag(label: str, known: Mapping[tuple[str, ...], str], labels: FieldLabels) -> str | None:
    """The longest, then the most frequent tag whose words are a run of this one's."""
    words = spelling_variants.words_of(label)
    for length in range(len(words) - 1, 0, -1):
        found = [
            known[words[at : at + length]]
            for at in range(len(words) - length + 1)
            if words[at : at + length] in known and len(spelling_variants.joined(words[at : at + length])) > 1
        ]
        if found:
            return labels.by_frequency(found)[0]
    return None
