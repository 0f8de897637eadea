"""Marked words in an article: those that the search met, counted, and nothing else changed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.model import SynonymSet
from searchapp.web.reader import mark_article
from searchapp.web.reader.mark_article import MarkedHtml, mark_matches


def brief(found: MarkedHtml) -> str:
    """The HTML with a match's first mark as `[1:`, its others as `[`."""
    html = re.sub(r'<mark class="found" id="searchapp-m(\d+)">', r"[\1:", found.html)
    return html.replace('<mark class="found">', "[").replace("</mark>", "]")


def test_what_means_the_same_is_marked_too() -> None:
    sets = (SynonymSet(("red", "blue sky")), SynonymSet(("green",), ("red",)))
    html = "<p>Reds, a blue <em>sky</em>, blue, greens.</p>"
    assert brief(mark_matches(html, "red", "en", sets)) == "<p>[1:Reds], a [2:blue ]<em>[sky]</em>, blue, greens.</p>"
    assert brief(mark_matches(html, "green", "en", sets)) == "<p>[1:Reds], a blue <em>sky</em>, blue, [2:greens].</p>"
    assert brief(mark_matches(html, '"greens"', "en", sets)) == "<p>Reds, a blue <em>sky</em>, blue, [1:greens].</p>"


@pytest.mark.parametrize(
    ("html", "query", "expected"),
    [
        ("<p>The trains, training a train.</p>", "train", "<p>The [1:trains], [2:training] a [3:train].</p>"),
        ("<p>Café &amp; CAFE, cafeteria</p>", "cafe", "<p>[1:Café] &amp; [2:CAFE], cafeteria</p>"),
        ("<p>a &lt;b&gt; c &amp; b</p>", "b", "<p>a &lt;[1:b]&gt; c &amp; [2:b]</p>"),
        ("<p>red green, red</p>", '"red green"', "<p>[1:red green], red</p>"),
        (
            '<p><em>red</em> <a href="/red">gre</a>en</p>',
            '"red green"',
            '<p><em>[1:red]</em>[ ]<a href="/red">[gre]</a>[en]</p>',
        ),
        ("<p>red</p><p>green</p>", '"red green"', "<p>red</p><p>green</p>"),
        ("<p>red green blue, red</p>", "red green", "<p>[1:red] [green] blue, [2:red]</p>"),
        ("<p>red<br>green</p>", "red green", "<p>[1:red]<br>[green]</p>"),
        ("<p>石磨的部署</p>", "石磨部署", "<p>[1:石磨]的[2:部署]</p>"),
        ("<p>石磨的部署。石磨部署</p>", "石磨部署", "<p>石磨的部署。[1:石磨部署]</p>"),
        ("<p>mar<wbr>malade</p>", "marmalade", "<p>[1:mar]<wbr>[malade]</p>"),
        (
            '<p>train<sup id="fnref1"><a href="#fn1">1</a></sup> red</p>',
            "train 1",
            '<p>[1:train]<sup id="fnref1"><a href="#fn1">1</a></sup> red</p>',
        ),
        ("<pre><code>def red():\n  red</code></pre>", "red", "<pre><code>def [1:red]():\n  [2:red]</code></pre>"),
        (
            '<img src="/red.png" alt="red > red" title="red"><p>x</p>',
            "red",
            '<img src="/red.png" alt="red > red" title="red"><p>x</p>',
        ),
        (
            "<ul><li>red<ul><li>green</li></ul></li></ul>",
            "red green",
            "<ul><li>[1:red]<ul><li>[2:green]</li></ul></li></ul>",
        ),
        ("<p>redder reds</p>", "redd*", "<p>[1:redder] reds</p>"),
        ("<p>red blue</p>", "red -blue", "<p>[1:red] blue</p>"),
        ("<p>全文検索する</p>", "検索", "<p>全文[1:検索]する</p>"),
        ("<p>red</p>", "", "<p>red</p>"),
        ("<p>red</p>", '-- ""', "<p>red</p>"),
    ],
)
def test_words_are_marked(html: str, query: str, expected: str) -> None:
    assert brief(mark_matches(html, query, "en")) == expected


def test_words_of_another_language_are_marked_if_there_are_no_others() -> None:
    assert brief(mark_matches("<p>les chevaux</p>", "cheval", "fr")) == "<p>les [1:chevaux]</p>"
    assert brief(mark_matches("<p>The nationalit cause</p>", "nationalité", "en")) == "<p>The [1:nationalit] cause</p>"


def test_twenty_thousand_matches_are_counted_up_to_a_thousand() -> None:
    found = mark_matches("<p>red blue</p>" * 20_000, "red", "en")
    assert (found.count, found.more) == (mark_article.MAX_MATCHES, True)
    assert found.html.count("<mark") == mark_article.MAX_MATCHES
    assert found.html.count("<p>") == 20_000
    exact = mark_matches("<p>red blue</p>" * mark_article.MAX_MATCHES, "red", "en")
    assert (exact.count, exact.more) == (mark_article.MAX_MATCHES, False)


pieces = st.sampled_from([
    "<p>", "</p>", "<em>", "</em>", '<a href="/red &quot;red&quot; > red">', "</a>", "red", " ", "green", "&lt;red&gt;",
    "&amp;", "<br>", "<li>", "</li>", "red green", "ré", "&nbsp;", '<sup id="fnref1">', "</sup>", "検索する", "C++",
])  # fmt: skip


@given(
    st.lists(pieces, max_size=30).map("".join), st.sampled_from(["red", "red green", '"red green"', "re*", "検索 C++"])
)
def test_only_marks_are_added(html: str, query: str) -> None:
    found = mark_matches(html, query, "en")
    assert unescape(re.sub(r"</?mark[^<>]*>", "", found.html)) == unescape(html)
    assert re.findall(r'id="searchapp-m(\d+)"', found.html) == [str(number + 1) for number in range(found.count)]
    assert mark_article._TAG.findall(re.sub(r"</?mark[^<>]*>", "", found.html)) == mark_article._TAG.findall(html)
