"""Front matter in every dialect's shape, and every way in which it can be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from articles import article, articles, outcomes, problems
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import EXPENSIVE

from searchapp.articles.front_matter.loaders import FrontMatterError
from searchapp.articles.front_matter.split import split


def test_scalars_stay_the_text_that_was_written(tmp_path: Path) -> None:
    titles = [
        "no",
        "12:30",
        "0123",
        "2024",
        ".nan",
        "1e3",
        "0x1F",
        "on",
        "2024-01-01",
        "1_000",
        "=",
        "'null'",
        "Null!",
    ]
    found = articles(tmp_path, {f"{n:02}.md": f"---\ntitle: {title}\n---\nText" for n, title in enumerate(titles)})
    assert [a.title for a in found.values()] == [title.strip("'") for title in titles]


def test_json_and_toml_values_stay_the_text_that_was_written(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            "a.md": '{"title": 1.10, "tags": [1, true, 2024, "x"]}\nBody',
            "b.md": "+++\ntitle = 1.10\ntags = [1, true, 2024]\n+++\nBody",
            "c.md": '---json\n{"title": "Json"}\n---\nBody',
            "d.md": '---toml\ntitle = "Toml"\n---\nBody',
            "e.md": '{\n"title": "Hexo",\n"tags": []\n}\n;;;\nBody',
        },
    )
    assert [a.title for a in found.values()] == ["1.10", "1.10", "Json", "Toml", "Hexo"]
    assert found["a.md"].tags == ("1", "true", "2024", "x")
    assert found["b.md"].tags == ("1", "true", "2024")
    assert {a.sections[0].text for a in found.values()} == {"Body"}


@pytest.mark.parametrize(
    "text",
    [
        "---   \ntitle: T\n---\t \nBody",
        "---\ntitle: T\n...\nBody",
        "\ufeff---\r\ntitle: T\r\n---\r\nBody",
        "\n\n---\ntitle: T\n---\n\n\nBody",
        "---\ntitle: T\n---\nBody\n\n---\n",
        "+++\ntitle = 'T'\n+++\nBody",
        "title: T\ndate: 2013/7/13 20:46:25\n---\nBody",
        "Title: T\nDate: 2013-07-13\n\nBody",
    ],
)
def test_fences(tmp_path: Path, text: str) -> None:
    found = article(tmp_path, text)
    assert found.title == "T"
    assert [section.text for section in found.sections] == ["Body"]


def test_empty_and_absent_front_matter_are_legal(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            "2017-2-5-a-long_walk.md": "---\n---\nText",
            "none.md": "Just text.",
            "heading.md": "# The *first* heading\n\nText",
            "rule.md": "---\n\nA rule is not a fence.\n",
            "setext.md": "Note: this\n---\nis a heading",
            "empty.md": "",
            "blank.md": "  \n\n",
        },
    )
    assert found["2017-2-5-a-long_walk.md"].title == "A Long Walk"
    assert found["2017-2-5-a-long_walk.md"].date == datetime(2017, 2, 5, tzinfo=UTC)
    assert found["none.md"].title == "None"
    assert found["heading.md"].title == "The first heading"
    assert found["rule.md"].sections[0].text == "A rule is not a fence."
    assert found["setext.md"].sections[0].title == "Note: this"
    assert found["empty.md"].sections == ()


@pytest.mark.parametrize(
    ("front", "line", "reason"),
    [
        ("title: a\nlist: &a [1, *a]\n", 3, "anchors"),
        ("title: a\nlist: *a\n", 3, "anchors"),
        ("title: a\nbase:\n  <<: {a: 1}\n", 4, "merges"),
        ("title: a\nx: " + "[" * 25 + "]" * 25 + "\n", 3, "20 deep"),
        ("title: a: b\n", 2, "mapping values are not allowed"),
        ("title: 'a\n", 3, "not valid YAML"),
        ("title: a\n\ttags: x\n", 3, "not valid YAML"),
        ("? [a]\n: b\n", 2, "a key must be"),
        ("title: a\ntags: [" + ", ".join(f"t{n}" for n in range(101)) + "]\n", 3, "101 tags"),
        ("title: " + "a" * 66_000 + "\n", 2, "66,008 characters"),
    ],
)
def test_what_is_rejected_is_named_with_its_line(tmp_path: Path, front: str, line: int, reason: str) -> None:
    found = outcomes(tmp_path, {"bad.md": f"---\n{front}---\nText", "good.md": "Text"})
    [(at, why, skipped)] = problems(found["bad.md"])
    assert (at, skipped) == (line, True)
    assert reason in why
    assert "\n" not in why
    assert found["bad.md"].article is None
    assert found["good.md"].article is not None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("+++\ntitle = 'a'\nx = [\n+++\n", 3),
        ('+++\ntitle = "a"\ntitle = "b"\n+++\n', 3),
        ("+++\nx = " + "9" * 5000 + "\n+++\n", 2),
        ('{\n"title": "a",\n"b": }\nText', 3),
        ("---js\n{ title: 1 }\n---\n", 1),
        ('+++\ntitle = "a"\ndraft = true\n', None),
    ],
)
def test_broken_toml_and_json(tmp_path: Path, text: str, line: int | None) -> None:
    found = outcomes(tmp_path, {"bad.md": text})
    [(at, _, skipped)] = problems(found["bad.md"])
    if line is None:
        assert found["bad.md"].hidden == "draft"
    else:
        assert (at, skipped) == (line, True)


def test_odd_front_matter_is_warned_about_and_the_article_kept(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        {
            "list.md": "---\n- a\n- b\n---\nText",
            "scalar.md": "---\njust words\n---\nText",
            "open.md": "---\ntitle: Open\ntags: x\n\nText",
            "twice.md": "---\ntitle: One\ntitle: Two\n---\nText",
        },
    )
    assert problems(found["list.md"])[0][0::2] == (2, False)
    assert problems(found["scalar.md"])[0][0::2] == (2, False)
    assert problems(found["open.md"])[0][0::2] == (1, False)
    assert problems(found["twice.md"]) == [(3, "'title' is given twice; the last one counts", False)]
    shown = {id: outcome.article for id, outcome in found.items()}
    assert all(a is not None and a.sections[0].text == "Text" for a in shown.values())
    assert [a.title for a in shown.values() if a] == ["List", "Open", "Scalar", "Two"]


@pytest.mark.parametrize(
    ("front", "boost"),
    [
        ("search:\n  boost: 2.5\n", 2.5),
        ("search: {boost: '0.1', exclude: false}\n", 0.1),
        ("search: {boost: 10}\n", 10.0),
        ("search: {boost: 1.}\n", 1.0),
        ("search: true\n", 1.0),
        ("search: {}\n", 1.0),
        ("search:\n", 1.0),
        ("search: {weight: 3}\n", 1.0),
    ],
)
def test_boosts(tmp_path: Path, front: str, boost: float) -> None:
    found = outcomes(tmp_path, {"a.md": f"---\ntitle: a\n{front}---\nText"})["a.md"]
    assert found.article is not None
    assert (found.article.boost, found.problems) == (boost, ())


@pytest.mark.parametrize(
    ("front", "line", "reason"),
    [
        (
            "search:\n  boost: high\n",
            4,
            "search.boost must be a number from 0.1 to 10, such as 2, not high; it counts as 1",
        ),
        ("search: {boost: 11}\n", 3, "not 11"),
        ("search: {boost: 0}\n", 3, "not 0"),
        ("search: {boost: -2}\n", 3, "not -2"),
        ("search: {boost: nan}\n", 3, "not nan"),
        ("search: {boost: 1e1}\n", 3, "not 1e1"),
        ("search: {boost: '" + "9" * 5000 + "'}\n", 3, "not 999"),
        ("search:\n  boost:\n", 4, "not nothing"),
        ("search:\n  boost: {a: 1}\n", 4, "not a list or keys"),
        ("search:\n  x: 1\n  exclude: maybe\n", 5, "search.exclude must be true or false, not maybe"),
        ("search:\n  bost: 2\n", 4, "unknown key 'bost' in search; write boost"),
        ("search: flase\n", 3, "search must be true, false or keys such as {boost: 2}, not flase"),
    ],
)
def test_bad_search_settings_are_warned_about_and_the_article_kept(
    tmp_path: Path, front: str, line: int, reason: str
) -> None:
    found = outcomes(tmp_path, {"a.md": f"---\ntitle: a\n{front}---\nText"})["a.md"]
    [(at, why, skipped)] = problems(found)
    assert (at, skipped) == (line, False)
    assert reason in why
    assert len(why) < 200
    assert found.article is not None
    assert found.article.boost == 1


def test_keys_that_break_loads_are_just_keys(tmp_path: Path) -> None:
    found = article(tmp_path, "---\ntitle: T\ncontent: x\nhandler: y\n5: z\n~: q\n---\nText")
    assert (found.title, found.sections[0].text) == ("T", "Text")


TITLES = [
    ('"Foo &quot;bar&quot; &amp; Espa&ntilde;a"', 'Foo "bar" & España'),
    ("<strong>Bold</strong> <em class='x'>move</em><br/>", "Bold move"),
    ("List<int> and Map<String, T>", "List<int> and Map<String, T>"),
    ("'&lt;b&gt; tag'", "<b> tag"),
    ('"two\\nlines\\0and nul"', "two linesand nul"),
    ("[in, a, list]", "in"),
]


def test_titles_are_plain_text(tmp_path: Path) -> None:
    found = articles(tmp_path, {f"{n:02}.md": f"---\ntitle: {written}\n---\n" for n, (written, _) in enumerate(TITLES)})
    assert [a.title for a in found.values()] == [expected for _, expected in TITLES]


def test_escapes_bring_in_no_surrogates(tmp_path: Path) -> None:
    found = article(tmp_path, '{"title": "a\\ud800b\\u0000c", "tags": ["\\udfff"]}\nText')
    assert (found.title, found.tags) == ("a�bc", ("�",))


UTC_PLUS = timezone(timedelta(hours=5, minutes=30))


DATES = [
    ("2023-10-04", datetime(2023, 10, 4, tzinfo=UTC)),
    ("2017-2-5", datetime(2017, 2, 5, tzinfo=UTC)),
    ("2013/7/13 20:46:25", datetime(2013, 7, 13, 20, 46, 25, tzinfo=UTC)),
    ("2012-03-30 23:00:00 UTC-03:00", datetime(2012, 3, 31, 2, tzinfo=UTC)),
    ("2012-03-30 23:00:00 GMT+02", datetime(2012, 3, 30, 21, tzinfo=UTC)),
    ("2012-03-30 23:00:00 UTC", datetime(2012, 3, 30, 23, tzinfo=UTC)),
    ("2026-06-06 20:00:18 +0530", datetime(2026, 6, 6, 20, 0, 18, tzinfo=UTC_PLUS)),
    ("'2016-01-10T19:26:14+02:00'", datetime(2016, 1, 10, 17, 26, 14, tzinfo=UTC)),
    ("2020-01-01T10:00:00.123456789Z", datetime(2020, 1, 1, 10, 0, 0, 123456, tzinfo=UTC)),
    ("Fri, 05 Jun 2020 10:20:30 -0700", datetime(2020, 6, 5, 17, 20, 30, tzinfo=UTC)),
    ("Jun 5, 2020", datetime(2020, 6, 5, tzinfo=UTC)),
    ("June 5th, 2020 3:04 PM", datetime(2020, 6, 5, 15, 4, tzinfo=UTC)),
    ("5 June 2020", datetime(2020, 6, 5, tzinfo=UTC)),
    ("2010-10-03 10:20", datetime(2010, 10, 3, 10, 20, tzinfo=UTC)),
    ("20200605", datetime(2020, 6, 5, tzinfo=UTC)),
    ("1591315200", datetime(2020, 6, 5, tzinfo=UTC)),
]


def test_dates_in_the_wild(tmp_path: Path) -> None:
    found = articles(tmp_path, {f"{n:02}.md": f"---\ndate: {written}\n---\n" for n, (written, _) in enumerate(DATES)})
    assert [a.date for a in found.values()] == [expected for _, expected in DATES]


def test_the_front_matters_date_wins_and_zones_are_the_configured_ones(tmp_path: Path) -> None:
    files = {
        "2019-01-01-x.md": "---\ndate: 2020-07-01 12:00\n---\n",
        "2019-01-02-y.md": "---\ntitle: y\n---\n",
        "pub.md": "---\npubDate: Jul 1 2020\n---\n",
        "published.md": "---\npublished: 2020-07-01\n---\n",
        "toml.md": "+++\ndate = 2020-07-01T12:00:00\n+++\n",
    }
    found = articles(tmp_path, files, timezone="Europe/Warsaw")
    assert found["2019-01-01-x.md"].date == datetime(2020, 7, 1, 10, tzinfo=UTC)
    assert found["2019-01-02-y.md"].date == datetime(2019, 1, 1, 23, tzinfo=UTC)
    assert found["pub.md"].date == datetime(2020, 6, 30, 22, tzinfo=UTC)
    assert found["published.md"].date == datetime(2020, 6, 30, 22, tzinfo=UTC)
    assert found["toml.md"].date == datetime(2020, 7, 1, 10, tzinfo=UTC)


def test_offsets_are_whole_minutes_as_iso_8601_has_them(tmp_path: Path) -> None:
    """Before standard time a zone's offset had seconds, which no client could read."""
    found = articles(tmp_path, {"x.md": "---\ndate: 1900-01-01\n---\n"}, timezone="Europe/Amsterdam")
    assert [str(a.date) for a in found.values()] == ["1900-01-01 00:00:00+00:19"]


