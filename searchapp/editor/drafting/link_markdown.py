"""The Markdown of a link around a phrase of a source, and the exact span that it replaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from searchapp.model import Article

_SAFE = "/~!$&*+,;=:@%-._?"
"""Characters of an address that are not encoded: parentheses would end the link's target, quotes start its title."""
_MARKER = re.compile(r"\\.|(?P<mark>\*{1,3}|~~|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w))", re.S)
_POST = re.compile(r"(?:\A|/)_posts/((?:[^/]+/)*\d{4}-\d{1,2}-\d{1,2}-[^/]+)\.[^./]+\Z")
_WORD_BEFORE = re.compile(r"[^\W_][.\-‐‑_/@]?\Z")
_WORD_AFTER = re.compile(r"[.\-‐‑_/@]?[^\W_]")
"""Text around a phrase that begins or ends within a word: the NET of ASP.NET."""
_NOT_BEFORE = "!\\]`"
"""A link right after one of these would be an image, no link, or part of a reference."""


@dataclass(frozen=True, slots=True)
class LinkReplacement:
    """The replacement of `source[start:end]` that makes a link of a phrase.

    markdown    with the address of the article
    jekyll      with `{% post_url … %}`, "" if the article is no Jekyll post
    """

    start: int
    end: int
    markdown: str
    jekyll: str = ""


def link_span(source: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span of a phrase, extended to emphasis marks around it that would be left unpaired.

    None where a link is impossible: it would split a word, emphasis or code.
    """
    if _WORD_BEFORE.search(source, max(0, start - 2), start) or _WORD_AFTER.match(source, end):
        return None
    opened, closed = _unpaired(source[start:end])
    before, after = "".join(closed), "".join(opened[::-1])
    start, end = start - len(before), end + len(after)
    if source[start : start + len(before)] != before or source[end - len(after) : end] != after or start < 0:
        return None
    if _splits_mark(source, start, -1) or _splits_mark(source, end, 1):
        return None
    if (start and source[start - 1] in _NOT_BEFORE) or "`" in source[start:end] or "\n\n" in source[start:end]:
        return None
    return start, end


def _splits_mark(source: str, at: int, step: int) -> bool:
    """Whether a mark at the edge of the span is longer than its part inside: `**` of `***`."""
    inside, outside = (
        (source[at : at + 1], source[at - 1 : at]) if step < 0 else (source[at - 1 : at], source[at : at + 1])
    )
    return inside == outside and inside in {"*", "_", "~"}


def _unpaired(text: str) -> tuple[list[str], list[str]]:
    """The emphasis marks that open in a text without closing, and those that close without opening."""
    opened: list[str] = []
    closed: list[str] = []
    for match in _MARKER.finditer(text):
        mark = match["mark"]
        if mark is None:
            continue
        if opened and opened[-1] == mark:
            opened.pop()
        elif match.start() and not text[match.start() - 1].isspace():
            closed.insert(0, mark)
        else:
            opened.append(mark)
    return opened, closed


def make_link(
    source: str, start: int, end: int, article: Article, anchor: str, site_url: str = ""
) -> LinkReplacement | None:
    """Return the link to paste for a phrase; None where a link is impossible (`link_span`)."""
    place = link_span(source, start, end)
    if place is None:
        return None
    words = source[slice(*place)]
    fragment = f"#{quote(anchor, safe='', errors='replace')}" if anchor else ""
    post = _POST.search(article.id)
    jekyll = f"[{words}]({{% post_url {post[1]} %}}{fragment})" if post and not re.search(r"[\s{}%]", post[1]) else ""
    return LinkReplacement(*place, f"[{words}]({address(article, site_url)}{fragment})", jekyll)


def address(article: Article, site_url: str = "") -> str:
    """Return the target of a link within the blog: the permalink, below the path of `site_url`; else the file's path.

    Percent-encoded as far as Markdown needs it.
    """
    permalink = article.permalink
    if not permalink:
        return quote(f"/{article.id}", safe=_SAFE, errors="replace")
    if permalink.startswith(("http://", "https://")):
        return quote(permalink, safe=_SAFE, errors="replace")
    base = urlsplit(site_url).path.rstrip("/")
    return quote(f"{base}/{permalink.lstrip('/')}", safe=_SAFE, errors="replace")
