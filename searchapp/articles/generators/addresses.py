"""The permalink and the aliases of one article, from front matter and templates."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from searchapp.articles.files.path_info import Place
from searchapp.articles.front_matter.fields import Warn
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.front_matter.values import first, truth
from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.permalink_template import Placeholders, expand, safe
from searchapp.articles.site import Site


def of(
    site: Site,
    place: Place,
    front: FrontMatter,
    generator: Generator,
    categories: tuple[str, ...],
    date: datetime | None,
    warn: Warn,
) -> tuple[str, tuple[str, ...]]:
    """(permalink, aliases); what must not be followed is left out with a warning."""
    values = Placeholders(
        slug=place.slug,
        named=first(front.data.get("slug")).strip().strip("/"),
        path=place.path,
        collection=place.collection,
        categories=categories,
        date=date,
    )
    return _permalink(site, place, front, generator, values, warn), _aliases(front, warn)


def _permalink(
    site: Site, place: Place, front: FrontMatter, generator: Generator, values: Placeholders, warn: Warn
) -> str:
    key, text = _explicit(front, generator)
    if text:
        path = expand(text, values) if ":" in text and "://" not in text and key == "permalink" else text
        link = safe(path) if "{{" not in path and "{%" not in path else ""
        if path and not link and "{" not in path:
            warn(
                "permalink-unusable",
                front.spot_of(key),
                f"{key} is neither a path nor an http(s) address and is left out: {text[:100]}",
            )
        return link
    address = "" if site.config.permalink else generator.address(site, place, front)
    if address:
        return safe(quote(address))
    template = _template(site, place, generator)
    return safe(expand(template, values)) if template else ""


def _explicit(front: FrontMatter, generator: Generator) -> tuple[str, str]:
    """The key that names the place of the article, and what it says."""
    text = first(front.data.get("permalink")).strip()
    if text and truth(text) is None:
        return "permalink", text
    key, text = generator.own_address(front)
    if text:
        return key, text
    url = first(front.data.get("url")).strip()
    # Elsewhere an absolute `url` is what a post links to, not where it is.
    if url and not url.startswith(("http://", "https://")):
        return "url", url
    return "", ""


def _template(site: Site, place: Place, generator: Generator) -> str:
    if site.config.permalink:
        return site.config.permalink
    for folder, template in site.sections:
        if place.folders[:1] == (folder.strip("/"),):
            return template
    for name, own in site.collections:
        if name == place.collection:
            return own or ""
    return site.permalink if place.collection == "posts" or not generator.template_for_posts else ""


def _aliases(front: FrontMatter, warn: Warn) -> tuple[str, ...]:
    found: list[str] = []
    for key in ("redirectfrom", "aliases", "alias"):
        value = front.data.get(key)
        for item in value if isinstance(value, list) else [value]:
            text = first(item).strip()
            if text and (link := safe(text)):
                found.append(link)
            elif text:
                warn(
                    "alias-unusable",
                    front.spot_of(key),
                    f"an earlier address is not a path and is left out: {text[:100]}",
                )
    return tuple(dict.fromkeys(found))
