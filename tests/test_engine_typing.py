"""What is found and offered while a query is typed, in every engine."""

from __future__ import annotations

from itertools import pairwise

import pytest
from test_engine_contract import article, engine, ids  # noqa: F401 - a fixture

from searchapp.engine import Engine
from searchapp.model import Query

SIGNS = [
    article("asp.md", "Moving to ASP.NET", "A framework."),
    article("node.md", "Servers", "We run node.js and e-mail there."),
    article("hero.md", "A hero", "Spider-Man swings."),
    article("blank.md", "Another hero", "The net of Spider Man holds."),
    article("tcp.md", "Protocols", "All of TCP/IP."),
]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("ASP.NET", "asp"),
        ("node.js", "node"),
        ("e-mail", "node"),
        ("spider-man", "hero"),
        ("spider_man", "hero"),
        ("TCP/IP", "tcp"),
        ("title:asp.net", "asp"),
        ("hero spider-man", "hero"),
    ],
)
def test_no_letter_of_a_word_with_a_sign_empties_what_was_found(engine: Engine, word: str, found: str) -> None:  # noqa: F811
    engine.rebuild(SIGNS)
    start = 4 if ":" not in word else len("title:asp")
    for length in range(min(start, word.find("-") if word.startswith("e-") else start), len(word) + 1):
        assert found in ids(engine, word[:length], unfinished=True), word[:length]


def test_a_last_part_that_starts_no_word_leaves_the_part_before(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(SIGNS)
    assert ids(engine, "asp.q", unfinished=True) == ["asp"]
    assert ids(engine, "spider-m", unfinished=True)[:1] == ["hero"]
    assert ids(engine, "spider-m*") == ["hero"], "one word, as it is written together"


def test_an_unfinished_query_with_a_sign_is_corrected_as_others_are(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(SIGNS)
    found = engine.search(Query("hero spidre-man", unfinished=True))
    assert "hero.md" in [hit.id for hit in found.hits]


CLIMATE = [
    article("one.md", "Climate change", "Climate changes."),
    article("two.md", "A climate changes", "Its change."),
    article("three.md", "Changer", "A record player."),
    article("four.md", "The climate chapter", "Of a book."),
    article("five.md", "Changing", "Rooms."),
]


def test_completions_that_would_show_the_same_articles_are_one(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(CLIMATE)

    def offered(text: str) -> list[str]:
        return [each.text for each in engine.suggest(text, 20) if each.kind == "query"]

    assert offered("climate ch") == ["climate change", "climate chapter"]
    assert offered("climate change") == [], "nor what is typed already"
    assert offered("chang") == ["change", "changer"]
    assert offered("zebra ch") == [], "nor what no article has"
    for left, right in pairwise(offered("ch")):
        assert ids(engine, left) != ids(engine, right)


SLIPS = [
    article("naming.md", "Naming things", "Naming is hard.", language="en"),
    article("taming.md", "Taming things", "Taming, taming, maximum taming.", language="en"),
    article("job.md", "A job for the trainer", "A job for the one and only personal trainer.", language="en"),
    article("gersenel.md", "Gersenel", "The trainer Gersenel.", language="en"),
    article("anning.md", "Mary Anning", "Anning, annimg, anming.", language="en"),
]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("persona ltrainer", "personal trainer"),
        ("personalt rainer", "personal trainer"),
        ("the persona ltrainer", "the personal trainer"),
        ("aj ob", None),
        ("forthe job", "for the job"),
        ("fort he personal", "for the personal"),
        ("preosnal trainer", "personal trainer"),
        ("epsronal trainer", None),
        ("epersonal trainer", "personal trainer"),
        ("tjings", "things"),
        ("gersonal trainer", "personal trainer"),
        ("gersonel trainer", "gersenel trainer"),
        ("htings", "things"),
        ("erpsonal", None),
        ("eprsonal", "personal"),
    ],
)
def test_lost_and_moved_blanks_and_swapped_first_letters(engine: Engine, text: str, meant: str | None) -> None:  # noqa: F811
    engine.rebuild(SLIPS)
    assert engine.search(Query(text)).did_you_mean == meant


def test_a_moved_blank_is_left_where_both_words_are_at_home(engine: Engine) -> None:  # noqa: F811
    many = [article(f"{n}.md", f"An ice cream {n}", "Scoops; a rink; a nice cream.", language="en") for n in range(9)]
    engine.rebuild(many)
    assert engine.search(Query("an ice")).did_you_mean is engine.search(Query("a nice")).did_you_mean is None
