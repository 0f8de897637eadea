"""Whether two labels are spelling variants: by case, accents, separators, plural, or one edit.

Labels that may mean different things stay apart: `C`, `C#` and `C++`, `.NET` and `net`, `ie6` and `ie7`, `windows` and
`window`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from searchapp.analysis.folding import fold_text

MIN_LENGTH = 4
"""Letters and digits of a label from which accents and separators are ignored: `sąd` and `sad` are two words."""
MIN_EDITED_LENGTH = 6
"""Letters and digits of a label from which one edit may be a typing error."""

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
_ICS_SINGULARS = frozenset("clinic comic critic fabric lyric metric relic topic tunic".split())
"""Singulars of the words in -ics that are plurals; `politics` and `physics` are not."""


@lru_cache(maxsize=65_536)
def words_of(label: str) -> tuple[str, ...]:
    """Return the words and signs of a label, folded: `C#` is one, `node.js` and `node-js` are two."""
    return tuple("and" if part == "&" else part for part in _PARTS.findall(_APOSTROPHES.sub("", fold_text(label))))


def joined(words: Iterable[str]) -> str:
    """Join words without separators, except between adjacent digits: 1.2 is not 12."""
    text = ""
    for word in words:
        text += f"·{word}" if text[-1:].isdigit() and word[:1].isdigit() else word
    return text


def singular(word: str) -> str:
    """Return the word without a regular English, French or Spanish plural ending; the word itself if it has none."""
    if len(word) < 4 or word in _NOT_PLURAL or not word.isalpha() or word[-1] != "s" or word[-2:] in {"ss", "us", "is"}:
        return word
    if word.endswith("ics") and word[:-1] not in _ICS_SINGULARS:
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


def variant_kind(one: str, other: str) -> str:
    """Return how two variants of one label differ: "case", "accents", "separators", "plural"; "" for two labels."""
    if unicodedata.normalize("NFKC", one).casefold().split() == unicodedata.normalize("NFKC", other).casefold().split():
        return "case"
    a, b = words_of(one), words_of(other)
    short = min(len(joined(a)), len(joined(b))) < MIN_LENGTH
    if a == b and not short:
        return "separators" if _bare(one) == _bare(other) else "accents"
    if joined(a) == joined(b) and not short:
        return "separators"
    return "plural" if variant_key(one) == variant_key(other) and variant_key(one) else ""


def _bare(label: str) -> str:
    """The letters and digits, accents included."""
    text = unicodedata.normalize("NFC", label.casefold()).replace("&", "and")
    return "".join(char for char in text if char.isalnum())


@lru_cache(maxsize=65_536)
def variant_key(label: str) -> str:
    """Return a key that is equal for variants of one label by case, accents, separators and plural.

    Labels under MIN_LENGTH letters and digits vary by case and plural only.
    """
    words = words_of(label)
    if not words:
        return " ".join(label.casefold().split())
    text = joined((*words[:-1], singular(words[-1])))
    if len(text) >= MIN_LENGTH:
        return text
    *others, last = label.casefold().split() or [""]
    return " ".join((*others, singular(last)))


def one_edit_pairs(labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of labels one edit apart: a letter inserted, deleted, substituted, or two transposed.

    Both have at least MIN_EDITED_LENGTH characters, the same first one, and the same digits and signs.
    """
    near: dict[str, list[str]] = defaultdict(list)
    forms: dict[str, str] = {}
    for label in labels:
        form = joined(words_of(label))
        if len(form) >= MIN_EDITED_LENGTH and form not in forms:
            forms[form] = label
            for at in range(len(form) + 1):
                near[form[:at] + form[at + 1 :]].append(form)
    seen = set()
    for many in near.values():
        for number, one in enumerate(many):
            for other in many[number + 1 :]:
                pair = (one, other)
                if one != other and pair not in seen and _is_one_edit(one, other):
                    seen.add(pair)
                    yield forms[one], forms[other]


def _is_one_edit(one: str, other: str) -> bool:
    if one[0] != other[0] or _signs(one) != _signs(other) or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        different = [at for at in range(len(one)) if one[at] != other[at]]
        swapped = len(different) == 2 and different[1] == different[0] + 1
        crossed = swapped and one[different[0]] == other[different[1]] and one[different[1]] == other[different[0]]
        return len(different) == 1 or crossed
    short, long = sorted((one, other), key=len)
    if long == f"{short}s":
        return False  # Plurals are the business of `singular`.
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _signs(form: str) -> str:
    return "".join(char for char in form if not char.isalpha())


def is_likely_typo(wrong: str, right: str) -> bool:
    """Whether the edit is a typical typing error: letters transposed, one doubled, or one left out within the word.

    A substituted letter, or one more at the end, as often makes another word.
    """
    one, other = joined(words_of(wrong)), joined(words_of(right))
    if len(one) == len(other):
        return sorted(one) == sorted(other)
    short, long = sorted((one, other), key=len)
    at = next((at for at in range(len(short)) if short[at] != long[at]), len(short))
    return at < len(short) or long[-1] == long[-2]