@pytest.mark.parametrize(
    "written", ["0000-00-00", "2024-02-30", "2024-01-01 10:00 +99:99", "soon", "9" * 5000, "0001-01-01"]
)
def test_a_bad_date_is_warned_about_and_the_file_names_taken(tmp_path: Path, written: str) -> None:
    found = outcomes(
        tmp_path,
        {"x.md": f"---\ntitle: T\ndate: {written}\n---\n", "2020-01-02-y.md": f"---\ndate: {written}\n---\n"},
    )
    [(line, reason, skipped)] = problems(found["x.md"])
    assert (line, skipped) == (3, False)
    assert "not a date" in reason
    dates = {id: outcome.article.date for id, outcome in found.items() if outcome.article}
    assert dates == {"x.md": None, "2020-01-02-y.md": datetime(2020, 1, 2, tzinfo=UTC)}


def test_a_file_names_date_out_of_the_calendar_is_warned_about(tmp_path: Path) -> None:
    found = outcomes(tmp_path, {"2024-02-30-x.md": "Text"})["2024-02-30-x.md"]
    assert problems(found) == [(None, "the file name's date is not in the calendar: 2024-2-30", False)]
    assert found.article is not None
    assert (found.article.date, found.article.title) == (None, "X")


LABELS = [
    ("categories: foo bar", ("foo", "bar")),
    ("category: foo bar", ("foo bar",)),
    ("category: 2013", ("2013",)),
    ("categories:", ()),
    ("categories: ''", ()),
    ("categories: [News, news, Other]", ("News", "Other")),
    ("categories:\n  - [Sport, Ball]\n  - Sport\n  - [Art]", ("Sport", "Ball", "Art")),
    ("category: a\ncategories: b c", ("a", "b", "c")),
    ("categories: foo, bar baz", ("foo", "bar baz")),
    ("categories: ['R&amp;D', ~, '']", ("R&D",)),
    ("Category: Upper", ("Upper",)),
]


