"""Validation of the value of each setting, from a file, the environment or a flag.

A check takes the value, the base of relative paths, and a function that makes an error from what was expected; it
returns the value of `Config`'s field, or raises that error.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from searchapp.config import pinned, synonyms
from searchapp.config.origins import origin
from searchapp.errors import ConfigError
from searchapp.model import Pinned, SynonymSet

Fail = Callable[[str], ConfigError]


def _path(value: object, base: Path, fail: Fail) -> Path:
    if not isinstance(value, str | os.PathLike) or not str(value).strip() or "\0" in str(value):
        raise fail("the path of a folder")
    return Path(os.path.normpath(base / Path(value).expanduser()))


def _text(value: object, _base: Path, fail: Fail) -> str:
    if not isinstance(value, str):
        raise fail("text in quotes")
    return value


def _file(value: object, base: Path, fail: Fail) -> str:
    if value == "":
        return ""
    file = _path(value, base, fail)
    if not file.is_file():
        raise fail("the path of a file that is there")
    return str(file)


def _site_url(value: object, base: Path, fail: Fail) -> str:
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


def _choice(*known: str) -> Callable[[object, Path, Fail], str]:
    def check(value: object, _base: Path, fail: Fail) -> str:
        if value not in known:
            raise fail(" or ".join(f'"{each}"' for each in known))
        return str(value)

    return check


def _hosts(value: object, base: Path, fail: Fail) -> tuple[str, ...]:
    """Addresses without a path or a password, from a list or from text separated by commas or blanks."""
    given = value.replace(",", " ").split() if isinstance(value, str) else value
    expected = 'a list of addresses, such as ["https://search-1.example.org:9200"], without a password'
    if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
        raise fail(expected)
    if any("@" in each for each in given):  # a password must not be shown
        raise ConfigError(str(fail(expected)).partition(", not [")[0].partition(", not '")[0])
    return tuple(dict.fromkeys(_site_url(each, base, fail) for each in given))


def _prefix(value: object, base: Path, fail: Fail) -> str:
    text = _text(value, base, fail)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", text):
        raise fail("lower-case letters, digits, - and _, such as searchapp")
    return text


def _origins(value: object, _base: Path, fail: Fail) -> tuple[str, ...]:
    """Origins as browsers send them, from a list or from text separated by commas or blanks."""
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


def _networks(value: object, _base: Path, fail: Fail) -> tuple[str, ...]:
    """Addresses and networks, normalised, from a list or from text separated by commas or blanks."""
    found = []
    for each in _text_list(
        value, fail, expected := 'a list of addresses and networks, such as ["127.0.0.1", "10.0.0.0/8"]'
    ):
        try:
            found.append(str(ipaddress.ip_network(each)))
        except ValueError as error:
            raise fail(f"{expected} ({error})") from error
    return tuple(dict.fromkeys(found))


def _host_names(value: object, _base: Path, fail: Fail) -> tuple[str, ...]:
    """Host names without a port; a leading dot matches all subdomains."""
    expected = 'a list of names, such as ["search.example.org", ".example.org"]'
    found = [each.lower() for each in _text_list(value, fail, expected)]
    if any(origin(f"http://{each.removeprefix('.')}") is None or ":" in each for each in found):
        raise fail(expected)
    return tuple(dict.fromkeys(found))


def _text_list(value: object, fail: Fail, expected: str) -> list[str]:
    given = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise fail(expected)
    return [str(each) for each in given]


def _redis(value: object, base: Path, fail: Fail) -> str:
    text = _text(value, base, fail).strip()
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"redis", "rediss", "unix"} and bool(parts.hostname or parts.path)
        _ = parts.port
    except ValueError:
        good = False
    if text and not good:
        raise fail("the address of a Redis or Valkey, such as redis://127.0.0.1:6379/0")
    return text


def _address(value: object, base: Path, fail: Fail) -> str:
    """A host and a port, an IPv6 address in brackets; "" for none."""
    text = _text(value, base, fail).strip()
    try:
        parts = urlsplit(f"//{text}")
        good = bool(parts.hostname) and bool(parts.port) and parts.netloc == text and "@" not in text
    except ValueError:
        good = False
    if text and not good:
        raise fail("a host and a port, such as 127.0.0.1:9100")
    return text


def _rules(*, paths: bool) -> Callable[[object, Path, Fail], tuple[str, ...]]:
    def check(value: object, _base: Path, fail: Fail) -> tuple[str, ...]:
        given = value.replace(",", " ").split() if isinstance(value, str) else value
        if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
            raise fail('a list of rules, such as ["image-alt", "link-*"]')
        from searchapp import rules  # here, since most runs have none to look up

        for each in given:
            if wrong := rules.complaint(each, paths=paths):
                raise fail(f"a list of rules ({wrong})")
        return tuple(dict.fromkeys(given))

    return check


def _pinned(value: object, _base: Path, fail: Fail) -> tuple[Pinned, ...]:
    if not isinstance(value, tuple):
        raise fail(pinned.EXPECTED)
    return value


def _synonyms(value: object, _base: Path, fail: Fail) -> tuple[SynonymSet, ...]:
    if not isinstance(value, tuple):
        raise fail(synonyms.EXPECTED)
    return value


def _permalink(value: object, base: Path, fail: Fail) -> str:
    text = _text(value, base, fail).strip()
    if text and not text.startswith("/"):
        raise fail("a template that starts with a slash, such as /:year/:month/:title/")
    return text


def _bool(value: object, _base: Path, fail: Fail) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    raise fail("true or false")


def _timezone(value: object, base: Path, fail: Fail) -> str:
    text = _text(value, base, fail)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise fail("an IANA time zone such as Europe/Warsaw") from error
    return text


def _language(value: object, base: Path, fail: Fail) -> str:
    text = _text(value, base, fail).strip().lower().replace("_", "-")
    if text and not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", text):
        raise fail("a language code such as en or pl")
    return text.split("-", 1)[0]


def _number(low: int, high: int) -> Callable[[object, Path, Fail], int]:
    def check(value: object, _base: Path, fail: Fail) -> int:
        try:
            number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
        except ValueError:
            number = None
        if number is None or not low <= number <= high:
            raise fail(f"a whole number from {low} to {high}")
        return number

    return check


CHECKS: Mapping[str, Callable[[object, Path, Fail], object]] = {
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
    "rate_limit": _number(0, 1_000_000),
    "trusted_proxies": _networks,
    "trusted_hosts": _host_names,
    "redis_url": _redis,
    "metrics_token": _text,
    "metrics_address": _address,
    "webhook_secret": _text,
    "log_format": _choice("text", "json"),
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
