"""Nikola: what its own build (8.3) makes of these two sites, and of conf.py that it would run and we only read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from articles import article, outcomes, site_of, write

from searchapp.articles import convert, discover
from searchapp.articles.generators.nikola import NIKOLA
from searchapp.model import Spot

CONF = """
    import time
    from pathlib import Path
    BLOG_AUTHOR = "Ada"
    SITE_URL = "https://example.org/"
    DEFAULT_LANG = "en"
    TRANSLATIONS = {DEFAULT_LANG: "", "pl": "./pl", "pt_br": "./br"}
    TIMEZONE = "Europe/Warsaw"
    BLOG_DESCRIPTION = f"since {time.time()}"
"""
PRETTY = """
    POSTS = (
        ("posts/*.rst", "posts", "post.tmpl"),
        ("posts/*.md", "posts", "post.tmpl"),
        ("posts/*.html", "posts", "post.tmpl"),
    )
    PAGES = (("pages/*.md", "pages", "page.tmpl"), ("pages/*.rst", "", "page.tmpl"))
    CATEGORY_ALLOW_HIERARCHIES = True
    USE_TAG_METADATA = False
"""
PLAIN = """
    POSTS = [
        ("posts/*.rst", {"en": "blog", "pl": "wpisy"}, "post.tmpl"),
        ("posts/*.md", "blog", "post.tmpl"),
        ("posts/*.html", "", "post.tmpl"),
    ]
    PAGES = (("pages/*.md", "", "page.tmpl"), ("pages/*.rst", "stories", "page.tmpl"))
    PRETTY_URLS = False
    STRIP_INDEXES = False
