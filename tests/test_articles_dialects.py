"""The generators' own rules: what is shown, where it lives, what is no article at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from articles import article, articles, outcomes, problems, site_of, write

from searchapp.articles import discover, hidden_files
from searchapp.model import Article

NOW = datetime.now(UTC)
TOMORROW = NOW + timedelta(days=1)


def shown(folder: Path, files: dict[str, str], **settings: object) -> dict[str, Article]:
    return {id: o.article for id, o in outcomes(folder, files, **settings).items() if o.article}


HIDDEN = [
    ("published: false", "unpublished"),
    ("published: no", "unpublished"),
    ("published:", "unpublished"),
    ("published: ~", "unpublished"),
    ("draft: true", "draft"),
    ("draft: 'yes'", "draft"),
    ("Draft: True", "draft"),
    ("draft: perhaps", "draft"),
    ("status: draft", "draft"),
    ("status: hidden", "unlisted"),
    ("status: private", "private"),
    ("unlisted: true", "unlisted"),
    ("permalink: false", "no page"),
    ("search: false", "not to be searched"),
    ("search:\n  exclude: true", "not to be searched"),
    ("search: exclude", "not to be searched"),
    ("in_search_index: false", "not to be searched"),
    ("password: secret", "protected by a password"),
    ("private: true", "private"),
    ("expiryDate: 2020-01-01", "expired"),
    ("build:\n  render: never", "no page"),
    ("redirect_to: /elsewhere", "redirect"),
    (f"date: {TOMORROW.isoformat()}", "future"),
    (f"date: 2020-01-01\npublishDate: {TOMORROW.isoformat()}", "future"),
]
SHOWN = [
    "published: true",
    "draft: false",
    "draft:",
    "status: published",
    "search: true",
    "permalink: /x/",
    "search:\n  x: 1",
]


def test_what_is_hidden_and_why(tmp_path: Path) -> None:
    files = {f"{n:02}.md": f"---\ntitle: T\n{front}\n---\nText" for n, (front, _) in enumerate(HIDDEN)}
    files |= {f"s{n:02}.md": f"---\ntitle: T\n{front}\n---\nText" for n, front in enumerate(SHOWN)}
    files |= {"_drafts/d.md": "Text", "blog/_drafts/d.md": "Text", "_posts/p.md": "Text"}
    files |= {
        "toml.md": "+++\ntitle = 'x'\ndraft = true\n+++\n",
        "zola.md": "+++\nin_search_index = false\n+++\n",
    }
    found = outcomes(tmp_path, files)
    for n, (front, reason) in enumerate(HIDDEN):
        outcome = found[f"{n:02}.md"]
        assert (outcome.hidden, outcome.article, outcome.problems) == (reason, None, ()), front
        assert outcome.digest
    for n, front in enumerate(SHOWN):
        assert found[f"s{n:02}.md"].article, front
    assert found["_drafts/d.md"].hidden == found["blog/_drafts/d.md"].hidden == "draft"
    assert found["_posts/p.md"].article
    assert found["toml.md"].hidden == "draft"
    assert found["zola.md"].hidden == "not to be searched"


def test_drafts_and_future_ones_can_be_asked_for_but_private_ones_never(tmp_path: Path) -> None:
    files = {f"{n:02}.md": f"---\ntitle: T\n{front}\n---\nText" for n, (front, _) in enumerate(HIDDEN)}
    drafts = shown(tmp_path, {**files, "_drafts/d.md": "Text"}, include_drafts=True)
    expected = {f"{n:02}.md" for n, (_, reason) in enumerate(HIDDEN) if reason in {"draft", "unpublished"}}
    assert drafts.keys() == expected | {"_drafts/d.md"}
    future = shown(tmp_path, {}, include_future=True)
    assert future.keys() == {f"{n:02}.md" for n, (_, reason) in enumerate(HIDDEN) if reason == "future"}


def test_when_the_clock_alone_changes_what_is_shown(tmp_path: Path) -> None:
    later = TOMORROW + timedelta(days=1)
    found = outcomes(
        tmp_path,
        {
            "future.md": f"---\ndate: {TOMORROW.isoformat()}\n---\n",
            "expires.md": f"---\ndate: 2020-01-01\nexpiryDate: {later.isoformat()}\n---\n",
            "plain.md": "Text",
            "draft.md": "---\ndraft: true\n---\n",
        },
    )
    assert found["future.md"].until == TOMORROW
    assert found["expires.md"].until == later
    assert found["plain.md"].until is None
    assert found["draft.md"].until is None


def test_files_that_are_no_articles(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        {
            "posts/_index.md": "+++\ntitle = 'Posts'\nsort_by = 'date'\n+++\n",
            "_index.md": "---\ntitle: Home\n---\n",
            "README.md": "# About this folder",
            "index.html": "---\nlayout: home\n---\n{% for post in posts %}{% endfor %}",
            "plain.html": "<p>Hi</p>",
            "latest.md": "+++\ntemplate = 'latest.html'\n+++\n",
            "_posts/2020-01-01-x.html": "---\ntitle: H\n---\n<p>Hi <b>there</b></p>",
            "about.md": "---\ntitle: About\n---\nMe",
        },
    )
    assert {id: outcome.hidden for id, outcome in found.items()} == {
        "posts/_index.md": "list page",
        "_index.md": "list page",
        "README.md": "not a post",
        "index.html": "page",
        "plain.html": "HTML without front matter",
        "latest.md": "page without text",
        "_posts/2020-01-01-x.html": "",
        "about.md": "",
    }
    assert not any(outcome.problems for outcome in found.values())
    html = found["_posts/2020-01-01-x.html"].article
    assert html is not None
    assert html.sections[0].text == "Hi there"


def test_folders_that_are_not_entered(tmp_path: Path) -> None:
    inside = [
        ".git",
        "node_modules",
        "_site",
        "public",
        "vendor",
        "_includes",
        "_layouts",
        "_sass",
        "a/node_modules",
    ]
    write(tmp_path, {f"{folder}/x.md": "Text" for folder in inside})
    write(
        tmp_path,
        {"posts/public/x.md": "Text", "dir.md/x.md": "Text", ".hidden.md": "x", "x.txt": "x", "Y.MD": "x"},
    )
    sources, found = discover(site_of(tmp_path))
    assert [source.id for source in sources] == ["Y.MD", "dir.md/x.md", "posts/public/x.md"]
    assert found == []


PERMALINKS = [
    ("permalink: /a/b/", "/a/b/"),
    ("permalink: a/b.html", "/a/b.html"),
    ("permalink: '/?p=12'", "/?p=12"),
    ("permalink: https://example.org/x", "https://example.org/x"),
    ("url: /old/x/", "/old/x/"),
    ("url: https://elsewhere.org/linked", ""),
    (
        "permalink: /:categories/:year/:i_month/:short_day/:title:output_ext\ncategories: A b\ndate: 2020-02-03",
        "/a/b/2020/2/Mon/my-post.aspx.html",
    ),
    ("permalink: /:slug/\nslug: Other Name", "/other-name/"),
    ("permalink: /:year/x/", "/2019/x/"),
    ("permalink: '/{{ title | slug }}/'", ""),
    ("permalink: /zażółć gęślą/", "/zażółć%20gęślą/"),
    ("permalink: '/a\"<b>'", "/a%22%3Cb%3E"),
    ("title: nothing", ""),
]
REFUSED = [
    "javascript:alert(1)",
    "//evil.org/x",
    "/%2e%2e/etc",
    "/a/../b",
    "/%252e%252e/x",
    "https://u:p@x.org/",
    "ftp://x/",
    "'/a\\b'",
    "data:text/html,x",
    "'http://[bad'",
]


def test_permalinks(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {f"{n}/2019-03-04-my-post.aspx.markdown": f"---\n{front}\n---\n" for n, (front, _) in enumerate(PERMALINKS)},
    )
    for n, (front, expected) in enumerate(PERMALINKS):
        assert found[f"{n}/2019-03-04-my-post.aspx.markdown"].permalink == expected, front


def test_permalinks_that_must_not_be_followed_are_left_out_with_a_warning(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        {
            f"{n}.md": f"---\ntitle: T\npermalink: {link}\nredirect_from: {link}\n---\n"
            for n, link in enumerate(REFUSED)
        },
    )
    for n, link in enumerate(REFUSED):
        outcome = found[f"{n}.md"]
        assert outcome.article is not None
        assert (outcome.article.permalink, outcome.article.aliases) == ("", ()), link
        assert [(line, skipped) for line, _, skipped in problems(outcome)] == [(3, False), (4, False)], link


def test_the_configured_template_and_aliases(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            "2020-01-02-a-b.md": "---\nredirect_from: /old/\n---\n",
            "own.md": "---\npermalink: /own/\nredirect_from: [/o1, /o2, /o1]\n---\n",
            "undated.md": "---\naliases:\n  - releases/1.0\n---\n",
        },
        permalink="/:year/:month/:day/:title/",
    )
    assert [(a.permalink, a.aliases) for a in found.values()] == [
        ("/2020/01/02/a-b/", ("/old/",)),
        ("/own/", ("/o1", "/o2")),
        ("", ("/releases/1.0",)),
    ]


def test_jekylls_configuration(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        {
            "_config.yml": """
                permalink: pretty
                timezone: Europe/Warsaw
                lang: pl-PL
                exclude: [CONTRIBUTING.md, docs/internal, "*.bak.md"]
                collections:
                  recipes: {output: true, permalink: /food/:path/}
                  notes: {output: false}
                defaults:
                  - scope: {path: "", type: posts}
                    values: {author: Somebody, tags: [all]}
                  - scope: {path: _posts/special}
                    values: {author: Special, published: true}
            """,
            "_posts/2020-01-01-x.md": "---\ncategories: K\n---\n",
            "_posts/special/2020-07-01-y.md": "---\ntitle: y\ntags: own\n---\n",
            "_recipes/soup/hot.md": "---\ntitle: Soup\n---\n",
            "_notes/n.md": "---\ntitle: N\n---\n",
            "about.md": "---\ntitle: About\n---\n",
            "docs/internal/x.md": "x",
            "x.bak.md": "x",
            "_partial.md": "x",
        },
    )
    assert found.keys() == {
        "_posts/2020-01-01-x.md",
        "_posts/special/2020-07-01-y.md",
        "_recipes/soup/hot.md",
        "_notes/n.md",
        "about.md",
        "_partial.md",
    }
    x, y = found["_posts/2020-01-01-x.md"].article, found["_posts/special/2020-07-01-y.md"].article
    assert x is not None
    assert y is not None
    assert (x.permalink, x.language, x.authors, x.tags) == ("/k/2020/01/01/x/", "pl", ("Somebody",), ("all",))
    assert x.date == datetime(2019, 12, 31, 23, tzinfo=UTC)
    assert (y.permalink, y.authors, y.tags) == ("/2020/07/01/y/", ("Special",), ("own",))
    soup, about = found["_recipes/soup/hot.md"].article, found["about.md"].article
    assert soup is not None
    assert soup.permalink == "/food/soup/hot/"
    assert about is not None
    assert (about.permalink, about.authors) == ("", ())
    assert found["_notes/n.md"].hidden == "no page"
    assert found["_partial.md"].hidden == "partial"


def test_hugo(tmp_path: Path) -> None:
    found = articles(
        tmp_path / "content",
        {
            "../hugo.toml": """
                languageCode = 'de-DE'
                [permalinks]
                posts = '/:year/:slug/'
                [languages.en]
                [languages.de]
                [languages.pt-br]
            """,
            "posts/bundle/index.md": """
                +++
                title = 'Leaf'
                date = 2020-05-06
                categories = 'Web Development'
                +++
                x
            """,
            "posts/two.en.md": "---\ntitle: Two\ndate: 2020-05-06\nslug: zwei\nlastmod: 2021-01-01\n---\nx",
            "posts/three.pt-BR.md": "---\ntitle: Três\n---\nx",
            "docs/x.md": '{\n"title": "J",\n"tags": ["a b"]\n}\nText',
        },
    )
    leaf, two, docs = found["posts/bundle/index.md"], found["posts/two.en.md"], found["docs/x.md"]
    assert (leaf.permalink, leaf.language, leaf.categories) == ("/2020/bundle/", "de", ("Web Development",))
    assert (two.permalink, two.language) == ("/2020/zwei/", "en")
    assert found["posts/three.pt-BR.md"].language == "pt"
    assert (docs.permalink, docs.tags) == ("", ("a b",))


def test_zola(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        +++
        path = "2025/06/26/Rust-1"
        title = "Announcing"
        authors = ["The Team"]
        aliases = ["releases/1"]
        [taxonomies]
        tags = ["a b", "c"]
        categories = ["D"]
        [extra]
        team_url = "https://secret.example"
        +++
        # Announcing

        Text
        """,
    )
    assert found.permalink == "/2025/06/26/Rust-1/"
    assert found.date == datetime(2025, 6, 26, tzinfo=UTC)
    assert (found.tags, found.categories, found.authors) == (("a b", "c"), ("D",), ("The Team",))
    assert found.aliases == ("/releases/1",)
    assert "secret.example" not in repr(found)


