"""What is wrong with links, said with file, line and column, and the command that lists orphans."""

from __future__ import annotations

import json
import os
import tarfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from articles import write
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from searchapp.articles.body.render import render
from searchapp.articles.files.source import decode
from searchapp.cli import cli
from searchapp.config.loading import CORPORA_VARIABLE, Config
from searchapp.editor.links.graph_builder import Sources, graph_of
from searchapp.editor.links.link_positions import LinkFinder
from searchapp.editor.links.link_problems import link_problems
from searchapp.editor.links.rendered_links import extract_links
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Problem, Spot

HOME = "https://example.org"
SITE = {
    "_config.yml": f"url: {HOME}\npermalink: /:year/:month/:title/\n",
    "_posts/2024-01-02-bread.md": "---\nredirect_from: /old/bread/\ntags: [x]\n---\nBread [tea](/2024/01/tea/).\n",
    "_posts/2024-01-03-tea.md": "---\ntitle: Tea\n---\nTea and [bread](/2024/01/bread/).\n",
    "_posts/2024-01-04-jam.md": "---\ntitle: Jam\n---\nJam on [bread](/old/bread/#crust).\n",
    "_posts/2024-01-05-rye.md": "---\ntitle: Rye\n---\nNothing.\n",
    "_drafts/oats.md": "---\ntitle: Oats\npermalink: /2024/01/oats/\n---\nx\n",
}


@pytest.fixture
def blog(tmp_path: Path) -> Config:
    write(tmp_path / "content", SITE)
    return indexed(Config(tmp_path / "content", tmp_path / "index"))


def indexed(config: Config) -> Config:
    with closing(open_engine(config)) as engine:
        index(config, engine)
    return config


def found(config: Config) -> list[Problem]:
    with closing(open_engine(config)) as engine:
        return [problem for _, problem in link_problems(graph_of(engine, config), Sources(config))]


def run(config: Config, *args: str) -> Result:
    return CliRunner().invoke(cli, [*args, f"--content={config.content_dir}", f"--index={config.index_dir}"])


# Where and what


def test_each_finding_says_where_and_what_to_write(blog: Config) -> None:
    text = (
        "---\ntitle: Lost\npermalink: /2024/02/lost/\n---\nOne [a](/2024/01/braed/) and [b](/2024/01/braed/),\n"
        "[c](https://www.example.org/2023/01/tea/#pot) `[d](/2024/01/gone/)` [d](/2024/01/gone/)\n"
        "[e]({{ site.url }}/2024/01/oats/) [f]({% post_url 2024-01-09-none %}) [g](www.example.com/x)\n\n"
        "    [code](/2024/01/gone/)\n\n[h][ref] [i](/2024/01/Jam/) [j](/2024/01/%67one-too/?a=1&b=2)\n\n"
        "[ref]: /old/bread\n"
    )
    write(blog.content_dir, {"lost.md": text})
    path = "lost.md"
    nearest = "write /2024/01/bread/ if “Bread” is meant: a name much like it"
    assert [problem for problem in found(indexed(blog)) if problem.path == path] == [
        Problem(path, 5, "links to /2024/01/braed/, where no article is", False, "link-broken", 9, nearest),
        Problem(path, 5, "links to /2024/01/braed/, where no article is", False, "link-broken", 34, nearest),
        Problem(
            path,
            6,
            "links to https://www.example.org/2023/01/tea/#pot, where no article is",
            False,
            "link-broken",
            5,
            "write https://www.example.org/2024/01/tea/#pot if “Tea” is meant: the same name at another address",
        ),
        Problem(path, 6, "links to /2024/01/gone/, where no article is", False, "link-broken", 73),
        Problem(
            path,
            7,
            "links to /2024/01/oats/, a draft",
            False,
            "link-hidden",
            19,
            "publish _drafts/oats.md, or remove the link until then",
        ),
        Problem(path, 7, "links to {% post_url 2024-01-09-none %}, where no article is", False, "link-broken", 42),
        Problem(
            path,
            7,
            "links to www.example.com/x, which browsers look for below this article",
            False,
            "link-no-scheme",
            75,
            "write https://www.example.com/x",
        ),
        Problem(
            path,
            13,
            "links to /old/bread, a former address of “Bread”",
            False,
            "link-redirect",
            8,
            "write /2024/01/bread/",
        ),
        Problem(
            path,
            11,
            "links to /2024/01/Jam/, which differs in case or ending from an address of “Jam”",
            False,
            "link-spelling",
            14,
            "write /2024/01/jam/",
        ),
        Problem(path, 11, "links to /2024/01/%67one-too/?a=1&b=2, where no article is", False, "link-broken", 33),
    ]


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("%20http://www.example.com/x", "http://www.example.com/x"),
        ("%20https://www.example.com/x", "https://www.example.com/x"),
        ("example.com/x", "https://example.com/x"),
    ],
)
def test_an_address_of_another_site_keeps_the_scheme_it_has(blog: Config, href: str, wanted: str) -> None:
    (blog.content_dir / "_posts/2024-01-05-rye.md").write_text(f"---\ntitle: Rye\n---\n[x]({href})\n", "utf-8")
    problems = found(indexed(blog))
    assert [problem.remedy for problem in problems if problem.code == "link-no-scheme"] == [f"write {wanted}"]


def test_a_file_that_has_changed_or_gone_has_no_line(blog: Config) -> None:
    (blog.content_dir / "_posts/2024-01-04-jam.md").write_text("---\ntitle: Jam\n---\nx", encoding="utf-8")
    assert [(problem.path, problem.line) for problem in found(blog)] == [("_posts/2024-01-04-jam.md", None)]
    (blog.content_dir / "_posts/2024-01-04-jam.md").unlink()
    assert [(problem.path, problem.line) for problem in found(blog)] == [("_posts/2024-01-04-jam.md", None)]