"""
FILES = {
    "posts/one.md": """
        <!--
        .. title: One & only
        .. slug: first-one
        .. date: 2024-01-02 10:00:00 UTC+02:00
        .. tags: bread, rye flour
        .. category: food/baked
        .. description: About one
        .. author: Bea
        .. status: featured
        .. link:
        -->

        Words of one.

        ## A -- heading: é

        <!-- TEASER_END -->

        ## A -- heading: é

        [two](link://filename/posts/two.rst)
    """,
    "posts/one.pl.md": "<!--\n.. title: Jeden\n.. slug: pierwszy\n-->\n\nSłowa.\n",
    "posts/one.pt_br.md": "<!--\n.. title: Um\n-->\nPalavras.\n",
    "posts/two.rst": """
        .. title: Two
        .. slug: two
        .. date: 2024-01-03 10:00:00
        .. tags: bread

        Words of two.

        A -- heading: é
        ===============

        .. TEASER_END

        A -- heading: é
        ===============
    """,
    "posts/two.pl.rst": ".. title: Dwa\n\nSłowa.\n",
    "posts/three.md": "Words of three.\n",
    "posts/three.meta": ".. title: Three\n.. slug: three-slug\n.. date: 2024-01-04 10:00:00 UTC\n.. tags: meta\n",
    "posts/three.pl.md": "Słowa.\n",
    "posts/three.pl.meta": ".. title: Trzy\n",
    "posts/2024-05-06-Über Größe_x+y.md": "<!--\n.. title: Named\n.. date: 2024-05-06\n-->\nx\n",
    "posts/sub/deep/four.md": "---\ntitle: Four\ndate: 2024-01-05 10:00:00\ntags: [a, b c]\nstatus: private\n---\nx\n",
    "posts/five.md": '+++\ntitle = "Five"\nslug = "five"\ndate = 2024-01-06T10:00:00Z\ntags = "toml, x"\n+++\nx\n',
    "posts/six.md": "<!--\n.. title: Six\n.. date: 2024-01-07\n.. status: draft\n-->\nx\n",
    "posts/seven.md": ".. title: Seven\n.. date: 2024-01-07\n.. tags: Draft, x\n.. pretty_url: False\n\nx\n",
    "posts/eight.md": "<!--\n.. title: Eight\n.. date: 2024-01-08\n.. tags: private\n-->\nx\n",
    "posts/future.md": "<!--\n.. title: Future\n.. date: 2099-01-08\n-->\nx\n",
    "posts/nine.html": "<!--\n.. title: Nine\n.. slug: nine\n.. date: 2024-01-09\n-->\n<p>html words</p>\n",
    "posts/index.md": "<!--\n.. title: Index\n.. slug: index\n.. date: 2024-01-09\n-->\nx\n",
    "pages/about.md": "<!--\n.. title: About\n.. slug: about\n-->\n\nabout\n",
    "pages/imprint.rst": ".. title: Imprint\n.. slug: imprint\n.. date: 2024-01-09\n\nimprint\n",
    "README.md": "# readme\n",
    "drafts/x.md": "<!--\n.. title: X\n.. date: 2024-01-09\n-->\nin no pattern\n",
    "output/posts/one/index.md": "built\n",
}
SHOWN = {  # file: title, address with PRETTY, address with PLAIN ("" if hidden there)
    "pages/about.md": ("About", "/pages/about/", "/about.html"),
    "pages/imprint.rst": ("Imprint", "/imprint/", "/stories/imprint.html"),
    "posts/2024-05-06-Über Größe_x+y.md": (
        "Named",
        "/posts/2024-05-06-uber-grosse_x%2By/",
        "/blog/2024-05-06-uber-grosse_x%2By.html",
    ),
    "posts/eight.md": ("Eight", "/posts/eight/", ""),
    "posts/five.md": ("Five", "/posts/five/", "/blog/five.html"),
    "posts/index.md": ("Index", "/posts/", "/blog/index.html"),
    "posts/nine.html": ("Nine", "/posts/nine/", "/nine.html"),
    "posts/one.md": ("One & only", "/posts/first-one/", "/blog/first-one.html"),
    "posts/one.pl.md": ("Jeden", "/pl/posts/pierwszy/", "/pl/blog/pierwszy.html"),
    "posts/one.pt_br.md": ("Um", "/br/posts/first-one/", "/br/blog/first-one.html"),
    "posts/seven.md": ("Seven", "/posts/seven.html", ""),
    "posts/three.md": ("Three", "/posts/three-slug/", "/blog/three-slug.html"),
    "posts/three.pl.md": ("Trzy", "/pl/posts/three-slug/", "/pl/blog/three-slug.html"),
    "posts/two.pl.rst": ("Dwa", "/pl/posts/two/", "/pl/wpisy/two.html"),
    "posts/two.rst": ("Two", "/posts/two/", "/blog/two.html"),
}
HIDDEN = {
    "README.md": "not a post",
    "drafts/x.md": "not a post",
    "posts/future.md": "future",
    "posts/six.md": "draft",
    "posts/sub/deep/four.md": "private",
}


@pytest.mark.parametrize("pretty", [True, False])
def test_addresses_and_what_is_shown(tmp_path: Path, pretty: bool) -> None:
    found = outcomes(tmp_path, {**FILES, "conf.py": CONF + (PRETTY if pretty else PLAIN)})
    shown = {id: (o.article.title, o.article.permalink) for id, o in found.items() if o.article}
    expected = {id: (title, one if pretty else other) for id, (title, one, other) in SHOWN.items()}
    assert shown == {id: told for id, told in expected.items() if told[1]}
    tagged = {} if pretty else {"posts/seven.md": "draft", "posts/eight.md": "private"}
    assert {id: outcome.hidden for id, outcome in found.items() if outcome.hidden} == HIDDEN | tagged
    assert not any(outcome.problems for outcome in found.values())


def test_fields_translations_and_headings(tmp_path: Path) -> None:
    found = {id: o.article for id, o in outcomes(tmp_path, {**FILES, "conf.py": CONF + PRETTY}).items()}
    one, polish, brazilian, two = (
        found[f"posts/{name}"] for name in ("one.md", "one.pl.md", "one.pt_br.md", "two.rst")
    )
    assert one is not None
    assert (one.tags, one.categories, one.authors) == (("bread", "rye flour"), ("food", "baked"), ("Bea",))
    assert (one.date, one.summary, one.language) == (datetime(2024, 1, 2, 8, tzinfo=UTC), "About one", "en")
    assert [section.anchor for section in one.sections] == ["", "a-heading-e", "a-heading-e_1"]
    assert 'href="/@link/posts/two.rst"' in one.html
    assert "TEASER" not in repr(one.sections)
    for translated, language in ((polish, "pl"), (brazilian, "pt")):
        assert translated is not None
        assert (translated.language, translated.date, translated.tags) == (language, one.date, one.tags)
    assert two is not None
    assert two.date == datetime(2024, 1, 3, 9, tzinfo=UTC), "in the site's time zone"
    assert [section.anchor for section in two.sections] == ["", "a-heading-e", "a-heading-e-1"]
    assert two.sections[0].text == "Words of two."
    five, seven = found["posts/five.md"], found["posts/seven.md"]
    assert five is not None
    assert five.tags == ("toml", "x")
    assert seven is not None
    assert seven.tags == ("Draft", "x"), "with USE_TAG_METADATA = False it is a tag like others"


def test_special_tags_are_no_labels_and_a_slash_is_one_category_unless_configured(tmp_path: Path) -> None:
    found = outcomes(tmp_path, {**FILES, "conf.py": CONF + PLAIN}, include_drafts=True)
    seven, one = found["posts/seven.md"].article, found["posts/one.md"].article
    assert seven is not None
    assert seven.tags == ("x",)
    assert one is not None
    assert one.categories == ("food/baked",)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("a/b/c", ("a", "b", "c")), (r"a\/b", ("a/b",)), (r"a\\b/c", ("a\\b", "c")), ("a, b", ("a, b",))],
)
def test_categories_within_others(tmp_path: Path, written: str, expected: tuple[str, ...]) -> None:
    post = f".. title: T\n.. date: 2024-01-01\n.. category: {written}\n\nx\n"
    found = outcomes(tmp_path, {"conf.py": CONF + PRETTY, "posts/a.md": post})["posts/a.md"].article
    assert found is not None
    assert found.categories == expected


def test_the_configuration_is_found_around_a_folder_of_posts(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "conf.py": CONF + PLAIN})
    found = outcomes(tmp_path / "posts", {})
    shown = {f"posts/{id}": o.article.permalink for id, o in found.items() if o.article}
    assert shown == {id: told[2] for id, told in SHOWN.items() if id.startswith("posts/") and told[2]}


def test_metadata_in_a_file_of_its_own_is_part_of_the_article(tmp_path: Path) -> None:
    """A change of either is a change; a link that leads elsewhere is not followed."""
    first = outcomes(tmp_path / "blog", {**FILES, "conf.py": CONF + PRETTY})
    site = site_of(tmp_path / "blog")
    sources = {source.id: source for source in discover(site)[0]}
    known = {id: outcome.digest for id, outcome in first.items() if outcome.article}

    def changed() -> set[str]:
        again, _ = discover(site)
        moved = {source.id for source in again if source.signature != sources[source.id].signature}
        anew = {o.id for o in convert(site, again, known, workers=1) if o.article or o.digest != first[o.id].digest}
        assert moved == anew
        return anew

    assert changed() == set()
    meta = tmp_path / "blog/posts/three.meta"
    meta.write_text(meta.read_text() + ".. author: Cleo\n")
    assert changed() == {"posts/three.md", "posts/three.pl.md"}
    meta.rename(tmp_path / "secret.meta")
    meta.symlink_to(tmp_path / "secret.meta")
    [three] = [o.article for o in convert(site, [sources["posts/three.md"]], {}, workers=1)]
    assert three is not None
    assert (three.title, three.authors) == ("Three", ())


def test_a_post_without_its_site_is_known_by_its_header(tmp_path: Path) -> None:
    found = article(tmp_path, ".. title: T\n.. slug: t\n.. date: 2024-01-02 10:00:00 UTC-03:00\n.. tags: a b, c\n\nx\n")
    assert (found.title, found.tags, found.permalink) == ("T", ("a b", "c"), "")
    assert found.date == datetime(2024, 1, 2, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", [".. a comment\n\nText", ".. image:: x.png\n\nText", ".. note: x\n\nText", "Text\n\n.. title: x\n"]
)
def test_comments_that_are_no_metadata(text: str) -> None:
    assert NIKOLA.split is not None
    assert NIKOLA.split(text) is None


def test_where_keys_and_the_body_stand() -> None:
    assert NIKOLA.split is not None
    front = NIKOLA.split("<!--\n.. title: T\n.. date: x\n-->\n\n\nBody\n")
    assert front is not None
    assert (front.body, front.body_line) == ("Body\n", 7)
    assert [front.spot_of(key) for key in ("title", "date", "tags")] == [Spot(2, 4), Spot(3, 4), Spot()]


@pytest.mark.parametrize(
    "text",
    [
        " " * 500_000 + "x",
        "\n" * 500_000 + ".. title",
        "<!--\n" + " " * 500_000,
        ".. " + "a" * 500_000,
        f".. title: x{' ' * 60_000}y\n",
        ".. title: x\n" * 5_000,
        ".. :" * 200_000,
    ],
)
def test_no_header_takes_long(text: str) -> None:
    assert NIKOLA.split is not None
    started = time.process_time()
    NIKOLA.split(text)
    assert time.process_time() - started < 1


def test_a_header_without_end_is_an_error(tmp_path: Path) -> None:
    outcome = outcomes(tmp_path, {"a.md": ".. title: x\n" * 6_000})["a.md"]
    assert outcome.article is None
    assert [problem.code for problem in outcome.problems] == ["front-matter-invalid"]


@pytest.mark.parametrize(
    ("conf", "generator", "line"),
    [
        ("BLOG_TITLE = 'x'\nPOSTS = tuple(open('/etc/passwd'))\n", "nikola", None),
        ("project = 'Docs'\nextensions = []\n", "", None),
        ("BLOG_TITLE = 'x'\nPOSTS = (\n", "", 2),
        ("BLOG_TITLE = " + "(" * 5_000 + ")" * 5_000, "", None),
        (
            "BLOG_TITLE: str = 'x'\nPAGES = [('pages/*.md',), 'x', 3, {}]\nTRANSLATIONS = 7\nDEFAULT_LANG = []\n",
            "nikola",
            None,
        ),
        ("raise SystemExit\nBLOG_AUTHOR = 'x'\n", "nikola", None),
    ],
)
def test_conf_py_is_read_and_never_run(tmp_path: Path, conf: str, generator: str, line: int | None) -> None:
    write(tmp_path, {"conf.py": conf, "a.md": "x"})
    site = site_of(tmp_path)
    assert site.generator == generator
    broken = "(" in conf and not generator
    assert [(problem.path, problem.code) for problem in site.problems] == [("conf.py", "site-config")] * broken
    if line:
        assert site.problems[0].line == line


def test_slugs_of_other_scripts_are_not_made_up(tmp_path: Path) -> None:
    post = ".. title: T\n.. date: 2024-01-01\n\nx\n"
    found = outcomes(tmp_path, {"conf.py": CONF + PRETTY, "posts/хлеб.md": post, "posts/łódź.md": post})
    assert {id: o.article.permalink for id, o in found.items() if o.article} == {
        "posts/хлеб.md": "",
        "posts/łódź.md": "/posts/lodz/",
    }
