"""Finds a site's root and reads the configuration of the generator that makes it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from searchapp.articles.files.source import UnreadableError, decode, read_bytes
from searchapp.articles.front_matter.fields import first, language_code, truth
from searchapp.articles.front_matter.loaders import FrontMatterError, TextJSON, TextTOML, TextYAML, Value
from searchapp.articles.front_matter.split import canonical
from searchapp.articles.generators.permalink_template import STYLES
from searchapp.articles.outcome import Limits
from searchapp.articles.site import Default, Site, fingerprint
from searchapp.config.loading import Config
from searchapp.errors import ConfigError
from searchapp.model import Problem

MAX_CONFIG_BYTES = 1024 * 1024
_CONTENT_FOLDERS = frozenset({"_posts", "content", "posts", "source", "docs", "blog", "pages"})
_NAMES = (
    "_config.yml",
    "_config.yaml",
    "_config.toml",
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "zola.toml",
    "config.toml",
    "config.yaml",
    "config.yml",
    "config.json",
)
_MARKERS = {
    "docusaurus.config.js": "docusaurus",
    "docusaurus.config.ts": "docusaurus",
    "astro.config.mjs": "astro",
    "astro.config.ts": "astro",
    "astro.config.js": "astro",
    "pelicanconf.py": "pelican",
    ".eleventy.js": "eleventy",
    "eleventy.config.js": "eleventy",
    "eleventy.config.mjs": "eleventy",
    "eleventy.config.cjs": "eleventy",
}


def open_site(config: Config) -> Site:
    """The site of `config.content_dir`.

    Raises ConfigError if that is no folder that can be read. A generator's configuration that can't be
    read is a problem of the site, not an error.
    """
    try:
        with os.scandir(config.content_dir) as entries:
            names = {entry.name for entry in entries}
    except FileNotFoundError as error:
        raise ConfigError(f"content_dir: there is no folder {config.content_dir}; name one with --content") from error
    except NotADirectoryError as error:
        raise ConfigError(f"content_dir: {config.content_dir} is a file; name the folder that it is in") from error
    except OSError as error:
        raise ConfigError(f"content_dir: {config.content_dir} can't be read: {error.strerror}") from error
    root, names = _root(config.content_dir, names)
    site = Site(
        config=config,
        root=root,
        generator=next((kind for name, kind in _MARKERS.items() if name in names), ""),
        timezone=config.timezone,
        language=config.language,
        permalink=config.permalink,
    )
    site = _with_generator(site, config.content_dir / root, names)
    return replace(site, fingerprint=fingerprint(site))


def _root(folder: Path, names: set[str]) -> tuple[str, set[str]]:
    """Goes down while there is nothing but one plain folder, as in an unpacked archive."""
    root = ""
    for _ in range(5):
        if len(names) != 1 or next(iter(names)).startswith((".", "_")):
            break
        (name,) = names
        path = folder / root / name
        if path.is_symlink() or not path.is_dir():
            break
        try:
            names = {entry.name for entry in path.iterdir()}
        except OSError:
            break
        root += name + "/"
    try:
        root.encode()
    except UnicodeEncodeError:
        return "", names
    return root, names


def _with_generator(site: Site, folder: Path, names: set[str]) -> Site:
    """The site with what the first generator's configuration says, in its folder or the one around it."""
    places = [(folder, names)]
    if folder.name in _CONTENT_FOLDERS:
        try:
            places.append((folder.parent, {path.name for path in folder.parent.iterdir()}))
        except OSError:
            pass
    for place, found in places:
        name = next((name for name in _NAMES if name in found), None)
        if name is not None:
            try:
                return _configured(site, name, *_load(place / name))
            except (OSError, UnreadableError, FrontMatterError) as error:
                line = error.line or None if isinstance(error, FrontMatterError) else None
                reason = f"the site's configuration can't be read: {error}"
                return replace(site, problems=(Problem(name, line, reason, code="site-config"),))
        marker = next((kind for file, kind in _MARKERS.items() if file in found), "")
        if marker:
            return replace(site, generator=marker)
    return site