def test_categories_and_tags(tmp_path: Path) -> None:
    files = {}
    for n, (front, _) in enumerate(LABELS):
        files[f"{n:02}c.md"] = f"---\n{front}\n---\n"
        tags = front.replace("categories", "tags").replace("category", "tag").replace("Category", "Tag")
        files[f"{n:02}t.md"] = f"---\n{tags}\n---\n"
    found = articles(tmp_path, files)
    for n, (front, expected) in enumerate(LABELS):
        assert found[f"{n:02}c.md"].categories == expected, front
        assert found[f"{n:02}t.md"].tags == expected, front


SERIES = [
    ("---\nseries: Rust, from zero\n---", ("Rust, from zero",)),
    ("---\nserie: Rust from zero\nlayout: post\npermalink: /x/\n---", ("Rust from zero",)),
    ("---\nSeries: [One, one, 'Two words']\n---", ("One", "Two words")),
    ("---\nseries:\n  - One\nserie: Two\n---", ("One", "Two")),
    ("---\nseries: {name: Bread &amp; butter, part: 2}\n---", ("Bread & butter",)),
    ("---\nseries: {title: Bread, order: 1}\n---", ("Bread",)),
    ("---\nseries: 2024\n---", ("2024",)),
    ("---\nseries: パンの本\n---", ("パンの本",)),
    ("---\nseries:\nserie: ''\n---", ()),
    ("---\nseries: {part: 2}\n---", ()),
    ("---\ntitle: T\n---", ()),
    ('+++\nseries = ["x", "y z"]\n+++', ("x", "y z")),
    ('+++\n[taxonomies]\nseries = ["x"]\n+++', ("x",)),
    ('+++\n[extra]\nseries = "x, y"\n+++', ("x, y",)),
    ('+++\nseries = ["x"]\n[extra]\nseries = "y"\n+++', ("x", "y")),
    ('{"title": "T", "series": ["x"]}', ("x",)),
    ("title: Hexo\nseries: One two\n---", ("One two",)),
    ("Title: Pelican\nDate: 2024-01-01\nSeries: One; two\n", ("One; two",)),
]


