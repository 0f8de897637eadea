"""What previews of a link to an article show (The Open Graph protocol, https://ogp.me)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from searchapp.model import Article
from searchapp.retrieval.documents import excerpt
from searchapp.serialize import article_path
from searchapp.web.state import state

MAX_DESCRIPTION = 300
"""Characters; previews show fewer."""

_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="(https?://[^"]+)"')


@dataclass(frozen=True, slots=True)
class Card:
    """`url` and `image` are absolute, "" if not known; the texts are plain."""

    url: str
    description: str
    image: str


def card(article: Article, body: str, original: str) -> Card:
    """The card of an article.

    body      its sanitised HTML, whose first image is the card's
    original  where it is on its blog, "" if that is not known

    Addresses come from the configuration only: who asks, and by which name, must not get into a page.
    """
    here = state().config.public_url
    image = _IMAGE.search(body)
    return Card(
        url=original or (f"{here}{article_path(article.id)}" if here else ""),
        description=_cut(article.summary or excerpt(article)),
        image=unescape(image[1]) if image else "",
    )


def _cut(text: str) -> str:
    return text if len(text) <= MAX_DESCRIPTION else f"{text[:MAX_DESCRIPTION].rpartition(' ')[0]}…"
