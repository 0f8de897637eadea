"""The link graph: what an address in an article means on its own blog, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from articles import site_of, write
from hypothesis import given
from hypothesis import strategies as st

from searchapp.articles import convert, discover
from searchapp.config.loading import Config
from searchapp.editor.links.address_forms import Blog
from searchapp.editor.links.address_index import Node
from searchapp.editor.links.graph import ArticleLinks, BrokenLink, Graph, build
from searchapp.editor.links.graph_builder import graph_of
from searchapp.editor.links.rendered_links import RenderedLink, extract_links
from searchapp.engines.reference.engine import MemoryEngine

HOME = "https://example.org"


def made(links: Mapping[str, str], permalinks: Mapping[str, str], **more: Any) -> Graph:
    """A graph of articles with these permalinks, each with one link."""
    pages = (
        ArticleLinks(Node(id, id, permalinks[id]), (RenderedLink(links[id], "x"),) if id in links else ())
        for id in permalinks
    )
    return build(pages, Blog((HOME,)), **more)


def of(folder: Path, files: Mapping[str, str], **settings: Any) -> Graph:
    """The graph of a folder, by way of an index."""
    write(folder / "content", files)
    site = site_of(folder / "content", **settings)
    sources, _ = discover(site)
    engine = MemoryEngine()
    engine.rebuild([found.article for found in convert(site, sources, {}, workers=1) if found.article])
    return graph_of(engine, Config(folder / "content", folder / "index", **settings))


def kinds(graph: Graph) -> list[tuple[str, str]]:
    return [(trouble.kind, trouble.href) for trouble in graph.broken]


def target(graph: Graph, trouble: BrokenLink) -> str | None:
    return None if trouble.target is None else graph.nodes[trouble.target].id


# What an address means


@pytest.mark.parametrize(
    "href",
    [
        "/2024/bread/",
        "/2024/bread",
        "/2024/bread/#crust",
        "/2024/bread/?ref=home",
        "/2024/bread/index.html",
        "//example.org/2024/bread/",
        "/2024//bread/",
        "/2024/./x/../bread/",
        "/2024/br%65ad/",
        "https://example.org/2024/bread/",
        "http://www.EXAMPLE.org:80/2024/bread",
        " /2024/bread/ ",
        "../bread/",
        "../../2024/bread/#crust",
        "bread.md",
        "./bread.md#crust",
        "@/posts/bread.md",
        "/posts/bread.md",
        "/@post_url/bread",
        "/@link/posts/bread.md",
        "/@ref/bread.md",
        "/@ref/posts/bread#crust",
    ],
)
def test_an_article_is_found_by(href: str) -> None:
    graph = made({"posts/tea.md": href}, {"posts/bread.md": "/2024/bread/", "posts/tea.md": "/2024/tea/"})
    assert graph.outbound["posts/tea.md"] == ("posts/bread.md",)
    assert graph.inbound["posts/bread.md"] == ("posts/tea.md",)
    assert graph.broken == ()


@pytest.mark.parametrize(
    "href",
    ["", "#crust", "?page=2", "mailto:a@example.org", "tel:1", "javascript:x()", "https://other.org/2024/bread/"]
    + ["http://[", "//", "/", "https://example.org", "data:text/plain,x", "https://example.org.evil.com/2024/bread/"],
)
def test_what_leads_to_no_article_is_no_link(href: str) -> None:
    graph = made({"tea.md": href}, {"bread.md": "/2024/bread/", "tea.md": "/2024/tea/"})
    assert graph.outbound["tea.md"] == ()
    assert graph.broken == ()


def test_a_blog_below_a_path_is_left_for_the_rest_of_its_host() -> None:
    permalinks = {"a.md": "/bread/", "b.md": "/tea/", "c.md": "/jam/", "d.md": "/rye/"}
    hrefs = {"b.md": f"{HOME}/blog/bread/", "c.md": "/blog/bread", "d.md": f"{HOME}/bread/"}
    pages = [ArticleLinks(Node(id, id, permalinks[id]), (RenderedLink(hrefs.get(id, ""), ""),)) for id in permalinks]
    graph = build(pages, Blog((f"{HOME}/blog",)))
    assert graph.inbound["a.md"] == ("b.md", "c.md")


def test_permalinks_may_have_the_path_of_the_blog_in_them() -> None:
    pages = [
        ArticleLinks(Node("a.md", "A", "/blog/a/")),
        ArticleLinks(
            Node("b.md", "B", "/blog/b/"),
            (RenderedLink(f"{HOME}/blog/a/", ""), RenderedLink("/blog/a", ""), RenderedLink("../a/", "")),
        ),
    ]
    graph = build(pages, Blog((f"{HOME}/blog",)))
    assert len(graph.edges) == 3
    assert graph.broken == ()


def test_a_static_host_adds_the_ending_itself() -> None:
    hrefs = {"b.md": "/2024/a", "c.md": "/2024/a/"}
    graph = made(hrefs, {"a.md": "/2024/a.html", "b.md": "/2024/b.html", "c.md": "/2024/c.html"})
    assert graph.inbound["a.md"] == ("b.md", "c.md")
    assert kinds(graph) == [("spelling", "/2024/a/")]


def test_without_known_permalinks_neighbours_are_found_by_their_names() -> None:
    words = tuple(
        RenderedLink(href, "")
        for href in ("../bread/", "../bread", "bread/", "/posts/bread/", "bread", "../cat.png", "x")
    )
    graph = build([ArticleLinks(Node("posts/bread.md", "B")), ArticleLinks(Node("posts/tea/index.md", "T"), words)])
    assert len(graph.edges) == 5
    assert graph.broken == ()


def test_spellings_in_unicode_and_percent_are_one() -> None:
    names = ["/2024/żółw/", "/2024/" + quote("żółw"), "/2024/z\u0307o\u0301łw/", "/2024/" + quote("żółw").lower()]
    for written in names:
        for permalink in names:
            graph = made({"tea.md": written}, {"a.md": permalink, "tea.md": "/tea/"})
            assert graph.outbound["tea.md"] == ("a.md",), (written, permalink)


def test_a_blog_whose_address_nobody_told_is_known_by_its_links() -> None:
    nodes = [Node(f"posts/2024-01-0{n}-word{n}.md", f"Word {n}", day=f"2024-01-0{n}") for n in range(1, 6)]
    urls = [f"https://blog.example.org/2024/01/0{n}/word{n}.html" for n in (2, 3, 4, 5, 1)]
    pages = [
        ArticleLinks(each, (RenderedLink(url, ""), RenderedLink("https://other.org/x", "")))
        for each, url in zip(nodes, urls, strict=True)
    ]
    graph = build(pages)
    assert graph.guessed
    assert [len(ids) for ids in graph.inbound.values()] == [1] * 5
    assert graph.broken == ()


@given(
    st.lists(st.text("abß ż%?#.-_日", min_size=1, max_size=8), min_size=1, max_size=6, unique=True),
    st.data(),
)
def test_any_spelling_of_any_address_is_found_and_none_fails(names: list[str], data: st.DataObject) -> None:
    paths = [f"/{quote(name, safe='')}x/" for name in names]
    pages = [
        ArticleLinks(Node(f"{at:03}.md", name, path)) for at, (name, path) in enumerate(zip(names, paths, strict=True))
    ]
    wanted = data.draw(st.sampled_from(range(len(names))))
    start = data.draw(st.sampled_from(["", HOME, "http://www.example.org"]))
    end = data.draw(st.sampled_from(["", "/", "#a", "/?q=1#b"]))
    source = ArticleLinks(Node("zzz.md", "z", "/zzz/"), (RenderedLink(start + paths[wanted].rstrip("/") + end, ""),))
    graph = build([*pages, source], Blog((HOME,)))
    assert len(graph.outbound["zzz.md"]) == 1
    found = graph.nodes[graph.edges[0].target]
    assert found.permalink.casefold() == paths[wanted].casefold()


@given(st.text(max_size=60))
def test_no_address_fails(href: str) -> None:
    made({"tea.md": href}, {"posts/a.md": "/2024/a/", "tea.md": "/2024/tea/"})


# The graph


def test_links_count_once_and_to_oneself_not_at_all() -> None:
    words = (RenderedLink("/a/", "one"), RenderedLink("/a/#x", "two"), RenderedLink("/b/", "self"))
    graph = build(
        [ArticleLinks(Node("a.md", "A", "/a/")), ArticleLinks(Node("b.md", "B", "/b/"), words)], Blog((HOME,))
    )
    assert graph.outbound == {"a.md": (), "b.md": ("a.md",)}
    assert [edge.text for edge in graph.edges] == ["one", "two"]
    assert [node.id for node in graph.orphans] == ["b.md"]
    assert [(node.id, source.id) for node, source in graph.weak] == [("a.md", "b.md")]


def test_no_articles_no_graph() -> None:
    graph = build([])
    assert (graph.nodes, graph.orphans, graph.weak, graph.broken) == ((), (), (), ())


def test_two_articles_at_one_address_and_aliases_in_a_circle() -> None:
    pages = [
        ArticleLinks(Node("a.md", "A", "/a/", ("/b/", "/a/")), (RenderedLink("/b/", ""), RenderedLink("/c/", ""))),
        ArticleLinks(Node("b.md", "B", "/b/", ("/a/", "/c/")), (RenderedLink("/a/", ""),)),
        ArticleLinks(Node("c.md", "C", "/a/", ("/c/",)), (RenderedLink("/a/", ""),)),
    ]
    graph = build(pages, Blog((HOME,)))
    assert graph.outbound == {"a.md": ("b.md",), "b.md": ("a.md",), "c.md": ("a.md",)}
    assert kinds(graph) == [("redirect", "/c/")]


# What is wrong


POSTS = {f"{n}.md": f"/2024/{n:02}/03/post-number-{n}/" for n in range(1, 9)}


@pytest.mark.parametrize(
    ("href", "kind", "nearest"),
    [
        ("/2024/02/04/post-number-2/", "broken", "2.md"),
        ("/2023/02/03/post_number_2.html", "broken", "2.md"),
        ("/2024/02/03/post-numbr-2", "broken", "2.md"),
        ("/2024/02/03/quite-another", "broken", None),
        ("/2024/02/03/4711", "broken", None),
        ("gone.md", "broken", None),
        ("/@post_url/2024-01-01-gone", "broken", None),
        ("@/gone.md", "broken", None),
        ("/2024/02/03/Post-Number-2/", "spelling", "2.md"),
        ("/2024/02/03/post-number-2.html", "spelling", "2.md"),
        ("www.example.com/x", "no-scheme", None),
        ("example.com", "no-scheme", None),
        ("%20https://example.com", "no-scheme", None),
        ("/post-number-2", "unclear", "2.md"),
    ],
)
def test_a_link_that_is_wrong(href: str, kind: str, nearest: str | None) -> None:
    graph = made({"1.md": href}, POSTS)
    assert kinds(graph) == [(kind, href)]
    assert target(graph, graph.broken[0]) == nearest


@pytest.mark.parametrize(
    "href",
    ["/", "/about/", "/tag/bread/", "/tags/post-number", "/2024/", "/2024/02", "/2024/02/03/", "/feed.xml", "/x.png"]
    + ["/assets/2024/02/03/x.pdf", "/category/bread/page/2/", "/2024/02/03/post-number-2/feed/", "/wp-content/x"]
    + ["/search?q=post-number", "/archive", "../", "pictures/cat.jpg", "/projects/thing/"],
)
def test_pages_that_are_no_articles_are_not_called_broken(href: str) -> None:
    assert made({"1.md": href}, POSTS).broken == ()


def test_static_files_are_not_called_broken() -> None:
    href = "/2024/02/03/slides"
    assert kinds(made({"1.md": href}, POSTS)) == [("broken", href)]
    assert made({"1.md": href}, POSTS, is_there=lambda path: path == href[1:]).broken == ()


def test_where_articles_have_only_a_name_one_that_is_gone_is_less_clear() -> None:
    permalinks = {f"{n}.md": f"/words-about-thing-{n}/" for n in range(4)}
    assert kinds(made({"1.md": "/some-words-about-bread/"}, permalinks)) == [("unclear", "/some-words-about-bread/")]
    assert made({"1.md": "/imprint-and-privacy-policy/"[:8]}, permalinks).broken == ()


def test_the_words_of_a_link_tell_what_a_number_meant() -> None:
    pages = [ArticleLinks(Node(f"{n}.md", f"The number {n} of posts", f"/2024/01/0{n}/post{n}/")) for n in range(1, 6)]
    lost = ArticleLinks(
        Node("z.md", "Z", "/2024/01/09/z/"), (RenderedLink("/2024/01/02/4711.aspx", "The Number 3 of Posts"),)
    )
    graph = build([*pages, lost], Blog((HOME,)))
    assert target(graph, graph.broken[0]) == "3.md"


# From files


def test_what_generators_write_for_the_address_of_an_article(tmp_path: Path) -> None:
    body = """
        [a]({% post_url 2024-01-02-bread %}) <a href="{{ site.url }}{% post_url 2024-01-02-bread %}">b</a>
        [c]({{ site.baseurl }}{% link _posts/2024-01-02-bread.md %}#crust) [d]({{ site.url }}/breads/)
        [e]({{ "/breads/" | relative_url }}) [f][ref] <https://example.org/breads/>
        [g](http://www.example.org{% post_url 2024-01-02-bread %})

        [ref]: {{ site.baseurl }}{% post_url 2024-01-02-bread %} "Words"

        `[x]({% post_url 2024-01-02-gone %})` {% post_url 2024-01-02-gone %}

            [y](/2024/gone/)

        ~~~
        [z](/2024/gone/) <a href="/2024/gone/">z</a>
        ~~~
        <!-- <a href="/2024/gone/">no</a> -->
        <pre><a href="/2024/gone/">no</a></pre>
        """
    files = {
        "_config.yml": f"url: {HOME}\n",
        "_posts/2024-01-02-bread.md": "---\npermalink: /breads/\n---\nBread.\n",
        "_posts/2024-01-03-tea.md": "---\ntitle: Tea\n---\n" + "\n".join(map(str.strip, body.split("\n"))),
    }
    files["_posts/2024-01-03-tea.md"] = files["_posts/2024-01-03-tea.md"].replace("[y]", "\n    [y]")
    graph = of(tmp_path, files)
    assert [edge.text for edge in graph.edges] == ["a", "b", "c", "d", "e", "f", "https://example.org/breads/", "g"]
    assert graph.broken == ()


def test_refs_of_hugo_and_paths_of_zola(tmp_path: Path) -> None:
    body = '[a]({{< ref "bread" >}}) [b]({{< relref "/posts/bread.md#crust" >}}) [c]({{% ref path="posts/bread" %}})'
    files = {
        "hugo.toml": "baseURL = 'https://example.org/'\n",
        "content/posts/bread/index.md": "---\ntitle: Bread\n---\nBread.\n",
        "content/posts/tea.md": f"---\ntitle: Tea\n---\n{body} [d](@/posts/bread/index.md) [e](bread/index.md)\n",
    }
    graph = of(tmp_path, files)
    assert [edge.text for edge in graph.edges] == ["a", "b", "c", "d", "e"]


def test_links_of_hexo(tmp_path: Path) -> None:
    body = "{% post_link bread %} {% post_link bread 'The [bread]' %} [c]({% post_path bread %}) {% post_link none x %}"
    files = {
        "_config.yml": "source_dir: source\nurl: https://example.org\nroot: /\npermalink: :year/:title/\n",
        "source/_posts/bread.md": "---\ntitle: Bread\ndate: 2024-01-02\n---\nBread.\n",
        "source/_posts/tea.md": f"---\ntitle: Tea\ndate: 2024-01-03\n---\n{body}\n",
    }
    graph = of(tmp_path, files)
    assert [edge.text for edge in graph.edges] == ["Bread", "The bread", "c"]
    assert kinds(graph) == [("broken", "/@post_url/none")]


def test_links_of_pelican(tmp_path: Path) -> None:
    files = {
        "pelicanconf.py": "",
        "content/bread.md": "Title: Bread\nDate: 2024-01-02\n\nBread.\n",
        "content/notes/tea.md": "Title: Tea\nDate: 2024-01-03\n\n"
        "[a]({filename}/bread.md#crust) [b]({filename}../bread.md)\n",
        "content/soup.rst": "Soup\n####\n\n:date: 2024-01-04\n\n`c <{filename}bread.md>`_ `d <{filename}none.md>`_\n",
    }
    graph = of(tmp_path, files)
    assert [edge.text for edge in graph.edges] == ["a", "b", "c"]
    assert kinds(graph) == [("broken", "/@ref/none.md")]


def test_links_to_what_readers_do_not_see(tmp_path: Path) -> None:
    hrefs = ["/2024/draft/", "_drafts/other.md", "/2999/01/01/later.html", "{% post_url 2999-01-01-later %}", "/about/"]
    body = " ".join(f"[x{n}]({href})" for n, href in enumerate(hrefs))
    files = {
        "_config.yml": f"url: {HOME}\n",
        "_drafts/draft.md": "---\npermalink: /2024/draft/\n---\nx\n",
        "_drafts/other.md": "---\ntitle: Other\n---\nx\n",
        "_posts/2999-01-01-later.md": "---\ntitle: Later\n---\nx\n",
        "about.html": "---\npermalink: /about/\n---\nx\n",
        "a.md": f"---\ntitle: A\npermalink: /2024/a/\n---\n{body}\n",
    }
    graph = of(tmp_path, files)
    assert [(t.kind, t.why, t.text) for t in graph.broken] == [
        ("hidden", "draft", "x0"),
        ("hidden", "draft", "x1"),
        ("hidden", "future", "x2"),
        ("hidden", "future", "x3"),
    ]
    assert [node.id for node in graph.orphans] == ["a.md"]


# Links in HTML


def test_links_have_their_words() -> None:
    html = (
        '<p><a href="/a?x=1&amp;y=2">one <b>two</b></a> <A class=x HREF=/b>three<br>four</A><a name="x">no</a>'
        '<a href=\'/c\'><img src="x.png" alt="a cat"></a><a title="t > u" href="/d"></a>'
        '<script>"<a href=/no>"</script><!-- <a href="/no">no</a> --><a href="/e">unclosed <a href="/f">f'
    )
    assert extract_links(html) == (
        RenderedLink("/a?x=1&y=2", "one two"),
        RenderedLink("/b", "three four"),
        RenderedLink("/c", "a cat"),
        RenderedLink("/d", "t > u"),
        RenderedLink("/e", "unclosed"),
        RenderedLink("/f", "f"),
    )


@pytest.mark.parametrize("piece", ['<a href="', "<!--", "<pre>", "<a ", '<a href="/x">', "<script>", "<a href='\""])
def test_hostile_html_takes_linear_time(piece: str) -> None:
    extract_links(piece * (1_000_000 // len(piece)))


# Size


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_thousand_articles() -> None:
    count = 100_000

    def pages() -> Any:
        for n in range(count):
            others = ((n * 7 + k) % count for k in (1, 2, 3))
            links = tuple(RenderedLink(f"{HOME}/2024/01/02/post-{k}-about-word{k % 3}/", "x") for k in others)
            broken = (RenderedLink(f"/2023/01/02/post-{n}-abuot-word1/", "y"),) if n % 100 == 0 else ()
            yield ArticleLinks(
                Node(f"posts/{n:06}.md", f"Post {n}", f"/2024/01/02/post-{n}-about-word{n % 3}/"),
                (*links, *broken, RenderedLink("https://elsewhere.org/x", "z")),
            )

    graph = build(pages(), Blog((HOME,)))
    assert graph.visible == count
    assert [trouble.kind for trouble in graph.broken] == ["broken"] * (count // 100)
    assert sum(map(len, graph.inbound.values())) == sum(map(len, graph.outbound.values())) > 2 * count