def test_series(tmp_path: Path) -> None:
    found = articles(tmp_path, {f"{n:02}.md": f"{front}\nText" for n, (front, _) in enumerate(SERIES)})
    assert {front: found[f"{n:02}.md"].series for n, (front, _) in enumerate(SERIES)} == dict(SERIES)


def test_too_many_series_are_named_with_their_line(tmp_path: Path) -> None:
    many = ", ".join(f"s{n}" for n in range(101))
    found = outcomes(tmp_path, {"a.md": f"---\ntitle: T\nseries: [{many}]\n---\n"})["a.md"]
    assert problems(found) == [(3, "101 series; at most 100 are read", True)]


def test_folders_above_posts_are_categories_those_below_are_not(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            "travel/asia/_posts/2020/2020-01-01-x.md": "---\ncategories: food\n---\n",
            "_posts/2020/2020-01-01-y.md": "---\n---\n",
            "travel/z.md": "---\n---\n",
        },
    )
    assert found["travel/asia/_posts/2020/2020-01-01-x.md"].categories == ("travel", "asia", "food")
    assert found["_posts/2020/2020-01-01-y.md"].categories == ()
    assert found["travel/z.md"].categories == ()


AUTHORS = [
    ("author: Jane Doe", ("Jane Doe",)),
    ("author: Jane Doe <jane@example.org>", ("Jane Doe",)),
    ("author: jane@example.org (Jane Doe)", ("Jane Doe",)),
    ("author: jane@example.org", ("jane",)),
    ("author: 'Doe, Jane'", ("Doe, Jane",)),
    ("author:\n  name: Jane\n  email: jane@example.org\n  login: j", ("Jane",)),
    ("author:\n  display_name: Jane\n  email: jane@example.org", ("Jane",)),
    ("author:\n  email: jane@example.org", ()),
    ("authors: Jane, Joe", ("Jane", "Joe")),
    ("authors: Doe, Jane; Roe, Joe", ("Doe, Jane", "Roe, Joe")),
    ("authors:\n  - name: Jane\n    url: https://x\n    email: j@x.org\n  - joe", ("Jane", "joe")),
    ("author: Jane\nauthors: [jane, Joe]", ("Jane", "Joe")),
    ("author: Jos&eacute; Garc&iacute;a", ("José García",)),
    ("author: 'jane&#64;example.org'", ("jane",)),
    ("authors: [{name: 'Jane &lt;jane&#x40;example.org&gt;'}]", ("Jane",)),
]


