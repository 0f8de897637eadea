"""Hugo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from searchapp.articles.front_matter.split import canonical
from searchapp.articles.front_matter.values import first, language_code
from searchapp.articles.generators.generator import Generator, Settings
from searchapp.articles.generators.slugs import HeadingIds, hugo_slug
from searchapp.articles.site import Site

_KEYS = frozenset({"publishdate", "expirydate", "lastmod", "ishtml", "iscjklanguage"})


def _claims(settings: Settings) -> bool:
    if settings.file.startswith("hugo"):
        return True
    return not {"baseurl", "languagecode"}.isdisjoint(settings.values)


def _configure(site: Site, settings: Settings) -> Site:
    site = replace(site, language_folders=tuple(sorted(_language_folders(settings), reverse=True)))
    permalinks = settings.values.get("permalinks")
    if not isinstance(permalinks, dict) or site.permalink:
        return site
    pages = permalinks.get("page", permalinks)
    table = pages if isinstance(pages, dict) else permalinks
    return replace(site, sections=tuple((key, first(item)) for key, item in table.items() if first(item)))


def _language_folders(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the folder and code of each language with a `contentDir` of its own, from the configuration's folder."""
    languages = settings.values.get("languages")
    for code, options in languages.items() if isinstance(languages, dict) else ():
        if isinstance(options, dict) and language_code(code):
            named = {canonical(key): value for key, value in options.items()}
            folder = first(named.get("contentdir")).strip("./")
            if folder.startswith(settings.below) and folder.removeprefix(settings.below):
                yield folder.removeprefix(settings.below), language_code(code)


HUGO = Generator(
    name="hugo",
    title="Hugo",
    configs=(
        *("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"),
        *("config.toml", "config.yaml", "config.yml", "config.json"),
    ),
    claims=_claims,
    configure=_configure,
    is_file=lambda front: front.format in {"toml", "json"} or not _KEYS.isdisjoint(front.data),
    heading_ids=HeadingIds(hugo_slug, "-1", "heading"),
    link_tags=(("ref", "ref"), ("relref", "ref")),
)
