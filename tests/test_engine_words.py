"""What is found is what was meant: words of several languages, and words as they are written, in every engine."""

from __future__ import annotations

import math
import re

import pytest
import Stemmer
from test_engine_contract import article, engine, ids  # noqa: F401 - a fixture

from searchapp.analysis.folding import fold_text
from searchapp.engine import Engine
from searchapp.model import Query

TONGUES = [
    article("operation.md", "A night at work", "The operation went on, and all operations after it.", language="en"),
    article("verdi.md", "A night at the opera", "Nobody slept.", language="en"),
    article("opera.md", "Un soir", "Nous aimons l'opéra, et les opéras.", language="fr"),
    article("operer.md", "Un matin", "Il faut opérer la machine.", language="fr"),
    article("oper.md", "Ein Abend", "Wir waren in der Oper und hörten 3 Lieder.", language="de"),
    article("none.md", "?", "opera, 3 operations", language=""),
]


WORDS = "opera operas opéra operation operations opérer oper opern machine 3 operazione"


@pytest.mark.parametrize("word", WORDS.split())
def test_a_stem_meets_only_articles_in_its_language(engine: Engine, word: str) -> None:  # noqa: F811
    engine.rebuild(TONGUES)
    names = {"en": "english", "fr": "french", "de": "german"}
    expected = set()
    for each in TONGUES:
        stem = Stemmer.Stemmer(names[each.language]).stemWord if each.language else str
        words = re.findall(r"\w+", fold_text(f"{each.title} {each.sections[0].text}"))
        if stem(fold_text(word)) in map(stem, words):
            expected.add(each.id.removesuffix(".md"))
    assert set(ids(engine, word, per_page=20, exact=True)) == expected
    assert set(ids(engine, f"{word} -tag:none", per_page=20, exact=True)) == expected
    others = {each.id.removesuffix(".md") for each in TONGUES} - expected
    assert set(ids(engine, f"-{word}", per_page=20)) == others


