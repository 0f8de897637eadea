"""Whose conventions a file follows: found from what is there, never asked for."""

from __future__ import annotations

from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.site import Site

_KEYS = (
    ("zola", frozenset({"taxonomies", "insearchindex", "extra", "path"})),
    ("hugo", frozenset({"publishdate", "expirydate", "lastmod", "ishtml", "iscjklanguage"})),
    ("astro", frozenset({"pubdate", "pubdatetime", "heroimage", "updateddate"})),
    ("docusaurus", frozenset({"unlisted", "sidebarlabel", "hidetableofcontents", "sidebarposition"})),
    ("wordpress", frozenset({"guid"})),
)


def dialect_of(front: FrontMatter, id: str, site: Site) -> str:
    """The dialect of one file: the site's if its generator is known, else what the file itself shows.

    One of jekyll, wordpress, hexo, hugo, zola, pelican, astro, docusaurus, eleventy.
    """
    if site.generator:
        return site.generator
    if front.format in {"hexo", "pelican"}:
        return front.format
    found = front.data.keys()
    if front.format == "toml":
        return "zola" if found & _KEYS[0][1] else "hugo"
    if front.format == "json":
        return "hugo"
    for dialect, keys in _KEYS[1:]:
        if found & keys:
            return dialect
    folders = id.split("/")[:-1]
    if "_posts" in folders and "source" in folders[: folders.index("_posts")]:
        return "hexo"
    if id.endswith(".mdx"):
        return "docusaurus" if "_posts" not in folders else "jekyll"
    return "jekyll"
