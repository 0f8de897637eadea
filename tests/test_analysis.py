"""What a word is."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.analyzer import Analyzer, analyzer
from searchapp.analysis.folding import fold, fold_value
from searchapp.analysis.pieces import split
from searchapp.analysis.terms import MAX_TERM, language_of, shown
from searchapp.languages import STEMMERS

HALVES = [("ぱん", 2), ("ぱ", 2), ("ん", 2)]
PATCH = [("23", 1), ("1p2", 2), ("1", 2), ("p", 3), ("2", 4)]


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
        ("検索す", [("検索", 0), ("検", 0), ("索す", 1), ("索", 1), ("す", 1)]),
        ("Python入門 锁", [("python", 0), ("入门", 1), ("入", 1), ("门", 1), ("锁", 2)]),
        ("ﾊﾟﾝ パン はﾟん", [("ぱん", 0), ("ぱ", 0), ("ん", 0), ("ぱん", 1), ("ぱ", 1), ("ん", 1)] + HALVES),
        ("토마토를 책을 고속", [("토마토를", 0), ("토마토", 0), ("책을", 1), ("책", 1), ("고속", 2)]),
        ("שָׁלוֹם־בַּיִת", [("שלוםבית", 0), ("שלום", 0), ("בית", 1)]),
        ("Straße CAFÉ cafe\u0301 Łódź", [("strass", 0), ("cafe", 1), ("cafe", 2), ("lodz", 3)]),
        ("हिन्दी में", [("हिन्दी", 0), ("में", 1)]),
        ("-- … !", []),
        ("10km 5G", [("10km", 0), ("10", 0), ("km", 1), ("5g", 2), ("5", 2), ("g", 3)]),
        ("mp3player", [("mp3player", 0), ("mp", 0), ("3", 1), ("player", 2)]),
        ("10,000km", [("10000km", 0), ("10000", 0), ("10", 0), ("000km", 1), ("000", 1), ("km", 2)]),
        (".NET8", [(".net8", 0), (".net", 0), ("net8", 0), ("net", 0), ("8", 1)]),
        ("toJSON", [("tojson", 0), ("to", 0), ("json", 1)]),
        ("parseURLs", [("parseurl", 0), ("pars", 0), ("url", 1)]),
        ("userID", [("userid", 0), ("user", 0), ("id", 1)]),
        ("x86_64", [("x8664", 0), ("x86", 0), ("x", 0), ("86", 1), ("64", 2)]),
        ("5.23.1p2", [("5.23.1p2", 0), ("5.23.1", 0), ("5.23", 0), ("5", 0)] + PATCH),
        ("C#8 and C++0x", [("c#", 0), ("8", 1), ("and", 2), ("c++", 3), ("0x", 4), ("0", 4), ("x", 5)]),
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


@pytest.mark.parametrize(
    "word",
    "iPhone YouTube GitHub OpenAI McDonald LaTeX JavaScript PostgreSQL macOS iPadOS SQLite jQuery eBay URLs PDFs kWh "
    "a1b2c3 f0f8ff abc123 9f86d081 deadbeef01 dQw4w9WgXcQ QmFzZTY 3rd 21st 1990s KB5021233 0x1F H2O R2D2 dont".split(),
)
def test_names_ordinals_and_keys_are_one_word(word: str) -> None:
    assert [(t.surface, t.start, t.end) for t in analyzer("").tokens(word)] == [(word.lower(), 0, len(word))]


INVISIBLE = "\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufe0f\ufeff"


@given(
    st.data(), st.sampled_from(["hyphenation", "e-mail", "fetchUserBasket", "10km", "6.31-slim", "don't", "検索する"])
)
def test_invisible_characters_change_nothing_but_offsets(data: st.DataObject, word: str) -> None:
    places = data.draw(st.lists(st.integers(1, len(word)), max_size=4))
    mark = data.draw(st.sampled_from(INVISIBLE))
    text = "".join(char + mark * places.count(at) for at, char in enumerate(word, 1))
    plain, marked = (list(analyzer("en").tokens(each)) for each in (word, text))
    assert [token[:3] for token in marked] == [token[:3] for token in plain]
    shown = [text[token.start : token.end] for token in marked]
    assert [each.replace(mark, "") for each in shown] == [word[token.start : token.end] for token in plain]
    assert not any(each.startswith(mark) or each.endswith(mark) for each in shown)


@given(st.text("aAbBXyz019.-_'’#+ \u00ad\u200bé検索ア🎉👍🏽한ก", max_size=40))
def test_a_text_is_found_by_each_of_its_pieces(text: str) -> None:
    """A piece of a text, typed as a query's word, yields a sequence that the text has."""
    words = analyzer("en")
    at: dict[int, set[str]] = defaultdict(set)
    for token in words.tokens(text):
        at[token.position].add(token.term)
    for piece in split(text):
        found = words.alternatives(piece)
        assert not found or any(
            all(term in at[start + step] for step, term in enumerate(sequence))
            for sequence in found
            for start in list(at)
        ), piece


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


@pytest.mark.parametrize(
    "text",
    [
        "検\u0301",
        "検\u0301索",
        "_\u03010",
        "a-\u0301b",
        "\u0301x",
        "ไ\u0e48ไ",
        "か\u3099",
        "フ\u309aール",
        "\U0001e944x\U0001e944",
    ],
)
def test_no_word_begins_with_a_mark_and_each_is_found_as_it_is_written(text: str) -> None:
    tokens = list(analyzer("ja").tokens(text))
    assert tokens
    for token in tokens:
        assert not unicodedata.category(token.surface[0]).startswith("M")
        typed = {each.surface for each in analyzer("ja").tokens(text[token.start : token.end])}
        assert token.surface in typed
