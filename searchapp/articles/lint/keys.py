"""Rules on the keys of front matter: misspelt and empty ones, and values that should not be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from searchapp.articles.front_matter.loaders import Value
from searchapp.articles.front_matter.values import first
from searchapp.articles.lint.page import Flaw, LintedFile

CODES = frozenset({"key-misspelt", "key-empty", "value-serialised", "email-exposed"})

_KNOWN = """
    title subtitle date author authors category categories tag tags slug summary description excerpt status modified
    lang language locale template layout permalink published updated comments url id keywords draft image images
    cover thumbnail banner hero hero_image feature featured featured_image header header_image toc math mathjax
    share sidebar nav navigation weight order priority sitemap robots canonical canonical_url link links redirect
    redirect_from redirect_to aliases alias series serie type format excerpt_separator last_modified last_modified_at
    lastmod publish_date pub_date pub_datetime post_date created created_at updated_at updated_date expiry_date
    unpublish_date expires menu menus cascade build outputs resources params extra taxonomies path in_search_index
    search search_exclude pin pinned sticky password unlisted private hidden headless sidebar_label sidebar_position
    hide_table_of_contents hide_title pagination_prev pagination_next collection collections parent parents children
    permalinks guid wordpress_id meta metadata video videos audio gallery notes note source sources github twitter
    mastodon show_date reading_time read_time page_id post_id name names label labels text color colour background
    class classes style styles css js script scripts theme version versions section sections topic topics copyright
    license rating score price location place places event events venue start end duration release releases is_post
    is_page visible listed index noindex no_index excerpt_image card teaser intro abstract lead caption captions
    figure figures alt photo photos pagination paginate page pages site post posts team teams role roles email bio
    avatar company project projects product products quote quotes person people speaker speakers book books isbn
    film films show shows season episode episodes podcast file files size data code demo repo related rss feed amp
"""
_THEME_KEYS = frozenset("autor imagen imagem descripcion statut update publisher".split())
"""Valid keys of themes that are one edit away from another key."""
KNOWN = _THEME_KEYS | frozenset(word.replace("_", "") for word in _KNOWN.split())
_CHECKED = tuple(
    sorted(
        word
        for word in (
            "title subtitle author authors category categories tags description excerpt summary permalink published "
            "layout redirectfrom aliases keywords language lastmod modified updated comments image draft series "
            "canonicalurl template publishdate expirydate status"
        ).split()
    )
)
"""The keys whose misspellings are reported: those that searchapp or a generator evaluates."""
_EMPTY = ("title", "date", "tags", "categories", "category", "description", "permalink", "author")
_SERIALISED = re.compile(r"(?:a:\d+:\{|O:\d+:\"|s:\d+:\")")
_EMAIL = re.compile(
    r"(?<![@\w.%+-])(?!git@)[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}"
    r"(?!(?:png|jpe?g|gif|webp|svg|avif|md|html?)\b)[A-Za-z]{2,24}\b(?![.-]?\w)"
)


def find(page: LintedFile) -> Iterator[Flaw]:
    """Yield misspelt and empty keys, PHP-serialised values, and e-mail addresses."""
    front = page.facts.front
    for key, value in front.data.items():
        if key not in KNOWN and (meant := misspelt(key)) and meant not in front.data:
            yield Flaw(
                "key-misspelt",
                front.spot_of(key),
                f"no generator knows the key '{_as_written(page, key)}'",
                f"write {meant}",
            )
        if key in _EMPTY and _is_empty(value):
            yield Flaw("key-empty", front.spot_of(key), f"'{_as_written(page, key)}' has no value")
        if _SERIALISED.match(first(value)):
            yield Flaw(
                "value-serialised",
                front.spot_of(key),
                f"'{_as_written(page, key)}' holds a value that PHP has serialised",
            )
    yield from _addresses(page)


def _as_written(page: LintedFile, key: str) -> str:
    """A canonical key as it is spelt in the file."""
    spot = page.facts.front.spot_of(key)
    if spot.line is None or spot.column is None:
        return key
    row = page.facts.front.raw.split("\n")[spot.line - page.facts.front.raw_line]
    match = re.match(r"[\"']?([\w-]+)", row[spot.column - 1 :])
    return match[1] if match else key


@lru_cache(4096)
def misspelt(key: str) -> str:
    """Return the known key one edit away (a letter inserted, deleted, substituted, two transposed); "" if none."""
    if len(key) < 4 or not key.isalpha():
        return ""
    return next((known for known in _CHECKED if abs(len(known) - len(key)) < 2 and _is_one_edit(key, known)), "")


def _is_one_edit(key: str, known: str) -> bool:
    if f"{key}s" == known or key == f"{known}s":
        return False  # singular and plural: a key of the blog's own
    start = next((n for n, (a, b) in enumerate(zip(key, known, strict=False)) if a != b), min(len(key), len(known)))
    rest, other = key[start:], known[start:]
    swapped = len(rest) > 1 and rest[1:2] + rest[:1] + rest[2:] == other
    return swapped or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]


def _is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


def _addresses(page: LintedFile) -> Iterator[Flaw]:
    """E-mail addresses, which are public by the repository or by a theme that shows the author."""
    raw = page.facts.front.raw
    if "@" not in raw:
        return
    for match in _EMAIL.finditer(raw):
        row = raw[raw.rfind("\n", 0, match.start()) + 1 : match.start()]
        if match[0].rpartition("@")[2].lower() not in {"example.com", "example.org", "example.net"} and "//" not in row:
            yield Flaw("email-exposed", page.front_at(match.start()), "an e-mail address for anyone to collect")
