"""What is quoted of a passage, so that a browser finds it and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.excerpts import text_fragments
from searchapp.excerpts.text_fragments import MatchSpan, quote
from searchapp.model import Quote


def of(text: str, match: str, *, alone: bool = True, title: str = "", until: int = 0) -> Quote | None:
    start = text.rindex(match)
    return quote(text, MatchSpan(start, start + len(match), until or start + len(match), alone, title, 60, 100))


@pytest.mark.parametrize(
    ("text", "match", "expected"),
    [
        ("It was late. The zeppelin landed softly on the lake.", "zeppelin", "zeppelin landed softly"),
        ("Of the “zeppelin”, softly landed, they say, nothing", "zeppelin", "zeppelin”, softly landed"),
        ("a\nIn node.js and C++ we trust\nb", "node", "node.js and C++ we trust"),
        ("We trust in C++", "C++", None),
        ("a cell\tzeppelin and more of it\tanother", "zeppelin", "zeppelin and more of"),
        ("a very long zeppelin -- as they said", "zeppelin", None),
        ("They said :smile: zeppelins land in the lake", "zeppelins", "zeppelins land in the"),
        ("これは全文検索する方法を説明する記事です。次", "検索", "これは全文検索する方法を説明する記事です。次"),
        (
            "早い。全文検索する方法、ならびに索引の作り方を説明する。次",
            "検索",
            "全文検索する方法、ならびに索引の作り方を説明する",
        ),
    ],
)
def test_words_that_stand_alone(text: str, match: str, expected: str | None) -> None:
    found = of(text, match)
    assert found == (Quote(expected) if expected else None)


def test_neighbours_tell_words_from_their_likes() -> None:
    text = "so that (at noon) the zeppelin landed softly, they say, on the lake"
    beside = Quote("zeppelin landed softly", before="at noon) the", after=", they say, on")
    assert of(text, "zeppelin", alone=False) == beside
    assert of(text, "zeppelin", title="How The Zeppelin landed softly") == beside
    assert of(text, "zeppelin", title="The zeppelin") == Quote("zeppelin landed softly")


@pytest.mark.parametrize("text", ["Zeppelin", "a\nZeppelin\nb", "Zeppelins …"])
def test_rather_nothing_than_what_may_be_a_heading(text: str) -> None:
    assert of(text, "Zeppelin") is None


def test_further_matches_are_in_the_quotation() -> None:
    text = "In a zeppelin of the old kind the captain and the miller met again."
    assert of(text, "zeppelin", until=text.index(" met")) == Quote(
        "zeppelin of the old kind the captain and the miller"
    )


def test_long_matches_have_a_beginning_and_an_end() -> None:
    sentence = "the zeppelin of Friedrichshafen landed softly on the lake at noon while " * 3 + "everybody slept"
    assert of(f"Then {sentence}. So", sentence) == Quote("the zeppelin of Friedrichshafen", "while everybody slept")
    lines = "in the morning we went home\nwithout a word"
    assert of(f"And so {lines}, all of us", lines) == Quote("in the morning we went", "without a word")


words = st.sampled_from([
    "zeppelin", "of", "the", "Friedrichshafen,", "“lake”", "(at", "noon)", "don't", "C++", "—", "&", "well-known",
    ":x:", "a...", "--", "検索する、", "全文。", "\tx", "\ny", " z", "e\u0301t\u00e9", "\u200b", "३हिन्दी", "_a_",
])  # fmt: skip


@given(st.lists(words, min_size=1, max_size=40), st.integers(0, 39), st.integers(0, 40), st.booleans())
def test_what_is_quoted_stands_there_word_by_word(parts: list[str], at: int, more: int, alone: bool) -> None:
    text = " ".join(parts)
    at = min(at, len(parts) - 1)
    start = len(" ".join(parts[:at])) + bool(at)
    end = start + len(parts[at])
    spot = MatchSpan(start, end, min(end + more, len(text)), alone, "", 60, 100)
    found = quote(text, spot)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_fragments, "_plainly", lambda *_: None)
        assert quote(text, spot) == found
    if found is None:
        return
    for part in (found.before, found.start, found.end, found.after):
        assert part in text
        assert part == part.strip()
        assert not {"\t", "\n", "\u200b"} & set(part)
