"""Language detection by script and function words, accurate enough to choose a stemmer."""

from __future__ import annotations

import re
from collections import Counter

SAMPLE = 1_200
"""Characters that are read."""

_WORDS = {
    "en": "the and of to in is that it for you with was on are this as be have not but they we from what "
    "can your i an or if about which there would when how will more has by all do so at my just out "
    "up",
    "de": "der die und das ist nicht ein eine ich zu den mit sich auf für von dem im auch es wie wir noch "
    "oder aber sind werden wird einen kann wenn nach durch hat bei aus dass haben mehr über zum zur",
    "fr": "le la les et des est un une pour que qui dans pas sur au avec ce il je vous nous par plus mais "
    "sont ne se cette son être fait aux ou comme tout leur elle du été même",
    "es": "el la los las y de que en es un una por con para no se del lo como más pero su al le ya este "
    "esta son muy si sobre también hay ser cuando todo entre desde sin fue",
    "it": "il la che di e un una per non è con sono del della le si in i gli da nel come più ma anche al "
    "alla questo questa dei delle ho ha se lo essere stato molto quando",
    "pt": "o a os as e que de do da em um uma não para com se por mais no na dos das ao como mas foi ele "
    "eu seu sua ou quando muito já está também são isso você pelo",
    "nl": "de het een en van is dat niet te ik op met voor zijn die er aan maar om ook als je bij naar "
    "dan uit nog wat door over worden heeft deze hebben kan geen wel",
    "sv": "och att det är en som på för med av jag inte till den ett om har i så men vi kan från de var "
    "när du man ska eller mycket också sig där hur",
    "da": "og at det er en som på for med af jeg ikke til den et om har i så men vi kan fra de var når du "
    "man skal eller meget også sig der hvor mig blev",
    "no": "og at det er en som på for med av jeg ikke til den et om har i så men vi kan fra de var når du "
    "man skal eller mye også seg der hvor meg ble etter noe",
    "fi": "ja on ei se että oli mutta kun niin myös hän minä olen ovat kuin joka tai jos sen voi ole vain "
    "mitä tämä nyt sitä olla mukaan sekä",
    "pl": "i w na się nie to że z do jest jak co ale o za od po przez dla tak tym jego czy są już tylko "
    "przy który która które może oraz mnie być jeszcze bardzo ze było gdy też",
    "cs": "a se na v je že to s z do ale jako o jsem který která které pro by jsou si tak už od po když "
    "také nebo jen být bylo jsme může při až",
    "hu": "a az és hogy nem is egy van de ez meg csak már volt mint azt ha még ki vagy el be kell lehet "
    "lesz minden nagyon után akkor mert sem ezt",
    "ro": "și de în a la cu nu o că este un pe se din mai pentru care sunt ce am dar fi să sau au prin "
    "această acest fost ale lui după când foarte",
    "tr": "ve bir bu için de da ile çok ne gibi daha olarak ben var ama o olan kadar sonra en mi her "
    "değil olduğu şey ya ki ise diye",
}
_LETTERS = {
    "pl": "ąęłńśźż",
    "cs": "ěřů",
    "hu": "őű",
    "ro": "ășț",
    "tr": "ğış",
    "de": "ßäöü",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "fr": "œêç",
}
_OF_WORD: dict[str, tuple[str, ...]] = {}
for _code, _list in _WORDS.items():
    for _word in _list.split():
        _OF_WORD[_word] = (*_OF_WORD.get(_word, ()), _code)
_TOKEN = re.compile(r"[^\W\d_]{2,}")
_NO_LETTERS = {code: " " for code in range(128) if not chr(code).isalpha()}
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2e80-\ud7ff]")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
)


def detect(text: str, default: str = "en") -> str:
    """Return the ISO 639-1 code of the language of a text, `default` if that is unclear."""
    sample = text[:SAMPLE].lower()
    foreign = _OTHER_SCRIPT.search(sample)
    if foreign is not None and (code := _by_script(sample)):
        return code
    words = {word: count for word, count in Counter(_words(sample)).items() if word in _OF_WORD}
    votes = dict.fromkeys(_WORDS, 0)
    if len(words) < 3:
        words = {}
    for word, count in words.items():
        # A word that many languages share says less about each.
        codes = _OF_WORD[word]
        for code in codes:
            votes[code] += 60 // len(codes) * count
    if not sample.isascii():
        for code, letters in _LETTERS.items():
            votes[code] += 40 * sum(map(sample.count, letters))
    best = max(votes, key=lambda code: (votes[code], code == default))
    enough = max(100, 8 * sample.count(" "))
    return best if votes[best] >= enough else default


def _words(sample: str) -> list[str]:
    """Return the runs of at least two letters; in ASCII by splitting, which is several times faster."""
    if sample.isascii():
        return [word for word in sample.translate(_NO_LETTERS).split() if len(word) > 1]
    return _TOKEN.findall(sample)


def _by_script(sample: str) -> str:
    """Return the language of the script that most of the sample is in, "" for Latin and others."""
    letters = sum(map(str.isalpha, sample)) or 1
    counts = {code: len(pattern.findall(sample)) for code, pattern in _SCRIPTS}
    if counts["ja"] and counts["ja"] + counts["zh"] > letters * 0.3:
        return "ja"
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] > letters * 0.3 else ""
