"""Configuration: defaults, then `searchapp.toml`, then `SEARCHAPP_*`, then flags. The only reader of either."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from searchapp import pinned, synonyms
from searchapp.errors import ConfigError
from searchapp.model import Pinned, SynonymSet
from searchapp.origins import origin
from searchapp.tables import key_line

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


SECRETS = frozenset({"opensearch_password"})
"""Keys whose values are shown nowhere: not by `searchapp config`, not in an error."""


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
        shown = "" if key in SECRETS else f", not {value!r}"
        return ConfigError(f"{place}: {key} must be {expected}{shown}")

    return _CHECKS[key](value, base, fail)


_Fail = Callable[[str], ConfigError]


def _path(value: object, base: Path, fail: _Fail) -> Path:
    if not isinstance(value, str | os.PathLike) or not str(value).strip() or "\0" in str(value):
        raise fail("the path of a folder")
    return Path(os.path.normpath(base / Path(value).expanduser()))


def _text(value: object, _base: Path, fail: _Fail) -> str:
    if not isinstance(value, str):
        raise fail("text in quotes")
    return value


def _file(value: object, base: Path, fail: _Fail) -> str:
    if value == "":
        return ""
    file = _path(value, base, fail)
    if not file.is_file():
        raise fail("the path of a file that is there")
    return str(file)


def _site_url(value: object, base: Path, fail: _Fail) -> str:
    text = _text(value, base, fail).strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
        _ = parts.port
    except ValueError:
        good = False
    if not good or any(character.isspace() or character in "\"'<>\\" for character in text):
        raise fail("an address such as https://example.org")
    return text.rstrip("/")


def _choice(*known: str) -> Callable[[object, Path, _Fail], str]:
    def check(value: object, _base: Path, fail: _Fail) -> str:
        if value not in known:
            raise fail(" or ".join(f'"{each}"' for each in known))
        return str(value)

    return check


def _hosts(value: object, base: Path, fail: _Fail) -> tuple[str, ...]:
    """Addresses without a path or a password, from a list or from text with commas or blanks between them."""
    given = value.replace(",", " ").split() if isinstance(value, str) else value
    expected = 'a list of addresses, such as ["https://search-1.example.org:9200"], without a password'
    if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
        raise fail(expected)
    if any("@" in each for each in given):  # the value is not to be shown
        raise ConfigError(str(fail(expected)).partition(", not [")[0].partition(", not '")[0])
    return tuple(dict.fromkeys(_site_url(each, base, fail) for each in given))


def _prefix(value: object, base: Path, fail: _Fail) -> str:
    text = _text(value, base, fail)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", text):
        raise fail("lower-case letters, digits, - and _, such as searchapp")
    return text


def _origins(value: object, _base: Path, fail: _Fail) -> tuple[str, ...]:
    """Origins as browsers send them, from a list or from text with commas or blanks between them."""
    given = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise fail('a list of origins, such as ["https://blog.example.org"]')
    for each in given:
        if (spelt := origin(each)) != each:
            remedy = (
                f'write "{spelt}" for {each!r}' if spelt else f"{each!r} is none: no wildcards, a scheme and a host"
            )
            raise fail(f'a list of exact origins, such as ["https://blog.example.org"]; {remedy}')
    return tuple(dict.fromkeys(given))


def _rules(*, paths: bool) -> Callable[[object, Path, _Fail], tuple[str, ...]]:
    def check(value: object, _base: Path, fail: _Fail) -> tuple[str, ...]:
        given = value.replace(",", " ").split() if isinstance(value, str) else value
        if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
            raise fail('a list of rules, such as ["image-alt", "link-*"]')
        from searchapp import rules  # here, since most runs have none to look up

        for each in given:
            if wrong := rules.complaint(each, paths=paths):
                raise fail(f"a list of rules ({wrong})")
        return tuple(dict.fromkeys(given))

    return check


def _pinned(value: object, _base: Path, fail: _Fail) -> tuple[Pinned, ...]:
    if not isinstance(value, tuple):
        raise fail(pinned.EXPECTED)
    return value


def _synonyms(value: object, _base: Path, fail: _Fail) -> tuple[SynonymSet, ...]:
    if not isinstance(value, tuple):
        raise fail(synonyms.EXPECTED)
    return value


def _permalink(value: object, base: Path, fail: _Fail) -> str:
    text = _text(value, base, fail).strip()
    if text and not text.startswith("/"):
        raise fail("a template that starts with a slash, such as /:year/:month/:title/")
    return text


def _bool(value: object, _base: Path, fail: _Fail) -> bool:
    if isinstance(value, bool):
        return value
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    raise fail("true or false")


def _timezone(value: object, base: Path, fail: _Fail) -> str:
    text = _text(value, base, fail)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise fail("an IANA time zone such as Europe/Warsaw") from error
    return text


def _language(value: object, base: Path, fail: _Fail) -> str:
    text = _text(value, base, fail).strip().lower().replace("_", "-")
    if text and not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", text):
        raise fail("a language code such as en or pl")
    return text.split("-", 1)[0]


def _number(low: int, high: int) -> Callable[[object, Path, _Fail], int]:
    def check(value: object, _base: Path, fail: _Fail) -> int:
        try:
            number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
        except ValueError:
            number = None
        if number is None or not low <= number <= high:
            raise fail(f"a whole number from {low} to {high}")
        return number

    return check


_CHECKS: Mapping[str, Callable[[object, Path, _Fail], object]] = {
    "content_dir": _path,
    "index_dir": _path,
    "desk_dir": _path,
    "site_title": _text,
    "site_url": _site_url,
    "permalink": _permalink,
    "include_drafts": _bool,
    "include_future": _bool,
    "timezone": _timezone,
    "language": _language,
    "theme": _file,
    "public_url": _site_url,
    "allowed_origins": _origins,
    "recency": _number(0, 36_500),
    "pinned": _pinned,
    "synonyms": _synonyms,
    "query_log": _bool,
    "query_log_days": _number(1, 3_650),
    "check_select": _rules(paths=False),
    "check_ignore": _rules(paths=True),
    "host": _text,
    "port": _number(0, 65535),
    "workers": _number(1, 64),
    "engine": _choice("whoosh", "opensearch"),
    "opensearch_hosts": _hosts,
    "opensearch_user": _text,
    "opensearch_password": _text,
    "opensearch_password_file": _file,
    "opensearch_ca": _file,
    "opensearch_verify": _bool,
    "opensearch_prefix": _prefix,
    "opensearch_shards": _number(1, 1024),
}
