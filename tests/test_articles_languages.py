"""In what language an article is: told by its front matter, by the generator's configuration or folders, or guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.indexing import index
from searchapp.indexing.languages import Certain, decide

ENGLISH = "We walked along the old canal until the rain came, and then we had tea with the miller and his daughters."
FRENCH = "Nous avons marché le long du vieux canal jusqu'à la pluie, puis nous avons pris le thé avec le meunier."
KOREAN = "우리는 비가 올 때까지 오래된 운하를 따라 걸었고 방앗간 주인과 차를 마셨다."
SHORT = "100 km."


def languages(place: Path, files: dict[str, str], content: str = "", **settings: str) -> dict[str, str]:
    for name, text in files.items():
        path = place / "blog" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    engine = MemoryEngine()
    index(Config(content_dir=place / "blog" / content, index_dir=place / "index", **settings), engine)
    return {id: article.language for id in engine.manifest() if (article := engine.article(id))}


HUGO = "defaultContentLanguage = 'de'\n[languages.de]\n[languages.fr]\n"
FOLDERS = ("  de:\n    contentDir: content\n", "  fr:\n    contentDir: content/gaul\n")
HEXO = "source_dir: source\nlanguage:\n  - zh-CN\n  - fr\n"
ZOLA = "base_url = 'https://example.org'\ndefault_language = 'de'\n[languages.fr]\n"
NIKOLA = "POSTS = (('posts/*.md', 'p', 'x'),)\nDEFAULT_LANG = 'de'\nTRANSLATIONS = {'de': '', 'fr': './fr'}\n"


@pytest.mark.parametrize(
    ("configuration", "text", "file", "language"),
    [
        ("hugo.toml", HUGO, "content/post/a.md", "de"),
        ("hugo.toml", HUGO, "content/post/a.fr.md", "fr"),
        ("hugo.toml", HUGO, "content/fr/a.md", "fr"),
        ("hugo.yaml", "languages:\n" + "".join(FOLDERS), "content/gaul/a.md", "fr"),
        ("hugo.yaml", "languages:\n" + "".join(reversed(FOLDERS)), "content/x/a.md", "de"),
        ("hugo.toml", "[languages.zh-cn]\n[languages.en]\nlanguageCode = 'en'\n", "content/zh-cn/a.md", "zh"),
        ("_config.yml", "languages: [en, fr]\ndefault_lang: en\n", "fr/_posts/2020-01-01-a.md", "fr"),
        ("_config.yml", "languages: [en, fr]\ndefault_lang: en\n", "_posts/2020-01-01-a.md", "en"),
        ("_config.yml", HEXO, "source/_posts/fr/a.md", "fr"),
        ("_config.yml", HEXO, "source/_posts/a.md", "zh"),
        ("config.toml", ZOLA, "content/x/index.fr.md", "fr"),
        ("config.toml", ZOLA, "content/x/index.md", "de"),
        ("docusaurus.config.js", "", "i18n/fr/docusaurus-plugin-content-blog/a.md", "fr"),
        ("docusaurus.config.ts", "", "i18n/zh-Hans/docusaurus-plugin-content-docs/current/a.mdx", "zh"),
        ("pelicanconf.py", "DEFAULT_LANG = 'de'\n", "content/a.md", "de"),
        ("conf.py", NIKOLA, "posts/a.fr.md", "fr"),
        ("conf.py", NIKOLA, "posts/a.md", "de"),
    ],
)  # fmt: skip
def test_the_generators_configuration_tells(
    tmp_path: Path, configuration: str, text: str, file: str, language: str
) -> None:
    """Whatever the text is: it is in English here, and the blog's others as well."""
    others = {f"{file.rpartition('/')[0]}/own{number}.md": f"---\nlang: en\n---\n{ENGLISH}" for number in range(3)}
    assert languages(tmp_path, {configuration: text, file: ENGLISH, **others})[file] == language