def test_hexo_pelican_astro_eleventy_docusaurus(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            "hexo.md": """
                title: Hexo post
                date: 2013/7/13 20:46:25
                tags: one tag
                categories:
                - [A, B]
                - C
                ---
                Text
            """,
            "pelican.md": """
                Title: Pelican post
                Date: 2010-10-03
                Tags: thats, awesome one
                Authors: Doe, J; Roe, R

                Text
            """,
            "astro.md": "---\ntitle: Astro\npubDate: 'Jul 08 2022'\nheroImage: /x.png\ntags: [a b]\n---\nText",
            "docusaurus.mdx": """
                ---
                slug: /welcome
                title: Docu
                authors:
                  - name: Jo
                    email: jo@example.org
                    image_url: https://x
                  - slorber
                tags:
                  - {label: Label, permalink: /tags/l}
                  - plain tag
                ---
                Text
            """,
        },
    )
    hexo, pelican, astro, docusaurus = (
        found[f"{name}"] for name in ("hexo.md", "pelican.md", "astro.md", "docusaurus.mdx")
    )
    assert (hexo.title, hexo.tags, hexo.categories) == ("Hexo post", ("one tag",), ("A", "B", "C"))
    assert (pelican.tags, pelican.authors) == (("thats", "awesome one"), ("Doe, J", "Roe, R"))
    assert (astro.tags, astro.date) == (("a b",), datetime(2022, 7, 8, tzinfo=UTC))
    assert (docusaurus.tags, docusaurus.authors) == (("Label", "plain tag"), ("Jo", "slorber"))
    assert docusaurus.permalink == "/welcome"
    assert all(a.sections[0].text == "Text" for a in found.values())