def _load(path: Path) -> tuple[dict[str, Value], frozenset[str]]:
    """The settings by canonical key, and the keys as they are written."""
    text, _ = decode(read_bytes(path, Limits(file_bytes=MAX_CONFIG_BYTES)))
    loader = {".toml": TextTOML, ".json": TextJSON}.get(path.suffix, TextYAML)()
    value: Value = loader.load(text)
    if not isinstance(value, dict):
        return {}, frozenset()
    return {canonical(key): item for key, item in value.items()}, frozenset(value)


def _configured(site: Site, name: str, data: dict[str, Value], written: frozenset[str]) -> Site:
    generator = _generator(name, data, written)
    fallback = first(data.get("timezone"))
    explicit = site.config.sources.get("timezone", "default") != "default" or site.config.timezone != "UTC"
    language = next(
        (
            code
            for key in (
                "lang",
                "language",
                "locale",
                "languagecode",
                "defaultcontentlanguage",
                "defaultlanguage",
            )
            if (code := language_code(first(data.get(key))))
        ),
        "",
    )
    languages = data.get("languages")
    site = replace(
        site,
        generator=generator or site.generator,
        timezone=site.timezone if explicit or not _is_zone(fallback) else fallback,
        language=site.language or language,
        address=_address(data),
        languages=frozenset(filter(None, map(language_code, languages)))
        if isinstance(languages, dict)
        else frozenset(),
    )
    if generator in {"jekyll", "hexo"}:
        template = first(data.get("permalink")) or ("date" if generator == "jekyll" else "")
        site = replace(site, permalink=site.permalink or STYLES.get(template, template))
    if generator == "jekyll":
        return _jekyll(site, data)
    permalinks = data.get("permalinks")
    if generator == "hugo" and isinstance(permalinks, dict) and not site.permalink:
        pages = permalinks.get("page", permalinks)
        table = pages if isinstance(pages, dict) else permalinks
        return replace(site, sections=tuple((key, first(item)) for key, item in table.items() if first(item)))
    return site


def _address(data: dict[str, Value]) -> str:
    """`url` and `baseurl` of Jekyll, `url` of Hexo, `baseURL` of Hugo, `base_url` of Zola; "" without any."""
    base, url = first(data.get("baseurl")).strip(), first(data.get("url")).strip()
    address = base if "://" in base else f"{url.rstrip('/')}/{base.lstrip('/')}"
    return address.rstrip("/") if address.startswith(("http://", "https://")) else ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)


def _generator(name: str, data: dict[str, Value], written: frozenset[str]) -> str:
    """Whose configuration it is; the same file name is used by two of them each."""
    if name.startswith("_config"):
        return "hexo" if {"newpostname", "publicdir", "sourcedir", "postassetfolder"} & data.keys() else "jekyll"
    if name.startswith("hugo"):
        return "hugo"
    if name == "zola.toml" or (name == "config.toml" and "base_url" in written):
        return "zola"
    return "hugo" if {"baseurl", "languagecode"} & data.keys() else ""


def _jekyll(site: Site, data: dict[str, Value]) -> Site:
    defaults: list[Default] = []
    entries = data.get("defaults")
    for entry in entries if isinstance(entries, list) else []:
        scope = entry.get("scope") if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        if isinstance(scope, dict) and isinstance(values, dict):
            path = first(scope.get("path")).strip("/")
            keyed = {canonical(key): item for key, item in values.items()}
            defaults.append(Default(path, first(scope.get("type")), keyed))
    collections: list[tuple[str, str | None]] = []
    declared = data.get("collections")
    if isinstance(declared, list):
        collections = [(first(name), None) for name in declared]
    elif isinstance(declared, dict):
        for name, options in declared.items():
            output = isinstance(options, dict) and truth(options.get("output")) is True
            template = first(options.get("permalink")) if isinstance(options, dict) else ""
            collections.append(
                (name, (STYLES.get(template, template) or "/:collection/:path.html") if output else None)
            )
    excluded = data.get("exclude")
    patterns = [first(item).strip("/") for item in excluded] if isinstance(excluded, list) else [first(excluded)]
    return replace(
        site,
        defaults=tuple(sorted(defaults, key=lambda default: len(default.path))),
        collections=tuple(item for item in collections if item[0] != "posts"),
        exclude=tuple(filter(None, patterns)),
    )
