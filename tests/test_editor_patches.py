"""Patches of front matter, applied by git: every dialect and shape, and nothing but labels changes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.folding import fold_value
from searchapp.articles import Site
from searchapp.articles.front_matter import fields, split
from searchapp.articles.front_matter.edit_labels import UnchangeableError, edit_labels
from searchapp.config.loading import Config
from searchapp.editor.tagging.merge_patch import Merge, Patch, patch

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

MERGES = (
    Merge("tag", "blogs", "blog"),
    Merge("tag", "web-design", "web design"),
    Merge("tag", "csharp", "C#"),
    Merge("tag", "colour", 'it\'s: "colour"'),
    Merge("tag", "cafe", "café"),
    Merge("tag", "foo", "Foo"),
    Merge("category", "recipe", "Recipes"),
)

KNOWN = ("posts/escapes.md", "toml escapes.md", "wide.md")
"""Files in which the first merge's label is known to be, though no search for its letters finds it."""


def git(folder: Path, *args: str, stdin: bytes = b"") -> bytes:
    quiet = [
        "git",
        "-c",
        "core.autocrlf=false",
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.org",
        "-C",
        str(folder),
    ]
    done = subprocess.run([*quiet, *args], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def patched(
    folder: Path, files: dict[str, bytes], merges: tuple[Merge, ...] = MERGES
) -> tuple[dict[str, bytes], Patch]:
    """The files after `git apply`, and the patch. Git has to take it without a word."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    git(folder, "init", "-q")
    known = [(name, MERGES[0]) for name in files if name in KNOWN]
    result = patch(Config(content_dir=folder, index_dir=folder.parent / "index"), MERGES, known)
    if result.diff:
        git(folder, "apply", "--whitespace=nowarn", stdin=result.diff)
    return {name: (folder / name).read_bytes() for name in files}, result


CASES: dict[str, tuple[str, str]] = {
    "flow": ("---\ntitle: x\ntags: [blogs, other]\n---\nbody\n", "---\ntitle: x\ntags: [blog, other]\n---\nbody\n"),
    "flow with quotes": ("---\ntags: ['blogs', \"csharp\"]\n---\n", "---\ntags: ['blog', \"C#\"]\n---\n"),
    "flow over lines": ("---\ntags: [\n  a,\n  blogs,\n]\n---\n", "---\ntags: [\n  a,\n  blog,\n]\n---\n"),
    "flow, twice": ("---\ntags: [blogs, a, blog]\n---\n", "---\ntags: [a, blog]\n---\n"),
    "flow, twice at the end": ("---\ntags: [blog,  blogs]\n---\n", "---\ntags: [blog]\n---\n"),
    "block": ("---\ntags:\n- a\n-   blogs  # mine\n- b\n---\n", "---\ntags:\n- a\n-   blog  # mine\n- b\n---\n"),
    "block, twice": ("---\ntags:\n  - blog\n  - blogs\nx: 1\n---\n", "---\ntags:\n  - blog\nx: 1\n---\n"),
    "block of one": ("---\ntags:\n  - blogs\n---\n", "---\ntags:\n  - blog\n---\n"),
    "escapes": ('---\ntags: ["blog\\x73"]\n---\n', '---\ntags: ["blog"]\n---\n'),
    "what follows is no YAML": ("---\ntags: [blogs]\n--- -\n---\n", "---\ntags: [blog]\n--- -\n---\n"),
    "one": ("---\ntag: blogs\n---\n", "---\ntag: blog\n---\n"),
    "row with commas": ("---\ntags: a, blogs, b\n---\n", "---\ntags: a, blog, b\n---\n"),
    "row with commas, twice": ("---\ntags: blog,blogs,b\n---\n", "---\ntags: blog,b\n---\n"),
    "row with blanks": ("---\ntags: a blogs b\n---\n", "---\ntags: a blog b\n---\n"),
    "row in quotes": ('---\ntags: "a, blogs"\n---\n', '---\ntags: "a, blog"\n---\n'),
    "row in brackets": ("---\ntags: \"[a, 'blogs']\"\n---\n", "---\ntags: \"[a, 'blog']\"\n---\n"),
    "needs quotes": ("---\ntags: [colour, a]\n---\n", "---\ntags: ['it''s: \"colour\"', a]\n---\n"),
    "needs escapes": ('---\ntags: ["colour"]\n---\n', '---\ntags: ["it\'s: \\"colour\\""]\n---\n'),
    "sharp": ("---\ntags:\n - csharp\n---\n", "---\ntags:\n - C#\n---\n"),
    "accents": ("---\ntags: [Cafe, żółw]\n---\n", "---\ntags: [café, żółw]\n---\n"),
    "accents before": (
        "---\ntitle: żółw 日本\ntags: [日本, blogs]\n---\n",
        "---\ntitle: żółw 日本\ntags: [日本, blog]\n---\n",
    ),
    "case": ("---\ntags: [foo, FOO, bar]\n---\n", "---\ntags: [Foo, bar]\n---\n"),
    "keys in other case": ("---\nTags: [blogs]\n---\n", "---\nTags: [blog]\n---\n"),
    "both keys": ("---\ntag: blogs\ntags: [a, blogs]\n---\n", "---\ntag: blog\ntags: [a, blog]\n---\n"),
    "category": ("---\ncategory: Recipe\n---\n", "---\ncategory: Recipes\n---\n"),
    "categories": (
        "---\ncategories:\n- Recipe\n- [x, recipe]\n---\n",
        "---\ncategories:\n- Recipes\n- [x, Recipes]\n---\n",
    ),
    "a tag is no category": (
        "---\ntags: [blogs]\ncategories: [blogs]\n---\n",
        "---\ntags: [blog]\ncategories: [blogs]\n---\n",
    ),
    "elsewhere": (
        "---\ntitle: blogs\nextra:\n  tags: [blogs]\ntags: [blogs]\n---\nblogs\n",
        "---\ntitle: blogs\nextra:\n  tags: [blogs]\ntags: [blog]\n---\nblogs\n",
    ),
    "taxonomies": (
        "---\ntaxonomies:\n  tags: [blogs]\n  series: [blogs]\n---\n",
        "---\ntaxonomies:\n  tags: [blog]\n  series: [blogs]\n---\n",
    ),
    "crlf": (
        "---\r\ntitle: x\r\ntags: [blogs]\r\n---\r\nbody\r\n",
        "---\r\ntitle: x\r\ntags: [blog]\r\n---\r\nbody\r\n",
    ),
    "crlf, a line goes": (
        "---\r\ntags:\r\n- blog\r\n- blogs\r\n---\r\nb\r\n",
        "---\r\ntags:\r\n- blog\r\n---\r\nb\r\n",
    ),
    "byte order mark": ("\ufeff---\ntags: [blogs]\n---\n", "\ufeff---\ntags: [blog]\n---\n"),
    "no final newline": ("---\ntags: [blogs]\n---\nend", "---\ntags: [blog]\n---\nend"),
    "nothing after the fence": ("---\ntags: [blogs]\n---", "---\ntags: [blog]\n---"),
    "blank lines before": ("\n\n---\ntags: [blogs]\n---\n", "\n\n---\ntags: [blog]\n---\n"),
    "separators": ("---\ntags: [x\x0b, a\u2028, blogs]\n---\n", "---\ntags: [x\x0b, a\u2028, blog]\n---\n"),
    "hexo": ("title: x\ntags:\n- blogs\n---\nbody\n", "title: x\ntags:\n- blog\n---\nbody\n"),
    "hexo json": (
        ';;;\n"title": "x",\n"tags": ["blogs"]\n;;;\nbody\n',
        ';;;\n"title": "x",\n"tags": ["blog"]\n;;;\nbody\n',
    ),
    "toml": ('+++\ntitle = "x"\ntags = ["a", "blogs"]\n+++\n', '+++\ntitle = "x"\ntags = ["a", "blog"]\n+++\n'),
    "toml over lines": (
        "+++\ntags = [\n  'a', # one\n  'blogs',\n]\n+++\n",
        "+++\ntags = [\n  'a', # one\n  'blog',\n]\n+++\n",
    ),
    "toml, twice": ('+++\ntags = ["blog", "a", "blogs"]\n+++\n', '+++\ntags = ["blog", "a"]\n+++\n'),
    "toml taxonomies": (
        '+++\ntags = 1\n[taxonomies]\ntags = ["blogs"]\n[extra]\ntags = ["blogs"]\n+++\n'.replace("tags = 1\n", ""),
        '+++\n[taxonomies]\ntags = ["blog"]\n[extra]\ntags = ["blogs"]\n+++\n',
    ),
    "toml inline": ('+++\ntaxonomies = { tags = ["blogs"] }\n+++\n', '+++\ntaxonomies = { tags = ["blog"] }\n+++\n'),
    "toml dotted": ('+++\ntaxonomies.tags = ["blogs"]\n+++\n', '+++\ntaxonomies.tags = ["blog"]\n+++\n'),
    "toml long text": (
        '+++\ntext = """\ntags = ["blogs"]\n"""\ntags = ["blogs"]\n+++\n',
        '+++\ntext = """\ntags = ["blogs"]\n"""\ntags = ["blog"]\n+++\n',
    ),
    "json": (
        '{\n  "title": "tags",\n  "tags": [\n    "a",\n    "blogs"\n  ],\n  "x": {"tags": ["blogs"]}\n}\nbody\n',
        '{\n  "title": "tags",\n  "tags": [\n    "a",\n    "blog"\n  ],\n  "x": {"tags": ["blogs"]}\n}\nbody\n',
    ),
    "pelican": (
        "Title: x\nTags: a, blogs\nDate: 2020-01-01\n\nbody\n",
        "Title: x\nTags: a, blog\nDate: 2020-01-01\n\nbody\n",
    ),
    "nikola": (
        "<!--\n.. title: x\n.. tags: a, blogs\n-->\nbody\n",
        "<!--\n.. title: x\n.. tags: a, blog\n-->\nbody\n",
    ),
    "pelican semicolons": ("Title: x\nTags: a, b; blogs\n\nbody\n", "Title: x\nTags: a, b; blog\n\nbody\n"),
}


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], Patch]:
    """All cases in one repository, so that the one patch is of all files."""
    files = {f"posts/{name}.md": before.encode("utf-8", "surrogateescape") for name, (before, _) in CASES.items()}
    return patched(tmp_path_factory.mktemp("cases"), files)


def test_every_case_is_in_the_patch(applied: tuple[dict[str, bytes], Patch]) -> None:
    assert applied[1].skipped == ()
    assert applied[1].files == len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_only_the_labels_change(applied: tuple[dict[str, bytes], Patch], name: str) -> None:
    assert applied[0][f"posts/{name}.md"].decode() == CASES[name][1]


LEFT = {
    "anchor": "---\nx: &a [blogs]\ntags: *a\n---\n",
    "folded text": "---\ntags: >\n  a, blogs\n---\n",
    "two lines": "---\ntags: a,\n  blogs\n---\n",
    "maps": "---\ntags:\n  - label: blogs\n    permalink: /b\n---\n",
    "row that can't hold it": "---\ntags: a web-design b\n---\n",
    "row that would be divided": "---\ntags: colour, b\n---\n",
    "comment beside a duplicate": "---\ntags:\n  - blog\n  - blogs # mine\n---\n",
    "comment between": "---\ntags: [blog, # mine\n  blogs]\n---\n",
    "toml escapes": '+++\ntags = ["blo\\u0067s"]\n+++\n',
    "text after its end": "---\ntags: [blogs\n--- -\n",
    "not closed": "---\ntags: [blogs\n---\n",
}


def test_what_can_not_be_changed_safely_is_left_out_with_its_reason(tmp_path: Path) -> None:
    files = {f"{name}.md": text.encode() for name, text in LEFT.items()}
    files["wide.md"] = "---\ntags: [blogs]\n---\n".encode("utf-16")
    files["text.rst"] = b":tags: blogs\n\nTitle\n=====\n\nText\n"
    files["fine.md"] = b"---\ntags: [blogs]\n---\n"
    after, result = patched(tmp_path, files)
    assert result.files == 1
    assert after == {**files, "fine.md": b"---\ntags: [blog]\n---\n"}
    assert {problem.path for problem in result.skipped} == files.keys() - {"fine.md"}
    assert all(problem.reason for problem in result.skipped)


def test_bytes_that_are_no_text_and_odd_names_stay(tmp_path: Path) -> None:
    files = {
        "latin-1.md": b"---\ntitle: caf\xe9\ntags: [blogs, caf\xe9]\n---\nna\xefve \xff\xfe\x00\n",
        'über "quoted" \\ name.md': b"---\ntags: [blogs]\n---\n",
        "tab\tand space .md": b"---\ntags: [blogs]\n---\n",
        "日本/ブログ.md": b"---\ntags: [blogs]\n---\n",
        "old mac.md": b"---\rtags: [blogs]\r---\rbody\r",
        "mixed.md": b"---\r\ntags:\n- blogs\r\n- blog\n---\r\n\r\nbody",
    }
    after, result = patched(tmp_path, files)
    assert result.skipped == ()
    assert after == {name: data.replace(b"blogs", b"blog") for name, data in files.items()} | {
        "mixed.md": b"---\r\ntags:\n- blog\n---\r\n\r\nbody"
    }


def test_paths_count_from_the_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "site/content").mkdir(parents=True)
    post = tmp_path / "site/content/a.md"
    post.write_text("---\ntags: [blogs]\n---\n", encoding="utf-8")
    result = patch(Config(content_dir=post.parent, index_dir=tmp_path / "index"), MERGES)
    assert result.root == tmp_path.resolve()
    git(tmp_path, "apply", stdin=result.diff)
    assert post.read_text(encoding="utf-8") == "---\ntags: [blog]\n---\n"


def test_a_file_that_is_there_twice_is_changed_once(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.md").write_text("---\ntags: [blogs]\n---\n", encoding="utf-8")
    (tmp_path / "b.md").symlink_to("a.md")
    result = patch(Config(content_dir=tmp_path, index_dir=tmp_path / "index"), MERGES)
    assert result.files == 1
    git(tmp_path, "apply", stdin=result.diff)
    assert (tmp_path / "b.md").read_text(encoding="utf-8") == "---\ntags: [blog]\n---\n"


def test_thousands_of_merges_take_their_files_in_one_pass(tmp_path: Path) -> None:
    for number in range(300):
        text = f"---\ntags: [old{number}, keep]\n---\n"
        (tmp_path / f"{number}.md").write_text(text, encoding="utf-8")
    merges = [Merge("tag", f"old{number}", f"new{number}") for number in range(20_000)]
    result = patch(Config(content_dir=tmp_path, index_dir=tmp_path / "index"), merges)
    assert result.files == 300
    assert result.diff.count(b"\n+tags: [new") == 300


def test_nothing_to_change_is_an_empty_patch(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntags: [blog]\n---\nblogs\n", encoding="utf-8")
    config = Config(content_dir=tmp_path, index_dir=tmp_path / "index")
    assert (patch(config, MERGES).diff, patch(config, ()).diff) == (b"", b"")
    [left] = patch(config, MERGES, [("a.md", MERGES[0])]).skipped
    assert "front matter" in left.reason


LABELS = st.sampled_from(
    ["blogs", "blog", "web-design", "csharp", "C#", "café", "it's", "a b", "no", "1.0", "żółw", "#x", "[", "x: y"]
)
TARGETS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=8).filter(
    lambda text: text.strip(" ,") == text and not text.startswith("<")
)


@given(
    st.lists(LABELS, max_size=6),
    st.dictionaries(LABELS, TARGETS, max_size=3),
    st.sampled_from(["yaml", "block", "toml", "json"]),
)
def test_labels_are_replaced_or_the_file_is_left_alone(labels: list[str], targets: dict[str, str], form: str) -> None:
    quoted = ", ".join(json.dumps(label, ensure_ascii=False) for label in labels)
    lines = "".join(f"\n- {json.dumps(label, ensure_ascii=False)}" for label in labels)
    text = {
        "yaml": f"---\ntitle: x\ntags: [{quoted}]\n---\nbody",
        "block": f"---\ntitle: x\ntags:{lines}\n---\nbody",
        "toml": f'+++\ntitle = "x"\ntags = [{quoted}]\n+++\nbody',
        "json": f'{{"title": "x", "tags": [{quoted}]}}\nbody',
    }[form]
    change = {fold_value(label): target for label, target in targets.items()}
    site = Site(Config(content_dir=Path("content"), index_dir=Path("index")))
    try:
        after = edit_labels(site, "a.md", text.encode(), lambda _: {"tag": change}).decode()
    except UnchangeableError:
        return
    front = split.split(after)
    wanted = {change.get(fold_value(label), label) for label in labels}
    assert {fold_value(tag) for tag in fields.tags(front, "hugo")} == {fold_value(fields.plain(tag)) for tag in wanted}
    assert after.endswith("body")
    if not change.keys() & {fold_value(label) for label in labels}:
        assert after == text
