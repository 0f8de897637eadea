"""Permalink and aliases of an article, from front matter and templates."""

from __future__ import annotations

from urllib.parse import quote

from searchapp.articles.file_facts import FileFacts
from searchapp.articles.front_matter.values import first, truth
from searchapp.articles.generators.permalink_template import Placeholders, expand, safe


def permalink(facts: FileFacts) -> str:
    """Return the permalink; "" if it is unknown or, with a warning, unsafe."""
    site, place, front = facts.site, facts.place, facts.front
    values = Placeholders(
        slug=place.slug,
        named=first(front.data.get("slug")).strip().strip("/"),
        path=place.path,
        collection=place.collection,
        categories=facts.categories,
        date=facts.date,
    )
    key, text = _explicit(facts)
    if text:
        path = expand(text, values) if ":" in text and "://" not in text and key == "permalink" else text
        link = safe(path) if "{{" not in path and "{%" not in path else ""
        if path and not link and "{" not in path:
            reason = f"{key} is neither a path nor an http(s) address and is left out: {text[:100]}"
            facts.warn("permalink-unusable", front.spot_of(key), reason)
        return link
    if not site.config.permalink and (address := facts.generator.address(site, place, front)):
        return safe(quote(address))
    template = _template(facts)
    return safe(expand(template, values)) if template else ""


def _explicit(facts: FileFacts) -> tuple[str, str]:
    """Return the key that declares the article's address, and its value."""
    text = first(facts.front.data.get("permalink")).strip()
    if text and truth(text) is None:
        return "permalink", text
    key, text = facts.generator.own_address(facts.front)
    if text:
        return key, text
    url = first(facts.front.data.get("url")).strip()
    # Elsewhere an absolute `url` is what a post links to, not where it is.
    if url and not url.startswith(("http://", "https://")):
        return "url", url
    return "", ""


def _template(facts: FileFacts) -> str:
    site, place = facts.site, facts.place
    if site.config.permalink:
        return site.config.permalink
    for folder, template in site.sections:
        if place.folders[:1] == (folder.strip("/"),):
            return template
    for name, own in site.collections:
        if name == place.collection:
            return own or ""
    return site.permalink if place.collection == "posts" or not facts.generator.template_for_posts else ""


def aliases(facts: FileFacts) -> tuple[str, ...]:
    """Return the article's earlier paths; unsafe ones are left out with a warning."""
    found: list[str] = []
    for key in ("redirectfrom", "aliases", "alias"):
        value = facts.front.data.get(key)
        for item in value if isinstance(value, list) else [value]:
            text = first(item).strip()
            if text and (link := safe(text)):
                found.append(link)
            elif text:
                reason = f"an earlier address is not a path and is left out: {text[:100]}"
                facts.warn("alias-unusable", facts.front.spot_of(key), reason)
    return tuple(dict.fromkeys(found))
