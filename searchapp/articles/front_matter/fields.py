"""Front matter values -> the fields of an article, in all forms that the generators allow."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from searchapp.articles.files.source import clean_text
from searchapp.articles.front_matter.loaders import FrontMatterError, Value
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.front_matter.values import first, language_code, truth
from searchapp.articles.generators.generator import Generator
from searchapp.model import Spot

MAX_TAGS = 100
LOWEST_BOOST, HIGHEST_BOOST = 0.1, 10.0
_SEARCH_KEYS = ("boost", "exclude")
_NUMBER = re.compile(r"\+?\d{0,9}\.?\d{1,9}|\d{1,9}\.", re.A)
Warn = Callable[[str, Spot, str], None]
"""Takes the broken rule, the position, and the message."""

_MARKUP = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|kbd|mark|p|q|s|small|span|strike|strong|sub|sup|"
    r"u|wbr)(?:\s[^<>]*)?/?>",
    re.I,
)
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_BLANKS = re.compile(r"\s+")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
_PHP = re.compile(r"(?:a|O|s|i|b|d):\d+[:;]")


def plain(text: str) -> str:
    """Return one line of text without HTML tags and entities. `List<int>` and other code is kept."""
    if "<" in text:
        text = _MARKUP.sub("", text)
    if "&" in text:
        text = clean_text(html.unescape(text))
    return _BLANKS.sub(" ", text).strip()


def title(front: FrontMatter) -> str:
    """Return the title as plain text, "" if there is none."""
    return plain(first(front.data.get("title")))


def summary(front: FrontMatter) -> str:
    """Return the author's own description as plain text, "" if there is none."""
    for key in ("description", "summary", "excerpt"):
        shown = _UNSEEN.sub(" ", first(front.data.get(key)))
        if text := plain(re.sub(r"<[^<>]{1,500}>", " ", shown)):
            return text
    return ""


def language(front: FrontMatter) -> str:
    """Return the primary subtag of `lang`, `language` or `locale`, "" if none is a language code."""
    for key in ("lang", "language", "locale"):
        if code := language_code(first(front.data.get(key))):
            return code
    return ""


def boost(front: FrontMatter, warn: Warn) -> float:
    """Return `search.boost`, 1 if it is missing or invalid, which is reported to `warn`."""
    search = front.data.get("search")
    if not isinstance(search, dict):
        if search is not None and truth(search) is None and first(search).strip():
            shown = first(search).strip()[:60]
            reason = f"search must be true, false or keys such as {{boost: 2}}, not {shown}"
            warn("search-key", front.spot_of("search"), reason)
        return 1.0
    for key, value in search.items():
        spot = _spot_in_search(key, front)
        if key == "exclude" and truth(value) is None:
            warn("search-key", spot, f"search.exclude must be true or false, not {_said(value)}")
        elif key not in _SEARCH_KEYS and (meant := get_close_matches(key.lower(), _SEARCH_KEYS, 1, 0.7)):
            warn("search-key", spot, f"unknown key '{key}' in search; write {meant[0]}")
    return _boost(search["boost"], front, warn) if "boost" in search else 1.0


def _boost(value: Value, front: FrontMatter, warn: Warn) -> float:
    text = first(value).strip()
    number = float(text) if _NUMBER.fullmatch(text) else 0.0
    if LOWEST_BOOST <= number <= HIGHEST_BOOST:
        return number
    expected = f"a number from {LOWEST_BOOST} to {HIGHEST_BOOST:g}, such as 2"
    warn(
        "search-key",
        _spot_in_search("boost", front),
        f"search.boost must be {expected}, not {_said(value)}; it counts as 1",
    )
    return 1.0


def _spot_in_search(key: str, front: FrontMatter) -> Spot:
    spot = front.spot_of(key)
    return spot if spot.line else front.spot_of("search")


def _said(value: Value) -> str:
    return first(value).strip()[:60] or ("nothing" if value in (None, "") else "a list or keys")


def categories(front: FrontMatter, generator: Generator, folders: Iterable[str] = ()) -> tuple[str, ...]:
    """Return `category` and `categories` merged, after the folders that are categories. Raises FrontMatterError."""
    return _labels(front, "category", "categories", generator, folders)


