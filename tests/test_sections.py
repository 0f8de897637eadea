"""Which sections are named under a hit, in what order, and what of them is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from test_engine_contract import ENGINES

from searchapp.excerpts.sections import LOOKED_AT, MOST
from searchapp.model import Article, Hit, Passage, Query, Section

PLAIN = "Flour, water and a little patience, said the miller to nobody in particular. "


def section(title: str, text: str) -> Section:
    return Section(title, title.lower().replace(" ", "-"), text, 2)


class Find(Protocol):
    """The hit of an article with these sections."""

    def __call__(self, text: str, *sections: Section, title: str = "A Day") -> Hit: ...  # pragma: no cover


@pytest.fixture(params=["memory", "whoosh"])
def hit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Find]:
    engine = ENGINES[request.param](tmp_path / "index")

    def find(text: str, *sections: Section, title: str = "A Day") -> Hit:
        engine.rebuild([Article(id="a.md", title=title, sections=sections, digest="a")])
        [found] = engine.search(Query(text)).hits
        return found

    yield find
    engine.close()


def titles(found: Hit) -> list[str]:
    return [each.title for each in found.sections]


def shown(found: Passage) -> str:
    return "".join(f"[{piece.text}]" if piece.matched else piece.text for piece in found.snippet)


LEAD = Section("", "", PLAIN, 0)


def test_the_section_of_the_passage_comes_first_then_the_best(hit: Find) -> None:
    found = hit(
        "rye starter",
        LEAD,
        section("Morning", f"{PLAIN} Rye. {PLAIN * 5} The starter."),
        section("Noon", f"{PLAIN}Feed the rye starter at noon, as ever, and cover it with a cloth."),
        section("Starter", f"{PLAIN}Rye."),
        section("Evening", "Only the starter is here."),
    )
    assert titles(found) == ["Noon", "Starter", "Morning"]
    assert found.section == Section("Noon", "noon", "")
    assert found.sections[0].snippet == found.snippet
    assert found.sections[0].quote == found.quote
    assert found.quote is not None
    assert found.quote.start.startswith("rye starter at noon")
    assert [piece.matched for piece in found.sections[1].title_fragments] == [True]
    assert shown(found.sections[1]).endswith("… to nobody in particular. [Rye].")


def test_a_passage_of_the_lead_leaves_room_for_three_sections(hit: Find) -> None:
    names = [section(f"Part {number}", f"More rye, part {number}.") for number in range(5)]
    found = hit("rye", Section("", "", "Rye and rye, rye.", 0), *names)
    assert found.section is None
    assert titles(found) == ["Part 0", "Part 1", "Part 2"][:MOST]


def test_a_heading_alone_is_enough(hit: Find) -> None:
    found = hit("oven", section("Dough", "The oven is hot."), section("The oven", PLAIN))
    assert titles(found) == ["Dough", "The oven"]
    assert found.sections[1].quote is None
    assert shown(found.sections[1]).startswith("Flour, water")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rye", ["A", "C"]),
        ("rye oven", ["A"]),
        ("rye oven cloth", ["A", "B"]),
        ('"rye oven"', ["A"]),
        ("clo*", ["A", "B"]),
        ("", []),
    ],
)
def test_only_sections_that_hold_enough_of_the_words(hit: Find, text: str, expected: list[str]) -> None:
    parts = (
        section("A", "Rye oven cloth."),
        section("B", "Cloth, oven."),
        section("C", "Rye."),
        Section("", "", "Rye."),
    )
    assert titles(hit(text, LEAD, *parts)) == expected


def test_a_hundred_sections_are_not_all_looked_at(hit: Find) -> None:
    many = [section(f"Part {number}", "Rye, " * (1 + number)) for number in range(100)]
    found = hit("rye", *many)
    assert len(found.sections) == MOST
    assert all(int(name.split()[1]) < LOOKED_AT for name in titles(found)[1:])


def test_words_in_the_title_are_told_from_those_in_the_text(hit: Find) -> None:
    found = hit(
        "rye", Section("", "", "Dark rye bread of old, as my mother made it", 0), title="Dark rye bread of old, as ever"
    )
    assert found.quote is not None
    assert found.quote.before == "Dark"
    assert found.quote.after


def test_an_article_of_a_megabyte_shows_as_much_as_a_short_one(hit: Find) -> None:
    many = [section(f"Part {number}", PLAIN * 25) for number in range(500)]
    many[7] = section("Part 7", f"{PLAIN * 300}The zeppelin landed softly.")
    many[490] = section("Part 490", f"{PLAIN * 300}The zeppelin and the miller landed.")
    found = hit("zeppelin miller", *many)
    assert titles(found)[0] == "Part 490"
    assert "Part 7" in titles(found)
    assert all(len(shown(each)) < 400 for each in found.sections)
