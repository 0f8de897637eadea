"""Korean nouns: a particle is written to the noun that it follows."""

from __future__ import annotations

import re

_WORD = re.compile("[가-힣]+").fullmatch
_SYLLABLES, _FINALS, _RIEUL = ord("가"), 28, 8

_LONG = (
    "에서부터 으로부터 에게서는 이라고 이라는 입니다 에서는 에서도 에게는 에게서 으로는 으로도 "
    "으로서 으로써 까지는 까지도 부터는 "
    "에서 에게 에는 에도 께서 한테 보다 처럼 까지 부터 마다 조차 만큼 마저 밖에 이라 이나 이랑 이며 으로 "
    "로는 로도 로서 로써 하고 라고 라는 들은 들이 들을 들의 들과 들도 들에"
).split()
"""Particles of several syllables, and those of one after the plural's; longer ones first."""

_AFTER_FINAL, _AFTER_VOWEL, _AFTER_ANY = frozenset("은이을과"), frozenset("는가를와"), frozenset("의에도만")

AMBIGUOUS = frozenset("이의도로과")
"""What many nouns end with, too (`고양이`, `민주주의`, `제주도`): such a word, typed, is meant as it is."""


def noun(word: str) -> str:
    """Return the noun of a word of Hangul syllables that ends with a particle; "" if none is left, or there is none.

    A particle fits the sound before it: `은 이 을 과 으로` follow a final consonant, `는 가 를 와 로` a vowel.
    """
    if not _WORD(word):
        return ""
    for particle in _LONG:
        if word.endswith(particle) and len(word) > len(particle):
            rest = word[: -len(particle)]
            if particle[0] not in "으이" or _final(rest):
                return rest
    rest, last = word[:-1], word[-1]
    if len(rest) < (1 if last in "을를" else 2):
        return ""
    final = _final(rest)
    fits = (
        last in _AFTER_ANY
        or (last in _AFTER_FINAL and final)
        or (last in _AFTER_VOWEL and not final)
        or (last == "로" and final in {0, _RIEUL})
    )
    return rest if fits else ""


def _final(word: str) -> int:
    """Return the number of the final consonant of the last syllable, 0 for none."""
    return (ord(word[-1]) - _SYLLABLES) % _FINALS