def test_languages_narrow_what_a_word_finds(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(TONGUES)
    assert ids(engine, "opera lang:en") == ["verdi"]
    assert set(ids(engine, "opera -lang:fr")) == {"verdi", "none"}
    assert set(ids(engine, "opera*")) == {"operation", "verdi", "opera", "none"}
    assert ids(engine, "title:opera") == ["verdi"]


def test_a_word_is_as_rare_as_it_is_in_its_language(engine: Engine) -> None:  # noqa: F811
    """A stray article in another language does not come first because its stem is rare in the whole index."""
    own = [article(f"p{n}.md", f"Post {n}", "docker and other words of ours", language="en") for n in range(20)]
    engine.rebuild([*own, article("stray.md", "Post", "docker et d'autres mots", language="fr")])
    hits = engine.search(Query("docker", per_page=30, explain=True)).hits
    rarity = {hit.id: part.idf for hit in hits for part in hit.explanation if part.kind == "word"}
    assert len(hits) == 21
    assert rarity["stray.md"] == pytest.approx(math.log(1 + 0.5 / 1.5), abs=0.001), "one of one"
    assert {part.term for hit in hits for part in hit.explanation if part.kind == "word"} == {"docker", "dock"}


FORMS = [
    article("watch.md", "Watch the dough", "One has to watch the dough, and to be patient."),
    article("watching.md", "Watching", "We were watching the doughs. Nobody watches the dough for us."),
    article("both.md", "Of clocks", "Watches are watched while watching the dough; I watch TV, the dough rises."),
    article("open.md", "OpenAI", "What OpenAI does, and what openai's people opened."),
    article("opens.md", "Doors", "It opens and opened."),
    article("accents.md", "Résumé", "My résumé, mon café; naïve.", language="fr"),
    article("joined.md", "E-mail", "The trainer's e-mail isn't in Node.js or C++."),
    article("japanese.md", "検索", "検索する、東京タワー", language="ja"),
    article("code.md", "Shell", "", code="watch the pot"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"watch"', {"watch", "both", "code"}),
        ('"Watching"', {"watching", "both"}),
        ('"watches"', {"watching", "both"}),
        ('"watched"', {"both"}),
        ('"watch the dough"', {"watch"}),
        ('"watching the dough"', {"both"}),
        ('"watching the doughs"', {"watching"}),
        ('"watches the dough"', {"watching"}),
        ('"the dough"', {"watch", "watching", "both"}),
        ('"dough the"', set()),
        ("watch", {"watch", "watching", "both", "code"}),
        ('"openai"', {"open"}),
        ('"OPENAI"', {"open"}),
        ('"opened"', {"open", "opens"}),
        ('"open"', set()),
        ("openai", {"open"}),
        ('"resume"', {"accents"}),
        ('"mon cafe"', {"accents"}),
        ('"e-mail"', {"joined"}),
        ('"e mail"', {"joined"}),
        ('"node.js"', {"joined"}),
        ('"c++"', {"joined"}),
        ('"trainer\'s"', {"joined"}),
        ('title:"watching"', {"watching"}),
        ('title:"watch"', {"watch"}),
        ('watch -"watch"', {"watching"}),
        ('watch "dough"', {"watch", "watching", "both"}),
        ('"watching" OR "opens"', {"watching", "both", "opens"}),
        ('"東京"', {"japanese"}),
        ('"検索する"', {"japanese"}),
    ],
)
def test_quotes_are_as_written(engine: Engine, text: str, expected: set[str]) -> None:  # noqa: F811
    engine.rebuild(FORMS)
    results = engine.search(Query(text, per_page=20, exact=True))
    found = (
        {hit.id.removesuffix(".md") for hit in results.hits if not hit.partial}
        if results.mode.value == "all"
        else set()
    )
    assert found == expected
    assert results.total == len(expected) or results.mode.value == "any"


def test_quoted_words_are_marked_as_they_are_found(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(FORMS)
    (hit,) = engine.search(Query('"watching the dough"')).hits
    marked = [fragment.text for fragment in hit.snippet if fragment.matched]
    assert marked == ["watching the dough"]
    hits = engine.search(Query('"watches"')).hits
    assert {fragment.text for hit in hits for fragment in hit.snippet if fragment.matched} == {"watches", "Watches"}


def test_a_quoted_form_of_another_languages_articles_is_not_that_of_ours(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(
        [
            article("en.md", "Doors", "It opens; they opened the door."),
            article("fr.md", "Portes", "Le mot opening.", language="fr"),
        ]
    )
    assert ids(engine, '"opening"') == ["fr"]
    assert engine.search(Query('"opening door"', exact=True)).total == 0
    assert ids(engine, '"opened"') == ["en"]


def test_quotes_follow_updates(engine: Engine) -> None:  # noqa: F811
    """In a new segment other forms of a word may be known than in the old one."""
    engine.rebuild(FORMS[:1])
    engine.update([article("new.md", "News", "They are watching the dough.")], [])
    assert ids(engine, '"watch the dough"') == ["watch"]
    assert ids(engine, '"watching the dough"') == ["new"]
    engine.update([], ["new.md"])
    assert engine.search(Query('"watching"')).total == 0


SPELT = [
    article("plain.md", "One", "We read the resume of a watch."),
    article("accents.md", "One", "We read the résumé of a watch."),
    article("other.md", "One", "We read the résumés of a watch."),
    article("upper.md", "One", "We read the RÉSUMÉ of a watch."),
    article("both.md", "One", "We read the resume, paper of watches."),
    article("watches.md", "One", "We read the paper of all watches."),
]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("resume", {"plain", "both"}, {"accents", "other", "upper"}),
        ("résumé", {"accents", "upper"}, {"plain", "other", "both"}),
        ("Résumés", {"other"}, {"plain", "accents", "upper", "both"}),
        ("watches", {"both", "watches"}, {"plain", "accents", "other", "upper"}),
        ("WATCH", {"plain", "accents", "other", "upper"}, {"both", "watches"}),
    ],
)
@pytest.mark.parametrize("updated", [False, True])
def test_what_has_the_very_word_comes_first(
    engine: Engine,  # noqa: F811
    text: str,
    first: set[str],
    last: set[str],
    updated: bool,
) -> None:
    engine.rebuild(SPELT[:2] if updated else SPELT)
    if updated:
        engine.update(SPELT[2:], [])
    found = ids(engine, text)
    assert set(found[: len(first)]) == first
    assert set(found[len(first) :]) == last


def test_the_very_word_is_a_part_of_the_score(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(SPELT)
    for hit in engine.search(Query("résumé", explain=True)).hits:
        parts = [part for part in hit.explanation if part.kind == "as typed"]
        assert bool(parts) == (hit.id in {"accents.md", "upper.md"})
        assert sum(part.value for part in hit.explanation) == hit.score
