"""Configuration: defaults, then `searchapp.toml`, then `SEARCHAPP_*`, then flags. The only reader of either."""

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
"""Where tests and benchmarks find real blogs; not a setting."""


@dataclass(frozen=True, slots=True)
class Config:
    """What is in force. Paths are absolute. `sources` tells for each key where its value came from.

    content_dir     the folder of Markdown files
    index_dir       the folder of generated data; only searchapp writes there
    desk_dir        the folder of what no rebuild brings back, for the editor's desk; `<index_dir>.desk` if not given
    site_title      the name shown on the pages
    site_url        the blog's address (`https://example.org/blog`), "" if results open here
    permalink       template for articles that name none (`/:year/:month/:title/`), "" for none
    include_drafts  show drafts and unpublished articles too
    include_future  show articles dated in the future too
    timezone        IANA name, for dates that tell no offset
    language        of articles that tell none ("de"); "" finds it out from each text
    theme           a CSS file that is loaded after the pages' own, "" for none
    public_url      the address under which readers reach these pages, "" tells it from each request
    allowed_origins other sites (`https://blog.example.org`) whose pages may ask the API
    recency         days after which a newer article's small lead is half as much; 0 for none
    pinned          articles that come first for a query
    synonyms        words that mean the same
    query_log       note what readers look for, in `desk_dir`
    query_log_days  how long a search is kept there
    check_select    the rules that `check` looks for: codes or patterns of them, "default", "all"; none means "default"
    check_ignore    rules that it leaves out, everywhere or below a path (`image-alt:2009/*`)
    host, port      where `serve` listens
    workers         processes that `serve` starts
    rate_limit      requests a minute of one client, and as many at once; 0 for any number
    trusted_proxies addresses of proxies that are believed who a request is from (`X-Forwarded-For`, `-Proto`, `-Host`)
    trusted_hosts   names under which requests are answered; () for all
    redis_url       a Redis or Valkey in which several machines count requests together, "" if each counts for itself
    metrics_token   what `/metrics` wants to be shown as a bearer token, only from the environment; "" answers nobody
    metrics_address where `serve` tells the same to whoever asks (`127.0.0.1:9100`), "" nowhere
    webhook_secret  what calls of `/hooks/reindex` are signed with, only from the environment; "" takes none
    log_format      of what goes to the log: "text" for people, "json" for programs
    engine          where the index is: "whoosh" in `index_dir`, "opensearch" on a cluster, which the rest is about
    opensearch_hosts          addresses of its nodes, or of what stands before them
    opensearch_user           whom it knows us as, "" for nobody
    opensearch_password       only from the environment; never shown
    opensearch_password_file  a file with the password in its first line, "" for none
    opensearch_ca             a file of the certificates that its own must be signed by, "" for those the machine trusts
    opensearch_verify         whether certificates are looked at
    opensearch_prefix         what the names of its indexes begin with, and the alias that points to the current one
    opensearch_shards         parts of an index that is built anew
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
        """`timezone` as an object."""
        return ZoneInfo(self.timezone)


def keys() -> tuple[str, ...]:
    """The names of all settings, in the order in which they are documented."""
    return tuple(f.name for f in fields(Config) if f.name != "sources")


SECRETS = frozenset({"opensearch_password", "metrics_token", "webhook_secret"})
"""Keys that only the environment may have."""

HIDDEN = SECRETS | {"redis_url"}
"""Keys whose values may hold a password, and are shown nowhere: not by `searchapp config`, not in an error."""


def load(path: Path | str | None = None, flags: Mapping[str, object] | None = None) -> Config:
    """The configuration in force in the working folder.

    path    a file that must exist; None reads `searchapp.toml` here if there is one
    flags   values from the command line; None values are not given

    Raises ConfigError, naming key, place and remedy.
    """
    values: dict[str, Any] = {
        "content_dir": Path("content").absolute(),
        "index_dir": Path("index").absolute(),
    }
    sources = dict.fromkeys(keys(), "default")
    for where, base, raw in (*_from_file(path), *_from_environment(), *_from_flags(flags or {})):
        for key, (value, place) in raw.items():
            values[key] = _checked(key, value, place, base)
            sources[key] = where
    return Config(**values, sources=sources)


_TABLES: Mapping[str, Callable[[object, Path, str, int], object]] = {"pinned": pinned.read, "synonyms": synonyms.read}
"""Keys that are tables, which a file alone can have."""

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