@pytest.mark.parametrize(
    ("text", "href", "spot"),
    [
        ("a [b](/x)", "/x", Spot(1, 7)),
        ("a [b]( </x y> )", "/x y", Spot(1, 9)),
        ("[b](/x/y) [c](/x)", "/x", Spot(1, 15)),
        ('<a class="k"\n href="/x?a=1&amp;b=2">', "/x?a=1&b=2", Spot(2, 8)),
        ("[b](/a\\_b)", "/a_b", Spot(1, 5)),
        ("[b](/żółw)", "/%C5%BC%C3%B3%C5%82w", Spot(1, 5)),
        ("+++\npath = '/x'\n+++\n\n[b](/x)", "/x", Spot(5, 5)),
        ("```\n[b](/x)\n```\n`[b](/x)` <!-- /x --> [b](/x)", "/x", Spot(4, 27)),
        ("\ufeff---\r\na: b\r\n---\r\nx [b](/x)", "/x", Spot(4, 7)),
        ("[b]({% link _posts/x.md %})", "/@link/_posts/x.md", Spot(1, 8)),
        ('[b]({{< relref "x/y.md#z" >}})', "/@ref/x/y.md#z", Spot(1, 9)),
        ("[b](/y)", "/x", Spot()),
        ("", "/x", Spot()),
    ],
)
def test_a_target_is_found_as_it_was_written(text: str, href: str, spot: Spot) -> None:
    assert LinkFinder(decode(text.encode())[0]).spot(href) == spot


@given(st.lists(st.sampled_from(["[x](/a)", "[x](/a/b)", "`[x](/a)`", "<a href='/a'>y</a>", "\n", " z "]), max_size=12))
def test_every_link_that_is_rendered_is_found_at_a_place_of_its_own(pieces: list[str]) -> None:
    text = "w " + " ".join(pieces)
    finder = LinkFinder(text)
    rows = text.split("\n")
    seen: dict[str, list[Spot]] = {}
    for link in extract_links(render(text)):
        spots = seen.setdefault(link.href, [])
        spots.append(finder.spot(link.href, len(spots)))
        line, column = spots[-1]
        assert line is not None
        assert column is not None
        assert rows[line - 1][column - 1 :].startswith(link.href)
    assert all(len(set(spots)) == len(spots) for spots in seen.values())


# The command


def test_orphans_are_listed_with_those_that_one_article_links_to(blog: Config) -> None:
    result = run(blog, "orphans")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "orphan\t_posts/2024-01-04-jam.md\tJam\t",
        "orphan\t_posts/2024-01-05-rye.md\tRye\t",
        "weak\t_posts/2024-01-03-tea.md\tTea\tlinked from _posts/2024-01-02-bread.md",
    ]
    assert result.stderr == "4 articles, 3 links among them; 2 without a link from another, 1 with one\n"
    answer = json.loads(run(blog, "orphans", "--json").stdout)
    assert {key: answer[key] for key in ("articles", "links")} == {"articles": 4, "links": 3}
    assert [each["title"] for each in answer["orphans"]] == ["Jam", "Rye"]
    [weak] = answer["weak"]
    assert weak.pop("from")["id"] == "_posts/2024-01-02-bread.md"
    assert weak == {
        "id": "_posts/2024-01-03-tea.md",
        "url": "/articles/_posts/2024-01-03-tea.md",
        "title": "Tea",
        "date": "2024-01-03",
    }


def test_no_orphans_and_no_index_have_their_own_codes(tmp_path: Path) -> None:
    pair = {f"{a}.md": f"[{b}]({b}.md) [{c}]({c}.md)" for a, b, c in ("abc", "bca", "cab")}
    write(tmp_path / "content", pair)
    config = Config(tmp_path / "content", tmp_path / "index")
    missing = run(config, "orphans", "--json")
    assert (missing.exit_code, missing.stdout) == (3, "")
    assert "searchapp index" in missing.stderr
    result = run(indexed(config), "orphans", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"articles": 3, "links": 6, "orphans": [], "weak": []}
    assert run(config, "orphans").stdout == ""


# Real blogs

CORPORA = os.environ.get(CORPORA_VARIABLE, "")
BLOGS = {  # name: (settings, orphans, weakly linked, broken, hidden, former addresses)
    "haacked": (
        {"site_url": "https://haacked.com", "permalink": "/archive/:year/:month/:day/:title/"},
        1495,
        323,
        131,
        0,
        57,
    ),
    "infeeds": ({"site_url": "https://infeeds.com", "permalink": "/:title/"}, 2307, 45, 0, 0, 0),
    "rust-blog": ({"site_url": "https://blog.rust-lang.org"}, 431, 167, 5, 0, 517),
}


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA, reason=f"{CORPORA_VARIABLE} names no folder with blogs/*.tar.gz")
@pytest.mark.parametrize("name", BLOGS)
def test_real_blogs(name: str, tmp_path: Path) -> None:
    settings, *expected = BLOGS[name]
    with tarfile.open(Path(CORPORA) / "blogs" / f"{name}.tar.gz") as archive:
        archive.extractall(tmp_path / "content", filter="data")
    config = indexed(Config(tmp_path / "content", tmp_path / "index", **settings))
    problems = found(config)
    assert [problem for problem in problems if problem.line is None] == []
    with closing(open_engine(config)) as engine:
        graph = graph_of(engine, config)
    counts = Counter(problem.code for problem in problems)
    codes = ("link-broken", "link-hidden", "link-redirect")
    assert [len(graph.orphans), len(graph.weak), *(counts[code] for code in codes)] == expected
