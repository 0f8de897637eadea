"""A draft in hand: where it could link, what to paste, what it lacks; and drafts that are none."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import markdown
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from searchapp.articles import WALL, parse_draft
from searchapp.articles.body.prose_spans import prose_spans
from searchapp.cli import cli
from searchapp.editor.drafting import link_suggestions
from searchapp.editor.drafting.link_markdown import link_span, make_link
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.model import Article

POSTS = {
    "_posts/2020-01-01-proofing-basket.md": (
        "title: Choosing a proofing basket\ntags: [bread, tools]\ncategories: [kitchen]\npermalink: /basket/\n",
        "A banneton holds the dough. A banneton made of cane is light, a banneton made of pulp is not.\n\n"
        "## Flouring a banneton\n\nRye flour sticks least. "
        "Flouring a banneton takes a minute; flouring a banneton is no art.",
    ),
    "_posts/2020-02-01-sourdough-starter.md": (
        "title: A sourdough starter\ntags: [bread, baking]\ncategories: [kitchen]\npermalink: /sourdough-starter/\n",
        "Feed it daily with rye flour. The dough rises with wild yeast, and wild yeast likes it warm.\n\n"
        "## Wild yeast in winter\n\nWild yeast sleeps in the cold; wild yeast wakes in warm water.",
    ),
    "_posts/2020-03-01-first-loaf.md": (
        "title: The first loaf\ntags: [bread, baking]\ncategories: [kitchen]\npermalink: /first-loaf/\n",
        "Dough, a hot oven, steam. The loaf sings while it cools. Flour and water and salt make the dough.",
    ),
    "_posts/2021-01-01-tubeless.md": (
        "title: Tubeless tyres\ntags: [cycling]\ncategories: [bicycle]\npermalink: /tubeless-tyres/\n",
        "Sealant, rim tape, a valve and patience. Pump until it snaps.\n\n## The end\n\nThat is the end.",
    ),
    "_posts/2021-02-01-truing.md": (
        "title: Truing a wheel\ntags: [cycling]\ncategories: [bicycle]\npermalink: /truing (a wheel)/\n",
        "A spoke key and an hour. Turn each nipple a quarter.\n\n## The end\n\nThat is the end.",
    ),
}
DRAFT = """---
title: Bread on a bicycle tour
---

# A sourdough starter on the road

I carry a **sourdough starter** in a jar. It goes well with [tubeless tyres](/tubeless-tyres/),
and in the end `A sourdough starter` wants *wild
yeast* and flour for its dough; Flouring a Banneton is not needed, the banneton of cane stays. The loaf bakes in a pot.

    Truing a wheel in code

