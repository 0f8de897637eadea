"""Queries as people type them, in every engine."""

from __future__ import annotations

import pytest
from test_engine_contract import article, engine, ids  # noqa: F401 - a fixture

from searchapp.engine import Engine
from searchapp.model import Mode, Query

CAPITALS = [
    article("sign.md", "Do Not Disturb", "A sign on a door."),
    article("hamlet.md", "To be or not to be", "A prince asks."),
    article("guests.md", "Guests", "What to do about those who disturb, and what not to do, do, do. Disturb not."),
    article("space.md", "NASA or ESA?", "Two agencies."),
    article("nasa.md", "NASA", "One agency."),
]


@pytest.mark.parametrize("unfinished", [False, True])
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("DO NOT DISTURB", "sign"),
        ("DO NOT DISTRUB", "sign"),
        ("TO BE OR NOT TO BE", "hamlet"),
        ("NASA OR ESA", "space"),
        ("DO NOT", "sign"),
    ],
)
def test_a_query_in_capitals_has_no_operators(engine: Engine, text: str, first: str, unfinished: bool) -> None:  # noqa: F811
    engine.rebuild(CAPITALS)
    assert ids(engine, text, unfinished=unfinished)[:1] == [first]


def test_operators_stand_between_words_that_are_not_in_capitals(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(CAPITALS)
    assert set(ids(engine, "nasa OR sign")) == {"space", "nasa", "sign"}
    assert ids(engine, "nasa NOT esa") == ["nasa"]


DASHES = [
    article("rm.md", "Clean up", "Type rm -rf build and wait."),
    article("build.md", "Of builds", "How to rm a build."),
    article("cold.md", "Cold", "At -40 degrees the dough freezes."),
    article("warm.md", "Warm", "At 30 degrees it rises."),
]


@pytest.mark.parametrize(
    ("text", "found", "other", "others"),
    [
        ("rm -rf build", ["build"], '"rm -rf build"', ["rm"]),
        ("-40 degrees", ["warm"], '"-40 degrees"', ["cold"]),
        ("rm -rf title:clean", ["build"], '"rm -rf" title:clean', ["rm"]),
    ],
)
def test_a_dash_that_may_be_none_says_so(
    engine: Engine,  # noqa: F811
    text: str,
    found: list[str],
    other: str,
    others: list[str],
) -> None:
    engine.rebuild(DASHES)
    assert ids(engine, text) == found
    assert engine.search(Query(text)).other_reading == other
    assert ids(engine, other) == others


@pytest.mark.parametrize("text", ['"rm -rf build"', '"-40 degrees"'])
def test_words_in_quotes_lead_back_to_what_leaves_out(engine: Engine, text: str) -> None:  # noqa: F811
    engine.rebuild(DASHES)
    assert engine.search(Query(text)).other_reading == text.strip('"')


@pytest.mark.parametrize(
    "text", ["degrees -dough", "rm -x", "degrees -tag:x", "rm NOT rf", "dough-rm", "-rf", "rm --rf", '-"rm -rf"']
)
def test_a_dash_that_leaves_out_nothing_side_by_side_is_one(engine: Engine, text: str) -> None:  # noqa: F811
    engine.rebuild(DASHES)
    assert engine.search(Query(text)).other_reading is None


FIELDS = [
    article("a.md", "One", tags=("a b", "x"), categories=("Ideas",), authors=("Ada Moss",), language="en"),
    article("b.md", "Two", tags=("a",), categories=("b",), authors=("b",), language="fr"),
]


@pytest.mark.parametrize(
    "text",
    ["tags:x", "tag: x", "Tag:X", "TAG: X", "TAGS:x", 'tag:"a b"', "tag:'a b'", "tags: 'A B'", "tag: “a b”"]
    + ["categories:ideas", "Category: ideas", "authors:moss", "author: 'ada moss'", "language:en", "Language: EN"]
    + ["title: one", "-tags: a", "-language:fr"],
)
def test_fields_as_they_are_typed(engine: Engine, text: str) -> None:  # noqa: F811
    engine.rebuild(FIELDS)
    assert ids(engine, text) == ["a"]


QUESTIONS = [
    article("git.md", "Undo a git commit", "Undo a git commit with git reset.", language="en"),
    article("reset.md", "Of resets", "Git can undo what it did: a commit, a merge.", language="en"),
    article("title.md", "How to bake bread", "An oven, flour.", language="en"),
    article("bread.md", "Bread", "Bake bread, bake bread, bake bread. " * 3, language="en"),
    article("brot.md", "Brot", "Brot backen ohne Hefe.", language="de"),
    article("pain.md", "Pain", "Cuire un pain.", language="fr"),
    article("pan.md", "Pan", "Hornear pan casero.", language="es"),
    article("chleb.md", "Chleb", "Upiec chleb.", language="pl"),
    article("pao.md", "Pão", "Assar pão.", language="pt"),
    article("pane.md", "Pane", "Cuocere pane.", language="it"),
    article("brood.md", "Brood", "Bakken brood.", language="nl"),
    article("zh.md", "烤面包", "烤面包需要面粉。", language="zh"),
    article("ar.md", "خبز", "خبز الخبز", language="ar"),
    article("how.md", "How", "how, what, why, please, best way", language="en"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(
            (f"{opener} undo a git commit", {"git", "reset"})
            for opener in (
                *("how to", "How do I", "how can I", "what is the best way to", "What's the best way to"),
                *("can you tell me how to", "please", "could you please tell me how do I", "why", "tell me how to"),
            )
        ),
        ("how do I undo a git commit?", {"git", "reset"}),
        ("wie kann ich Brot backen", {"brot"}),
        ("Können Sie mir sagen wie man ein Brot backen kann", {"brot"}),
        ("comment faire pour cuire un pain", {"pain"}),
        ("cómo puedo hornear pan", {"pan"}),
        ("¿Cómo puedo hornear pan?", {"pan"}),
        ("jak mogę upiec chleb", {"chleb"}),
        ("qual é a melhor maneira de assar pão", {"pao"}),
        ("come posso cuocere pane", {"pane"}),
        ("hoe kan ik bakken brood", {"brood"}),
        ("如何烤面包", {"zh"}),
        ("请问怎么烤面包？", {"zh"}),
        ("كيف يمكنني خبز", {"ar"}),
        ("how", {"how", "title"}),
        ("what why", {"how"}),
        ('"how what"', {"how"}),
    ],
)
def test_questions_and_polite_words_exclude_no_article(engine: Engine, text: str, found: set[str]) -> None:  # noqa: F811
    engine.rebuild(QUESTIONS)
    results = engine.search(Query(text))
    assert (set(ids(engine, text)), results.mode, results.corrected) == (found, Mode.ALL, False)


def test_the_title_that_is_the_question_comes_first(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(QUESTIONS)
    assert ids(engine, "how to bake bread") == ["title", "bread"]


def test_small_words_in_no_article_do_not_make_a_query_one_of_some_words(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(QUESTIONS)
    results = engine.search(Query("the oven with flour"))
    assert ([hit.id for hit in results.hits], results.mode) == (["title.md"], Mode.ALL)
    results = engine.search(Query("oven zeppelin"))
    assert ([hit.id for hit in results.hits], results.mode) == (["title.md"], Mode.ANY)


TYPED = [
    article("tariff.md", "The tariff", "Every tariff, all tariffs.", language="en"),
    article("naming.md", "Naming things", "Naming is hard.", language="en"),
    article("love.md", "Why I love bread", "I love it, I love it.", language="en"),
    article("job.md", "A tool for a job", "Looking for a job.", language="en"),
    article("thanks.md", "תודה", "תודה רבה.", language="he"),
]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tarrif", "tariff"),
        ("tarrifs", "tariffs"),
        ("tarfif", "tariff"),
        ("aNming", "naming"),
        ("maming", "naming"),
        ("ILove bread", "i love bread"),
        ("fora job", "for a job"),
        ("lov ebread", "love bread"),
        ("namin gthings", "naming things"),
        ("namingt hings", "naming things"),
        ("olve bread", "love bread"),
        ("anmign", None),
        ("תעודה", None),
        ("tahxff", None),
    ],
)
def test_typing_errors(engine: Engine, text: str, meant: str | None) -> None:  # noqa: F811
    engine.rebuild(TYPED)
    results = engine.search(Query(text))
    assert (results.did_you_mean, results.corrected) == (meant, meant is not None)


JOINED = [
    article("asp.md", "ASP.NET Core", "All about asp.net and node.js, Python 3.11.", language="en"),
    article("spider.md", "Spider-Man", "The spider-man film, C++, wi-fi, foo_bar.", language="en"),
    article("climate.md", "Climate change", "It changes.", language="en"),
    article("changes.md", "Climate changes", "All changes.", language="en"),
    article("chance.md", "Climate chance", "A chance.", language="en"),
]


@pytest.mark.parametrize("word", ["asp.net", "spider-man", "node.js", "wi-fi", "foo_bar", "3.11", "C++", "ASP.NET"])
def test_no_letter_of_a_joined_word_empties_what_was_found(engine: Engine, word: str) -> None:  # noqa: F811
    engine.rebuild(JOINED)
    (last,) = ids(engine, word)
    for length in range(1, len(word) + 1):
        assert last in ids(engine, word[:length], unfinished=True), word[:length]


def test_words_that_find_the_same_articles_are_one_completion(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(JOINED)
    queries = [each.text for each in engine.suggest("climate cha") if each.kind == "query"]
    assert len(queries) == 2
    assert "climate chance" in queries
    assert not [each for each in engine.suggest("ch") if each.kind == "query"], "too short"
