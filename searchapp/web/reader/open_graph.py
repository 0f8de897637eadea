"""Metadata for previews of links to an article (The Open Graph protocol, https://ogp.me)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from searchapp.model import Article
from searchapp.retrieval.documents import excerpt
from searchapp.serialize import article_path
from searchapp.web.state import state

MAX_DESCRIPTION = 300
"""Characters of a description, at most; previews show fewer."""

_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="(https?://[^"]+)"')


@dataclass(frozen=True, slots=True)
class OpenGraph:
    """Open Graph properties: `url` and `image` are absolute, "" if unknown; `description` is plain text."""

    url: str
    description: str
    image: str


def open_graph(article: Article, body: str, original: str) -> OpenGraph:
    """Return the Open Graph properties of an article.

    body      its sanitised HTML, whose first image is used
    original  its address on the blog, "" if unknown

    Addresses come from the configuration only: the request's `Host` must not get into a cached page.
    """
    here = state().config.public_url
    image = _IMAGE.search(body)
    return OpenGraph(
        url=original or (f"{here}{article_path(article.id)}" if here else ""),
        description=_cut(article.summary or excerpt(article)),
        image=unescape(image[1]) if image else "",
    )


def _cut(text: str) -> str:
    return text if len(text) <= MAX_DESCRIPTION else f"{text[:MAX_DESCRIPTION].rpartition(' ')[0]}…"
