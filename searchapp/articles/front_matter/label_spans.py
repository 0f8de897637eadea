"""Positions of tags and categories in the text of front matter, so that single ones can be replaced.

Offsets are in the front matter's own text. Whatever is ambiguous (escapes, folded text, maps) has no
spans; callers verify changes by reading the file again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from searchapp.articles.front_matter.split import FrontMatter, canonical
from searchapp.articles.generators.generator import Generator

FIELDS = {"tag": "tag", "tags": "tag", "category": "category", "categories": "category"}
"""Key of the front matter -> kind of its labels."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\n]+|\#[^\n]*)|(?P<long>\"{3}.*?\"{3}|'{3}.*?'{3})|(?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
    r"""|(?P<mark>[][{}=,:])|(?P<bare>[^][{}=,:"'\s#]+)|.""",
    re.S,
)
_PLAIN = re.compile(r"[^\W_](?:[\w./+&~#-]| (?![#]))*(?<![ ])|\.[^\W\d_][\w+#]*")
_TYPED = re.compile(
    r"(?i:~|null|true|false|yes|no|on|off|y|n|\.inf|\.nan)|[-+.\d][\d_.,:eExXoO+a-fA-F-]*|\d{4}-\d\d?-\d\d?.*"
)


@dataclass(slots=True)
class LabelSpan:
    """One label as written: `start:end` of the text, quotes included; `quote` is one of ", ' and empty."""

    start: int
    end: int
    text: str
    quote: str = ""


@dataclass(slots=True)
class KeySpan:
    """The value of one key.

    holds   "tag" or "category"
    shape   "flow" (items between brackets), "block" (a line each), "one" (the value is one label) or
            "row" (one string with several labels in it)
    language of the text: "yaml", "toml", "json" or "bare"
    """

    holds: str
    shape: str
    language: str
    pieces: list[LabelSpan] = field(default_factory=list)
    separator: str = ""


def label_spans(front: FrontMatter, generator: Generator) -> list[KeySpan]:
    """Return the values of all keys that hold labels, as far as they can be changed."""
    kind = front.format
    if kind == "unopened":
        kind = "json" if front.raw.lstrip()[:1] in {"{", '"'} else "yaml"
    if kind in {"bare", "comments"}:
        return list(_bare(front.raw, generator))
    if kind == "yaml":
        return list(_yaml(front.raw, generator))
    return list(_tokens(front.raw, kind, generator)) if kind in {"toml", "json"} else []


def spelled(value: str, piece: LabelSpan, place: KeySpan) -> str:
    """Return a label as it is to be written in place of another. Raises ValueError if it can't be."""
    if any(ord(char) < 32 or char == "\x7f" for char in value):
        raise ValueError("it has control characters")
    if place.shape == "row":
        return _in_a_row(value, piece, place)
    if place.language == "bare":
        return value
    if place.language in {"json", "toml"}:
        if piece.quote == "'" and "'" not in value:
            return f"'{value}'"
        return json.dumps(value, ensure_ascii=False)
    if piece.quote == '"':
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if piece.quote or not _PLAIN.fullmatch(value) or _TYPED.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    return value


def _in_a_row(value: str, piece: LabelSpan, place: KeySpan) -> str:
    if any(char in value for char in "\"'\\,;[]") or (place.separator == " " and " " in value):
        raise ValueError(f"“{value}” can't stand in a list that is one text")
    return f"{piece.quote}{value}{piece.quote}"


def removals(text: str, place: KeySpan, gone: list[int]) -> list[tuple[int, int, str]]:
    """Return the edits (start, end, "") that remove the pieces with these indices. Raises ValueError if impossible."""
    pieces = place.pieces
    if place.shape == "block":
        return [_line(text, pieces[number]) for number in gone]
    if place.shape == "one":
        return [(piece.start, piece.end, piece.quote * 2) for piece in (pieces[number] for number in gone)]
    kept = [number for number in range(len(pieces)) if number not in gone]
    if not kept:
        return [(pieces[0].start, pieces[-1].end, "")]
    first = kept[0]
    gaps = [(pieces[number - 1].end, pieces[number].start) for number in gone if number > first]
    gaps += [(pieces[number].end, pieces[number + 1].start) for number in range(first)]
    if any("#" in text[start:end] for start, end in gaps):
        raise ValueError("a comment would go with it")
    cuts = [(pieces[0].start, pieces[first].start, "")] if first else []
    return cuts + [(pieces[number - 1].end, pieces[number].end, "") for number in gone if number > first]


