"""The Markdown of a link around a phrase of a source: what to paste in its place, and where exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from searchapp.model import Article

_SAFE = "/~!$&*+,;=:@%-._?"
"""Characters of an address that stay: parentheses would end the link's target, quotes start its title."""
_MARKER = re.compile(r"\\.|(?P<mark>\*{1,3}|~~|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w))", re.S)
_POST = re.compile(r"(?:\A|/)_posts/((?:[^/]+/)*\d{4}-\d{1,2}-\d{1,2}-[^/]+)\.[^./]+\Z")
_WITHIN = re.compile(r"[^\W_][.\-‐‑_/@]?\Z")
_GOES_ON = re.compile(r"[.\-‐‑_/@]?[^\W_]")
"""What shows that a phrase would begin or end within a word: the NET of ASP.NET."""
_NOT_BEFORE = "!\\]`"
"""A link right after one of these would be a picture, no link, or part of a reference."""


@dataclass(frozen=True, slots=True)
class Paste:
    """What replaces `source[start:end]` to make a link of a phrase.

    markdown    with the address of the article
    jekyll      with `{% post_url … %}`, "" where the article is no post of Jekyll's
    """

    start: int
    end: int
    markdown: str
    jekyll: str = ""


def stretch(source: str, start: int, end: int) -> tuple[int, int] | None:
    """The phrase's own stretch, or with the marks of emphasis around it that it can't do without.

    None where a link can't be put: it would tear a word, emphasis or code apart.
    """
    if _WITHIN.search(source, max(0, start - 2), start) or _GOES_ON.match(source, end):
        return None
    opened, closed = _unpaired(source[start:end])
    before, after = "".join(closed), "".join(opened[::-1])
    start, end = start - len(before), end + len(after)
    if source[start : start + len(before)] != before or source[end - len(after) : end] != after or start < 0:
        return None
    if _beside(source, start, -1) or _beside(source, end, 1):
        return None
    if (start and source[start - 1] in _NOT_BEFORE) or "`" in source[start:end] or "\n\n" in source[start:end]:
        return None
    return start, end


def _beside(source: str, at: int, step: int) -> bool:
    """Whether a mark that was taken in goes on: `**` of `***`."""
    inside, outside = (
        (source[at : at + 1], source[at - 1 : at]) if step < 0 else (source[at - 1 : at], source[at : at + 1])
    )
    return inside == outside and inside in {"*", "_", "~"}


def _unpaired(text: str) -> tuple[list[str], list[str]]:
    """The marks of emphasis that open in a text without closing, and those that close without having opened."""
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


def paste(source: str, start: int, end: int, article: Article, anchor: str, site_url: str = "") -> Paste | None:
    """The link to paste for a phrase; None where none can be put (`stretch`)."""
    place = stretch(source, start, end)
    if place is None:
        return None
    words = source[slice(*place)]
    fragment = f"#{quote(anchor, safe='', errors='replace')}" if anchor else ""
    post = _POST.search(article.id)
    jekyll = f"[{words}]({{% post_url {post[1]} %}}{fragment})" if post and not re.search(r"[\s{}%]", post[1]) else ""
    return Paste(*place, f"[{words}]({address(article, site_url)}{fragment})", jekyll)


def address(article: Article, site_url: str = "") -> str:
    """The target of a link on the blog itself: the permalink, below the path of `site_url`; else the file's path.

    Percent-encoded as far as Markdown needs it.
    """
    permalink = article.permalink
    if not permalink:
        return quote(f"/{article.id}", safe=_SAFE, errors="replace")
    if permalink.startswith(("http://", "https://")):
        return quote(permalink, safe=_SAFE, errors="replace")
    base = urlsplit(site_url).path.rstrip("/")
    return quote(f"{base}/{permalink.lstrip('/')}", safe=_SAFE, errors="replace")