Truing a wheel was the end of it: dough everywhere, flour and water and salt.
"""


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blog")
    for id, (front, body) in POSTS.items():
        path = folder / "content" / id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{front}---\n\n{body}\n", encoding="utf-8")
    assert run(folder, "index").exit_code == 0
    return folder


def run(folder: Path, *args: str, stdin: str | bytes = "") -> Result:
    flags = [f"--content={folder / 'content'}", f"--index={folder / 'index'}"]
    return CliRunner().invoke(cli, [*args, *flags], input=stdin)


def suggested(folder: Path, draft: str) -> dict[str, dict[str, Any]]:
    result = run(folder, "links", "-", "--json", stdin=draft)
    return {link["phrase"]: link for link in json.loads(result.stdout)["links"]}


def test_links_name_phrase_place_target_reason_and_markdown(blog: Path) -> None:
    found = suggested(blog, DRAFT)
    starter = found["sourdough starter"]
    assert (starter["line"], starter["column"]) == (7, 13)
    assert starter["article"] == {
        "id": "_posts/2020-02-01-sourdough-starter.md",
        "url": "/articles/_posts/2020-02-01-sourdough-starter.md",
        "title": "A sourdough starter",
    }
    assert starter["why"] == {"kind": "title", "text": "A sourdough starter"}
    assert starter["markdown"] == "[sourdough starter](/sourdough-starter/)"
    assert starter["jekyll"] == "[sourdough starter]({% post_url 2020-02-01-sourdough-starter %})"
    assert starter["before"].endswith("a **")
    assert starter["after"].startswith("** in")
    heading = found["Flouring a Banneton"]
    assert heading["anchor"] == "flouring-a-banneton"
    assert heading["markdown"] == "[Flouring a Banneton](/basket/#flouring-a-banneton)"


def test_what_is_linked_or_code_or_everyday_is_not_suggested(blog: Path) -> None:
    found = suggested(blog, DRAFT)
    assert not any("tyres" in phrase or "the end" in phrase.lower() for phrase in found)
    assert found["Truing a wheel"]["line"] == 13
    assert found["Truing a wheel"]["markdown"] == "[Truing a wheel](/truing%20%28a%20wheel%29/)"
    assert len({str(link["article"]) for link in found.values()}) == len(found)


@pytest.mark.parametrize(
    "link",
    [
        "[x](/sourdough-starter)",
        "[x]({{ site.baseurl }}{% post_url 2020-02-01-sourdough-starter %})",
        "[x][y]\n\n[y]: https://example.org/sourdough-starter/index.html\n",
        '<a href="/sourdough-starter/">x</a>',
        "[x](../_posts/2020-02-01-sourdough-starter.md)",
        "<https://example.org/sourdough-starter/>",
    ],
)
def test_a_target_that_the_draft_links_is_not_suggested_again(blog: Path, link: str) -> None:
    assert "sourdough starter" in suggested(blog, "My sourdough starter and x.")
    assert "sourdough starter" not in suggested(blog, f"My sourdough starter and {link}.")


def test_an_article_is_not_told_to_link_itself(blog: Path) -> None:
    path = blog / "content" / "_posts/2020-02-01-sourdough-starter.md"
    found = json.loads(run(blog, "draft", str(path), "--json").stdout)
    assert found["published_as"] == "_posts/2020-02-01-sourdough-starter.md"
    named = {link["article"]["id"] for link in found["links"]} | {hit["id"] for hit in found["related"]}
    assert found["published_as"] not in named
    moved = path.read_text(encoding="utf-8").replace("Feed it", "Now feed it")
    assert json.loads(run(blog, "draft", "-", "--json", stdin=moved).stdout)["published_as"] == found["published_as"]


def test_a_whole_report(blog: Path) -> None:
    found = json.loads(run(blog, "draft", "-", "--json", stdin=DRAFT).stdout)
    assert found["draft"] == {"title": "Bread on a bicycle tour", "language": "en"}
    assert found["related"][0]["reasons"]
    assert [label["value"] for label in found["tags"]][:2] == ["baking", "bread"]
    assert len(found["tags"][0]["because"]) >= 2
    assert found["categories"][0]["value"] == "kitchen"
    said = run(blog, "draft", "-", stdin=DRAFT)
    assert said.exit_code == 0
    for part in ("-:7:13: ", "[sourdough starter](/sourdough-starter/)", "Tags it could have", "  baking  as "):
        assert part in said.stdout


def test_a_tag_that_the_draft_has_is_not_suggested(blog: Path) -> None:
    tagged = DRAFT.replace("---\n\n", "tags: [Bread]\n---\n\n", 1)
    found = json.loads(run(blog, "draft", "-", "--json", stdin=tagged).stdout)
    assert "bread" not in [label["value"] for label in found["tags"]]


def test_a_version_of_an_article_under_another_title_gets_its_links_too(blog: Path) -> None:
    path = blog / "content" / "_posts/2020-02-01-sourdough-starter.md"
    itself = path.read_text(encoding="utf-8") + "\nFlouring a banneton comes first, and truing a wheel last.\n"
    renamed = itself.replace("title: A sourdough starter", "title: Yeast at home")
    assert list(suggested(blog, itself)) == list(suggested(blog, renamed)) != []
    found = json.loads(run(blog, "draft", "-", "--json", stdin=renamed).stdout)
    assert found["published_as"] is None
    assert [each["id"] for each in found["alike"]] == ["_posts/2020-02-01-sourdough-starter.md"]
    assert [link["phrase"] for link in found["links"]] == list(suggested(blog, itself))


def test_what_says_almost_the_same_is_told(blog: Path) -> None:
    text = POSTS["_posts/2020-02-01-sourdough-starter.md"][1]
    found = json.loads(run(blog, "draft", "-", "--json", stdin=f"# Another title\n\n{text}").stdout)
    assert [each["id"] for each in found["alike"]] == ["_posts/2020-02-01-sourdough-starter.md"]
    assert found["alike"][0]["similarity"] > 0.9


def test_nothing_to_suggest_is_exit_code_1(blog: Path) -> None:
    result = run(blog, "links", "-", stdin="Quite another matter.")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "No link to suggest" in result.stderr


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\x89PNG\r\n\0\0\0", "is no text"),
        (b"\xff\x80\x81\xf5" * 200, "is no text"),
        (b"a" * 5_000_000, "more than 2,097,152 bytes"),
    ],
)
def test_what_is_no_draft_is_refused_with_a_reason(blog: Path, data: bytes, said: str) -> None:
    result = run(blog, "links", "-", stdin=data)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "standard input" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_is_said(blog: Path) -> None:
    result = run(blog, "links", "no-such-file.md")
    assert result.exit_code == 2
    assert "no-such-file.md can't be read" in result.stderr


def test_what_is_wrong_in_a_draft_is_said_and_passed_over(blog: Path) -> None:
    broken = b"---\ntitle: [unclosed\n---\r\n\r\nA sourdough starter,\r\nbad \xff byte.\r\n"
    result = run(blog, "links", "-", "--json", stdin=broken)
    document = json.loads(result.stdout)
    assert [warning["line"] for warning in document["warnings"]] == [3, 6]
    assert document["links"][0]["line"] == 5
    assert "not valid UTF-8" in result.stderr


def test_hostile_markdown_is_read_as_plain_text(blog: Path) -> None:
    result = run(blog, "links", "-", "--json", stdin="A sourdough starter.\n\n" + "- " * 30_000 + "[" * 9_000)
    document = json.loads(result.stdout)
    assert "read as plain text" in document["warnings"][-1]["reason"]
    assert document["links"][0]["phrase"] == "sourdough starter"


def test_a_draft_in_another_language_still_gets_what_it_names(blog: Path) -> None:
    text = "Ich habe einen Sauerteig und dazu Tubeless Tyres, und das ist nicht wenig für mich und die anderen."
    assert json.loads(run(blog, "draft", "-", "--json", stdin=text).stdout)["draft"]["language"] == "de"


def test_words_that_others_link_with_lead_where_they_do(engine: MemoryEngine) -> None:
    words = [f'<p>On foot I take <a href="/2024/packing/#{n}">my little packing list</a>.</p>' for n in range(2)]
    more = [
        Article(f"posts/more-{n}.md", f"Walking diary, part {n}", html=html, tags=("walking",), digest=str(n))
        for n, html in enumerate(words)
    ]
    engine.update(more, ())
    draft = "# Walking diary\n\nThe walking took a week on foot; my little packing list was wrong. A walking diary."
    found = link_suggestions.suggest_links(engine, parse_draft(draft.encode()))
    [link] = [each for each in found if each.kind == "link"]
    assert (link.phrase, link.article.permalink) == ("little packing list", "/2024/packing/")
    assert link.name == "my little packing list"


def test_no_two_suggestions_share_a_place_a_phrase_or_an_article(engine: MemoryEngine) -> None:
    titles = [article.title for id in engine.manifest() if (article := engine.article(id))]
    parsed = parse_draft(". ".join([*titles, *titles, "Sourdough", "A small yard"]).encode())
    found = link_suggestions.suggest_links(engine, parsed)
    assert len(found) > 10
    assert len({each.article.id for each in found}) == len({each.phrase for each in found}) == len(found)
    places = sorted((each.start, each.end) for each in found)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places))
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    known = {each.article.id for each in found[:3]}
    again = link_suggestions.suggest_links(engine, parsed, known)
    assert not known & {each.article.id for each in again}


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("# Head\n\ntext", ["text"]),
        ("Head\n====\n\ntext", ["text"]),
        ("a `code` b", ["a", "b"]),
        ("a ``co`de`` b", ["a", "b"]),
        ("a ` b", ["a ` b"]),
        ("```\ncode\n```\ntext", ["text"]),
        ("~~~ x\ncode", []),
        ("text\n\n    code\n", ["text"]),
        ("- item\n\n    more\n", ["item", "more"]),
        ("a [link](/x) b", ["a", "b"]),
        ("a [li`n`k](/x 'y') b", ["a", "b"]),
        ("a [link][r] b\n\n[r]: /x", ["a", "b"]),
        ("a [no link] b", ["a", "no link", "b"]),
        ("a ![pic](/x.png) b", ["a", "b"]),
        ("a <b>bold</b> c", ["a", "bold", "c"]),
        ("a <a href='/x'>link</a> b", ["a", "b"]),
        ("a <!-- b\n\nc --> d", ["a", "d"]),
        ("a https://x.y/z b", ["a", "b"]),
        ("a {% tag %} b {{ out }} c", ["a", "b", "c"]),
        ("{% highlight x %}\ncode\n{% endhighlight %}\ntext", ["text"]),
        ("> quoted\n> on", ["quoted", "on"]),
        ("| a | b |\n|---|---|\n| c | d |", ["a", "b", "c", "d"]),
        ("a[^1] b\n\n[^1]: note", ["a", "b", "note"]),
        ("the `<a>` tag\n\nb", ["the", "tag", "b"]),
    ],
)
def test_only_running_text_is_left(source: str, left: list[str]) -> None:
    found = prose_spans(source, 0).text
    assert len(found) == len(source)
    assert all(shown in {WALL, " ", there} for shown, there in zip(found, source, strict=True))
    assert [part.strip() for part in found.split(WALL) if part.strip()] == left


WORDS = st.sampled_from(["alpha", "beta", "gamma", "**bold**", "*em ph*", "__x y__", "C#", "snake_case", "**a *b* c**"])
PIECES = st.one_of(WORDS, st.sampled_from(["\\[x\\]", "a & b", "&amp;", "`code`", "[l](/m)", "!", "\\", "]", "~~no~~"]))


def _links(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a href="([^"]*)">(.*?)</a>', html, re.S)
    return [(href, re.sub(r"<[^>]*>", "", inner)) for href, inner in found]


@given(st.lists(PIECES, min_size=1, max_size=8), st.data())
def test_what_is_pasted_changes_nothing_but_the_link(pieces: list[str], data: st.DataObject) -> None:
    source = " ".join(pieces)
    words = list(re.finditer(r"\w+", prose_spans(source, 0).text))
    if not words:
        return
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    start, end = words[first].start(), words[last].end()
    if WALL in prose_spans(source, 0).text[start:end]:
        return
    article = Article("posts/x.md", "X", permalink="/x (y)/")
    pasted = make_link(source, start, end, article, "a b")
    if pasted is None:
        return
    before = markdown.markdown(source)
    after = markdown.markdown(source[: pasted.start] + pasted.markdown + source[pasted.end :])
    assert re.sub(r"<[^>]*>", "", after) == re.sub(r"<[^>]*>", "", before)
    assert "/x%20%28y%29/#a%20b" in [href for href, _ in _links(after)]
    assert len(_links(after)) == len(_links(before)) + 1


def test_emphasis_goes_along_with_what_it_emphasises() -> None:
    assert link_span("a **wild** yeast b", 4, 16) == (2, 16)
    assert link_span("a **so wild** yeast b", 7, 19) is None
    assert link_span("a *wild yeast* b", 3, 13) == (3, 13)


@pytest.mark.parametrize(
    ("source", "phrase", "fits"),
    [
        ("on ASP.NET MVC now", "NET MVC", False),
        ("on ASP.NET MVC now", "ASP.NET MVC", True),
        ("a well-known rule", "known rule", False),
        ("the rule-book", "the rule", False),
        ("the rule. Book", "the rule", True),
        ("l'homme de fer", "homme de fer", True),
        ("say (the rule) twice", "the rule", True),
        ("path/to the rule", "to the rule", False),
        ("see _the rule_ here", "the rule", True),
        ("see the snake_rule", "the snake", False),
    ],
)
def test_a_link_tears_no_word_apart(source: str, phrase: str, fits: bool) -> None:
    start = source.index(phrase)
    assert (link_span(source, start, start + len(phrase)) is not None) is fits
