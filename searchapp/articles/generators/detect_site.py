"""Detecting a site's root and generator, and reading the generator's configuration."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from searchapp.articles.files.source import UnreadableError, decode, read_bytes
from searchapp.articles.front_matter.loaders import FrontMatterError, TextJSON, TextTOML, TextYAML, Value
from searchapp.articles.front_matter.split import canonical
from searchapp.articles.front_matter.values import first, language_code
from searchapp.articles.generators.generator import Settings
from searchapp.articles.generators.table import GENERATORS
from searchapp.articles.outcome import Limits
from searchapp.articles.site import Site, fingerprint
from searchapp.config.loading import Config
from searchapp.errors import ConfigError
from searchapp.model import Problem

MAX_CONFIG_BYTES = 1024 * 1024
_CONTENT_FOLDERS = frozenset({"_posts", "content", "posts", "source", "docs", "blog", "pages"})
_LANGUAGE_KEYS = (
    "lang",
    "language",
    "locale",
    "languagecode",
    "defaultcontentlanguage",
    "defaultlanguage",
    "defaultlang",
)
_TRANSLATION_KEYS = ("languages", *_LANGUAGE_KEYS, "locales")
"""Where several are named, as the keys of a table or in a list: Hugo's and Zola's, polyglot's, Hexo's."""


def open_site(config: Config) -> Site:
    """Return the site of `config.content_dir`.

    Raises ConfigError if that is no readable folder. If the generator's configuration can't be
    read, that is a problem of the site, not an error.
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
        generator=_marked(names),
        timezone=config.timezone,
        language=config.language,
        permalink=config.permalink,
    )
    site = _with_generator(site, config.content_dir / root, names)
    return replace(site, fingerprint=fingerprint(site))


def _root(folder: Path, names: set[str]) -> tuple[str, set[str]]:
    """Descend while there is nothing but one plain folder, as in an unpacked archive."""
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


def _marked(names: set[str]) -> str:
    """Return the generator with a marker among the names of a folder's files; "" if there is none."""
    return next((each.name for each in GENERATORS if not names.isdisjoint(each.markers)), "")


def _with_generator(site: Site, folder: Path, names: set[str]) -> Site:
    """Return the site with the first generator's configuration in its folder or the parent."""
    places = [(folder, names)]
    if folder.name in _CONTENT_FOLDERS:
        try:
            places.append((folder.parent, {path.name for path in folder.parent.iterdir()}))
        except OSError:
            pass
    for place, found in places:
        below = f"{folder.name}/" if place != folder else ""
        if configured := _configured(site, place, found, below):
            return configured
        if marker := _marked(found):
            return replace(site, generator=marker)
    return site


def _configured(site: Site, folder: Path, names: set[str], below: str) -> Site | None:
    """Return the site with the first configuration that a generator claims, else with any; None without one."""
    unclaimed: Settings | None = None
    for generator in GENERATORS:
        name = next((name for name in generator.configs if name in names), None)
        if name is None:
            continue
        try:
            settings = _load(folder / name, generator.load)._replace(below=below)
        except (OSError, UnreadableError, FrontMatterError) as error:
            line = error.line or None if isinstance(error, FrontMatterError) else None
            reason = f"the site's configuration can't be read: {error}"
            return replace(site, problems=(Problem(name, line, reason, code="site-config"),))
        if generator.claims(settings):
            return generator.configure(replace(_general(site, settings.values), generator=generator.name), settings)
        unclaimed = unclaimed or settings
    return _general(site, unclaimed.values) if unclaimed else None


def _load(path: Path, load: Callable[[str], dict[str, Value]] | None) -> Settings:
    text, _ = decode(read_bytes(path, Limits(file_bytes=MAX_CONFIG_BYTES)))
    load = load or {".toml": TextTOML, ".json": TextJSON}.get(path.suffix, TextYAML)().load
    value: Value = load(text)
    if not isinstance(value, dict):
        return Settings(path.name, {}, frozenset())
    return Settings(path.name, {canonical(key): item for key, item in value.items()}, frozenset(value))


def _general(site: Site, data: dict[str, Value]) -> Site:
    """Return the site with the settings that generators have in common."""
    zone = first(data.get("timezone"))
    explicit = site.config.sources.get("timezone", "default") != "default" or site.config.timezone != "UTC"
    codes = (language_code(first(data.get(key))) for key in _LANGUAGE_KEYS)
    return replace(
        site,
        timezone=site.timezone if explicit or not _is_zone(zone) else zone,
        language=site.language or next(filter(None, codes), ""),
        address=_address(data),
        languages=frozenset(
            code.lower()
            for value in map(data.get, _TRANSLATION_KEYS)
            if isinstance(value, dict | list)
            for code in map(first, value)
            if language_code(code)
        ),
    )


def _address(data: dict[str, Value]) -> str:
    """Return the URL of `url` and `baseurl` (also `baseURL`, `base_url`, which may be the whole URL); "" without."""
    base, url = first(data.get("baseurl")).strip(), first(data.get("url")).strip()
    address = base if "://" in base else f"{url.rstrip('/')}/{base.lstrip('/')}"
    return address.rstrip("/") if address.startswith(("http://", "https://")) else ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)