def test_authors_are_names_only(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            f"{n:02}.md": f"---\ntitle: T\n{front}\nsecret_key: hidden-value\n---\nText"
            for n, (front, _) in enumerate(AUTHORS)
        },
    )
    assert [a.authors for a in found.values()] == [expected for _, expected in AUTHORS]
    assert "@" not in repr(found)
    assert "hidden-value" not in repr(found)


def test_summaries_and_languages(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            "a.md": "---\ndescription: '<p>Plain &amp; <a href=\"#\">simple</a></p>'\nlang: pl_PL\n---\n",
            "b.md": "---\nexcerpt: ''\nsummary: Short\nlocale: de-AT\n---\n",
            "c.md": "---\nexcerpt: From WordPress\nlanguage: English\n---\n",
            "d.md": "---\nlang: en\nsummary: '<style>p {a: b}</style>Kept<script>track(1)</script><!-- x -->'\n---\n",
        },
    )
    assert [(a.summary, a.language) for a in found.values()] == [
        ("Plain & simple", "pl"),
        ("Short", "de"),
        ("From WordPress", "en"),
        ("Kept", "en"),
    ]


_LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "---",
                "+++",
                "...",
                ";;;",
                "{",
                "}",
                "title: x",
                "tags: [a",
                "date: 2020-01-01",
                "- a",
                "&a [*a]",
            ]
        ),
        st.text(max_size=40),
    ),
    max_size=12,
)


@given(_LINES)
def test_splitting_never_fails_in_another_way(lines: list[str]) -> None:
    text = "\n".join(lines)
    rejected = None
    try:
        found = split(text)
    except FrontMatterError as error:
        rejected = error
    if rejected is not None:
        assert 0 <= rejected.line <= text.count("\n") + 2
        assert rejected.reason
    else:
        assert text.endswith(found.body)
        assert all(isinstance(key, str) for key in found.data)


@settings(max_examples=EXPENSIVE)
@given(st.lists(st.binary(max_size=200).map(lambda data: b"---\ntitle: x\n" + data), min_size=20, max_size=20))
def test_any_bytes_give_an_outcome(tmp_path: Path, contents: list[bytes]) -> None:
    found = outcomes(tmp_path, {f"{n:02}.md": content for n, content in enumerate(contents)})
    assert len(found) == len(contents)
    for outcome in found.values():
        assert outcome.digest
        assert outcome.article or outcome.hidden or outcome.problems
        repr(outcome).encode()
