"""Tag hygiene: what is told to be one label and what is not, the findings, their patch, and the command."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from searchapp.cli import cli
from searchapp.config.loading import Config
from searchapp.editor.tagging import spelling_variants
from searchapp.editor.tagging.label_merges import MergeProposal, examine_labels
from searchapp.engine import iter_articles
from searchapp.engines import open_engine
from searchapp.model import Article

ONE_LABEL = (
    ("Bread", "bread", "case"),
    ("open source", "open-source", "separators"),
    ("open_source", "OpenSource", "separators"),
    ("node.js", "NodeJS", "separators"),
    ("ASP.NET", "aspnet", "separators"),
    ("food & drink", "Food and Drink", "separators"),
    ("café", "cafe", "accents"),
    ("Zürich", "zurich", "accents"),
    ("blog", "blogs", "plural"),
    ("celebrity", "celebrities", "plural"),
    ("box office", "box-offices", "plural"),
    ("class", "classes", "plural"),
    ("tip", "tips", "plural"),
    ("unit test", "unit-tests", "plural"),
    ("house", "houses", "plural"),
    ("rails 3", "Rails-3", "separators"),
    ("what's new", "whats new", "separators"),
)
NOT_ONE = (
    ("C", "C#"), ("C", "C++"), ("C#", "C++"), ("C#", "csharp"), (".NET", "net"), (".net", ".nets"), ("ie6", "ie7"),
    ("rails 3", "rails 4"), ("web", "web 2"), ("1.2", "12"), ("2020", "2021"), ("io", "ios"), ("cs", "css"),
    ("new", "news"), ("window", "windows"), ("rail", "rails"), ("http", "https"), ("clas", "class"), ("bu", "bus"),
    ("physic", "physics"), ("cat", "car"), ("post", "host"), ("sąd", "sad"), ("redi", "redis"), ("a b", "ab"),
    ("r", "r&b"), ("😀", "😁"),
    ("go", "golang"), ("日本", "日本語"), ("vue", "vue 2"), ("mean", "means"), ("anal", "analysis"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "other", "kind"), ONE_LABEL)
def test_spellings_of_one_label(one: str, other: str, kind: str) -> None:
    assert spelling_variants.variant_key(one) == spelling_variants.variant_key(other)
    assert spelling_variants.variant_kind(one, other) == spelling_variants.variant_kind(other, one) == kind


@pytest.mark.parametrize(("one", "other"), NOT_ONE)
def test_labels_that_are_two(one: str, other: str) -> None:
    assert spelling_variants.variant_kind(one, other) == ""
    assert (one, other) not in list(spelling_variants.one_edit_pairs([one, other]))


@given(st.lists(st.text(alphabet="abcdé1", min_size=5, max_size=9), unique=True, max_size=8))
def test_slips_are_the_pairs_one_edit_apart(labels: list[str]) -> None:
    found = {frozenset(pair) for pair in spelling_variants.one_edit_pairs(labels)}
    forms = {label: spelling_variants.joined(spelling_variants.words_of(label)) for label in labels}
    true = {
        frozenset((one, other))
        for one in labels
        for other in labels
        if forms[one] != forms[other]
        and min(len(forms[one]), len(forms[other])) >= spelling_variants.MIN_EDITED_LENGTH
        and forms[one][0] == forms[other][0]
        and forms[one].count("1") == forms[other].count("1")
        and is_one_edit(forms[one], forms[other])
    }
    known = {form: label for label, form in reversed(forms.items())}
    assert found == {frozenset(known[forms[label]] for label in pair) for pair in true}


def is_one_edit(one: str, other: str) -> bool:
    alphabet = set(one + other)
    near = {one[:at] + one[at + 1 :] for at in range(len(one))}
    near |= {one[:at] + char + one[at:] for at in range(len(one) + 1) for char in alphabet}
    near |= {one[:at] + char + one[at + 1 :] for at in range(len(one)) for char in alphabet}
    near |= {one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)}
    return other in near


def posts(*rows: tuple[str, str, int]) -> list[Article]:
    """Articles of `tags|categories`, each so many times."""
    many = []
    for tags, categories, count in rows:
        for _ in range(count):
            labels = [tuple(filter(None, part.split(","))) for part in (tags, categories)]
            many.append(Article(f"{len(many):04}.md", "T", tags=labels[0], categories=labels[1]))
    return many


def found(*rows: tuple[str, str, int], once: bool = False) -> list[tuple[str, str, str | None]]:
    findings = examine_labels(posts(*rows)).findings
    return [(each.kind, each.name, each.into) for each in findings if once or each.kind != "once"]


def test_each_kind_is_found_and_leads_to_the_commonest_spelling() -> None:
    assert found(("blog,x", "", 5), ("blogs,x", "", 2)) == [("plural", "tag:blogs", "blog")]
    assert found(("Blog", "", 2), ("blog", "", 3)) == [("case", "tag:Blog", "blog")]
    assert found(("cafe", "", 2), ("café", "", 3)) == [("accents", "tag:cafe", "café")]
    assert found(("", "web design", 2), ("", "web-design", 3)) == [("separators", "category:web design", "web-design")]
    assert found(("thailand,x", "", 9), ("thiland,x", "", 1)) == [("edit", "tag:thiland", "thailand")]
    assert found(("travel", "Travel", 3)) == [("category", "tag:travel", None)]
    assert found(("", "Bread,Food", 3), ("", "Food", 2)) == [("subset", "category:Bread", "Food")]


def test_a_chain_of_spellings_leads_to_one() -> None:
    rows = (("web-designs", "", 2), ("web design", "", 9), ("webdesign", "", 3), ("Web Design", "", 1))
    assert {into for _, _, into in found(*rows)} == {"web design"}
    assert len(found(*rows)) == 3


def test_categories_one_within_the_other_lead_to_the_widest() -> None:
    rows = (("", "A,B,C", 2), ("", "B,C", 2), ("", "C", 2))
    assert found(*rows) == [("subset", "category:B", "C"), ("subset", "category:A", "C")]
    assert found(("", "One,Two", 3)) == [("subset", "category:Two", "One")]
    assert found(("", "One,Two", 1), ("", "Two", 3)) == []


@pytest.mark.parametrize(
    "rows",
    [
        (("marketing,x", "", 9), ("marketint,y", "", 1)),
        (("planning,work", "", 9), ("planting,garden", "", 1)),
        (("contact,x", "", 9), ("contact,contract,x", "", 1)),
        (("training,x", "", 9), ("draining,x", "", 1)),
        (("training,x", "", 9), ("trailing,x", "", 6)),
        (("apple,fruit", "", 5), ("apples,phones", "", 5)),
        (("C,x", "", 9), ("C#,x", "", 2), ("C++,x", "", 2), (".NET,x", "", 2), ("NET,x", "", 2), ("F#,x", "F", 2)),
        (("ie6,x", "", 9), ("ie7,x", "", 2), ("rails 3,x", "", 2), ("rails 4,x", "", 2), ("version-10,x", "", 2)),
        (("version-10,x", "", 9), ("version-11,x", "", 2), ("version-1,x", "", 2)),
    ],
)
def test_labels_without_like_company_are_two(rows: tuple[tuple[str, str, int], ...]) -> None:
    assert found(*rows) == []


def test_a_word_that_articles_use_is_no_slip() -> None:
    articles = posts(("sealing,x", "", 40), ("scaling,x", "", 2))
    assert [each.kind for each in examine_labels(articles).findings] == ["edit"]
    assert examine_labels(articles, {"sealing": 50, "scaling": 30}.__getitem__).findings == ()


def test_tags_of_one_article_lead_to_a_wider_one_or_one_beside_them() -> None:
    rows = (
        ("yoga", "", 4),
        ("travel,news", "", 3),
        ("pregnancy yoga", "", 1),
        ("news,lisbon", "", 1),
        ("alone", "", 1),
    )
    assert found(*rows, once=True) == [
        ("once", "tag:alone", None),
        ("once", "tag:lisbon", "news"),
        ("once", "tag:pregnancy yoga", "yoga"),
    ]
    assert found(("blogs,x", "", 2), ("blog,x", "", 1), ("x,blogs too", "", 1), once=True) == [
        ("plural", "tag:blog", "blogs"),
        ("once", "tag:blogs too", "blogs"),
    ]


def test_a_tag_and_a_category_of_one_name() -> None:
    [tag] = examine_labels(posts(("travel,x", "Travel", 3), ("travel,x", "Other", 1), ("x", "Travel", 5))).findings
    assert (tag.name, tag.count, len(tag.articles)) == ("tag:travel", 3, 3)
    [category] = examine_labels(posts(("travel,x", "Travel", 1), ("travel,x", "", 5))).findings
    assert (category.name, category.into, category.count) == ("category:Travel", None, 1)
    [apart] = examine_labels(posts(("travel,x", "", 3), ("x", "Travel", 3))).findings
    assert (apart.merge, apart.kind) == (None, "category")


@given(st.lists(st.lists(st.text(max_size=8), max_size=4, unique_by=str.casefold), max_size=12))
def test_any_labels_give_findings_that_end(labels: list[list[str]]) -> None:
    articles = [
        Article(f"{n}.md", "T", tags=tuple(filter(str.strip, many)), categories=tuple(filter(str.strip, many[:2])))
        for n, many in enumerate(labels)
    ]
    report = examine_labels(articles)
    sure: dict[tuple[str, str], MergeProposal] = {
        (each.field, each.value): each for each in report.findings if each.into
    }
    for each in sure.values():
        assert each.into is not None
        assert each.reason
        again = sure.get((each.field, each.into))
        assert again is None or again.kind in {"once", "subset"}


POSTS = {
    "a.md": "---\ntitle: A\ntags: [blog, web-design]\ncategories: [Kitchen]\n---\nAn article on bread.\n",
    "b.md": "---\r\ntitle: B\r\ntags:\r\n- Blogs\r\n- web design\r\n---\r\nAnother one.\r\n",
    "c.md": "+++\ntitle = 'C'\ntags = ['blog', 'kitchen', 'Web Design']\ncategories = ['Kitchen']\n+++\nA third one.",
    "d.md": "---\ntitle: D\ntags: [blog, ie6]\n---\nFourth.\n",
    "kitchen/_posts/2020-01-01-e.md": "---\ntitle: E\ntag: ie7\n---\nFifth.\n",
    "_drafts/f.md": "---\ntitle: F\ntags: [blogs]\n---\nA draft.\n",
}


@pytest.fixture
def blog(tmp_path: Path) -> list[str]:
    for name, text in POSTS.items():
        path = tmp_path / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    flags = [f"--content={tmp_path / 'content'}", f"--index={tmp_path / 'index'}"]
    assert CliRunner().invoke(cli, ["index", *flags]).exit_code == 0
    return flags


def test_the_command_lists_findings_with_reasons(blog: list[str]) -> None:
    result = CliRunner().invoke(cli, ["tags", *blog])
    assert result.exit_code == 1
    assert "tag:Blogs (1) → blog (3)" in result.stdout
    assert "searchapp tags --patch" in result.stderr
    report = json.loads(CliRunner().invoke(cli, ["tags", "--json", "--kind=plural", *blog]).stdout)
    [plural] = report["findings"]
    assert (plural["name"], plural["into"], plural["can_patch"]) == ("tag:Blogs", "blog", True)
    assert plural["articles"] == ["b.md"]
    assert report["articles"] == 5


def test_the_command_refuses_what_it_does_not_know(blog: list[str]) -> None:
    assert CliRunner().invoke(cli, ["tags", "--kind=other", *blog]).exit_code == 2
    assert CliRunner().invoke(cli, ["tags", "--patch", "--json", *blog]).exit_code == 2
    unknown = CliRunner().invoke(cli, ["tags", "--only=tag:none", *blog])
    assert (unknown.exit_code, "tag:none" in unknown.stderr) == (1, True)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_patch_merges_the_tags_and_changes_nothing_else(blog: list[str], tmp_path: Path) -> None:
    content = tmp_path / "content"
    before = {path: path.read_bytes() for path in sorted(content.rglob("*.md"))}
    made = CliRunner().invoke(cli, ["tags", "--patch", *blog])
    assert made.exit_code == 0
    assert before == {path: path.read_bytes() for path in sorted(content.rglob("*.md"))}
    assert "3 files would change" in made.stderr
    config = Config(content_dir=content, index_dir=tmp_path / "index")
    engine = open_engine(config)
    old = {article.id: article for article in iter_articles(engine)}
    engine.close()
    done = subprocess.run(["git", "apply"], cwd=content, input=made.stdout_bytes, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert CliRunner().invoke(cli, ["index", *blog]).exit_code == 0
    engine = open_engine(config)
    new = {article.id: article for article in iter_articles(engine)}
    engine.close()
    assert {id: article.tags for id, article in new.items()} == {
        "a.md": ("blog", "Web Design"),
        "b.md": ("blog", "Web Design"),
        "c.md": ("blog", "kitchen", "Web Design"),
        "d.md": ("blog", "ie6"),
        "kitchen/_posts/2020-01-01-e.md": ("ie7",),
    }
    unlabelled = [{id: replace(a, tags=(), digest="") for id, a in each.items()} for each in (old, new)]
    assert unlabelled[0] == unlabelled[1]
    assert (content / "_drafts/f.md").read_text(encoding="utf-8") == POSTS["_drafts/f.md"].replace("blogs", "blog")
    again = CliRunner().invoke(cli, ["tags", "--patch", *blog])
    assert (again.exit_code, again.stdout) == (1, "")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_one_finding_alone_can_be_patched_and_what_can_not_be_is_named(blog: list[str]) -> None:
    made = CliRunner().invoke(cli, ["tags", "--patch", "--only=tag:kitchen", *blog])
    assert "-tags = ['blog', 'kitchen', 'Web Design']\n+tags = ['blog', 'Web Design']\n" in made.stdout
    assert "1 file would change" in made.stderr
