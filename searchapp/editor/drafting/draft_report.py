"""The report on a draft: related articles, link and label suggestions, near-duplicates."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from searchapp.analysis.folding import fold_value
from searchapp.articles import ParsedDraft
from searchapp.editor.drafting import existing_links, label_suggestions, link_suggestions
from searchapp.editor.drafting.link_markdown import LinkReplacement, make_link
from searchapp.editor.near_duplicates import alike
from searchapp.engine import Engine
from searchapp.facets import LABELS
from searchapp.model import Hit

_BLOCK = re.compile(r"\n[ \t]*(?:\n|(?=\||#{1,6}[ ])|(?:[-*+>]|\d{1,9}[.)])[ \t])|\A(?:[-*+>]|\d{1,9}[.)])[ \t]")
"""The beginning of a paragraph, list item, quotation, table row or heading."""
CONTEXT = 40
"""Characters of the draft that are shown before and after a phrase."""


@dataclass(frozen=True, slots=True)
class PastableLink:
    """A link suggestion with the Markdown to paste.

    line, column    of the phrase in the draft's source, from 1; columns in characters
    replaced        line and column of the replaced text's begin, and those after its end
    before, after   the source around it on one line, with the blanks between it and the phrase
    """

    link: link_suggestions.LinkSuggestion
    paste: LinkReplacement
    line: int
    column: int
    replaced: tuple[int, int, int, int]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DraftReport:
    """The report on a draft.

    itself      the id of the article that the draft is already published as, "" if it is not
    related     related articles, the nearest first, without itself
    links       link suggestions, the best first
    linked      the ids of the articles that it links already
    alike       near-duplicates, without itself
    tags, categories    suggested labels, the best first
    """

    parsed: ParsedDraft
    itself: str
    related: tuple[Hit, ...]
    links: tuple[PastableLink, ...]
    linked: frozenset[str]
    alike: tuple[alike.SimilarArticle, ...]
    tags: tuple[label_suggestions.LabelSuggestion, ...]
    categories: tuple[label_suggestions.LabelSuggestion, ...]

    @property
    def foreign(self) -> bool:
        """Whether all related articles are in other languages than the draft."""
        return bool(self.related) and all(hit.language != self.parsed.language for hit in self.related)


def draft_report(
    engine: Engine, parsed: ParsedDraft, *, id: str = "", site_url: str = "", limit: int = 10
) -> DraftReport:
    """Return the report on a draft. Raises IndexUnusableError while there is no index.

    id      of the article that the draft is already published as, "" to find out
    limit   maximum number of related articles and of links
    """
    draft = parsed.draft
    near = engine.related(draft, max(limit, label_suggestions.NEIGHBOURS) + 1)
    itself = id or _published(parsed, near)
    near = tuple(hit for hit in near if hit.id != itself)
    linked = existing_links.linked_ids(engine, parsed.links, site_url)
    same = tuple(each for each in alike.find_similar(draft, engine) if each.id != itself)
    return DraftReport(
        parsed,
        itself,
        near[:limit],
        pastable_links(engine, parsed, linked | {itself} | version_ids(same), site_url, limit),
        linked,
        same,
        **{
            each.field: label_suggestions.suggest_labels(engine, each, getattr(draft, each.field), near)
            for each in LABELS
        },
    )


def pastable_links(
    engine: Engine, parsed: ParsedDraft, exclude: Collection[str], site_url: str = "", limit: int = 10
) -> tuple[PastableLink, ...]:
    """Return link suggestions with the Markdown to paste, the best first, at most `limit`."""
    found = []
    for link in link_suggestions.suggest_links(engine, parsed, exclude)[:limit]:
        pasted = make_link(parsed.source, link.start, link.end, link.article, link.anchor, site_url)
        if pasted is not None:
            line, column = parsed.place(link.start)
            replaced = (*parsed.place(pasted.start), *parsed.place(pasted.end))
            before, after = context(parsed.source, link.start, link.end)
            found.append(PastableLink(link, pasted, line, column, replaced, before, after))
    return tuple(found)


def version_ids(found: Iterable[alike.SimilarArticle]) -> frozenset[str]:
    """Return the ids of the articles that are versions of the draft itself: near-duplicates, which it does not link."""
    return frozenset(each.id for each in found if each.similarity >= alike.THRESHOLD)


def published_as(engine: Engine, parsed: ParsedDraft) -> str:
    """Return the id of the related article with the draft's title, which it is published as; "" for none."""
    return _published(parsed, engine.related(parsed.draft, 5))


def _published(parsed: ParsedDraft, near: tuple[Hit, ...]) -> str:
    title = fold_value(parsed.draft.title)
    return next((hit.id for hit in near[:5] if title and fold_value(hit.title) == title), "")


def context(source: str, start: int, end: int) -> tuple[str, str]:
    """Return the source before and after a span, at most CONTEXT characters each, cut at blanks, on one line."""
    before, after = source[max(0, start - CONTEXT) : start], source[end : end + CONTEXT]
    if start > CONTEXT and " " in before:
        before = before[before.index(" ") + 1 :]
    if end + CONTEXT < len(source) and " " in after:
        after = after[: after.rindex(" ")]
    before, after = _BLOCK.split(before)[-1], _BLOCK.split(after, maxsplit=1)[0]
    return re.sub(r"\s+", " ", before), re.sub(r"\s+", " ", after.rstrip())
