"""The configuration: defaults, overridden by `searchapp.toml`, then `SEARCHAPP_*`, then flags."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from searchapp.config import pinned, synonyms
from searchapp.config.checks import CHECKS
from searchapp.config.toml_lines import key_line
from searchapp.errors import ConfigError
from searchapp.model import Pinned, SynonymSet

FILE_NAME = "searchapp.toml"
ENV_PREFIX = "SEARCHAPP_"
CORPORA_VARIABLE = "SEARCHAPP_CORPORA"
"""The folder of real blogs for tests and benchmarks; not a setting."""


@dataclass(frozen=True, slots=True)
class Config:
    """The effective configuration. Paths are absolute; `sources` has the origin of each key's value.

    content_dir     the folder of Markdown files
    index_dir       the folder of generated data; only searchapp writes there
    desk_dir        the folder of the desk's data, which no rebuild restores; `<index_dir>.desk` if not given
    site_title      the name shown on the pages
    site_url        the blog's address (`https://example.org/blog`), "" if results open here
    permalink       template for articles without a permalink (`/:year/:month/:title/`), "" for none
    include_drafts  index drafts and unpublished articles, too
    include_future  index articles dated in the future, too
    timezone        IANA name, for dates without an offset
    language        language of articles that name none ("de"); "" detects it from each text
    theme           a CSS file loaded after the pages' own, "" for none
    public_url      the address under which readers reach these pages, "" to take it from each request
    allowed_origins other sites (`https://blog.example.org`) whose pages may use the API
    recency         half-life in days of the boost of newer articles; 0 for none
    pinned          articles to rank first for a query
    synonyms        words with the same meaning
    query_log       log searches, in `desk_dir`
    query_log_days  days for which a search is kept there
    check_select    rules of `check`: codes or patterns of them, "default", "all"; () means "default"
    check_ignore    rules to ignore, everywhere or below a path (`image-alt:2009/*`)
    host, port      the address at which `serve` listens
    workers         number of worker processes of `serve`
    rate_limit      requests a minute of one client, and as many at once; 0 for no limit
    trusted_proxies addresses of proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are trusted
    trusted_hosts   host names under which requests are answered; () for all
    redis_url       a Redis or Valkey for rate limits shared by several machines, "" for limits of each machine
    metrics_token   bearer token of `/metrics`, only from the environment; "" disables it
    metrics_address address at which `serve` answers metrics without a token (`127.0.0.1:9100`), "" for none
    webhook_secret  signing secret of `/hooks/reindex`, only from the environment; "" disables it
    log_format      format of the log: "text" for people, "json" for programs
    engine          "whoosh" for an index in `index_dir`, "opensearch" for one on a cluster
    opensearch_hosts          addresses of the cluster's nodes, or of its load balancer
    opensearch_user           user name, "" for none
    opensearch_password       only from the environment; never shown
    opensearch_password_file  a file with the password in its first line, "" for none
    opensearch_ca             a file of CA certificates, "" for those that the machine trusts
    opensearch_verify         whether to verify certificates
    opensearch_prefix         prefix of the names of indexes, and the alias of the current one
    opensearch_shards         number of shards of a new index
    """

    content_dir: Path
    index_dir: Path
    site_title: str = "Search"
    site_url: str = ""
    permalink: str = ""
    include_drafts: bool = False
    include_future: bool = False
    timezone: str = "UTC"
    language: str = ""
    theme: str = ""
    public_url: str = ""
    allowed_origins: tuple[str, ...] = ()
    recency: int = 365
    pinned: tuple[Pinned, ...] = ()
    synonyms: tuple[SynonymSet, ...] = ()
    query_log: bool = True
    query_log_days: int = 365
    check_select: tuple[str, ...] = ()
    check_ignore: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    rate_limit: int = 600
    trusted_proxies: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    redis_url: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    metrics_address: str = ""
    webhook_secret: str = field(default="", repr=False)
    log_format: str = "text"
    desk_dir: Path = Path()
    engine: str = "whoosh"
    opensearch_hosts: tuple[str, ...] = ("http://127.0.0.1:9200",)
    opensearch_user: str = ""
    opensearch_password: str = field(default="", repr=False)
    opensearch_password_file: str = ""
    opensearch_ca: str = ""
    opensearch_verify: bool = True
    opensearch_prefix: str = "searchapp"
    opensearch_shards: int = 1
    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.desk_dir == Path():
            object.__setattr__(self, "desk_dir", self.index_dir.with_name(f"{self.index_dir.name}.desk"))

    @property
    def zone(self) -> ZoneInfo:
        """The `timezone` as an object."""
        return ZoneInfo(self.timezone)


def keys() -> tuple[str, ...]:
    """Return the names of all settings, in documentation order."""
    return tuple(f.name for f in fields(Config) if f.name != "sources")


SECRETS = frozenset({"opensearch_password", "metrics_token", "webhook_secret"})
"""Keys allowed in the environment only."""

HIDDEN = SECRETS | {"redis_url"}
"""Keys whose values may contain a password, and are never shown, by `searchapp config` or in an error."""


def load(path: Path | str | None = None, flags: Mapping[str, object] | None = None) -> Config:
    """Load the effective configuration of the working folder.

    path    a file that must exist; None reads `searchapp.toml` if it exists
    flags   values from the command line; None values are ignored

    Raises ConfigError, naming key, place and remedy.
    """
    values: dict[str, Any] = {"content_dir": Path("content").absolute(), "index_dir": Path("index").absolute()}
    sources = dict.fromkeys(keys(), "default")
    for where, base, raw in (*_from_file(path), *_from_environment(), *_from_flags(flags or {})):
        for key, (value, place) in raw.items():
            values[key] = _checked(key, value, place, base)
            sources[key] = where
    return Config(**values, sources=sources)


_TABLES: Mapping[str, Callable[[object, Path, str, int], object]] = {
    "pinned": pinned.parse_pins,
    "synonyms": synonyms.parse_synonyms,
}
"""Keys that are tables, allowed in a file only."""

_Raw = tuple[str, Path, dict[str, tuple[object, str]]]


def _from_file(path: Path | str | None) -> list[_Raw]:
    file = Path(path) if path is not None else Path(FILE_NAME)
    if path is None and not file.exists():
        return []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: can't be read ({error}); check the path and that it is UTF-8") from error
    import tomllib  # here, since most runs have no file to read

    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and nesting that Python gives up on
        raise ConfigError(f"{file}: not valid TOML: {error}") from error
    raw: dict[str, tuple[object, str]] = {}
    for key, value in table.items():
        place = f"{file}:{key_line(key, text)}"
        if key not in keys():
            raise ConfigError(f"{place}: unknown key '{key}'; known are {', '.join(keys())}")
        if key in SECRETS:
            raise ConfigError(f"{place}: {key} does not belong in a file that is shown; set {ENV_PREFIX}{key.upper()}")
        read = _TABLES.get(key)
        raw[key] = (read(value, file, text, key_line(key, text)) if read else value, place)
    return [(str(file), file.absolute().parent, raw)]


def _from_environment() -> list[_Raw]:
    raw: dict[str, tuple[object, str]] = {}
    for name, value in os.environ.items():
        if not name.startswith(ENV_PREFIX) or name == CORPORA_VARIABLE:
            continue
        key = name.removeprefix(ENV_PREFIX).lower()
        if key not in keys():
            known = ", ".join(ENV_PREFIX + key.upper() for key in keys())
            raise ConfigError(f"environment: unknown variable {name}; known are {known}")
        raw[key] = (value, f"environment variable {name}")
    return [("environment", Path.cwd(), raw)]


def _from_flags(flags: Mapping[str, object]) -> list[_Raw]:
    raw = {key: (value, f"--{key.removesuffix('_dir')}") for key, value in flags.items() if value is not None}
    return [("flag", Path.cwd(), raw)]


def _checked(key: str, value: object, place: str, base: Path) -> object:
    def fail(expected: str) -> ConfigError:
        shown = "" if key in HIDDEN else f", not {value!r}"
        return ConfigError(f"{place}: {key} must be {expected}{shown}")

    return CHECKS[key](value, base, fail)