def _line(text: str, piece: LabelSpan) -> tuple[int, int, str]:
    start = text.rfind("\n", 0, piece.start) + 1
    end = text.find("\n", piece.end) + 1 or len(text)
    if text[start : piece.start].strip() != "-" or text[piece.end : end].strip():
        raise ValueError("something else stands on its line")
    return start, end, ""


def _yaml(raw: str, generator: Generator) -> Iterator[KeySpan]:
    """Walk libyaml's events; keys are those of the root and of `taxonomies`. A nested list is one of its own."""
    path: list[tuple[bool, str | None]] = []  # of each open collection: is it a mapping, the key of its next value
    places: list[KeySpan | None] = []
    for event in yaml.parse(raw, Loader=_LOADER):
        if isinstance(event, yaml.DocumentEndEvent):
            return  # What follows is not read, and may not be YAML.
        if isinstance(event, yaml.ScalarEvent):
            if path and path[-1] == (True, None):
                path[-1] = (True, canonical(event.value))
                continue
            piece = _scalar(raw, event)
            place = places[-1] if places else None
            if place is not None and piece:
                place.pieces.append(piece)
            elif (name := _key(path)) and piece:
                yield _single(raw, piece, name, generator, "yaml")
            _value_done(path)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            places.append(_opened(event, path, places))
            path.append((isinstance(event, yaml.MappingStartEvent), None))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            path.pop()
            if (place := places.pop()) is not None:
                yield place
            _value_done(path)


def _opened(
    event: yaml.SequenceStartEvent | yaml.MappingStartEvent,
    path: list[tuple[bool, str | None]],
    places: list[KeySpan | None],
) -> KeySpan | None:
    """Return the list that begins, if it holds labels."""
    above = places[-1] if places else None
    name = _key(path)
    if isinstance(event, yaml.MappingStartEvent) or (above is None and not name):
        return None
    return KeySpan(above.holds if above else FIELDS[name], "flow" if event.flow_style else "block", "yaml")


def _key(path: list[tuple[bool, str | None]]) -> str:
    """Return the key whose value comes next, if it holds labels; "" otherwise."""
    keys = [key for _, key in path]
    if not all(mapping for mapping, _ in path) or not keys or keys[-1] not in FIELDS:
        return ""
    return keys[-1] if keys[:-1] in ([], ["taxonomies"]) else ""


def _value_done(path: list[tuple[bool, str | None]]) -> None:
    if path and path[-1][0]:
        path[-1] = (True, None)


def _scalar(raw: str, event: yaml.ScalarEvent) -> LabelSpan | None:
    """Return the span of a string on one line; None for others and for empty ones."""
    if event.style in {"|", ">"} or not event.value:
        return None
    start, end = (mark.index if mark else 0 for mark in (event.start_mark, event.end_mark))
    return LabelSpan(start, end, event.value, event.style or "") if "\n" not in raw[start:end] else None


def _single(raw: str, piece: LabelSpan, name: str, generator: Generator, language: str) -> KeySpan:
    """Return a value that is one string: one label, or a row of them that is split as in `fields`."""
    place = KeySpan(FIELDS[name], "one", language, [piece])
    several = name in {"tags", "categories"} or generator.lists_in_text
    inner = piece.start + len(piece.quote)
    text = raw[inner : piece.end - len(piece.quote)]
    separator = _separator(piece.text, generator) if several else ""
    if not separator:
        return place
    if text != piece.text:
        return KeySpan(FIELDS[name], "row", language)
    stripped = text.strip()
    bracketed = stripped.startswith("[") and stripped.endswith("]")
    pattern = r"\S+" if separator == " " else rf"[^{separator}]+"
    low, high = (text.index("[") + 1, text.rindex("]")) if bracketed else (0, len(text))
    pieces = [_trimmed(match, inner) for match in re.compile(pattern).finditer(text, low, high)]
    return KeySpan(FIELDS[name], "row", language, [each for each in pieces if each.text], separator)


