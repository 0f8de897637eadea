"""Replacing tags and categories in a file's bytes without other changes, verified by reading the result."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from searchapp.analysis.folding import fold_value
from searchapp.articles.files.source import clean_with_offsets, decode
from searchapp.articles.front_matter import fields
from searchapp.articles.front_matter.label_spans import FIELDS, KeySpan, label_spans, removals, spelled
from searchapp.articles.front_matter.loaders import MAX_CHARS, FrontMatterError, Value
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.generators.generator import Generator
from searchapp.articles.site import Site
from searchapp.articles.steps import split_text

Labels = Mapping[str, tuple[str, ...]]
"""Labels of a file by field, "tag" and "category"."""
Change = Mapping[str, str | None]
"""A label, as by `fold_value`, -> its replacement, None to remove it."""
Plan = Callable[[Labels], Mapping[str, Change]]
"""Returns the changes of each field of a file's labels; fields without any may be missing."""


class UnchangeableError(Exception):
    """The file can't be changed without changing something else; the message is for users."""


_HEAD = 4 * MAX_CHARS
_NO_TEXT = re.compile("[\ud800-\udfff]")
Edit = tuple[int, int, str]


def edit_labels(site: Site, id: str, data: bytes, plan: Plan) -> bytes:
    """Return the file's bytes after the changes; the same if there are none.

    Only labels in its front matter can be changed: not categories that are folders, nor defaults of the site. Raises
    UnchangeableError if the file can't be read or something else would change too.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnchangeableError("is UTF-16, which a patch can't change")
    text = data.decode("utf-8", "surrogateescape")
    mark = 1 if text[:1] == "\ufeff" else 0
    plain, origin = clean_with_offsets(text[mark:][:_HEAD])
    plain = _NO_TEXT.sub("\ufffd", plain)
    front, generator = _read(site, id, plain)
    before = _labels(front, generator)
    changes = {field: change for field, change in plan(before).items() if change}
    if all(
        changes.get(field, {}).get(fold_value(value), value) == value for field in before for value in before[field]
    ):
        return data
    expected = {field: _changed(values, changes.get(field, {})) for field, values in before.items()}
    if id.endswith(".rst"):
        raise UnchangeableError("is reStructuredText; change it by hand")
    offset = _offset(plain, front)
    edits = [
        (offset + start, offset + end, new)
        for place in label_spans(front, generator)
        for start, end, new in _edits(front.raw, place, changes.get(place.holds, {}))
    ]
    for start, end, new in sorted(edits, reverse=True):
        text = text[: mark + origin(start)] + new + text[mark + origin(end) :]
    changed = text.encode("utf-8", "surrogateescape")
    _check(site, id, (data, changed), expected)
    return changed


def _read(site: Site, id: str, text: str) -> tuple[FrontMatter, Generator]:
    try:
        return split_text(site, id, text)
    except FrontMatterError as error:
        raise UnchangeableError(f"can't be read: {error.reason}") from error


def _labels(front: FrontMatter, generator: Generator) -> Labels:
    try:
        return {"tag": fields.tags(front, generator), "category": fields.categories(front, generator)}
    except FrontMatterError as error:
        raise UnchangeableError(f"can't be read: {error.reason}") from error


def _changed(values: tuple[str, ...], change: Change) -> tuple[str, ...]:
    """Return the labels that are expected afterwards, sorted."""
    found = [change.get(fold_value(value), value) for value in values]
    return tuple(sorted({fold_value(value): value for value in reversed(found) if value is not None}.values()))


def _offset(plain: str, front: FrontMatter) -> int:
    """Return the offset of the front matter's own text."""
    line = 0
    for _ in range(front.raw_line - 1):
        line = plain.index("\n", line) + 1
    return plain.index(front.raw, line)


def _edits(raw: str, place: KeySpan, change: Change) -> list[Edit]:
    """Return the edits of one key's value: labels replaced, and those that would be duplicates removed."""
    folded = [fold_value(fields.plain(piece.text)) for piece in place.pieces]
    new = [change.get(value, piece.text) for value, piece in zip(folded, place.pieces, strict=True)]
    altered = [number for number, piece in enumerate(place.pieces) if new[number] != piece.text]
    kept = {value for number, value in enumerate(folded) if number not in altered}
    gone: list[int] = []
    edits: list[Edit] = []
    for number in altered:
        value = new[number]
        if value is None or fold_value(value) in kept:
            gone.append(number)
            continue
        kept.add(fold_value(value))
        piece = place.pieces[number]
        try:
            edits.append((piece.start, piece.end, spelled(value, piece, place)))
        except ValueError as error:
            raise UnchangeableError(f"can't be changed safely: {error}") from error
    try:
        return edits + (removals(raw, place, gone) if gone else [])
    except ValueError as error:
        raise UnchangeableError(f"can't be changed safely: {error}") from error


def _check(site: Site, id: str, files: tuple[bytes, bytes], expected: Labels) -> None:
    """Read the changed file. Raises UnchangeableError unless its labels and nothing else have changed."""
    (whole, _), (again, generator) = (_read(site, id, decode(data)[0]) for data in files)
    found = {field: tuple(sorted(values)) for field, values in _labels(again, generator).items()}
    same = [_rest(whole), whole.body, whole.format] == [_rest(again), again.body, again.format]
    if found != expected or not same:
        raise UnchangeableError("is written in a way that can't be changed safely; change it by hand")


def _rest(front: FrontMatter) -> dict[str, Value]:
    """Everything but labels. What `taxonomies` holds besides labels is also at the root."""
    return {key: value for key, value in front.data.items() if key not in {*FIELDS, "taxonomies"}}
