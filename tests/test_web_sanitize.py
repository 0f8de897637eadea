"""What becomes of an article's own HTML on its page."""

from __future__ import annotations

import re
import time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.editor.links.address_forms import stem
from searchapp.model import Article, Section
from searchapp.serialize import article_path
from searchapp.web.reader.sanitize import LinkContext, body_html

IDS = {"posts/other.md", "posts/deep/near.md", "other.md"}
BY_PATH = {"/2024/other": "posts/other.md"}


def clean(html: str, site_url: str = "", permalink: str = "/2024/this/", root: str = "") -> str:
    def locate(path: str) -> str | None:
        return BY_PATH.get(path.rstrip("/"))

    article = Article("posts/this.md", "This", permalink, html=html, sections=(Section("", "", "plain <text>"),))
    names = {stem(id).rpartition("/")[2]: id for id in sorted(IDS)} | {stem(id): id for id in IDS}
    return body_html(
        article, LinkContext(site_url, partial(article_path, root=root), locate, IDS.__contains__, named=names.get)
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>body{display:none}</style>",
        '<iframe src="https://e.org"></iframe>',
        '<form action="https://e.org"><input name=q><button>x</button></form>',
        '<object data="x"></object><embed src="x">',
        "<svg onload=alert(1)><script>x</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java\tscript:alert(1)">x</a>',
        '<a href=" &#x6A;avascript:alert(1)">x</a>',
        '<a href="vbscript:x">x</a><a href="data:text/html,x">x</a>',
        '<img src="data:text/html,<script>">',
        '<p style="position:fixed" onclick="x()" class="top">x</p>',
        '<base href="https://evil.org"><meta http-equiv=refresh content="0"><link rel=stylesheet href=x>',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "<!-- <script>alert(1)</script> -->",
        "<template><script>x</script></template><textarea><script>x</script></textarea>",
    ],
)
def test_what_is_dangerous_is_gone(html: str) -> None:
    found = clean(f"<p>before</p>{html}<p>after</p>")
    assert "before" in found
    assert "after" in found
    tags = " ".join(re.findall(r"<[^>]*>", found))
    for bad in ("script", "style", "iframe", "form", "object", "svg", "math", "base", "meta", "link "):
        assert f"<{bad}" not in tags
    assert not re.search(r"\son\w+=|javascript|vbscript|data:text|class=|evil", tags)


def test_prose_is_kept() -> None:
    html = (
        '<h2 id="a">A</h2><p><em>x</em> <code>y</code></p><pre><code>z</code></pre>'
        "<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>d</td></tr></tbody></table>"
        "<details><summary>s</summary>t</details><figure><figcaption>c</figcaption></figure>"
        "<ol><li>one</li></ol><blockquote><p>q</p></blockquote>"
    )
    scrolled = html.replace("<pre>", '<pre tabindex="0">').replace("<table>", '<table tabindex="0">')
    assert clean(html) == scrolled


@pytest.mark.parametrize(
    ("site", "href", "found"),
    [
        ("", "https://e.org/x?a=1&b=2", "https://e.org/x?a=1&b=2"),
        ("", "mailto:a@e.org", "mailto:a@e.org"),
        ("", "#part", "#part"),
        ("", "other.md", "/articles/posts/other.md"),
        ("", "./deep/near.md#x", "/articles/posts/deep/near.md#x"),
        ("", "../other.md", "/articles/other.md"),
        ("", "/posts/other.md", "/articles/posts/other.md"),
        ("", "/2024/other/", "/articles/posts/other.md"),
        ("", "/2024/other#there", "/articles/posts/other.md#there"),
        ("", "../other/", "/articles/posts/other.md"),
        ("https://e.org", "https://e.org/2024/other/", "/articles/posts/other.md"),
        ("https://e.org/blog", "https://e.org/blog/2024/other/", "/articles/posts/other.md"),
        ("https://e.org/blog", "/blog/2024/other/", "/articles/posts/other.md"),
        ("https://e.org", "/about/", "https://e.org/about/"),
        ("https://e.org", "page.html", "https://e.org/2024/this/page.html"),
        ("https://e.org", "//cdn.org/x", "https://cdn.org/x"),
        ("", "/about/", None),
        ("", "../../../etc/passwd", None),
        ("", "none.md", None),
        ("", "", None),
        ("", "http://[bad", None),
        ("", "https://", None),
    ],
)
def test_links(site: str, href: str, found: str | None) -> None:
    html = clean(f'<p><a href="{href}">words</a></p>', site)
    match = re.search(r'href="([^"]*)"', html)
    assert (match[1].replace("&amp;", "&") if match else None) == found
    assert "words" in html


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/@post_url/near", "/articles/posts/deep/near.md"),
        ("https://www.example.org/@post_url/near#a", "/articles/posts/deep/near.md#a"),
        ("/@link/posts/other.md", "/articles/posts/other.md"),
        ("/@ref/deep/near#a", "/articles/posts/deep/near.md#a"),
        ("/@ref/near.md", "/articles/posts/deep/near.md"),
        ("@/posts/other.md#a", "/articles/posts/other.md#a"),
        ("/@post_url/gone", None),
        ("@/gone.md", None),
        ("https://social.example/@ref/1", "https://social.example/@ref/1"),
    ],
)
def test_what_generators_tags_stand_for(href: str, found: str | None) -> None:
    match = re.search(r'href="([^"]*)"', clean(f'<p><a href="{href}">words</a></p>', "https://example.org"))
    assert (match[1] if match else None) == found


