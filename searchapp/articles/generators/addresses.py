"""The permalink and the aliases of one article, from front matter and templates."""

from __future__ import annotations

from datetime import datetime

from searchapp.articles.files.path_info import Place
from searchapp.articles.front_matter import fields
from searchapp.articles.front_matter.fields import Warn
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.generators.permalink_template import Facts, expand, safe
from searchapp.articles.site import Site


def of(
    site: Site,
    place: Place,
    front: FrontMatter,
    dialect: str,
    categories: tuple[str, ...],
    date: datetime | None,
    warn: Warn,
) -> tuple[str, tuple[str, ...]]:
    """(permalink, aliases); what must not be followed is left out with a warning."""
    facts = Facts(
        slug=place.slug,
        named=fields.first(front.data.get("slug")).strip().strip("/"),
        path=place.path,
        collection=place.collection,
        categories=categories,
        date=date,
    )
    return _permalink(site, place, front, dialect, facts, warn), _aliases(front, warn)


def _permalink(site: Site, place: Place, front: FrontMatter, dialect: str, facts: Facts, warn: Warn) -> str:
    key, text = _explicit(front, dialect)
    if text:
        path = expand(text, facts) if ":" in text and "://" not in text and key == "permalink" else text
        link = safe(path) if "{{" not in path and "{%" not in path else ""
        if path and not link and "{" not in path:
            warn(
                "permalink-unusable",
                front.spot_of(key),
                f"{key} is neither a path nor an http(s) address and is left out: {text[:100]}",
            )
        return link
    template = _template(site, place)
    return safe(expand(template, facts)) if template else ""


def _explicit(front: FrontMatter, dialect: str) -> tuple[str, str]:
    """The key that names the place of the article, and what it says."""
    text = fields.first(front.data.get("permalink")).strip()
    if text and fields.truth(text) is None:
        return "permalink", text
    if dialect == "zola" and (text := fields.first(front.data.get("path")).strip()):
        return "path", text if text.endswith("/") else text + "/"
    url = fields.first(front.data.get("url")).strip()
    # Elsewhere an absolute `url` is what a post links to, not where it is.
    if url and not url.startswith(("http://", "https://")):
        return "url", url
    slug = fields.first(front.data.get("slug")).strip()
    if dialect == "docusaurus" and slug.startswith("/"):
        return "slug", slug
    return "", ""


def _template(site: Site, place: Place) -> str:
    if site.config.permalink:
        return site.config.permalink
    for folder, template in site.sections:
        if place.folders[:1] == (folder.strip("/"),):
            return template
    for name, own in site.collections:
        if name == place.collection:
            return own or ""
    # A generator's own template is for its posts; its pages are elsewhere.
    is_post = place.collection == "posts" or site.generator not in {"jekyll", "hexo"}
    return site.permalink if is_post else ""


def _aliases(front: FrontMatter, warn: Warn) -> tuple[str, ...]:
    found: list[str] = []
    for key in ("redirectfrom", "aliases", "alias"):
        value = front.data.get(key)
        for item in value if isinstance(value, list) else [value]:
            text = fields.first(item).strip()
            if text and (link := safe(text)):
                found.append(link)
            elif text:
                warn(
                    "alias-unusable",
                    front.spot_of(key),
                    f"an earlier address is not a path and is left out: {text[:100]}",
                )
    return tuple(dict.fromkeys(found))