def test_the_content_folder_alone_is_read_by_the_configuration_above(tmp_path: Path) -> None:
    files = {
        "hugo.toml": "[languages.de]\ncontentDir = 'content/here'\n[languages.fr]\ncontentDir = 'content/there'\n",
        "content/here/a.md": SHORT,
        "content/there/a.md": SHORT,
    }
    assert languages(tmp_path, files, "content") == {"here/a.md": "de", "there/a.md": "fr"}


@pytest.mark.parametrize(
    ("file", "text", "language"),
    [
        ("fr/a.md", FRENCH, "fr"), ("docs/ko/a.md", KOREAN, "ko"), ("content/fr-FR/x/a.md", FRENCH, "fr"),
        ("src/content/docs/fr/a.md", FRENCH, "fr"), ("kr/a.md", KOREAN, "ko"), ("posts/index.fr.md", FRENCH, "fr"),
        ("fr/a.md", ENGLISH, "en"), ("it/a.md", ENGLISH, "en"), ("no/a.md", ENGLISH, "en"),
        ("it/a.md", SHORT, "en"), ("is/a.md", SHORT, "en"), ("go/a.md", SHORT, "en"), ("js/a.md", SHORT, "en"),
        ("to/a.md", SHORT, "en"), ("id/a.md", SHORT, "en"), ("notes.js.md", SHORT, "en"), ("fr/a.md", SHORT, "en"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("told", [False, True], ids=["guessed", "site"])
def test_a_folder_that_nothing_configures_counts_if_its_text_bears_it_out(
    tmp_path: Path, file: str, text: str, language: str, told: bool
) -> None:
    """Even one in thousands, and in a site that says what it is in."""
    files = {f"{number}.md": "---\nlang: en\n---\nWords." for number in range(300)}
    assert languages(tmp_path, {**files, file: text}, language="en" if told else "")[file] == language


def test_a_stub_in_a_folder_of_a_language_that_is_written_here_is_in_it(tmp_path: Path) -> None:
    files = {f"{number}.md": ENGLISH for number in range(5)} | {"fr/a.md": FRENCH, "fr/b.md": SHORT, "it/b.md": SHORT}
    found = languages(tmp_path, files)
    assert (found["fr/a.md"], found["fr/b.md"], found["it/b.md"]) == ("fr", "fr", "en")


def test_front_matter_comes_before_all(tmp_path: Path) -> None:
    files = {"hugo.toml": "[languages.de]\n[languages.fr]\n", "content/fr/a.fr.md": f"---\nlang: pl\n---\n{FRENCH}"}
    assert languages(tmp_path, files, language="da") == {"content/fr/a.fr.md": "pl"}


@pytest.mark.parametrize(
    ("notes", "decided"),
    [
        (["de??", "de??", "nl??"], {"de??": "de", "nl??": "de"}),
        (["??"], {"??": "en"}),
        (["de"] * 995 + ["nl?"] * 5, {"de": "de", "nl?": "de"}),
        (["de"] * 994 + ["nl?"] * 6, {"de": "de", "nl?": "nl"}),
        (["de"] * 994 + ["nl?"] * 5 + ["nl"], {"de": "de", "nl?": "nl", "nl": "nl"}),
        (["de"] * 999 + ["nl"], {"de": "de", "nl": "nl"}),
        (["de", "nl"], {"de": "de", "nl": "nl"}),
        (["de?", "de?", "nl", "fr??nl", "de??it"], {"de?": "de", "nl": "nl", "fr??nl": "nl", "de??it": "de"}),
    ],
)
def test_decisions(notes: list[str], decided: dict[str, str]) -> None:
    assert decide(notes) == decide(reversed(notes)) == decided, json.dumps(notes[-3:])


@given(st.lists(st.sampled_from(["de", "de?", "nl?", "nl??", "??", "nl??fr", "fr?"]), max_size=400), st.integers(0, 3))
def test_what_is_certain_early_is_what_is_decided(notes: list[str], spare: int) -> None:
    certain = Certain(len(notes) + spare)
    early = {note for note in notes if certain.add(note)}
    decided = decide(notes)
    assert all(decided[note] == note.rstrip("?") for note in early)
