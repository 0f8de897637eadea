"""The contract of `searchapp.engine`, over every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import stock_queries
from clustered import engine_at

from searchapp.engine import Engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.errors import IndexMissingError, NotFoundError
from searchapp.facets import FACETS
from searchapp.model import Article, Draft, FacetValue, Fragment, Mode, Pinned, Query, Section, Sort, SynonymSet
from searchapp.retrieval.ranking import Preferences

Open = Callable[[Path], Engine]
ENGINES: dict[str, Open] = {
    "memory": lambda path: MemoryEngine(),
    "whoosh": WhooshEngine,
    "whoosh, stock queries": lambda path: WhooshEngine(path, stock_queries.match),
    "opensearch": engine_at,
}
NAMES = [pytest.param(name, marks=pytest.mark.cluster) if name == "opensearch" else name for name in ENGINES]


OPENERS = (
    lambda path, preferences: MemoryEngine(preferences),
    lambda path, preferences: WhooshEngine(path, preferences=preferences),
    lambda path, preferences: WhooshEngine(path, stock_queries.match, preferences),
    pytest.param(engine_at, marks=pytest.mark.cluster),
)


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = ENGINES[request.param](tmp_path / "index")
    yield engine
    engine.close()


def article(id: str, title: str, text: str = "", **more: object) -> Article:
    sections = more.pop("sections", (Section("", "", text, 0),))
    made = Article(id=id, title=title, sections=sections, digest=f"{id}-1")  # type: ignore[arg-type]
    return replace(made, **more)  # type: ignore[arg-type]


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


BLOG = [
    article(
        "posts/trainer.md",
        "What a Personal Trainer Does",
        permalink="/what-a-personal-trainer-does/",
        aliases=("/old/trainer/",),
        date=day("2023-10-04T16:27:02"),
        authors=("Adam Nowak",),
        categories=("Education",),
        tags=("career", "Jobs"),
        summary="A trainer's day, told by one.",
        sections=(
            Section("", "", "The certification is only the start of a career.", 0),
            Section("Gaining Client Trust", "gaining-client-trust", "Clients notice what you remember about them."),
            Section("Café hours", "cafe-hours", "Meet in the café across the road, never in the gym."),
        ),
    ),
    article(
        "posts/loaf.md",
        "The First Loaf",
        "Flour, water and patience. The dough wants an e-mail from nobody. Out of the oven it sings.",
        date=day("2022-03-01T08:00:00"),
        authors=("Berta",),
        categories=("Food",),
        tags=("bread", "patience"),
        series=("Slow bread", "パンの本"),
    ),
    article(
        "posts/code.md",
        "Node.js beside C++",
        "We call C++ from Node.js 18.2.1, and from C# and .NET too; trainers of models may like it.",
        code="int main() { return xylophone; }",
        date=day("2024-01-10T08:00:00"),
        authors=("Berta", "Adam Nowak"),
        categories=("Code", "Education"),
        tags=("jobs",),
        series=("Languages",),
    ),
    article(
        "posts/undated.md",
        "Loaf",
        "A second loaf, undated, with flour.",
        tags=("Bread", "bread"),
        series=("slow bread",),
    ),
    article(
        "posts/lodz.md",
        "Chleb z Łodzi",
        "Książki o chlebie czytam w tramwaju; chleb piecze się dwie godziny.",
        language="pl",
        date=datetime(2024, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))),
        tags=("bread",),
    ),
]


def ids(engine: Engine, text: str = "", **more: object) -> list[str]:
    hits = engine.search(Query(text, **more)).hits  # type: ignore[arg-type]
    return [hit.id.removeprefix("posts/").removesuffix(".md") for hit in hits if not hit.partial]


def counts(values: tuple[FacetValue, ...]) -> dict[str, int]:
    return {value.value: value.count for value in values}


@pytest.fixture
def blog(engine: Engine) -> Engine:
    engine.rebuild(BLOG)
    return engine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("certification", {"trainer"}),
        ("trainers", {"trainer", "code"}),
        ("CAFE", {"trainer"}),
        ("café gym", {"trainer"}),
        ("ksiazki", {"lodz"}),
        ("książka", {"lodz"}),
        ("lodz", {"lodz"}),
        ("C++", {"code"}),
        ("c#", {"code"}),
        (".net", {"code"}),
        ("node.js", {"code"}),
        ("nodejs", {"code"}),
        ("node", {"code"}),
        ("18.2.1", {"code"}),
        ("18.2", {"code"}),
        ("18.1", set()),
        ("c", set()),
        ("email", {"loaf"}),
        ("e-mail", {"loaf"}),
        ("xylophone", {"code"}),
        ('"out of the oven"', {"loaf"}),
        ('"of out the oven"', set()),
        ('"client trust"', {"trainer"}),
        ('"trust clients"', set()),
        ("loaf -undated", {"loaf"}),
        ("NOT loaf", {"trainer", "code", "lodz"}),
        ("certification OR oven", {"trainer", "loaf"}),
        ("flour certification OR oven", {"loaf"}),
        ("title:loaf", {"loaf", "undated"}),
        ("title:flour", set()),
        ("certif*", {"trainer"}),
        ("title:pers*", {"trainer"}),
        ("title:certif*", set()),
        ("tag:jobs", {"trainer", "code"}),
        ("tag:JOBS", {"trainer", "code"}),
        ("tag:job", set()),
        ("tag:job*", {"trainer", "code"}),
        ("-tag:bread flour", set()),
        ("category:education -tag:career", {"code"}),
        ("author:nowak", {"trainer", "code"}),
        ('author:"adam nowak"', {"trainer", "code"}),
        ("author:ada", set()),
        ("after:2024", {"code", "lodz"}),
        ("after:2022-03-01 before:2023-10-04", {"loaf"}),
        ("before:2023-10-05 loaf OR certification", {"loaf", "trainer"}),
        ("tag:nothing OR xylophone", {"code"}),
        ("-certification -flour -C++", {"lodz"}),
        ("--", set()),
        ("flour --", {"loaf", "undated"}),
        ("education", {"trainer", "code"}),
        ("berta", {"loaf", "code"}),
    ],
)
def test_what_a_query_means(blog: Engine, text: str, expected: set[str]) -> None:
    results = blog.search(Query(text))
    assert {hit.id for hit in results.hits if not hit.partial} == {f"posts/{name}.md" for name in expected}
    assert results.total == len(expected)
    assert results.mode is Mode.ALL


def test_without_an_article_that_has_all_words_some_are_enough(blog: Engine) -> None:
    results = blog.search(Query("certification zeppelin"))
    assert (results.mode, [hit.id for hit in results.hits]) == (Mode.ANY, ["posts/trainer.md"])
    results = blog.search(Query("the zeppelin of patience"))
    assert [hit.id for hit in results.hits] == ["posts/loaf.md"], "stop words make no match by themselves"
    results = blog.search(Query("patience zeppelin -oven"))
    assert (results.mode, results.total) == (Mode.ALL, 0), "what is excluded stays so"
    results = blog.search(Query("certification zeppelin tag:jobs"))
    assert (results.mode, ids(blog, "certification zeppelin tag:jobs")) == (Mode.ANY, ["trainer"])
    assert blog.search(Query("zeppelin")).total == 0


def test_all_words_come_before_some_words(engine: Engine) -> None:
    loud = article("loud.md", "Loaf, loaf and loaf", "loaf " * 40, tags=("loaf",), categories=("Loaf",))
    both = article(
        "both.md", "Notes", "The oven, once, among many other things that we did, and one loaf. " + "More. " * 90
    )
    engine.rebuild([loud, replace(loud, id="again.md"), both, article("oven.md", "Oven", "oven " * 9)])
    results = engine.search(Query("how does a loaf oven"))
    assert (results.mode, results.total, results.more) == (Mode.ALL, 1, 3), "a question has its other words"
    assert [hit.id for hit in results.hits if not hit.partial] == ["both.md"] == [results.hits[0].id]
    explained = engine.search(Query("how does a loaf oven", explain=True)).hits
    assert [hit.score for hit in explained] == [sum(part.value for part in hit.explanation) for hit in explained]
    assert engine.search(Query("how does a loaf")).mode is Mode.ALL
    assert engine.search(Query("loaf oven zeppelin")).mode is Mode.ANY


def test_few_articles_with_all_words_are_followed_by_those_with_some(engine: Engine) -> None:
    texts = {
        "both": "rye and spelt", "rye1": "rye, rye", "rye2": "rye", "spelt": "spelt", "other": "oats", "wheat": "wheat",
    }  # fmt: skip
    engine.rebuild([article(f"{id}.md", "Note", text, tags=("t",)) for id, text in texts.items()])
    results = engine.search(Query("rye spelt"))
    assert (results.mode, results.total, results.more, results.pages) == (Mode.ALL, 1, 3, 1)
    assert results.hits[0].id == "both.md"
    assert {hit.id for hit in results.hits if hit.partial} == {"rye1.md", "rye2.md", "spelt.md"}
    assert results.facets["tag"] == (FacetValue("t", 1),), "of those with all words"
    paged = [engine.search(Query("rye spelt", page=page, per_page=2)) for page in (1, 2, 3)]
    assert [hit.id for page in paged for hit in page.hits] == [hit.id for hit in results.hits]
    assert [[hit.partial for hit in page.hits] for page in paged] == [[False, True], [True, True], []]
    assert {(page.total, page.more, page.pages) for page in paged} == {(1, 3, 2)}
    explained = engine.search(Query("rye spelt", explain=True))
    for hit in explained.hits:
        assert sum(part.value for part in hit.explanation) == hit.score
    for text, more in (("rye", {}), ("rye spelt", {"sort": Sort.NEWEST}), ('"rye and spelt"', {}), ("rye oats", {})):
        assert engine.search(Query(text, **more)).more == 0, "one word, by date, a phrase, none with all"  # type: ignore[arg-type]
    assert [hit.id for hit in engine.search(Query("rye spelt -tag:t")).hits] == []
    assert engine.search(Query("rye spelt", filters=(("tag", "t"),))).more == 3


def test_many_articles_with_all_words_are_followed_by_no_others(engine: Engine) -> None:
    engine.rebuild([*(article(f"{n}.md", "Note", "rye spelt") for n in range(5)), article("rye.md", "Note", "rye")])
    assert (engine.search(Query("rye spelt")).total, engine.search(Query("rye spelt")).more) == (5, 0)
    engine.update([], ["0.md"])
    assert [hit.partial for hit in engine.search(Query("rye spelt")).hits] == [False] * 4 + [True]


def test_filters_do_not_turn_all_into_any(blog: Engine) -> None:
    results = blog.search(Query("flour patience", filters=(("tag", "jobs"),)))
    assert (results.mode, results.total) == (Mode.ALL, 0)
    assert counts(results.facets["tag"]) == {"bread": 1, "patience": 1, "Jobs": 0}


def test_an_exact_title_comes_first(blog: Engine) -> None:
    assert ids(blog, "loaf")[0] == "undated"
    assert ids(blog, "the first loaf")[0] == "loaf"
    assert ids(blog, "node.js beside c++")[0] == "code"


def test_an_exact_title_comes_first_while_it_is_typed(blog: Engine) -> None:
    assert ids(blog, "loaf OR loaf*")[0] == "undated"


def test_an_exact_title_comes_before_whatever_says_more(engine: Engine) -> None:
    text = "Night trains across the Alps and back"
    more = article("more.md", f"{text} again", f"{text}. " * 40, tags=(text,), categories=(text,), authors=(text,))
    few = [article(f"{n}.md", f"Filler {n}", "of no account") for n in range(40)]
    engine.rebuild([article("exact.md", text), more, *few])
    assert ids(engine, text) == ["exact", "more"]


def test_title_then_headings_then_words_side_by_side_then_body(engine: Engine) -> None:
    filler = "walls roofs doors locks paint tiles "
    apart = f"copper {filler * 5} kettle"

    def below(heading: str) -> tuple[Section, ...]:
        return Section("", "", apart, 0), Section(heading, "s", filler, 2)

    places = [
        article("title.md", "Kettle of copper", filler * 5),
        article("heading.md", "One", sections=below("Kettle of copper")),
        article("near.md", "Two", f"{filler * 4} copper kettle {filler}"),
        article("body.md", "Three", apart),
        *(article(f"{n}.md", f"Other {n}", sections=(Section("Walls and roofs", "w", filler),)) for n in range(30)),
    ]
    engine.rebuild(places)
    assert (
        ids(engine, "copper kettle") == ids(engine, "copper kettle OR kettle*") == ["title", "heading", "near", "body"]
    )
    near, body = engine.search(Query("copper kettle")).hits[2:]
    assert near.score > body.score
    assert ids(engine, "kettle copper")[-1] in {"near", "body"}
    assert ids(engine, "copper kettle -paint") == []


def test_words_side_by_side_count_wherever_the_page_is(engine: Engine) -> None:
    apart = [
        article(f"apart-{n:03}.md", "Notes", f"copper {'x ' * n} kettle", date=day("2022-01-01")) for n in range(1, 60)
    ]
    together = [
        article(f"near-{n}.md", "Notes", f"a copper kettle {'x ' * 60}", date=day("2021-01-01")) for n in range(5)
    ]
    engine.rebuild([*apart, *together])
    found = [name for page in range(1, 14) for name in ids(engine, "copper kettle", page=page, per_page=5)]
    assert len(found) == len(set(found)) == 64
    scores = [
        hit.score for page in (1, 2) for hit in engine.search(Query("copper kettle", page=page, per_page=40)).hits
    ]
    assert scores == sorted(scores, reverse=True)
    by_date = engine.search(Query("copper kettle", sort=Sort.OLDEST, per_page=1)).hits[0]
    assert by_date.score in scores


@pytest.mark.parametrize("open_one", OPENERS)
def test_a_newer_article_goes_before_an_older_one_only_if_they_are_as_good(
    open_one: Callable[[Path, Preferences], Engine], tmp_path: Path
) -> None:
    text = "bread and butter " * 30
    old = article("old.md", "Loaf", f"{text} oven", date=day("2010-01-01"))
    better = replace(old, id="better.md", sections=(Section("", "", f"{text} oven oven", 0),))
    undated = replace(old, id="undated.md", date=None)
    # Longer by a word, and so a little less about ovens.
    new = article("new.md", "Loaf", f"{text} oven butter", date=day("2024-01-01"))
    for recency, expected in ((365, ["better", "new", "old", "undated"]), (0, ["better", "old", "undated", "new"])):
        engine = open_one(tmp_path / str(recency), Preferences(recency))
        engine.rebuild([old, better, undated, new])
        assert ids(engine, "oven") == expected
        engine.close()


def test_boosts(engine: Engine) -> None:
    plain = [article(f"{n}.md", f"Loaf {n}", "Flour and water.", date=day(f"202{n}-01-01")) for n in range(4)]
    engine.rebuild([replace(plain[0], boost=2.0), replace(plain[3], boost=0.5), *plain[1:3]])
    assert ids(engine, "flour") == ["0", "2", "1", "3"]
    assert ids(engine) == ["3", "2", "1", "0"], "what has no words is listed by date"
    assert ids(engine, "loaf 3")[0] == "3", "an exact title comes first all the same"
    engine.update([replace(plain[0], digest="new"), replace(plain[1], boost=1.5, digest="new")], [])
    assert ids(engine, "flour") == ["1", "2", "0", "3"]
    assert engine.article("1.md") == replace(plain[1], boost=1.5, digest="new")


def test_an_id_that_no_file_has(engine: Engine) -> None:
    engine.rebuild([article("1.md", "Loaf", "Flour and water.")])
    for id in ("2.md", "", "\0", "\ud800.md"):
        assert engine.article(id) is None


PINS = (
    Pinned("Becoming trainer", ("/what-a-personal-trainer-does", "posts/none.md", "posts/undated.md")),
    Pinned("café", ("posts/lodz.md",)),
    Pinned("Baeckerei", ("posts/loaf.md",)),
)


@pytest.fixture(params=OPENERS)
def pinning(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = request.param(tmp_path / "index", Preferences(pinned=PINS))
    engine.rebuild(BLOG)
    yield engine
    engine.close()


def test_pinned_articles_come_first(pinning: Engine) -> None:
    results = pinning.search(Query("Cafe", per_page=2))
    assert [(hit.id, hit.pinned) for hit in results.hits] == [("posts/lodz.md", True), ("posts/trainer.md", False)]
    assert results.total == 2
    assert sum(counts(results.facets["year"]).values()) == 2, "what is pinned is counted"
    for text in (
        "trainers becoming",
        "BECOMING a trainer"[:8] + " trainer",
        '"becoming trainer"',
        "becoming trainer OR trainer*",
    ):
        results = pinning.search(Query(text))
        assert [hit.id for hit in results.hits if hit.pinned] == ["posts/trainer.md", "posts/undated.md"]
        assert len({hit.id for hit in results.hits}) == results.total
    assert [hit.id for hit in pinning.search(Query("baeckerei")).hits] == ["posts/loaf.md"], "no article has the word"
    assert not any(
        hit.pinned for text in ("cafe gym", "-cafe", "tag:bread", "") for hit in pinning.search(Query(text)).hits
    )


def test_pins_do_not_contradict_filters_and_orders(pinning: Engine) -> None:
    assert ids(pinning, "cafe", filters=(("tag", "career"),)) == ["trainer"]
    assert ids(pinning, "cafe", filters=(("year", "2024"),)) == ["lodz"]
    assert ids(pinning, "cafe", before=date(2024, 1, 1)) == ["trainer"]
    assert ids(pinning, "cafe", sort=Sort.OLDEST) == ["trainer", "lodz"]
    assert [ids(pinning, "cafe", page=page, per_page=1) for page in (1, 2, 3)] == [["lodz"], ["trainer"], []]
    pinning.update([], ["posts/lodz.md"])
    assert ids(pinning, "cafe") == ["trainer"]


SYNONYMS = (
    SynonymSet(("coach", "trainer", "personal trainer")),
    SynonymSet(("bread", "loaf")),
    SynonymSet(("js", "ecmascript"), ("Node.js",)),
    SynonymSet(("long day", "książki", "gym")),
)


@pytest.fixture(params=OPENERS)
def knowing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = request.param(tmp_path / "index", Preferences(synonyms=SYNONYMS))
    engine.rebuild(BLOG)
    yield engine
    engine.close()


def test_words_that_mean_the_same(knowing: Engine) -> None:
    for text, expected in (
        ("coach", ["code", "trainer"]),
        ("COACHES", ["code", "trainer"]),
        ("coach café", ["trainer"]),
        ("title:coach", ["trainer"]),
        ("coach OR flour", ["code", "loaf", "trainer", "undated"]),
        ("ecmascript C++", ["code"]),
        ("long day", ["lodz", "trainer"]),
        ("ksiazki", ["lodz", "trainer"]),
        ("certification long day", ["trainer"]),
        ("coach OR coach*", ["code", "trainer"]),
        ("gaining long day OR day*", ["trainer"]),
        ("personal trainer", ["code", "trainer"]),
        ('"coach"', []),
        ('"long day"', []),
        ("tag:loaf", []),
        ("long -x day", ["trainer"]),
        ("bread -loaf", ["lodz"]),
        ("Node.js", ["code"]),
    ):
        results = knowing.search(Query(text))
        assert (text, sorted(ids(knowing, text)), results.total) == (text, expected, len(expected))
        assert results.did_you_mean is None
    assert ids(knowing, "coach", exact=True) == []
    assert knowing.suggest("coa") == ()
    assert knowing.search(Query("ecmascript xylographer")).mode is Mode.ANY
    assert knowing.search(Query("xylographer long day")).total == 2, "some of the words, or what means the same"


def test_synonyms_are_marked(knowing: Engine) -> None:
    first = knowing.search(Query("coach")).hits[0]
    assert [each.text for each in first.title_fragments if each.matched] == ["Personal Trainer"]
    assert [each.text for each in first.snippet if each.matched] == ["trainer's"]
    [code] = knowing.search(Query("ecmascript C++")).hits
    assert [each.text for each in code.snippet if each.matched] == ["C++", "Node.js"]


def test_words_with_synonyms_are_no_typing_errors(knowing: Engine) -> None:
    knowing.update([article("a.md", "Poach", "To poach an egg."), article("b.md", "Poach pears", "Poach.")], [])
    results = knowing.search(Query("coach pear"))
    assert (results.mode, results.corrected, results.did_you_mean) == (Mode.ANY, False, None)
    assert knowing.search(Query("coach", exact=True)).did_you_mean is None
    corrected = knowing.search(Query("laof"))
    assert (corrected.corrected, corrected.did_you_mean) == (True, "loaf")
    assert {hit.id for hit in corrected.hits} >= {"posts/loaf.md", "posts/lodz.md"}, "and its synonyms"


@pytest.mark.parametrize("open_one", OPENERS)
def test_a_synonym_counts_as_the_word_itself_and_no_more(
    open_one: Callable[[Path, Preferences], Engine], tmp_path: Path
) -> None:
    sets = (SynonymSet(("k8s", "kubernetes", "container orchestration")),)
    engine = open_one(tmp_path / "index", Preferences(synonyms=sets))
    say = [("k8s", 1), ("kubernetes", 5), ("bread", 9)]
    blog = [
        article(f"{word}{n}.md", "Note", f"A few words on {word} here.") for word, times in say for n in range(times)
    ]
    engine.rebuild([*blog, article("long.md", "Note", "A word on container orchestration here.")])

    def scores(text: str) -> dict[str, float]:
        hits = engine.search(Query(text, per_page=20, explain=True)).hits
        typed = {hit.id: sum(part.value for part in hit.explanation if part.kind == "as typed") for hit in hits}
        assert {id for id in typed if typed[id]} == {hit.id for hit in hits if hit.id.startswith(text)}
        return {hit.id: hit.score - typed[hit.id] for hit in hits}

    common = scores("kubernetes")
    assert set(common) == {"k8s0.md", "long.md", *(f"kubernetes{n}.md" for n in range(5))}
    assert common["k8s0.md"] == common["kubernetes0.md"] >= common["long.md"] > common["kubernetes0.md"] * 0.99
    rare = scores("k8s")
    assert max(rare, key=lambda id: rare[id]) == "k8s0.md"
    assert rare["kubernetes0.md"] == common["kubernetes0.md"]
    both = engine.search(Query("k8s kubernetes words", explain=True))
    assert both.total == 7
    for hit in both.hits:
        assert sum(part.value for part in hit.explanation) == hit.score
        assert {part.kind for part in hit.explanation} - {"as typed"} == {"word", "synonym"}
    engine.close()


def test_a_score_is_the_sum_of_its_parts(pinning: Engine) -> None:
    pinning.update([replace(BLOG[1], boost=2.0, digest="new")], [])
    hit = pinning.search(Query('the first "first loaf" title:loaf lo*', explain=True)).hits[0]
    assert sum(part.value for part in hit.explanation) == hit.score
    kinds = [(part.kind, part.text, part.term, part.field) for part in hit.explanation]
    assert ("word", "first", "first", "title") in kinds
    assert ("phrase", "first loaf", "loaf", "title") in kinds
    assert ("word", "loaf", "loaf", "title") in kinds
    assert [kind for kind in kinds if kind[0] == "prefix"] == [
        ("prefix", "lo*", "lo", "title"),
        ("prefix", "lo*", "lo", ""),
    ]
    for part in hit.explanation:
        assert part.idf is None or part.impact is None or part.value == part.idf * part.impact
    boost, recency = hit.explanation[-2:]
    before = sum(part.value for part in hit.explanation[:-2])
    assert (boost.kind, boost.factor, boost.value) == ("boost", 2.0, before)
    assert recency.kind == "recency"
    assert 1 < (recency.factor or 0) < 1 + 1 / 64
    kinds = [
        (part.kind, part.text) for part in pinning.search(Query("the first loaf", explain=True)).hits[0].explanation
    ]
    assert kinds[-4:] == [("closeness", "the first loaf"), ("boost", ""), ("recency", ""), ("exact title", "")]
    first, second = pinning.search(Query("cafe", explain=True)).hits
    assert [part.kind for part in first.explanation] == ["pinned"], "it has none of the words"
    assert {part.kind for part in second.explanation} == {"word", "recency"}
    assert pinning.search(Query("cafe")).hits[1].explanation == ()
    assert pinning.search(Query(explain=True)).hits[0].explanation == (), "a list by date has no scores"


def test_an_empty_query_lists_everything_newest_first(blog: Engine) -> None:
    everything = ["code", "lodz", "trainer", "loaf", "undated"]
    assert ids(blog) == ids(blog, "  ") == ids(blog, sort=Sort.NEWEST) == everything
    assert ids(blog, sort=Sort.OLDEST) == ["loaf", "trainer", "lodz", "code", "undated"]


def test_ties_break_by_date_then_id(engine: Engine) -> None:
    same = [article(f"{name}.md", "Same", "words", date=day("2020-01-01")) for name in "bca"]
    engine.rebuild([*same, article("z.md", "Same", "words", date=day("2021-01-01")), article("0.md", "Same", "words")])
    assert ids(engine, "words") == ids(engine, sort=Sort.NEWEST) == ["z", "a", "b", "c", "0"]


def test_pages(blog: Engine) -> None:
    results = blog.search(Query(per_page=2, page=2))
    assert ([hit.id for hit in results.hits], results.total, results.pages) == (
        ["posts/trainer.md", "posts/loaf.md"],
        5,
        3,
    )
    past = blog.search(Query(per_page=2, page=999_999))
    assert (past.hits, past.total) == ((), 5)
    assert past.facets == results.facets


def test_facets_are_alternatives_within_and_narrow_between(blog: Engine) -> None:
    everything = blog.search(Query()).facets
    assert list(everything) == ["category", "tag", "author", "year", "language", "series"]
    assert counts(everything["tag"]) == {"bread": 3, "Jobs": 2, "career": 1, "patience": 1}
    assert list(counts(everything["year"])) == ["2024", "2023", "2022"]
    chosen = blog.search(Query(filters=(("tag", "JOBS"), ("tag", "patience"))))
    assert chosen.total == 3
    assert counts(chosen.facets["tag"]) == counts(everything["tag"]), "a facet ignores its own selection"
    assert counts(chosen.facets["category"]) == {"Education": 2, "Code": 1, "Food": 1}
    assert [value.value for value in chosen.facets["tag"] if value.selected] == ["Jobs", "patience"]
    narrowed = blog.search(Query(filters=(("tag", "jobs"), ("year", "2024"))))
    assert [hit.id for hit in narrowed.hits] == ["posts/code.md"]
    assert counts(narrowed.facets["tag"]) == {"Jobs": 1, "bread": 1}
    assert counts(narrowed.facets["year"]) == {"2024": 1, "2023": 1}


@pytest.mark.parametrize("tag", ["pl", "PL", "pl-PL", "pl_PL", '"pl"', "p*"])
def test_a_language_is_told_by_the_first_part_of_its_tag(blog: Engine, tag: str) -> None:
    assert ids(blog, f"lang:{tag}") == ["lodz"]
    assert "lodz" not in ids(blog, f"-lang:{tag}")
    assert len(ids(blog, f"lang:{tag} OR lang:en")) == len(BLOG)
    assert ids(blog, f"language:{tag}") == ["lodz"]
    assert ids(blog, f"tongue:{tag}") == [], "which are words"


def test_languages_are_alternatives_and_narrow(blog: Engine) -> None:
    results = blog.search(Query(filters=(("tag", "bread"), ("language", "pl-PL"))))
    assert [hit.id for hit in results.hits] == ["posts/lodz.md"]
    assert results.facets["language"] == (FacetValue("en", 2), FacetValue("pl", 1, True)), (
        "it ignores its own selection"
    )
    assert counts(results.facets["tag"]) == {"bread": 1}
    assert blog.search(Query(filters=(("language", "PL"), ("language", "en")))).total == len(BLOG)
    assert FacetValue("xx", 0, True) in blog.search(Query(filters=(("language", "xx"),))).facets["language"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('series:"slow bread"', ["loaf", "undated"]),
        ('SERIES:"SLOW BREAD"', ["loaf", "undated"]),
        ("series:slow*", ["loaf", "undated"]),
        ("series:slow", []),
        ("series:パンの本", ["loaf"]),
        ("series:languages OR series:パンの本", ["code", "loaf"]),
        ('-series:"slow bread" tag:bread', ["lodz"]),
        ("-series:languages NOT series:slow*", ["lodz", "trainer"]),
        ('flour series:"slow bread"', ["undated", "loaf"]),
    ],
)
def test_series_are_sought_by_their_whole_names(blog: Engine, text: str, found: list[str]) -> None:
    assert sorted(ids(blog, text)) == sorted(found)


def test_articles_of_several_series(blog: Engine) -> None:
    everything = blog.search(Query()).facets["series"]
    assert everything == (FacetValue("Slow bread", 2), FacetValue("Languages", 1), FacetValue("パンの本", 1))
    chosen = blog.search(Query(filters=(("series", "パンの本"), ("series", "LANGUAGES"))))
    assert sorted(hit.series for hit in chosen.hits) == [("Languages",), ("Slow bread", "パンの本")]
    assert counts(chosen.facets["series"]) == counts(everything)
    assert counts(chosen.facets["tag"]) == {"bread": 1, "Jobs": 1, "patience": 1}


def test_how_many_articles_have_a_value_of_a_facet(blog: Engine) -> None:
    everything = blog.search(Query()).coverage
    assert everything == {facet.key: sum(bool(facet.values(article)) for article in BLOG) for facet in FACETS}
    chosen = blog.search(Query(filters=(("tag", "bread"),))).coverage
    assert (chosen["tag"], chosen["category"], chosen["year"]) == (5, 1, 2), "as the counts are counted"
    assert set(blog.search(Query("nothing at all")).coverage.values()) == {0}


def test_a_selected_value_without_articles_is_still_shown(blog: Engine) -> None:
    facets = blog.search(Query(filters=(("tag", "no such tag"),))).facets
    assert FacetValue("no such tag", 0, True) in facets["tag"]
    assert facets["category"] == ()


def test_dates_are_local_and_filter_half_open(blog: Engine) -> None:
    assert ids(blog, after=date(2024, 1, 1), before=date(2024, 1, 2)) == ["lodz"], "its own clock says 2024"
    assert ids(blog, after=date(2024, 1, 10)) == ["code"]
    assert ids(blog, before=date(2022, 3, 1)) == []


def test_a_hit_carries_the_article_as_written(blog: Engine) -> None:
    hit = blog.search(Query("certification")).hits[0]
    source = BLOG[0]
    for name in ("id", "title", "permalink", "date", "authors", "categories", "tags", "language", "series"):
        assert getattr(hit, name) == getattr(source, name)
    assert hit.excerpt == source.summary
    assert blog.article(source.id) == source
    assert blog.article("posts/none.md") is None


def test_snippets_mark_what_matched_and_name_the_section(blog: Engine) -> None:
    hit = blog.search(Query("remember client")).hits[0]
    assert [f.text for f in hit.snippet if f.matched] == ["Clients", "remember"]
    assert hit.section == Section("Gaining Client Trust", "gaining-client-trust", "")
    hit = blog.search(Query('"out of the oven"')).hits[0]
    assert [f.text for f in hit.snippet if f.matched] == ["Out of the oven"]
    assert hit.section is None
    hit = blog.search(Query("personal traine*")).hits[0]
    assert hit.title_fragments == (
        Fragment("What a "),
        Fragment("Personal", True),
        Fragment(" "),
        Fragment("Trainer", True),
        Fragment(" Does"),
    )
    assert "".join(f.text for f in blog.search(Query()).hits[3].snippet).startswith("Flour, water and patience.")


def test_a_snippet_is_found_anywhere_in_a_long_article(engine: Engine) -> None:
    engine.rebuild([article("long.md", "Long", "filler words " * 50_000 + "then a zeppelin landed " + "again " * 500)])
    snippet = engine.search(Query("zeppelin")).hits[0].snippet
    assert [f.text for f in snippet if f.matched] == ["zeppelin"]
    assert len("".join(f.text for f in snippet)) < 300


def test_a_quoted_sentence_longer_than_a_snippet_is_marked(engine: Engine) -> None:
    sentence = " ".join(f"remarkable{n}" for n in range(30))
    engine.rebuild([article("a.md", "Long", f"Before it. {sentence} and after it " + "more words " * 50)])
    snippet = engine.search(Query(f'"{sentence}"')).hits[0].snippet
    assert [f.text for f in snippet if f.matched] == [sentence]


def test_one_endless_word_is_no_endless_snippet(engine: Engine) -> None:
    engine.rebuild([article("a.md", "Key", "The key: " + "x" * 1_000_000)])
    hit = engine.search(Query("x" * 1_000)).hits[0]
    assert len("".join(f.text for f in hit.snippet)) < 300


def test_updates_add_replace_and_remove(blog: Engine) -> None:
    before = blog.status().generation
    changed = replace(BLOG[1], title="The Second Loaf", digest="new")
    generation = blog.update([changed, article("posts/new.md", "New", "zeppelin")], ["posts/undated.md", "no.md"])
    assert generation.name != before.name
    assert blog.status().generation == generation
    assert blog.search(Query()).total == 5
    assert blog.manifest()["posts/loaf.md"] == "new"
    assert "posts/undated.md" not in blog.manifest()
    assert ids(blog, "zeppelin") == ["new"]
    assert ids(blog, "title:first") == []
    assert ids(blog, "title:second") == ["loaf"]


def test_the_generation_that_is_asked_has_a_name(blog: Engine) -> None:
    name = blog.generation()
    assert name == blog.status().generation.name == blog.search(Query()).generation == blog.generation()
    assert blog.update([], ["posts/undated.md"]).name == blog.generation() == blog.search(Query()).generation
    assert blog.generation() != name


def test_a_reader_sees_the_generation_move(tmp_path: Path) -> None:
    writer, reader = WhooshEngine(tmp_path), WhooshEngine(tmp_path)
    for number in range(3):
        name = writer.update([article(f"{number}.md", "Loaf")], []).name
        assert reader.generation() == name == reader.search(Query()).generation
    writer.close()
    reader.close()


def test_of_articles_with_the_same_id_the_last_wins(engine: Engine) -> None:
    engine.rebuild([article("a.md", "One", "first"), article("a.md", "Two", "second")])
    engine.update([article("b.md", "Three", "third"), article("b.md", "Four", "fourth")], [])
    assert (ids(engine, "first"), ids(engine, "second"), ids(engine, "third"), ids(engine, "fourth")) == (
        [],
        ["a.md".removesuffix(".md")],
        [],
        ["b"],
    )
    assert engine.search(Query()).total == engine.status().articles == 2


def test_a_failing_source_changes_nothing(blog: Engine) -> None:
    def broken() -> Iterator[Article]:
        yield article("posts/new.md", "New", "zeppelin")
        raise RuntimeError("the disk is on fire")

    before = blog.status().generation
    for act in (lambda: blog.update(broken(), ["posts/loaf.md"]), lambda: blog.rebuild(broken())):
        with pytest.raises(RuntimeError, match="on fire"):
            act()
    assert blog.status().generation == before
    assert (ids(blog, "zeppelin"), blog.search(Query()).total) == ([], 5)


def test_before_the_first_build(engine: Engine) -> None:
    assert engine.manifest() == {}
    for act in (
        lambda: engine.search(Query()),
        engine.status,
        lambda: engine.suggest("a"),
        lambda: engine.related("a.md"),
        engine.generation,
    ):
        with pytest.raises(IndexMissingError):
            act()  # type: ignore[operator]


def test_an_empty_blog_is_an_index_too(engine: Engine) -> None:
    engine.rebuild([])
    results = engine.search(Query("anything -but OR tag:x after:2020 pre*"))
    assert (results.total, results.pages, results.hits) == (0, 0, ())
    assert engine.search(Query()).total == 0
    assert engine.suggest("a") == ()
    assert engine.related(Draft(text="words")) == ()
    assert engine.status().articles == 0


def test_locating_by_permalink_or_alias(blog: Engine) -> None:
    for link in ("/what-a-personal-trainer-does/", "/what-a-personal-trainer-does", "/old/trainer"):
        assert blog.locate(link) == "posts/trainer.md"
    assert blog.locate("/nowhere/") is None
    assert blog.locate("") is None


def test_status_counts(blog: Engine) -> None:
    status = blog.status()
    assert (status.articles, status.categories, status.tags) == (5, 3, 4)
    assert status.terms > 50


GARDEN = [
    article("bees.md", "Bees", "The hive swarms; the queen and drones. Honey in supers. We say so.", tags=("bees",)),
    article("honey.md", "Selling Honey", "Honey from the hive, the supers stacked. We say so.", tags=("bees", "money")),
    article("rent.md", "Rent", "Envelopes of money. We say so.", tags=("money",)),
    article("tea.md", "Tea", "Water just off the boil. We say so."),
    article("chess.md", "Chess", "The queen is lost on move nine. We say so."),
]  # fmt: skip


def test_related_articles_have_reasons(engine: Engine) -> None:
    engine.rebuild(GARDEN)
    hits = engine.related("bees.md")
    assert [hit.id for hit in hits] == ["honey.md", "chess.md"], "what everybody says weighs nothing"
    reasons = {(reason.kind, reason.value) for reason in hits[0].reasons}
    assert ("tag", "bees") in reasons
    assert ("word", "hive") in reasons
    assert all(0 < reason.weight <= 1 for hit in hits for reason in hit.reasons)
    assert [hit.id for hit in engine.related("bees.md", limit=1)] == ["honey.md"]
    draft = Draft("On hives", "How many supers does a hive need?")
    assert {hit.id for hit in engine.related(draft)} == {"honey.md", "bees.md"}
    assert {hit.id for hit in engine.related(Draft(tags=("MONEY",)))} == {"honey.md", "rent.md"}
    with pytest.raises(NotFoundError, match=r"no\.md"):
        engine.related("no.md")


def test_words_side_by_side_tell_more_than_both(engine: Engine) -> None:
    filler = [article(f"{n}.md", f"Filler {n}", f"words about thing{n} and matter{n}") for n in range(12)]
    apart = article("apart.md", "Apart", "A spring in the mattress was mended, and the cleaning went on.")
    together = article("together.md", "Together", "It was time again: spring cleaning and a mattress to be mended.")
    engine.rebuild([*filler, apart, together])
    hits = engine.related(Draft("", "Every year we plan a spring cleaning."))
    assert [hit.id for hit in hits[:2]] == ["together.md", "apart.md"]
    assert [(reason.kind, reason.value) for reason in hits[0].reasons] == [("word", "spring cleaning")]
    assert {reason.value for reason in hits[1].reasons} == {"spring", "cleaning"}


def test_who_talks_of_everything_is_not_about_this(engine: Engine) -> None:
    many = " ".join(f"subject{n} matters and also topic{n}." for n in range(300))
    short = article("short.md", "Kettles", "How kettles and teapots were made.")
    long = article("long.md", "Everything", f"How kettles and teapots were made. {many}")
    engine.rebuild([short, long, *(article(f"{n}.md", f"Other {n}", f"quite another{n}") for n in range(9))])
    assert [hit.id for hit in engine.related(Draft("", "teapots kettles"))] == ["short.md", "long.md"]


def test_numbers_tell_versions_apart(engine: Engine) -> None:
    said = "This release of the compiler is 1.{} again."
    notes = [article(f"{n}.md", "Release notes", said.format(n)) for n in range(9)]
    engine.rebuild([*notes, *(article(f"x{n}.md", f"Other {n}", f"quite another{n}") for n in range(9))])
    assert engine.related(Draft("Release notes", said.format(4)))[0].id == "4.md"


def test_a_draft_may_name_its_language(engine: Engine) -> None:
    polish = article("pl.md", "Chleb", "Wielokrotnie pieczone bochenki.", language="pl")
    engine.rebuild([polish, *(article(f"{n}.md", f"Other {n}", f"another{n}") for n in range(5))])
    for language in ("pl", ""):
        assert [hit.id for hit in engine.related(Draft("", "pieczone bochenki", language=language))] == ["pl.md"]


def test_suggestions(blog: Engine) -> None:
    found = blog.suggest("loa")
    assert [(s.text, s.kind) for s in found if s.kind == "article"] == [
        ("Loaf", "article"),
        ("The First Loaf", "article"),
    ]
    assert ("Jobs", "tag") in [(s.text, s.kind) for s in blog.suggest("JO")]
    assert ("Education", "category") in [(s.text, s.kind) for s in blog.suggest("educ")]
    assert [s.id for s in blog.suggest("personal tr")] == ["posts/trainer.md", ""]
    assert blog.suggest("personal tr")[1].text == "personal trainer"
    assert blog.suggest("") == blog.suggest("--") == blog.suggest("zzz") == ()
    assert len(blog.suggest("c", limit=2)) == 2


def test_every_value_counts_of_articles_with_very_many(engine: Engine) -> None:
    tagged = [article(f"{n}.md", "Loaf", tags=tuple(f"tag {m:02}" for m in range(n * 3))) for n in range(12)]
    engine.rebuild([*tagged, *(article(f"other-{n}.md", "Oven", tags=("tag 00",)) for n in range(20))])
    expected = sorted(((f"tag {m:02}", sum(m < n * 3 for n in range(12))) for m in range(33)), key=lambda v: -v[1])
    assert [(v.value, v.count) for v in engine.search(Query("loaf")).facets["tag"]] == expected
    first = engine.search(Query("")).facets["tag"][0]
    assert (first.value, first.count) == ("tag 00", 31)


def test_an_article_without_words_is_like_none_beside_deleted_ones(engine: Engine) -> None:
    engine.rebuild([article("empty.md", ""), article("other.md", "Loaf", "flour"), article("gone.md", "Oven", "heat")])
    engine.update([], ["gone.md"])
    assert engine.related("empty.md") == ()


SHELF = [
    article("website.md", "A website of one's own", "How a website is built, and a developer's receipts. Chocolate."),
    article("sites.md", "Where birds nest", "A site on the web; the pumpkins of a developer and many receipts."),
    article("oven.md", "Ovens", "The kitchen oven receives bread. Chocolate receives no heat.", tags=("bread",)),
    article("kitchen.md", "Kitchens", "A kitchen receives guests. The trial of the lawyer.", tags=("tools",)),
    article("trail.md", "Trails", "A trail in the hills, and a compass.", date=day("2020-01-01")),
    *(article(f"tea-{n}.md", f"Tea {n}", "Every kettle receives water.") for n in range(30)),
    article("slip.md", "Steam", "The kettel sings."),
    article("lodz.md", "Książki", "Książka o czekoladzie i piekarzach.", language="pl"),
    article("cjk.md", "検索する", "検索する機能です。全文検索エンジン。"),
]


@pytest.fixture
def shelf(engine: Engine) -> Engine:
    engine.rebuild(SHELF)
    return engine


def said(engine: Engine, text: str, **more: object) -> tuple[str | None, bool]:
    results = engine.search(Query(text, **more))  # type: ignore[arg-type]
    return results.did_you_mean, results.corrected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("websiet", "website"),
        ("Websiet", "website"),
        ("chocolte", "chocolate"),
        ("choclaet", "chocolate"),
        ("kitchen recieves", "kitchen receives"),
        ("devloper's receipts", "developer's receipts"),
        ("recieves  kichen oven", "receives  kitchen oven"),
        ('"kitchen oven" recieves', '"kitchen oven" receives'),
        ("tag:bread kitchn", "tag:bread kitchen"),
        ("kitchn -guests", "kitchen -guests"),
        ("title:kitchns", "title:kitchens"),
        ("chocolte OR hills", None),
        ("chocolte OR hils", "chocolate OR hills"),
        ("czekoladize", "czekoladzie"),
        ("książkaa", "ksiazka"),
        ("(websiet)", "(website)"),
        ("kettleof water", "kettle of water"),
        ("kitchenoven", "kitchen oven"),
        ("pump kins", "pumpkins"),
        ("web site built", "website built"),
    ],
)
def test_a_word_that_no_article_has_is_corrected(shelf: Engine, text: str, meant: str | None) -> None:
    if text.startswith("kettleof"):
        shelf.update([article("of.md", "Lid", "A kettle of water.")], [])
    assert said(shelf, text) == (meant, meant is not None)
    found = shelf.search(Query(text))
    if meant is not None:
        expected = shelf.search(Query(meant))
        assert (found.total, found.mode, found.hits, found.facets) == (
            expected.total,
            expected.mode,
            expected.hits,
            expected.facets,
        )
        assert found.query.text == text
        literal = shelf.search(Query(text, exact=True))
        assert (literal.did_you_mean, literal.corrected) == (meant, False)
        assert literal.hits != found.hits


def test_the_last_word_of_an_unfinished_query_may_be_the_start_of_one(shelf: Engine) -> None:
    assert not shelf.search(Query("choco", exact=True)).hits
    typing = Query("kitchen choco", unfinished=True)
    results = shelf.search(typing)
    asked = shelf.search(Query("kitchen choco OR choco*"))
    assert results.hits == asked.hits != ()
    assert (results.total, results.mode, results.facets) == (asked.total, asked.mode, asked.facets)
    assert results.query == typing, "what was added to the text is not told"
    assert said(shelf, "kitchen recieves", unfinished=True) == ("kitchen receives", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hte",
        "kat",
        "2023",
        "20234567",
        "mp3player",
        '"websiet"',
        "websiet*",
        "-websiet",
        "NOT websiet",
        "tag:bredd",
        "after:2023x",
        "ebsite",
        "qwertzuiop",
        "websitexyz",
        "検索すろ",
        "檢索",
        "--",
        "kitchen",
        "kitchen -oven",
        "C++ x",
        "x" * 900,
    ],
)
def test_what_is_not_corrected(shelf: Engine, text: str) -> None:
    assert said(shelf, text) == (None, False)


def test_numbers_of_edits_grow_with_words(shelf: Engine) -> None:
    shelf.update([article("more.md", "More", "mauve compasses")], [])
    assert said(shelf, "mav") == (None, False)
    assert said(shelf, "mave") == ("mauve", True)
    assert said(shelf, "kitxxen") == (None, False)
    assert said(shelf, "compaxxes") == ("compasses", True)
    assert said(shelf, "cxxpaxxes") == (None, False)


def test_exact_words_come_before_near_ones(shelf: Engine) -> None:
    results = shelf.search(Query("kettel"))
    assert [hit.id for hit in results.hits] == ["slip.md"]
    assert (results.did_you_mean, results.corrected) == ("kettle", False), "offered: thirty times as many articles"
    assert said(shelf, "kettel water") == ("kettle water", True), "nothing has the words as typed"
    assert said(shelf, "trials") == (None, False), "one article as well as that of trails"
    assert said(shelf, "title:steam kettel") == (None, False), "the other word is nowhere near"


def test_of_words_as_near_the_one_that_goes_with_the_others_is_meant(shelf: Engine) -> None:
    assert said(shelf, "traal lawyer") == ("trial lawyer", True)
    assert said(shelf, "traal compass") == ("trail compass", True)
    assert said(shelf, "trail lawyer") == ("trial lawyer", False), "a guess: both words are there"
    assert shelf.search(Query("trail lawyer")).mode is Mode.ANY


def test_a_correction_may_still_have_some_of_the_words_only(shelf: Engine) -> None:
    results = shelf.search(Query("compas hils zeppelin"))
    assert (results.did_you_mean, results.corrected, results.mode) == ("compass hills zeppelin", True, Mode.ANY)
    assert [hit.id for hit in results.hits] == ["trail.md"]


def test_a_correction_that_does_not_go_with_the_rest_is_only_offered(shelf: Engine) -> None:
    results = shelf.search(Query("compass websiet"))
    assert (results.did_you_mean, results.corrected, results.mode) == ("compass website", False, Mode.ANY)
    assert [hit.id for hit in results.hits] == ["trail.md"], "what has a word as typed is not among others"
    assert said(shelf, "compass zeppelin") == (None, False)


def test_filters_do_not_make_corrections(shelf: Engine) -> None:
    results = shelf.search(Query("kitchen", filters=(("tag", "career"),)))
    assert (results.total, results.did_you_mean) == (0, None)
    results = shelf.search(Query("kitchn", filters=(("tag", "tools"),)))
    assert ([hit.id for hit in results.hits], results.corrected) == (["kitchen.md"], True)


def test_corrections_follow_the_index(shelf: Engine) -> None:
    assert said(shelf, "compas") == ("compass", True)
    shelf.update([], ["trail.md"])
    assert said(shelf, "compas") == (None, False)
    shelf.update([article("new.md", "New", "zeppelin")], [])
    assert said(shelf, "zepelin") == ("zeppelin", True)


def test_known_words_are_taken_for_others_with_more_care(engine: Engine) -> None:
    common = [article(f"{n}.md", f"Note {n}", "Looks together at golf, again. Online weeks pass.") for n in range(20)]
    rare = [
        article("loks.md", "A slip", "The loks of it."),
        article("weeps.md", "No slip", "She weeps."),
        article("lokos.md", "Lokos", "Lokos in a title."),
        article("get.md", "Two", "to get her a line on it"),
    ]
    engine.rebuild([*common, *rare])
    assert said(engine, "loks golf") == ("looks golf", True)
    assert said(engine, "weeps golf") == (None, False), "neither a slip nor long"
    assert said(engine, "lokos golf") == ("looks golf", False), "what stands in a title is meant so"
    assert said(engine, "on line golf") == ("online golf", False), "with a stop word it is a guess"
    assert said(engine, "line on golf") == (None, False)