def test_a_wordpress_export(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        r"""
        ---
        id: 12
        title: '<strong>Caf&eacute;</strong> &amp; co.'
        date: '2016-01-10T19:26:14+02:00'
        author:
            display_name: Jane
            email: jane@example.org
        guid: 'http://example.org/?p=12'
        permalink: '/?p=12'
        excerpt: ''
        custom:
            - 'a:1:{s:5:"email";s:15:"joe@example.org";}'
        categories:
            - Uncategorized
        tags:
            - 'a:0:{}'
            - Real
        ---
        Body
        """,
        name="_posts/2016-01-10-cafe.md",
    )
    assert (found.title, found.permalink, found.authors) == ("Café & co.", "/?p=12", ("Jane",))
    assert (found.categories, found.tags, found.summary) == (("Uncategorized",), ("Real",), "")
    assert found.date == datetime(2016, 1, 10, 17, 26, 14, tzinfo=UTC)
    assert "example.org" not in repr(found)


@pytest.mark.parametrize("text", ["permalink: [", "- a\n- b", "a: &x 1"])
def test_a_sites_broken_configuration_is_a_problem_not_an_error(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"_config.yml": text, "a.md": "Text"})
    site = site_of(tmp_path)
    assert len(site.problems) == (0 if text.startswith("-") else 1)
    assert all(problem.path == "_config.yml" for problem in site.problems)