def tags(front: FrontMatter, generator: Generator) -> tuple[str, ...]:
    """Return `tag` and `tags` merged. Raises FrontMatterError if there are more than MAX_TAGS."""
    return _labels(front, "tag", "tags", generator, ())


def series(front: FrontMatter, generator: Generator) -> tuple[str, ...]:
    """Return `series` and `serie` merged, those of `extra` too; a string is one name. Raises FrontMatterError."""
    extra = front.data.get("extra")
    found: list[str] = []
    for data in (front.data, extra if isinstance(extra, dict) else {}):
        for value in (data.get("series"), data.get("serie")):
            found += [value] if isinstance(value, str) else _several(value, generator)
    return _plain_labels(front, "serie", "series", found)


def _labels(front: FrontMatter, one: str, many: str, generator: Generator, before: Iterable[str]) -> tuple[str, ...]:
    found = list(before)
    single = front.data.get(one)
    found += [single] if isinstance(single, str) and not generator.lists_in_text else _several(single, generator)
    return _plain_labels(front, one, many, [*found, *_several(front.data.get(many), generator)])


def _plain_labels(front: FrontMatter, one: str, many: str, found: Iterable[str]) -> tuple[str, ...]:
    values = distinct(plain(text) for text in found if not _PHP.match(text))
    if len(values) > MAX_TAGS:
        line = front.line_of(many) or front.line_of(one) or front.raw_line
        raise FrontMatterError(line, f"{len(values)} {many}; at most {MAX_TAGS} are read", code="tags-too-many")
    return values


def _several(value: Value, generator: Generator) -> list[str]:
    """Return the labels in a value: strings are split as the generator does, lists flattened, maps named."""
    if isinstance(value, str):
        return _divided(value, generator)
    if isinstance(value, dict):
        return [name] if (name := _named(value, ("label", "name", "title", "slug"))) else []
    if isinstance(value, list):
        labels: list[str] = []
        for item in value:
            labels += [item] if isinstance(item, str) else _several(item, generator)
        return labels
    return []


def _divided(text: str, generator: Generator) -> list[str]:
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        return [part.strip().strip("\"'") for part in inner[1:-1].split(",")]
    if generator.lists_in_text and ";" in (text := html.unescape(inner)):
        return text.split(";")
    if "," in inner:
        return inner.split(",")
    return inner.split() if generator.blanks_divide else [inner]


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values without empty ones and those that differ only in case from an earlier one."""
    seen: dict[str, str] = {}
    for value in values:
        text = value.strip().strip(",").strip()
        if text:
            seen.setdefault(text.casefold(), text)
    return tuple(seen.values())


def authors(front: FrontMatter, generator: Generator) -> tuple[str, ...]:
    """Return the authors' names without e-mail addresses."""
    names: list[str] = []
    for key in ("author", "authors"):
        value = front.data.get(key)
        if isinstance(value, str):
            # First: an entity ends in a semicolon, and may be the @ of an address.
            value = html.unescape(value)
            several = key == "authors" or generator.lists_in_text
            names += value.split(";") if ";" in value else value.split(",") if several else [value]
        else:
            names += _people(value)
    return distinct(plain(_without_address(html.unescape(name))) for name in names)


def _people(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        name = _named(value, ("name", "displayname", "title", "nickname", "nicename", "login", "username", "id", "key"))
        return [name] if name else []
    return [name for item in value or [] for name in _people(item)]


def _named(value: dict[str, Value], keys: Iterable[str]) -> str:
    known = {key.lower().replace("_", "").replace("-", ""): first(item) for key, item in value.items()}
    return next((known[key] for key in keys if known.get(key, "").strip()), "")


def _without_address(text: str) -> str:
    """`Jane Doe` of `Jane Doe <jane@example.org>`; the part before the @ if there is nothing else."""
    if "@" not in text:
        return text
    rest = _ADDRESS.sub("", text)
    rest = re.sub(r"(?i)\bmailto:|[<>()\[\]\"']", " ", rest).strip(" ,;:-")
    if rest and "@" not in rest:
        return rest
    match = _ADDRESS.search(text)
    return match[0].split("@", 1)[0].lstrip("<(") if match else text.replace("@", " ").strip()