def test_links_that_leave_say_so() -> None:
    assert 'rel="nofollow noopener"' in clean('<a href="https://e.org/">x</a>')
    assert "rel=" not in clean('<a href="other.md">x</a>')


def test_links_below_a_mount_point() -> None:
    assert 'href="/find/articles/posts/other.md"' in clean('<a href="other.md">x</a>', root="/find")


@pytest.mark.parametrize(
    ("site", "src", "found"),
    [
        ("", "https://e.org/a.png", "https://e.org/a.png"),
        ("", "http://e.org/a.png", "https://e.org/a.png"),
        ("", "//e.org/a.png", "https://e.org/a.png"),
        ("", "data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        ("https://e.org", "/a.png", "https://e.org/a.png"),
        ("https://e.org", "a.png", "https://e.org/2024/this/a.png"),
        ("", "/a.png", None),
        ("", "a.png", None),
        ("", "file:///etc/passwd", None),
        ("", "data:image/png;base64," + "A" * 300_000, None),
    ],
)
def test_images(site: str, src: str, found: str | None) -> None:
    html = clean(f'<p><img src="{src}" alt="A &lt;b&gt; &amp; &quot;view&quot;"></p>', site)
    match = re.search(r'src="([^"]*)"', html)
    assert (match[1] if match else None) == found
    if found is None:
        assert html == "<p>A &lt;b&gt; &amp; &quot;view&quot;</p>"
    else:
        assert 'loading="lazy"' in html


def test_headings_stand_below_the_title() -> None:
    assert clean("<h1>a</h1><h3>b</h3><h6>c</h6>") == "<h2>a</h2><h4>b</h4><h6>c</h6>"
    assert clean("<h4 id='x'>a</h4><h5>b</h5>") == '<h2 id="x">a</h2><h3>b</h3>'


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<h1 id="this">This</h1><h2>b</h2>', '<span id="this"></span><h2>b</h2>'),
        ("<h2><em>THIS</em></h2><p>x</p>", "<p>x</p>"),
        ("<h2>This and that</h2>", "<h2>This and that</h2>"),
        ("<p>x</p><h2>This</h2>", "<p>x</p><h2>This</h2>"),
    ],
)
def test_a_title_that_the_body_repeats_is_shown_once(html: str, found: str) -> None:
    assert clean(html) == found


def test_only_anchors_keep_their_ids() -> None:
    html = clean(
        '<h2 id="good-one">a</h2><h2 id="searchapp-q">b</h2><p id="x">c</p><img id="body" alt="">'
        '<a id="y" name="forms">d</a><ol><li id="fn:1">e</li><li id="location">f</li></ol>'
        '<sup id="fnref:1">g</sup><h3 id="ü">h</h3>'
    )
    assert re.findall(r'id="([^"]*)"', html) == ["good-one", "fn:1", "fnref:1", "ü"]
    assert "name=" not in html


def test_a_body_that_can_not_be_kept_is_plain_text() -> None:
    started = time.perf_counter()
    assert clean("<ul><li>" * 30_000) == "<p>plain &lt;text&gt;</p>"
    assert clean("<div>" * 30_000) == "<p>plain &lt;text&gt;</p>"
    assert clean("x" * 2_000_001) == "<p>plain &lt;text&gt;</p>"
    assert clean("") == "<p>plain &lt;text&gt;</p>"
    assert time.perf_counter() - started < 2


@given(st.text(st.sampled_from("<>/\"'= abimgscriptonerf:#&;x"), max_size=200))
def test_whatever_comes_in_only_known_tags_go_out(html: str) -> None:
    for tag in re.findall(r"<[^>]*>", clean(html)):
        assert re.fullmatch(
            r"</?(?:a|abbr|b|br|cite|em|figcaption|i|img|ins|p|pre|rp|rt|s|samp|span|strong|tfoot|time|tr|tt)"
            r'(?: (?:href|src|alt|title|loading|rel|id|cite)="[^"<>]*")*>',
            tag,
        )
