"""Shingles, their signatures, and what is like a draft: against plain Python over sets."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import EXPENSIVE

from searchapp.editor.near_duplicates import minhash
from searchapp.editor.near_duplicates.alike import find_similar
from searchapp.editor.near_duplicates.shingles import WIDTH, containment, jaccard, shingle_set, shingles
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.model import Article, Draft, Section

WORDS = "ash beech cedar elm fir gorse hazel iris juniper kelp larch maple nettle oak pine quince rowan sage".split()
texts = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


def told(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + WIDTH]) for at in range(len(words) - WIDTH + 1)}


def story(seed: int, length: int = 120) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


@given(texts, texts)
def test_shares_are_those_of_sets_of_runs(one: str, other: str) -> None:
    a, b = told(one.split()), told(other.split())
    x, y = shingle_set(one), shingle_set(other)
    assert (len(x), len(y)) == (len(a), len(b))
    assert jaccard(x, y) == pytest.approx(len(a & b) / len(a | b) if a | b else 0.0)
    assert containment(x, y) == pytest.approx(len(a & b) / len(a) if a else 0.0)


@settings(max_examples=EXPENSIVE)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_many_texts_give_what_each_gives_alone(many: list[str]) -> None:
    together = shingles(many)
    for number, text in enumerate(many):
        mine = together.hashes[together.starts[number] : together.starts[number + 1]]
        assert mine.tolist() == shingles([text]).hashes.tolist()
        assert together.words[number] == shingles([text]).words[0]


def test_case_accents_and_punctuation_do_not_count() -> None:
    assert np.array_equal(shingle_set("Ölfass, Café — naïve: ‘Tür’!"), shingle_set("olfass cafe naive tur"))


def test_characters_are_the_words_of_unspaced_languages() -> None:
    text = "吾輩は猫である。名前はまだ無い。"
    assert shingles([text]).words[0] == 14
    assert jaccard(shingle_set(text), shingle_set("吾輩は犬である。名前はまだ無い。")) == pytest.approx(7 / 15)


def test_combining_marks_belong_to_their_words() -> None:
    assert shingles(["हिन्दी में लिखा"]).words[0] == 3


def test_numbers_are_the_same_on_every_machine() -> None:
    assert shingle_set("one two three four").tolist() == [5_213_989_930_664_765_749]


@settings(max_examples=EXPENSIVE)
@given(st.integers(0, 2**32), st.integers(20, 400), st.floats(0, 1))
def test_estimates_are_within_five_deviations_of_the_truth(seed: int, length: int, kept: float) -> None:
    source = random.Random(seed)
    one = [str(source.random()) for _ in range(length)]
    other = one[: int(length * kept)] + [str(source.random()) for _ in range(length)]
    found = shingles([" ".join(one), " ".join(other)])
    true = jaccard(shingle_set(" ".join(one)), shingle_set(" ".join(other)))
    [estimate] = minhash.estimates(minhash.signatures(found), np.array([[0, 1]]))
    assert abs(estimate - true) <= 5 * (max(true * (1 - true), 0.01) / minhash.SIGNATURE_LENGTH) ** 0.5


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 0.95])
def test_every_pair_above_the_threshold_is_a_candidate(threshold: float) -> None:
    source = random.Random(threshold)
    many = []
    for seed in range(40):
        base = story(seed)
        many.append(base)
        for _ in range(3):
            changed = list(base)
            for at in source.sample(range(len(base)), source.randrange(0, 12)):
                changed[at] = source.choice(WORDS)
            many.append(changed)
    sets = [told(words) for words in many]
    true = {
        (a, b)
        for a in range(len(many))
        for b in range(a + 1, len(many))
        if len(sets[a] & sets[b]) >= threshold * len(sets[a] | sets[b])
    }
    rows = minhash.signatures(shingles([" ".join(words) for words in many]))
    found = {(a, b) for a, b in minhash.candidates(rows, threshold).tolist()}
    assert true <= found
    assert len(found) <= 6 * len(many)


def test_a_crowd_costs_no_more_than_so_many_partners_of_each() -> None:
    base = story(1)
    many = [" ".join([*base, f"number {number} of many"]) for number in range(1_000)]
    pairs = minhash.candidates(minhash.signatures(shingles(many)), 0.5)
    assert 999 <= len(pairs) <= minhash.MAX_CANDIDATES * 1_000
    assert set(pairs.ravel().tolist()) == set(range(1_000))


def test_no_texts_and_empty_ones_have_no_candidates() -> None:
    for many in ([], [""], ["one two three four five"]):
        assert minhash.candidates(minhash.signatures(shingles(many)), 0.5).tolist() == []


def article(id: str, text: str, code: str = "", title: str = "A title", language: str = "en") -> Article:
    return Article(id, title, digest=id, language=language, code=code, sections=(Section("", "", text, 0),))


@pytest.fixture
def told_before() -> MemoryEngine:
    engine = MemoryEngine()
    engine.rebuild(
        [
            article("same.md", " ".join(story(1))),
            article("longer.md", " ".join(story(1) + story(2))),
            article("coded.md", " ".join(story(3)), code=" ".join(story(4))),
            article("other.md", " ".join(story(5))),
            article("short.md", "ash beech cedar elm"),
            article("chinese.md", "不以规矩不能成方圆" + "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"),
        ]
    )
    return engine


def test_like_finds_what_says_the_same_and_what_holds_it(told_before: MemoryEngine) -> None:
    words = story(1)
    words[7:9] = ["quite", "another"]
    first, second = find_similar(Draft("Unlike title", " ".join(words)), told_before)
    assert (first.id, second.id) == ("same.md", "longer.md")
    assert first.similarity > 0.85
    assert second.of_draft > 0.9 > second.of_article


def test_like_finds_text_without_blanks_and_beside_code(told_before: MemoryEngine) -> None:
    [found] = find_similar(Draft(text="天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"), told_before)
    assert (found.id, found.of_draft) == ("chinese.md", 1.0)
    assert [each.id for each in find_similar(Draft(text=" ".join(story(3))), told_before)] == ["coded.md"]


@pytest.mark.parametrize("text", ["", " \n", "ash beech cedar elm", '"""', "\0\ud800", "word " * 19, "x" * 100_000])
def test_like_has_nothing_for_texts_that_are_too_short(told_before: MemoryEngine, text: str) -> None:
    assert find_similar(Draft(text=text), told_before) == ()


def test_like_copes_with_a_draft_of_one_word_repeated(told_before: MemoryEngine) -> None:
    assert find_similar(Draft(text="ash " * 50_000), told_before) == ()