def test_what_is_known_of_files_that_are_not_shown(tmp_path: Path) -> None:
    labels = ", ".join(f"l{n}" for n in range(101))
    write(
        tmp_path,
        {
            "_config.yml": "permalink: pretty\n",
            "_posts/2020-01-02-draft.md": "---\npublished: false\ntitle: A draft\ncategories: K\n---\nx",
            "_posts/2020-01-02-labels.md": f"---\ntitle: Too many\ncategories: [{labels}]\n---\nx",
            "_posts/2020-01-02-tags.md": f"---\ntitle: Too many\ntags: [{labels}]\n---\nx",
            "_posts/2020-01-02-broken.md": "---\ntitle: [\n---\nx",
            "_part.md": "---\npermalink: /part/\n---\n",
            "shown.md": "x",
        },
    )
    assert [tuple(found) for found in hidden_files(site_of(tmp_path), {"shown.md"})] == [
        ("_part.md", "Part", "/part/", (), "partial"),
        ("_posts/2020-01-02-broken.md", "Broken", "", (), "unreadable"),
        ("_posts/2020-01-02-draft.md", "A draft", "/k/2020/01/02/draft/", (), "unpublished"),
        ("_posts/2020-01-02-labels.md", "Labels", "", (), "unreadable"),
        ("_posts/2020-01-02-tags.md", "Tags", "", (), "unreadable"),
    ]
