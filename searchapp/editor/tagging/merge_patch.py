"""Merges of tags and categories as a unified diff of the articles' files, for `git apply` and `patch -p1`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from searchapp.analysis.folding import fold_value
from searchapp.articles import Limits, discover, open_site
from searchapp.articles.files.source import UnreadableError, read_bytes
from searchapp.articles.front_matter.edit_labels import Change, Labels, UnchangeableError, edit_labels
from searchapp.config.loading import Config
from searchapp.model import Problem

CONTEXT = 3
MAX_ALTERNATIVES = 200
"""Alternatives of the regular expression that preselects files before their front matter is parsed, at most."""
_NOT_WRITTEN = (
    "does not have it in its front matter: it comes from a folder or from defaults, or is gone since the index was made"
)
_UNQUOTED = re.compile(rb"[\w./+@,=~-]+")
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


@dataclass(frozen=True, slots=True)
class Merge:
    """A label to replace or to remove.

    field     "tag" or "category"
    label     folded by `fold_value`
    into      the new spelling; None to remove the label
    beside    restricts it to articles with this label (folded) in the other field; "" for all articles
    """

    field: str
    label: str
    into: str | None
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """A unified diff, and the files it could not change.

    diff    the bytes of the patch; empty if nothing changes
    files   number of changed files
    root    the folder that its paths are relative to: the git repository's root, else the content folder
    skipped the files that have the labels but are left out, each with the reason
    """

    diff: bytes
    files: int
    root: Path
    skipped: tuple[Problem, ...]


def patch(config: Config, merges: Iterable[Merge], found: Iterable[tuple[str, Merge]] = ()) -> Patch:
    """Return the patch that applies merges to all files of the content folder, drafts included. Writes nothing.

    found   (id, merge) of articles known to have the label: reported in `skipped` if their files do not contain it, as
            it comes from a folder or from defaults

    Raises ConfigError if there is no content folder.
    """
    site = open_site(config)
    chosen: dict[tuple[str, str], list[Merge]] = {}
    for merge in merges:
        chosen.setdefault((merge.field, merge.label), []).append(merge)
    expected = {id for id, merge in found if merge in chosen.get((merge.field, merge.label), ())}
    wanted = _pattern({label for _, label in chosen})
    root = _root(config.content_dir)
    diffs: dict[bytes, bytes] = {}
    skipped: list[Problem] = []
    for source in discover(site)[0]:
        try:
            data = read_bytes(source.path, Limits())
            if source.id not in expected and not wanted.search(data):
                continue
            new = edit_labels(site, source.id, data, lambda labels: _plan(chosen, labels))
            if new != data:
                # A file may be there twice, by a link.
                name = _name(Path(source.path), root)
                diffs[name] = _diff(name, data, new)
            elif source.id in expected:
                skipped.append(Problem(source.id, None, _NOT_WRITTEN))
        except UnchangeableError as error:
            skipped.append(Problem(source.id, None, str(error)))
        except (OSError, UnreadableError) as error:
            skipped.append(Problem(source.id, None, f"can't be read: {error}"))
    return Patch(b"".join(diffs.values()), len(diffs), root, tuple(skipped))


def _plan(merges: Mapping[tuple[str, str], Sequence[Merge]], labels: Labels) -> dict[str, Change]:
    """The changes of one file."""
    folded = {field: {fold_value(value) for value in values} for field, values in labels.items()}
    plan: dict[str, Change] = {}
    for field, values in folded.items():
        others = folded["tag" if field == "category" else "category"]
        change: dict[str, str | None] = {}
        for label in values:
            for merge in merges.get((field, label), ()):
                if not merge.beside or merge.beside in others:
                    change.setdefault(label, merge.into)
        plan[field] = change
    return plan


def _pattern(labels: Iterable[str]) -> re.Pattern[bytes]:
    """A pattern that matches every file with one of the labels: the longest run of ASCII letters of each."""
    runs = {max(re.findall("[a-z0-9]+", label), key=len, default="") for label in labels}
    if len(runs) > MAX_ALTERNATIVES or min(map(len, runs), default=2) < 2:
        return re.compile(b"")  # Reading the front matter is faster then, or the only way.
    return re.compile(b"|".join(run.encode() for run in sorted(runs)) or b"(?!)", re.I)


def _root(content: Path) -> Path:
    resolved = Path(os.path.realpath(content))
    return next((folder for folder in (resolved, *resolved.parents) if (folder / ".git").exists()), resolved)


def _name(path: Path, root: Path) -> bytes:
    """A file's path relative to the root, symbolic links resolved: git follows none."""
    return os.fsencode(os.path.relpath(os.path.realpath(path), root))


def _diff(name: bytes, old: bytes, new: bytes) -> bytes:
    """One file's part of the patch. Lines end in a line feed only; what is before it is kept as it is."""
    before, after = _lines(old), _lines(new)
    shortest = min(len(before), len(after))
    head = next((n for n in range(shortest) if before[n] != after[n]), shortest)
    tail = next((n for n in range(shortest - head) if before[-1 - n] != after[-1 - n]), shortest - head)
    skipped = max(0, head - CONTEXT)
    # What is the same before and after needs no comparing; it may be a million lines.
    window = [lines[skipped : len(lines) - max(0, tail - CONTEXT)] for lines in (before, after)]
    parts = [b"diff --git %s %s\n--- %s\n+++ %s\n" % (2 * (_quoted(b"a/" + name), _quoted(b"b/" + name)))]
    for group in SequenceMatcher(None, window[0], window[1], autojunk=False).get_grouped_opcodes(CONTEXT):
        a, b, c, d = group[0][1], group[-1][2], group[0][3], group[-1][4]
        parts.append(b"@@ -%d,%d +%d,%d @@\n" % (*_range(a, b, skipped), *_range(c, d, skipped)))
        for tag, i, j, k, m in group:
            if tag == "equal":
                parts += (_line(b" ", line) for line in window[0][i:j])
            else:
                parts += (_line(b"-", line) for line in window[0][i:j])
                parts += (_line(b"+", line) for line in window[1][k:m])
    return b"".join(parts)


def _lines(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _range(begin: int, end: int, skipped: int) -> tuple[int, int]:
    """The start and length of a hunk; of an empty one the line before it."""
    return skipped + begin + (end > begin), end - begin


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"


def _quoted(name: bytes) -> bytes:
    """A path as git writes it: quoted as in C if it has any but ordinary ASCII characters."""
    if _UNQUOTED.fullmatch(name):
        return name
    inner = "".join(
        f"\\{_ESCAPES[byte]}" if byte in _ESCAPES else chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
        for byte in name
    )
    return f'"{inner}"'.encode()
