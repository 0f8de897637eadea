"""Whether two labels are spellings of one: case, accents, hyphens and blanks, the plural, one edit.

What may make another thing of a word stays: `C`, `C#` and `C++`, `.NET` and `net`, `ie6` and `ie7`, `windows` and
`window`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from searchapp.analysis import fold_text

SHORTEST = 4
"""Letters and digits in a label from which accents and separators may not matter: `sąd` and `sad` are two words."""
SHORTEST_EDITED = 6
"""From which one edit may be a slip."""

_APOSTROPHES = re.compile("['’ʼ`]")
_PARTS = re.compile(r"(?<![\w.])\.[^\W\d_]\w*|[^\W_]+(?:\+\+|[#+])*|[&]|[^\w\s.,:;/\\|(){}\[\]\"“”„«»?!-]", re.UNICODE)
_SIBILANTS = ("s", "x", "z", "ch", "sh")
_NOT_PLURAL = frozenset(
    """alias always analysis apis arms atlas axis basis bias bonus business canvas chaos chess christmas class
    compass corpus customs consensus emacs express focus gas gems genius glass goods https ios jenkins keras
    kubernetes less lens macos means minus news nodejs numbers pages pandas paris physics plus postgres
    process progress rails redis rss sass series species status success swiss texas things travis various
    versus virus wales windows wireless wordpress""".split()
)
_ICS = frozenset("clinic comic critic fabric lyric metric relic topic tunic".split())
"""Of words in -ics, those that are plurals; `politics` and `physics` are not."""


@lru_cache(maxsize=65_536)
def parts(label: str) -> tuple[str, ...]:
    """The words and signs of a label, without case and accents: `C#` is one, `node.js` and `node-js` are two."""
    return tuple("and" if part == "&" else part for part in _PARTS.findall(_APOSTROPHES.sub("", fold_text(label))))


def joined(words: Iterable[str]) -> str:
    """The words without anything between them, but for numbers side by side: 1.2 is not 12."""
    text = ""
    for word in words:
        text += f"·{word}" if text[-1:].isdigit() and word[:1].isdigit() else word
    return text


def singular(word: str) -> str:
    """The word without its regular plural ending, as English, French and Spanish have it; else the word itself."""
    if len(word) < 4 or word in _NOT_PLURAL or not word.isalpha() or word[-1] != "s" or word[-2:] in {"ss", "us", "is"}:
        return word
    if word.endswith("ics") and word[:-1] not in _ICS:
        return word
    if word.endswith("ies") and len(word) > 5:
        return f"{word[:-3]}y"
    if (
        word.endswith("es")
        and word[:-2].endswith(_SIBILANTS)
        and len(word) > 5
        and not word.endswith(("ases", "ises", "uses"))
    ):
        return word[:-2]
    stem = word[:-1]
    return stem if re.search("[aeiouy]", stem) else word


def kind(one: str, other: str) -> str:
    """What tells two spellings of one label apart: "case", "accents", "separators" or "plural"; "" if it is more."""
    if unicodedata.normalize("NFKC", one).casefold().split() == unicodedata.normalize("NFKC", other).casefold().split():
        return "case"
    a, b = parts(one), parts(other)
    short = min(len(joined(a)), len(joined(b))) < SHORTEST
    if a == b and not short:
        return "separators" if _bare(one) == _bare(other) else "accents"
    if joined(a) == joined(b) and not short:
        return "separators"
    return "plural" if key(one) == key(other) and key(one) else ""


def _bare(label: str) -> str:
    """The letters and digits, accents and all."""
    text = unicodedata.normalize("NFC", label.casefold()).replace("&", "and")
    return "".join(char for char in text if char.isalnum())


@lru_cache(maxsize=65_536)
def key(label: str) -> str:
    """Equal for labels that are spellings of one, as far as no edit is needed; short ones are their own."""
    words = parts(label)
    if not words:
        return " ".join(label.casefold().split())
    text = joined((*words[:-1], singular(words[-1])))
    if len(text) >= SHORTEST:
        return text
    *others, last = label.casefold().split() or [""]
    return " ".join((*others, singular(last)))


def slips(labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of labels that are one edit apart: a letter more, less or another one, or two swapped.

    Both have SHORTEST_EDITED letters, the same first one, and the same numbers and signs.
    """
    near: dict[str, list[str]] = defaultdict(list)
    forms: dict[str, str] = {}
    for label in labels:
        form = joined(parts(label))
        if len(form) >= SHORTEST_EDITED and form not in forms:
            forms[form] = label
            for at in range(len(form) + 1):
                near[form[:at] + form[at + 1 :]].append(form)
    seen = set()
    for many in near.values():
        for number, one in enumerate(many):
            for other in many[number + 1 :]:
                pair = (one, other)
                if one != other and pair not in seen and _is_slip(one, other):
                    seen.add(pair)
                    yield forms[one], forms[other]


def _is_slip(one: str, other: str) -> bool:
    if one[0] != other[0] or _signs(one) != _signs(other) or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        different = [at for at in range(len(one)) if one[at] != other[at]]
        swapped = len(different) == 2 and different[1] == different[0] + 1
        crossed = swapped and one[different[0]] == other[different[1]] and one[different[1]] == other[different[0]]
        return len(different) == 1 or crossed
    short, long = sorted((one, other), key=len)
    if long == f"{short}s":
        return False  # Were they singular and plural, they would be one.
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _signs(form: str) -> str:
    return "".join(char for char in form if not char.isalpha())


def is_likely_slip(wrong: str, right: str) -> bool:
    """Whether the edit is one that fingers make: a letter doubled or not, two swapped, one left out within the word.

    Another letter, or one more at the end, as often makes another word.
    """
    one, other = joined(parts(wrong)), joined(parts(right))
    if len(one) == len(other):
        return sorted(one) == sorted(other)
    short, long = sorted((one, other), key=len)
    at = next((at for at in range(len(short)) if short[at] != long[at]), len(short))
    return at < len(short) or long[-1] == long[-2]
