"""The query grammar: what it reads, and that nothing makes it fail or slow."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.query import (
    MAX_CLAUSES,
    MAX_LENGTH,
    And,
    DateRange,
    Field,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    parse,
    while_typing,
)
from searchapp.retrieval.query_trees import positive, relax, title_text, whole_phrase, without_stop_words


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("", ()),
        ("one two", (Word("one"), Word("two"))),
        ('"one two" three', (Phrase("one two"), Word("three"))),
        ("“one two”", (Phrase("one two"),)),
        ('"unclosed phrase', (Phrase("unclosed phrase"),)),
        ("-one NOT two", (Not(Word("one")), Not(Word("two")))),
        ('-"one two"', (Not(Phrase("one two")),)),
        ("NOT -one", (Not(Word("one")),)),
        ("one OR two OR three four", (Or((Word("one"), Word("two"), Word("three"))), Word("four"))),
        ("OR", (Word("OR"),)),
        ("one OR", (Word("one"), Word("OR"))),
        ("NOT", (Word("NOT"),)),
        ("not or", (Word("not"), Word("or"))),
        ("- one", (Word("-"), Word("one"))),
        ("well-known", (Word("well-known"),)),
        ("train*", (Prefix("train"),)),
        ("*", (Word("*"),)),
        ("title:loaf", (Field("title", Word("loaf")),)),
        ("Tag:Jobs", (Field("tag", Word("Jobs")),)),
        ('category:"two words"', (Field("category", Phrase("two words")),)),
        ("-tag:x", (Not(Field("tag", Word("x"))),)),
        ("lang:pt-BR", (Field("language", Word("pt-BR")),)),
        ("LANG:pl OR -lang:de", (Or((Field("language", Word("pl")), Not(Field("language", Word("de"))))),)),
        ('-series:"two words"', (Not(Field("series", Phrase("two words"))),)),
        *((text, (Field("language", Word("pl")),)) for text in ("language:pl", "Language: pl", "LANG:  pl")),
        *(
            (text, (Field("tag", Phrase("a b")),))
            for text in ('tag:"a b"', "tag:'a b'", "tags: 'a b'", "Tag:‘a b’", "TAG: “a b”", "tag:«a b»", "tag：'a b'")
        ),
        ("tag: x y", (Field("tag", Word("x")), Word("y"))),
        ("-tags: x", (Not(Field("tag", Word("x"))),)),
        ("tag:'it's here' y", (Field("tag", Phrase("it's here")), Word("y"))),
        ("tag:'a b", (Field("tag", Word("'a")), Word("b"))),
        ("categories:x authors:y series: z", tuple(map(Field, ("category", "author", "series"), map(Word, "xyz")))),
        ("title: loaf", (Field("title", Word("loaf")),)),
        ("after: 2023", (DateRange(after=date(2023, 1, 1)),)),
        ("before: noon", (Word("before:noon"),)),
        ("stags:x tagged:y", (Word("stags:x"), Word("tagged:y"))),
        ("'a b'", (Word("'a"), Word("b'"))),
        ("DO NOT DISTURB", tuple(map(Word, "DO not DISTURB".split()))),
        ("TO BE OR NOT TO BE", tuple(map(Word, "TO BE or not TO BE".split()))),
        ("NASA OR ESA", tuple(map(Word, "NASA or ESA".split()))),
        ("ÜBER NOT 2 ПИВО", tuple(map(Word, "ÜBER not 2 ПИВО".split()))),
        ("DO NOT -DISTURB", (Word("DO"), Word("not"), Not(Word("DISTURB")))),
        ("tag:RUST NOT DRAFT", (Field("tag", Word("RUST")), Not(Word("DRAFT")))),
        ("OR OR", (Word("OR"), Word("OR"))),
        ("1984 OR 2001", (Or((Word("1984"), Word("2001"))),)),
        ("東京 OR 大阪", (Or((Word("東京"), Word("大阪"))),)),
        ("tag:", (Word("tag:"),)),
        ("colour:red", (Word("colour:red"),)),
        ("http://x.example/y", (Word("http://x.example/y"),)),
        ("after:2023-01-31", (DateRange(after=date(2023, 1, 31)),)),
        ("before:2024", (DateRange(before=date(2024, 1, 1)),)),
        ("after:2023-2", (DateRange(after=date(2023, 2, 1)),)),
        ("after:2023-02-30", (Word("after:2023-02-30"),)),
        ("C++ C# .NET -.htaccess", (Word("C++"), Word("C#"), Word(".NET"), Not(Word(".htaccess")))),
        ("a\x00b\u2028c", (Word("a"), Word("b"), Word("c"))),
    ],
)
def test_the_grammar(text: str, nodes: tuple[object, ...]) -> None:
    assert parse(text) == And(nodes)  # type: ignore[arg-type]


hostile = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            ["(", ")", '"', "'", "-", "--", "OR", "NOT", "AND", "ANDNOT", "~9", "^5", "[a TO b]", "*a", "a*", "tag:"]
            + ['tag:"', "after:", "title:*", "\\", "\ud800", "\u202e", "x" * 50, "{", "<script>"]
        ),
        max_size=60,
    ).map(" ".join),
)  # fmt: skip


@given(hostile)
def test_nothing_makes_it_fail(text: str) -> None:
    tree = parse(text)
    assert len(tree.nodes) <= MAX_CLAUSES * 2
    list(positive(tree))
    relax(tree)
    title_text(tree)
    whole_phrase(tree)


@pytest.mark.parametrize(
    ("text", "title", "phrase"),
    [
        ("dark", "dark", None),
        ("dark rye", "dark rye", "dark rye"),
        ('"dark rye" bread', "dark rye bread", "dark rye bread"),
        ("dark rye OR rye*", "dark rye", "dark rye"),
        ("/(dark OR dark* rye", "/(dark rye", "/(dark rye"),
        ("dark rye OR wheat", None, None),
        ("dark rye*", None, None),
        ("dark rye tag:bread -wheat after:2020", None, "dark rye"),
        ("", None, None),
    ],
)
def test_the_words_as_a_title_and_as_a_phrase(text: str, title: str | None, phrase: str | None) -> None:
    assert title_text(parse(text)) == title
    assert whole_phrase(parse(text)) == (phrase and Phrase(phrase, stemmed=True))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the dark rye", "dark rye"),
        ('the "of the" rye -x tag:a', '"of the" rye -x tag:a'),
        ("dark rye", None),
        ("the rye", None),
        ("the of", None),
        ("the rye tag:a", None),
        ("the dark rye bread loaf tag:a", "dark rye bread loaf tag:a"),
        ("the dark rye bread loaf oven", None),
    ],
)
def test_all_words_but_stop_words(text: str, kept: str | None) -> None:
    assert without_stop_words(parse(text)) == (None if kept is None else parse(kept))


def test_limits() -> None:
    assert parse("x" * 100_000) == And((Word("x" * MAX_LENGTH),))
    assert len(parse("a " * 100_000).nodes) == MAX_CLAUSES
    assert len(parse("- " * 50_000 + "a OR " * 50_000 + '"' * 50_000).nodes) <= MAX_CLAUSES * 2


def test_relaxing_keeps_what_is_not_words() -> None:
    assert relax(parse("one the two -three tag:x")) == And(
        (Not(Word("three")), Field("tag", Word("x")), Or((Word("one"), Word("two"))))
    )
    assert relax(parse("one tag:x")) is None
    assert relax(parse("the of")) == And((Or((Word("the"), Word("of"))),))
    assert relax(parse("the zeppelin")) == And((Word("zeppelin"),))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("brea", "brea OR brea*"),
        ("dark ry", "dark ry OR ry*"),
        ("rye OR brea", "rye OR brea OR brea*"),
        ("title:brea", "title:brea OR title:brea*"),
        ("/(brea", "/(brea OR brea*"),
        (".ne", ".ne OR .ne*"),
        ("DO NOT DIST", "do not dist OR dist*"),
        ("PYTHON 3", "python 3 OR 3*"),
        ('"dark rye" brea', '"dark rye" brea OR brea*'),
        *((text, text) for text in ("", "bread ", '"dark ry', '"dark rye"', "-brea", "x NOT brea", "a OR", "NOT")),
        *((text, text) for text in ("brea*", "after:202", "c++", "tag:", "x" * 501, "x OR -brea")),
    ],
)
def test_while_typing_the_last_word_may_be_the_start_of_one(typed: str, asked: str) -> None:
    assert while_typing(typed) == asked
