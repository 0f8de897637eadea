"""What each rule finds and what it lets pass. A text marks with ¦ where a rule is to say that it is broken."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.articles import Site, steps
from searchapp.articles.files.source import decode
from searchapp.articles.front_matter.loaders import FrontMatterError
from searchapp.articles.lint import CODES, MAX_SHOWN, LintedFile, inspect
from searchapp.articles.lint.keys import misspelt
from searchapp.articles.lint.masking import mask
from searchapp.config.loading import Config
from searchapp.indexing.check import examine
from searchapp.indexing.run import sorted_problems
from searchapp.model import Article, Problem
from searchapp.rules import RULES, select

FRONT = "---\ntitle: A title\ndate: 2024-05-01\n---\n"
BROKEN = [
    # (rule, text of the article; front matter is put before it unless it has its own)
    ("key-misspelt", "---\ntitle: A title\n¦catgories: [a]\n---\nText"),
    ("key-misspelt", "---\ntitle: A title\n¦Redirect_form: /x/\n---\nText"),
    ("key-empty", "---\ntitle: A title\n¦tags:\n---\nText"),
    ("value-serialised", "---\ntitle: A title\n¦box: 'a:1:{i:0;s:1:\"x\";}'\n---\nText"),
    ("email-exposed", "---\ntitle: A title\nauthor: Ann <¦ann@blog.example.pl>\n---\nText"),
    ("title-missing", "¦---\ndate: 2024-05-01\n---\nText"),
    ("title-missing", '---\n¦title: ""\n---\nText'),
    ("date-missing", "¦---\ntitle: A title\n---\nText"),
    ("date-implausible", "---\ntitle: A title\n¦date: 1024-05-01\n---\nText"),
    ("date-mismatch", "---\ntitle: A title\n¦date: 2023-05-01\n---\nText"),
    ("tags-divided", "---\ntitle: A title\n¦tags: web design, css\n---\nText"),
    ("tag-blank", "---\ntitle: A title\n¦tags: [a, '']\n---\nText"),
    ("tag-repeated", "---\ntitle: A title\n¦tags: [News, b, news]\n---\nText"),
    ("description-missing", "¦---\ntitle: A title\n---\nText"),
    ("description-long", "---\ntitle: A title\n¦description: " + "word " * 60 + "\n---\nText"),
    ("alias-self", "---\ntitle: A title\npermalink: /x/\n¦redirect_from: /x/\n---\nText"),
    ("body-empty", "---\ntitle: A title\n---\n¦"),
    ("heading-empty", "Text\n\n¦## \n\nText"),
    ("heading-empty", "Text\n\n¦### ###\n\nText"),
    ("heading-empty", "Text\n\n¦<h2> <b></b></h2>\n\nText"),
    ("heading-blank", "Text\n\n¦##Words\n\nText"),
    ("heading-top", "# One\n\nText\n\n¦# Two\n\nText"),
    ("heading-top", "One\n===\n\nText\n\n¦Two\n===\n\nText"),
    ("heading-skipped", "## One\n\nText\n\n¦#### Two"),
    ("heading-repeated", "## One\n\n## Two\n\n¦## one"),
    ("image-alt", "Text ¦![](x.jpg) text"),
    ("image-alt", "Text [¦![ ](x.jpg)](/y/) text"),
    ("image-alt", 'Text ¦<img src="x.jpg"> text'),
    ("image-alt-name", "Text ¦![IMG_1234.jpg](x.jpg) text"),
    ("image-alt-name", 'Text ¦<img src="x.jpg" alt="image"> text'),
    ("link-text", "Text¦[](https://example.org/) text"),
    ("link-text", 'Text <b>x</b> ¦<a href="/x/"> </a> text'),
    ("link-target", "Text ¦[words]() text"),
    ("link-target", "Text ¦[words](#) text"),
    ("link-target", "Text ¦[words](http://) text"),
    ("link-target", "Text ¦![a red kite]() text"),
    ("link-target", 'Text ¦<a href="">words</a> text'),
    ("link-local", "Text ¦[words](http://localhost:4000/x/) text"),
    ("link-local", "Text ¦![a red kite](file:///home/ann/kite.jpg) text"),
    ("link-local", "Text ¦![a red kite](C:\\kite.jpg) text"),
    ("link-malformed", "Text ¦[words](http://http://example.org/) text"),
    ("link-malformed", "Text ¦[words](ttps://example.org/x) text"),
    ("link-written", "Text ¦[words] (https://example.org/) text"),
    ("link-written", "Text ¦(words)[https://example.org/] text"),
    ("link-written", "Text ¦[words](https://example.org/a page) text"),
    ("embed-insecure", 'Text\n\n¦<iframe src="http://example.org/"></iframe>'),
    ("url-bare", "Text ¦https://example.org/ text"),
    ("reference-undefined", "Text ¦[words][nowhere] text\n\n[here]: /x/"),
    ("reference-undefined", "Text ¦![a kite][nowhere] text"),
    ("reference-unused", "Text [words][here] text\n\n[here]: /x/\n¦[there]: /y/"),
    ("footnote-undefined", "Text¦[^1] text"),
    ("footnote-unused", "Text[^1] text\n\n[^1]: Words\n¦[^2]: Words"),
    ("fence-unclosed", "Text\n\n¦```py\nx = 1\n"),
    ("fence-unclosed", "Text\n\n```\nx\n```\n\n> ¦~~~~\n> x\n> ~~~\n"),
    ("comment-unclosed", "Text\n\n¦<!-- words\n\nText"),
    ("liquid-unbalanced", "Text\n\n¦{% highlight py %}\nx = 1\n"),
    ("liquid-unbalanced", "Text\n\n{% if x %}y¦{% endfor %}{% endif %}\n"),
    ("liquid-unbalanced", "Text\n\n```\n¦{% raw %}\n```\n"),
    ("liquid-unclosed", "Text ¦{{ page.title } text"),
    ("shortcode-left", 'Text ¦[gallery ids="1,2"] text'),
    ("conflict-marker", "Text\n¦<<<<<<< HEAD\nOne\n=======\nTwo\nText"),
    ("conflict-marker", "Text\n¦>>>>>>> main\nText"),
    ("character-control", "Te\x1bxt\n\nWords ¦\x07"),
    ("character-replaced", "Text and ¦\ufffd text"),
    ("character-garbled", "Text and itâ€¦™s text".replace("â€¦™", "¦â€™")),
    ("character-garbled", "Text in a cafÃ© that".replace("Ã©", "¦Ã©")),
    ("character-hidden", "Text `a¦\u202eb` text"),
    ("character-zero-width", "Text¦\u200b text"),
    ("word-doubled", "Words that are quite English, and of course ¦the the first of them are here to be read"),
    ("word-doubled", "Words that are quite English, and of course ¦the\nthe first of them are here to be read"),
    ("text-placeholder", "Text ¦Lorem ipsum dolor sit amet"),
    ("todo-left", "Text ¦TODO: write this"),
]
PASS = [
    "Text with `[code]()` and `![]()` and ``a ` [x]()`` in it",
    "```\n![](x.jpg) [x]() ## \n<<<<<<< HEAD\n```\n\nText",
    "Text\n\n    [x]() ![](x.jpg)\n    ##Words\n\nText",
    "- Text\n\n    ```\n    [x]()\n    ```\n\nText",
    "<pre>\n[x]() ##x\n</pre>\n\n<!-- [x]() TODO: x -->\n\nText",
    "{% raw %}{{ x }{% endraw %}\n\n{% highlight md %}\n[x]()\n{% endhighlight %}",
    "{% if x %}a{% elsif y %}b{% else %}c{% endif %} {% comment %}{% if %}{% endcomment %}",
    r"Text \[x\](y z) and \!\[](x.jpg)",
    "[![a red kite](x.jpg)](/y/) and [`code`](/y/) and [<i class='icon'></i>](/y/)",
    "[words](/a/(b)/ 'title') and [a [b] c](/x/) and <a name='x'></a> and <a id='y'></a>",
    "[x]({{ site.url }}/a b/) and ![a kite]({% link kite.jpg %}) and [y]({% post_url 2024-01-01-x %})",
    "Open [localhost:4000](http://localhost:4000/) or <http://localhost:4000/>",
    "Text[^1] and [here], [there][], [x][Here] and a[i][j] and [1] [2]\n\n[^1]: Words\n\n[here]: /x/\n[there]: <y z>\n",
    "[^note] text\n\n[^note]: Words\n    more words\n",
    '<img src="x.jpg" alt=""> <img src="x.gif" width="1" height="1"> <img alt=\'a kite\' src=x.jpg>',
    "## One\n\n### Two\n\n#### Three\n\n## Four {#four}\n\n#hashtag #another\n\nC# and F#\n",
    "a | b\n--|--\n1 | 2\n\n---\n\nText\n\n- - -\n\n* * *\n",
    "Read at AT&T what the The said, had had that that\n\nAnd\n\nand so on",
    "Résumé, Ça va, À la carte, naïve, señor, Łódź, 5 €, “quoted” – so… Â and Ã alone",
    "A family 👨‍👩‍👧 and فارسی‌ها with joiners",
    "Price: $5 [sic] [citation needed] (see [RFC 1234](https://example.org/rfc1234))",
    "Back [to top](#) and [↑](#), a class of [a-z][0-9]* and one of [^abc]",
    "---\ntitle: A title\ndate: 2024-05-01\nimage: kite.jpg\n---\n",
    "---\ntitle: A title\nautor: '@ann@social.example.pl'\nrepo: git@code.example.pl:ann/x\nicon: kite@2x.png\n"
    "needs: x@1.2.3\n---\nText",
    "Math $$a_{[1]}(b)[c](d)$$ and text {{ page.title }} {:.lead}\n\n{% include x.html a='b' %}\n",
]


def place(text: str) -> tuple[str, tuple[int, int]]:
    """The text without its mark, and line and column of it."""
    before, _, after = text.partition("¦")
    return before + after, (before.count("\n") + 1, len(before) - before.rfind("\n"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Problem]]:
    """The problems of all the texts, by file name, from one check with all rules."""
    folder = tmp_path_factory.mktemp("blog")
    (folder / "_posts").mkdir()
    for number, text in enumerate([text for _, text in BROKEN] + PASS):
        whole = place(text if text.lstrip("¦").startswith("---") else FRONT + text)[0]
        if number < len(BROKEN) and BROKEN[number][0] == "date-missing":
            name = "_posts/undated-{}.md"
        else:
            name = "_posts/2024-05-01-{}.md"
        (folder / name.format(number)).write_text(whole, encoding="utf-8", newline="")
    config = Config(content_dir=folder, index_dir=folder / "index", language="")
    problems = defaultdict(list)
    for problem in examine(config, select(CODES, [])):
        problems[problem.path.rpartition("-")[2].removesuffix(".md")].append(problem)
    return problems


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=lambda n: f"{BROKEN[n][0]}-{n}")
def test_a_broken_rule_is_found_where_it_is_broken(found: dict[str, list[Problem]], number: int) -> None:
    code, text = BROKEN[number]
    spot = place(text if text.lstrip("¦").startswith("---") else FRONT + text)[1]
    problems = found[str(number)]
    assert spot in [(p.line, p.column) for p in problems if p.code == code], problems
    off = {p.code for p in problems if not RULES[p.code].default}
    others = {p.code for p in problems} - off - {code}
    assert others <= {"permalink-clash", "alias-clash", "title-missing", "character-control"}, others


@pytest.mark.parametrize("number", range(len(PASS)))
def test_what_is_right_is_left_alone(found: dict[str, list[Problem]], number: int) -> None:
    problems = [p for p in found[str(len(BROKEN) + number)] if p.code not in {"description-missing", "url-bare"}]
    assert problems == []


def test_every_rule_of_a_single_article_has_an_example() -> None:
    assert {code for code, _ in BROKEN} | {"line-ends-mixed", "liquid-foreign"} == CODES
    assert RULES.keys() >= CODES


def lint(folder: Path, files: dict[str, bytes | str], *patterns: str) -> list[Problem]:
    for name, text in files.items():
        path = folder / "blog" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    config = Config(content_dir=folder / "blog", index_dir=folder / "index")
    return list(sorted_problems(examine(config, select(patterns, []))))


def test_columns_count_characters_whatever_lies_before(tmp_path: Path) -> None:
    lines = FRONT + "One\ttab \U0001f600 \u0301\x07![](x.jpg)\u2028![](y.jpg)\n![](z.jpg)"
    files = {"lf.md": lines, "crlf.md": lines.replace("\n", "\r\n"), "bom.md": "\ufeff" + lines}
    found = lint(tmp_path, files, "image-alt")
    for name in files:
        spots = [(p.line, p.column) for p in found if p.path == name]
        assert spots == [(5, 13), (5, 24), (6, 1)], name


def test_the_rest_of_a_flood_is_counted(tmp_path: Path) -> None:
    found = lint(tmp_path, {"x.md": FRONT + "![](x.jpg)\n" * 5000 + "[x]()"}, "default")
    pictures = [p for p in found if p.code == "image-alt"]
    assert len(pictures) == MAX_SHOWN + 1
    assert "and 4,979 more" in pictures[-1].reason
    assert [p.line for p in found if p.code == "link-target"] == [5005]


def test_broken_front_matter_does_not_hide_what_broke_it(tmp_path: Path) -> None:
    front = "---\ntitle: A\n<<<<<<< HEAD\ndate: 2024-01-01\n=======\ndate: 2024-02-01\n>>>>>>> x\n---\nText"
    found = lint(tmp_path, {"x.md": front, "y.md": FRONT + "Text [x]()"}, "default")
    assert [(p.path, p.code, p.line) for p in found] == [
        ("x.md", "front-matter-invalid", 4),
        ("x.md", "conflict-marker", 3),
        ("x.md", "conflict-marker", 7),
        ("y.md", "link-target", 5),
    ] or {(p.code, p.line) for p in found} >= {("conflict-marker", 3), ("conflict-marker", 7), ("link-target", 5)}


def test_drafts_are_left_alone_and_scheduled_articles_are_not(tmp_path: Path) -> None:
    files = {
        "_drafts/x.md": FRONT + "[x]()",
        "a.md": FRONT.replace("2024-05-01", "2999-01-01") + "[x]()",
        "b.md": FRONT.replace("date:", "published: false\ndate:") + "[x]()",
    }
    assert [p.path for p in lint(tmp_path, files, "link-target")] == ["a.md"]


def test_line_ends_and_other_generators(tmp_path: Path) -> None:
    files = {
        "hugo.toml": 'baseURL = "https://example.org/"\n',
        "content/a.md": FRONT.replace("\n", "\r\n") + "Text {{ site.title }}\n{{< figure src=x >}} {{ if }",
        "content/b.rst": "Title\n=====\n\n:date: 2024-05-01\n\nText [x]() ![](x) ##x\n",
        "content/c.html": FRONT + "<p>![](x) <img src=x> [x]()</p>",
    }
    found = [(p.path, p.code, p.line) for p in lint(tmp_path, files, "l*", "image-*")]
    assert found == [
        ("content/a.md", "line-ends-mixed", 1),
        ("content/a.md", "liquid-foreign", 5),
        ("content/c.html", "image-alt", 5),
    ]


FLOODS = {
    "ticks": "a".join("`" * (n % 40) for n in range(20_000)),
    "brackets": "[" * 200_000 + "](x)",
    "links": "[](" * 100_000 + "[a](" * 50_000,
    "nested": "[" + "[a](b)" * 50_000 + "[a " * 50_000 + "[x][" * 50_000,
    "pictures": "![a](" * 50_000 + "![" * 100_000,
    "tags": "<a href=" * 50_000 + "<img " * 50_000 + "<a href=x>" * 50_000,
    "headings": "# " * 100_000 + "\n#" + " " * 300_000 + "x\n" + "#\n" * 50_000 + "<h1>" * 50_000 + "</h2>",
    "liquid": "{% if x %}" * 30_000 + "{{" * 50_000 + "{%" * 50_000 + "{% a" * 50_000,
    "fences": "".join(f"{'`' * (n % 90 + 3)}x\n" for n in range(10_000)),
    "html": "<pre>" * 50_000 + "<!--" * 50_000 + "<code>" * 50_000 + "$$" * 50_000,
    "notes": "[^1]" * 100_000 + "\n[^1]: x" * 20_000 + "\n[a]: b" * 20_000,
    "blanks": " " * 300_000 + "\n" * 200_000 + "the " + " " * 300_000,
    "wide": "Ã" * 200_000 + "\u200b" * 200_000 + "\x07" * 100_000,
    "written": "[a] " * 50_000 + "(a)[" * 50_000 + "[a](http:// " * 50_000 + "http://" * 50_000,
}


def page_of(text: str) -> LintedFile:
    id = "_posts/2024-05-01-x.md"
    site = Site(Config(content_dir=Path("content"), index_dir=Path("index")))
    article = Article(id, "A title", language="en")
    facts = steps.begin(site, id, decode(text.encode())[0])
    steps.read_front_matter(facts)
    return LintedFile(facts, text.encode(), article)


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOODS)
def test_no_text_takes_long(name: str) -> None:
    """Half a million hostile characters take a second or so of the five that a worker has, and never a square."""
    found = inspect(page_of(FRONT + FLOODS[name]), CODES)
    assert len(found) <= len(CODES) * (MAX_SHOWN + 1)


@given(st.text(alphabet="`~<>!-$[](){}%/* \n\tabcodeprhighlightrawend\\", max_size=200))
def test_masking_keeps_every_place(text: str) -> None:
    masked = mask(text)
    assert len(masked.prose) == len(masked.code) == len(text)
    for shown in (masked.prose, masked.code):
        assert [i for i, c in enumerate(shown) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]
        assert all(c in {original, "\ue000", "\ue001"} for c, original in zip(shown, text, strict=True))


PIECES = [
    *"`~<>!$[](){}%/* \n\t\r#=-:^a1é\x07\u2028\u200b\ufeff😀\\\"'",
    *(
        "---\n",
        "title: ",
        "tags: [",
        "\n\n    ",
        "```",
        "~~~\n",
        "<!--",
        "-->",
        "<a href=",
        "<img src=x>",
        "<h2>",
        "</h2>",
    ),
    *(
        "[^1]",
        "[^1]: ",
        "](",
        "![",
        "][",
        "{% raw %}",
        "{% endraw %}",
        "{% if x %}",
        "{{ ",
        "}}",
        "<<<<<<< a",
        "the the",
    ),
    *("http://localhost", "Ã©", "\ufffd", "a@b.example", "[gallery ids=1]"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.booleans())
def test_no_text_upsets_a_rule_and_every_place_is_in_the_file(text: str, fronted: bool) -> None:
    whole = FRONT + text if fronted else text
    try:
        page = page_of(whole)
    except FrontMatterError:
        return
    lines = whole.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in inspect(page, CODES):
        assert problem.code in CODES
        if problem.line is not None:
            assert 1 <= problem.line <= len(lines), problem
            assert problem.column is None or 1 <= problem.column <= len(lines[problem.line - 1]) + 1, problem


@pytest.mark.parametrize(
    ("key", "meant"),
    [("ttile", "title"), ("titel", "title"), ("catgories", "categories"), ("desciption", "description"), ("tagss", "")]
    + [("atuhor", "author"), ("layuot", "layout"), ("titles", ""), ("tite", "title"), ("subtitel", "subtitle")]
    + [
        ("views", ""),
        ("likes", ""),
        ("dates", ""),
        ("auteur", ""),
        ("imag", "image"),
        ("xyz", ""),
        ("serie", ""),
        ("seires", "series"),
    ],
)
def test_misspelt_keys(key: str, meant: str) -> None:
    assert misspelt(key) == meant
