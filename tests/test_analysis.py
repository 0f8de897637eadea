"""What a word is."""

from __future__ import annotations

import re
import sys
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis import MAX_TERM, Analyzer, analyzer, fold, fold_value, language_of, shown, split
from searchapp.languages import STEMMERS


def terms(text: str, language: str = "en") -> list[tuple[str, int]]:
    return [(shown(token.term), token.position) for token in analyzer(language).tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trainers trained", [("trainer", 0), ("train", 1)]),
        ("e-mail", [("email", 0), ("e", 0), ("mail", 1)]),
        ("well_known", [("wellknown", 0), ("well", 0), ("known", 1)]),
        ("__init__", [("init", 0)]),
        ("Node.js rocks", [("nodej", 0), ("node", 0), ("js", 1), ("rock", 2)]),
        ("3.11", [("3.11", 0), ("3", 0), ("11", 1)]),
        ("v1.93.0", [("1.93.0", 0), ("1.93", 0), ("v1", 0), ("1", 0), ("93", 1), ("0", 2)]),
        ("10,000", [("10000", 0), ("10", 0), ("000", 1)]),
        (".NET C++ C# F#", [(".net", 0), ("net", 0), ("c++", 1), ("c#", 2), ("f#", 3)]),
        ("Notepad++.", [("notepad++", 0), ("notepad", 0)]),
        ("a C++-like one", [("a", 0), ("c++", 1), ("like", 2), ("one", 3)]),
        ("don't don’t dont", [("dont", 0), ("dont", 1), ("dont", 2)]),
        ("the trainer's", [("the", 0), ("trainer", 1)]),
        ("issue#12", [("issu", 0), ("12", 1)]),
        ("U.S.A.", [("usa", 0), ("u", 0), ("s", 1), ("a", 2)]),
        ("検索する Python入門", [("検索", 0), ("索す", 1), ("する", 2), ("python", 3), ("入門", 4)]),
        ("Straße CAFÉ cafe\u0301 Łódź", [("strass", 0), ("cafe", 1), ("cafe", 2), ("lodz", 3)]),
        ("हिन्दी में", [("हिन्दी", 0), ("में", 1)]),
        ("-- … !", []),
    ],
)
def test_words(text: str, expected: list[tuple[str, int]]) -> None:
    assert terms(text) == expected


def test_elisions_are_words_of_their_own() -> None:
    assert terms("l'homme d’été", "fr") == [("l", 0), ("homm", 1), ("d", 2), ("ete", 3)]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("e-mail", (("email",), ("e", "mail"))),
        ("node.js", (("nodej",), ("node", "js"))),
        ("3.11", (("3.11",),)),
        ("C++", (("c++",),)),
        (".NET", ((".net",),)),
        ("検索する", (("検索", "索す", "する"),)),
        ("tcp/ip", (("tcp", "ip"),)),
        ("--", ()),
    ],
)
def test_what_a_typed_word_may_be(word: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert tuple(tuple(map(shown, terms)) for terms in analyzer("en").alternatives(word)) == expected


def test_words_of_letters_are_of_their_language_others_of_all() -> None:
    text = "Trainers e-mail Node.js 3.11 C++ html5 検索 café"
    tongues = {token.surface: language_of(token.term) for token in analyzer("pl").tokens(text)}
    free = {"3.11", "3", "11", "c++", "html5", "5"}
    assert {surface for surface, language in tongues.items() if not language} == free
    assert set(tongues.values()) == {"pl", ""}
    for language in ("pl", "zh", ""):
        for token in analyzer(language).tokens(text):
            assert token.term == analyzer(language).term(token.surface)
    assert [token.term for token in analyzer("").tokens(text)] == [
        token.surface for token in analyzer("pl").tokens(text)
    ]


def test_accents_do_not_change_the_stem() -> None:
    for language, word in (("pl", "książkę"), ("fr", "préparations"), ("de", "Häusern"), ("es", "canción")):
        plain = fold(word)
        assert [term for term, _ in terms(word, language)] == [term for term, _ in terms(plain, language)]


def test_every_listed_language_has_a_stemmer() -> None:
    unknown = [language for language in STEMMERS if Analyzer(language).alternatives("running") == ()]
    assert not unknown


def test_values_keep_their_accents() -> None:
    assert fold_value("  C#  Notes ") == "c# notes"
    assert fold_value("Café") != fold_value("Cafe")


def test_a_huge_token_is_cut_and_cheap() -> None:
    for text in (
        "x" * 1_000_000,
        "a." * 100_000,
        "'" * 100_000,
        "a_" * 100_000,
        "é" * 100_000,
        "検" * 50_000,
    ):
        assert all(len(token.surface) <= MAX_TERM for token in analyzer("en").tokens(text))


@pytest.mark.parametrize("silent", ["\u02bc", "\u0640\u0640", "\u02bcs", "\u02bc.\u02bc", "\ufc5e", "\ufe70"])
@pytest.mark.parametrize("around", ["{}", "left {} right", ".{0}{0}{0}", "{0}{0}{0}++", "left-{}", "{}-right"])
def test_what_counts_as_a_letter_and_folds_to_nothing_is_no_term(silent: str, around: str) -> None:
    tokens = list(analyzer("en").tokens(around.format(silent)))
    assert all(token.term and not any(map(str.isspace, token.term)) for token in tokens)
    assert sorted({token.position for token in tokens}) == list(range(len({token.position for token in tokens})))


def test_no_character_makes_a_term_with_a_blank_in_it() -> None:
    letters = (chr(code) for code in range(sys.maxunicode + 1) if re.match(r"\w", chr(code)))
    terms = {token.term for letter in letters for token in Analyzer("en").tokens(letter)}
    assert not [term for term in terms if not term or any(map(str.isspace, term))]


@given(st.text(max_size=200))
def test_offsets_positions_and_the_fast_ways_agree(text: str) -> None:
    words = analyzer("en")
    tokens = list(words.tokens(text))
    positions = [token.position for token in tokens]
    assert sorted(set(positions)) == list(range(len(set(positions))))
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.term
    into: defaultdict[str, list[int]] = defaultdict(list)
    surfaces: set[str] = set()
    end = words.collect(text, into, surfaces)
    assert end == len(set(positions))
    assert {(term, at) for term, found in into.items() for at in found} == {(t.term, t.position) for t in tokens}
    assert surfaces == {token.surface for token in tokens}
    assert words.find(text, lambda token: True, {}) == (tokens, end)
    chosen = positions[:: 1 + len(positions) // 5]
    if chosen:
        pieces = words.pieces_at(text, sorted(set(chosen)), range(end), 0, len(text))
        found = {
            (t.term, at + t.position, offset + t.start) for piece, at, offset in pieces for t in words.entry(piece)
        }
        assert found <= {(t.term, t.position, t.start) for t in tokens}
        assert {at for _, at, _ in found} >= set(chosen)
    assert sum(len(words.entry(piece)) for piece in split(text)) == len(tokens)