def _separator(text: str, generator: Generator) -> str:
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        return ","
    if generator.lists_in_text and ";" in inner:
        return ";"
    if "," in inner:
        return ","
    return " " if generator.blanks_divide and " " in inner else ""


def _trimmed(match: re.Match[str], offset: int) -> LabelSpan:
    text = match[0].strip()
    start = offset + match.start() + len(match[0]) - len(match[0].lstrip())
    quote = text[0] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else ""
    return LabelSpan(start, start + len(text), text.strip("\"'") if quote else text, quote)


def _bare(raw: str, generator: Generator) -> Iterator[KeySpan]:
    """`Tags: a, b`: a line each."""
    for match in re.finditer(r"^(?:[ \t]*\.\. )?([A-Za-z][\w -]*?)[ \t]*:[ \t]+(.*?)[ \t]*$(?!\n[ \t]+\S)", raw, re.M):
        if canonical(match[1]) in FIELDS and match[2]:
            yield _single(
                raw, LabelSpan(match.start(2), match.end(2), match[2]), canonical(match[1]), generator, "bare"
            )


def _tokens(raw: str, kind: str, generator: Generator) -> Iterator[KeySpan]:
    """JSON and TOML, token by token: strings, brackets and the keys that they belong to."""
    path = [""] if kind == "toml" else []
    opened: list[str] = []
    found = list(_significant(raw))
    if kind == "json" and raw.lstrip()[:1] == '"':
        opened = ["{"]
        path = [""]
    key = ""
    for at, (word, sort, start) in enumerate(found):
        following = found[at + 1][0] if at + 1 < len(found) else ""
        if word == "[" and kind == "toml" and not opened and raw[raw.rfind("\n", 0, start) + 1 : start].strip() == "":
            name = raw[start + 1 : raw.find("]", start)].strip()
            path = ["", canonical(name)] if name and "[" not in name else ["", "?"]
        elif word in "[{" and sort == "mark":
            if word == "[" and (name := _label_key(opened, path, key)):
                yield KeySpan(FIELDS[name], "flow", kind, list(_items(found, at)))
            opened.append(word)
            path.append(key)
            key = ""
        elif word in "]}" and sort == "mark" and opened:
            opened.pop()
            path.pop()
        elif following and following in "=:" and sort in {"text", "bare"}:
            key = canonical(word.strip("\"'"))
        elif (
            sort == "text"
            and (name := _label_key(opened, path, key))
            and found[at - 1][0] in {"=", ":"}
            and (piece := _quoted(word, start)) is not None
        ):
            yield _single(raw, piece, name, generator, kind)


def _significant(raw: str) -> Iterator[tuple[str, str, int]]:
    """Yield (token, kind, offset) of everything but blanks and comments."""
    for match in _TOKEN.finditer(raw):
        if match.lastgroup != "blank":
            yield match[0], match.lastgroup or "", match.start()


def _label_key(opened: list[str], path: list[str], key: str) -> str:
    if "[" in opened:
        return ""
    last = key.rpartition(".")[2] if key.startswith("taxonomies.") else key
    above = [name for name in path if name]
    return last if last in FIELDS and above in ([], ["taxonomies"]) else ""


def _items(found: list[tuple[str, str, int]], at: int) -> Iterator[LabelSpan]:
    """Yield the strings of the array that begins at a token."""
    for word, sort, start in found[at + 1 :]:
        if word == "]":
            return
        if sort == "text" and (piece := _quoted(word, start)) is not None:
            yield piece


def _quoted(word: str, start: int) -> LabelSpan | None:
    """Return the span of a string without escapes; None for others."""
    if len(word) < 3 or "\\" in word:
        return None
    return LabelSpan(start, start + len(word), word[1:-1], word[0])
