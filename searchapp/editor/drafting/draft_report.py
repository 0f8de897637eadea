"""Everything that the desk says of a draft in hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from searchapp.analysis import fold_value
from searchapp.articles import Manuscript
from searchapp.editor.drafting import existing_links, label_suggestions, link_suggestions
from searchapp.editor.drafting.link_markdown import Paste, paste
from searchapp.editor.near_duplicates import alike
from searchapp.engine import Engine
from searchapp.model import Hit

_BLOCK = re.compile(r"\n[ \t]*(?:\n|(?=\||#{1,6}[ ])|(?:[-*+>]|\d{1,9}[.)])[ \t])|\A(?:[-*+>]|\d{1,9}[.)])[ \t]")
"""Where a paragraph, a list item, a quotation, a row or a heading begins."""
AROUND = 40
"""Characters of the draft that are shown before and after a phrase."""


@dataclass(frozen=True, slots=True)
class PastableLink:
    """A link that a draft could have, with what to paste.

    line, column    of the phrase in the draft's source, from 1; columns in characters
    replaced        line and column at which what is replaced begins, and those after its end
    before, after   the source around it on one line, with the blanks that part it from the phrase
    """

    link: link_suggestions.LinkSuggestion
    paste: Paste
    line: int
    column: int
    replaced: tuple[int, int, int, int]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What the blog has for a draft.

    itself      the id of the article that the draft is already published as, "" if it is not
    related     articles like it, the nearest first, without itself
    links       links that it could have, the best first
    linked      the ids of the articles that it links
    tags, categories    that it lacks
    alike       articles that say almost the same, without itself
    """

    manuscript: Manuscript
    itself: str
    related: tuple[Hit, ...]
    links: tuple[PastableLink, ...]
    linked: frozenset[str]
    tags: tuple[label_suggestions.LabelSuggestion, ...]
    categories: tuple[label_suggestions.LabelSuggestion, ...]
    alike: tuple[alike.SimilarArticle, ...]

    @property
    def foreign(self) -> bool:
        """Whether the articles near to it are in other languages than the draft."""
        return bool(self.related) and all(hit.language != self.manuscript.language for hit in self.related)


def analyse(
    engine: Engine, manuscript: Manuscript, *, id: str = "", site_url: str = "", limit: int = 10
) -> DraftReport:
    """All of it. Raises IndexUnusableError while there is no index.

    id      of the article that the draft is already published as, if the caller knows
    limit   related articles and links, at most
    """
    draft = manuscript.draft
    near = engine.related(draft, max(limit, label_suggestions.VOTERS) + 1)
    itself = id or _published(manuscript, near)
    near = tuple(hit for hit in near if hit.id != itself)
    linked = existing_links.linked(engine, manuscript.links, site_url)
    same = tuple(each for each in alike.like(draft, engine) if each.id != itself)
    return DraftReport(
        manuscript,
        itself,
        near[:limit],
        suggest(engine, manuscript, linked | {itself} | versions(same), site_url, limit),
        linked,
        label_suggestions.labels(engine, "tag", draft.tags, near),
        label_suggestions.labels(engine, "category", draft.categories, near),
        same,
    )


def suggest(
    engine: Engine, manuscript: Manuscript, exclude: Collection[str], site_url: str = "", limit: int = 10
) -> tuple[PastableLink, ...]:
    """The links that a draft could have, with what to paste, the best first, at most `limit`."""
    found = []
    for link in link_suggestions.links(engine, manuscript, exclude)[:limit]:
        pasted = paste(manuscript.source, link.start, link.end, link.article, link.anchor, site_url)
        if pasted is not None:
            line, column = manuscript.place(link.start)
            replaced = (*manuscript.place(pasted.start), *manuscript.place(pasted.end))
            before, after = around(manuscript.source, link.start, link.end)
            found.append(PastableLink(link, pasted, line, column, replaced, before, after))
    return tuple(found)


def versions(found: Iterable[alike.SimilarArticle]) -> frozenset[str]:
    """The ids of those of which a draft is a version: no link leads there, and how near others are is not measured by
    them."""
    return frozenset(each.id for each in found if each.similarity >= alike.THRESHOLD)


def published_as(engine: Engine, manuscript: Manuscript) -> str:
    """The id of the article that a draft is already published as: one near to it with its title; "" for none."""
    return _published(manuscript, engine.related(manuscript.draft, 5))


def _published(manuscript: Manuscript, near: tuple[Hit, ...]) -> str:
    title = fold_value(manuscript.draft.title)
    return next((hit.id for hit in near[:5] if title and fold_value(hit.title) == title), "")


def around(source: str, start: int, end: int) -> tuple[str, str]:
    """A few words of the source before and after a stretch, cut at blanks, on one line."""
    before, after = source[max(0, start - AROUND) : start], source[end : end + AROUND]
    if start > AROUND and " " in before:
        before = before[before.index(" ") + 1 :]
    if end + AROUND < len(source) and " " in after:
        after = after[: after.rindex(" ")]
    before, after = _BLOCK.split(before)[-1], _BLOCK.split(after, maxsplit=1)[0]
    return re.sub(r"\s+", " ", before), re.sub(r"\s+", " ", after.rstrip())
