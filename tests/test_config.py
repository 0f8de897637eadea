"""Configuration: file, environment, flags; every mistake named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchapp.config.loading import keys, load
from searchapp.errors import ConfigError
from searchapp.model import Pinned, SynonymSet


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for key in keys():
        monkeypatch.delenv(f"SEARCHAPP_{key.upper()}", raising=False)
    return tmp_path


def test_defaults(tmp_path: Path) -> None:
    config = load()
    assert config.content_dir == tmp_path / "content"
    assert config.index_dir == tmp_path / "index"
    assert (config.host, config.port, config.workers) == ("127.0.0.1", 8000, 2)
    assert set(config.sources.values()) == {"default"}


def test_flags_win_over_environment_over_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("searchapp.toml").write_text('port = 1001\nhost = "::1"\nsite_title = "From the file"\n')
    monkeypatch.setenv("SEARCHAPP_PORT", "1002")
    monkeypatch.setenv("SEARCHAPP_HOST", "localhost")
    config = load(flags={"port": 1003, "host": None})
    assert (config.port, config.host, config.site_title) == (1003, "localhost", "From the file")
    assert config.sources["port"] == "flag"
    assert config.sources["host"] == "environment"
    assert config.sources["site_title"] == "searchapp.toml"


def test_paths_in_a_file_are_relative_to_that_file(tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    folder.mkdir()
    (folder / "my.toml").write_text('content_dir = "posts"\n')
    assert load(folder / "my.toml").content_dir == folder / "posts"


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ('site_title = "x"\ncontent_dri = "y"\n', ":2:", "content_dri"),
        ("\n\nport = 70000\n", ":3:", "port"),
        ('port = "many"\n', ":1:", "port"),
        ("port = true\n", ":1:", "port"),
        ("workers = 0\n", ":1:", "workers"),
        ('site_url = "javascript:alert(1)"\n', ":1:", "site_url"),
        ('site_url = "https://example.org/?q"\n', ":1:", "site_url"),
        ('timezone = "Mars/Olympus"\n', ":1:", "timezone"),
        ('timezone = "../../etc/passwd"\n', ":1:", "timezone"),
        ('language = "klingon!"\n', ":1:", "language"),
        ('permalink = ":year"\n', ":1:", "permalink"),
        ('include_drafts = "maybe"\n', ":1:", "include_drafts"),
        ('content_dir = ""\n', ":1:", "content_dir"),
        ("content_dir = 5\n", ":1:", "content_dir"),
        ('site_title = """\nport = 1\n"""\n\nport = 0.5\n', ":5:", "port"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(text: str, place: str, word: str) -> None:
    Path("searchapp.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load()
    message = str(caught.value)
    assert "searchapp.toml" + place in message
    assert word in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["port = ", "[[[", 'a = "', "\x00"])
def test_a_file_that_is_no_toml(text: str) -> None:
    Path("searchapp.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"searchapp\.toml"):
        load()


def test_a_file_that_is_no_utf8_or_missing() -> None:
    Path("searchapp.toml").write_bytes(b'site_title = "\xff"\n')
    with pytest.raises(ConfigError, match="UTF-8"):
        load()
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load("absent.toml")


def test_an_unknown_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_PROT", "80")
    with pytest.raises(ConfigError, match="SEARCHAPP_PROT"):
        load()


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_WORKERS", "none")
    with pytest.raises(ConfigError, match="SEARCHAPP_WORKERS"):
        load()


def test_a_bad_flag_is_named() -> None:
    with pytest.raises(ConfigError, match="--port"):
        load(flags={"port": "x"})


@pytest.mark.parametrize(
    ("value", "expected"), [("yes", True), ("0", False), ("TRUE", True), ("off", False), ("on", True)]
)
def test_booleans_from_the_environment(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("SEARCHAPP_INCLUDE_FUTURE", value)
    assert load().include_future is expected


def test_a_final_slash_of_the_address_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_SITE_URL", "https://example.org/blog/")
    assert load().site_url == "https://example.org/blog"


def test_a_language_is_its_primary_subtag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_LANGUAGE", "pt_BR")
    assert load().language == "pt"


def test_the_zone_is_usable() -> None:
    assert load(flags={"timezone": "Europe/Warsaw"}).zone.key == "Europe/Warsaw"


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000])
def test_a_value_that_the_toml_parser_trips_over_is_a_mistake_in_the_file(value: str) -> None:
    Path("searchapp.toml").write_text(f"port = {value}\n")
    with pytest.raises(ConfigError, match=r"searchapp\.toml: not valid TOML") as caught:
        load()
    assert len(str(caught.value)) < 300


def test_a_theme_is_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "blue.css").write_text(":root {}")
    (tmp_path / "x" / "a.toml").write_text('theme = "blue.css"\n')
    assert load(tmp_path / "x" / "a.toml").theme == str(tmp_path / "x" / "blue.css")
    for theme in ("red.css", "."):
        (tmp_path / "x" / "a.toml").write_text(f'theme = "{theme}"\n')
        with pytest.raises(ConfigError, match=r"a\.toml:1: theme must be the path of a file"):
            load(tmp_path / "x" / "a.toml")


PINS = """site_title = '''
[[pinned]]
'''
recency = 0

[[pinned]]
query = "opening hours"
articles = ["posts/hours.md", "https://example.org/hours/"]
"""


def test_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("searchapp.toml").write_text(PINS)
    config = load()
    assert config.recency == 0
    assert config.pinned == (Pinned("opening hours", ("posts/hours.md", "https://example.org/hours/")),)
    assert config.pinned[0].line == 6
    monkeypatch.setenv("SEARCHAPP_PINNED", "x")
    with pytest.raises(ConfigError, match=r"variable SEARCHAPP_PINNED: pinned must be \[\[pinned\]\] tables in a file"):
        load()


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("", "query in [[pinned]] must be the words of a query"),
        ('query = " "\narticles = ["a"]', "query in [[pinned]]"),
        ('query = "a"', "articles in [[pinned]] must be a list of 1 to 20"),
        ('query = "a"\narticles = []', "articles in [[pinned]]"),
        ('query = "a"\narticles = "a.md"', "articles in [[pinned]]"),
        ('query = "a"\narticles = [1]', "articles in [[pinned]]"),
        ('query = "a"\narticle = ["a"]', "unknown key 'article' in [[pinned]]; known are query, articles"),
    ],
)
def test_a_mistake_in_a_pin_is_named_with_its_line(table: str, reason: str) -> None:
    Path("searchapp.toml").write_text(f"{PINS}\n[[pinned]]\n{table}\n")
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value).startswith("searchapp.toml:10: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["pinned = 1", "pinned = [1]", 'pinned = "a"', "recency = -1", 'recency = "off"'])
def test_pins_and_recency_of_another_kind(text: str) -> None:
    Path("searchapp.toml").write_text(f"\n{text}\n")
    with pytest.raises(ConfigError, match=r"searchapp\.toml:2: (pinned|recency) must be"):
        load()


SYNONYMS = """[[synonyms]]
words = ["k8s", "kubernetes", "container  orchestration"]
[[synonyms]]
from = ["js"]
to = ["javascript"]
"""


def test_synonyms() -> None:
    Path("searchapp.toml").write_text(SYNONYMS)
    equal, one_way = load().synonyms
    assert equal == SynonymSet(("k8s", "kubernetes", "container orchestration"))
    assert one_way == SynonymSet(("js",), ("javascript",))
    assert (equal.line, one_way.line) == (1, 3)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("", "[[synonyms]] must have either words, or from and to"),
        ('from = ["a"]', "[[synonyms]] must have either words, or from and to"),
        ('words = ["a", "b"]\nto = ["c"]', "[[synonyms]] must have either words, or from and to"),
        ('words = ["a"]', "words in [[synonyms]] must be a list of 2 to 20 words or phrases, such as words = ["),
        ('words = "a"', "words in [[synonyms]] must be a list of 2 to 20"),
        ('words = ["a", 1]', "words in [[synonyms]] must be a list of 2 to 20"),
        ('from = ["a"]\nto = []', "to in [[synonyms]] must be a list of 1 to 20 words or phrases, such as to = ["),
        ('words = ["a", "--"]', "words in [[synonyms]] has '--'; write a word, or a phrase of up to 5 words"),
        ('words = ["a", "b c d e f g"]', "words in [[synonyms]] has 'b c d e f g'; write a word"),
        ("""words = ["a", '"b"']""", """words in [[synonyms]] has '"b"'; write a word"""),
        ('words = ["a", "A"]', "words in [[synonyms]] has the same word twice; keep one"),
        ('word = ["a", "b"]', "unknown key 'word' in [[synonyms]]; known are words, from, to"),
    ],
)
def test_a_mistake_in_synonyms_is_named_with_its_line(table: str, reason: str) -> None:
    Path("searchapp.toml").write_text(f"{SYNONYMS}\n[[synonyms]]\n{table}\n")
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value).startswith("searchapp.toml:7: ")
    assert reason in str(caught.value)


def test_synonyms_are_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("searchapp.toml").write_text("\n".join(f'[[synonyms]]\nwords = ["a{n}", "b{n}"]' for n in range(251)))
    with pytest.raises(ConfigError, match=r"searchapp\.toml:501: synonyms may have 500 words and phrases in all"):
        load()
    Path("searchapp.toml").write_text("synonyms = 1")
    with pytest.raises(ConfigError, match=r"searchapp\.toml:1: synonyms must be \[\[synonyms\]\] tables"):
        load()
    Path("searchapp.toml").unlink()
    monkeypatch.setenv("SEARCHAPP_SYNONYMS", "x")
    with pytest.raises(ConfigError, match=r"SEARCHAPP_SYNONYMS: synonyms must be \[\[synonyms\]\] tables in a file"):
        load()


def test_origins_are_a_list_in_the_file_and_text_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().allowed_origins == ()
    Path("searchapp.toml").write_text(
        'allowed_origins = ["https://a.example", "http://[::1]:8080", "https://a.example"]\n'
    )
    assert load().allowed_origins == ("https://a.example", "http://[::1]:8080")
    monkeypatch.setenv("SEARCHAPP_ALLOWED_ORIGINS", "https://xn--bcher-kva.example, https://b.example:8443 http://c")
    assert load().allowed_origins == ("https://xn--bcher-kva.example", "https://b.example:8443", "http://c")


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("https://blog.example.org/", 'write "https://blog.example.org"'),
        ("https://blog.example.org/posts?x#y", 'write "https://blog.example.org"'),
        ("https://me:secret@blog.example.org", 'write "https://blog.example.org"'),
        ("HTTPS://Blog.example.org", 'write "https://blog.example.org"'),
        ("https://blog.example.org:443", 'write "https://blog.example.org"'),
        ("http://blog.example.org:80", 'write "http://blog.example.org"'),
        ("https://bücher.example", 'write "https://xn--bcher-kva.example"'),
        ("*", "no wildcards"),
        ("https://*.example.org", "no wildcards"),
        ("null", "is none"),
        ("blog.example.org", "a scheme and a host"),
        ("file:///home", "a scheme and a host"),
        ("https://", "a scheme and a host"),
        ("https://x:99999", "a scheme and a host"),
        ("https://a b", "a scheme and a host"),
        ("", "a scheme and a host"),
    ],
)
def test_an_origin_that_no_browser_would_send(given: str, remedy: str) -> None:
    Path("searchapp.toml").write_text(f'port = 1\nallowed_origins = ["https://good.example", "{given}"]\n')
    with pytest.raises(
        ConfigError, match=r"searchapp\.toml:2: allowed_origins must be a list of exact origins"
    ) as caught:
        load()
    assert remedy in str(caught.value)


@pytest.mark.parametrize("value", ["5", "true", '[["https://a.example"]]', "{ a = 1 }"])
def test_origins_that_are_no_list(value: str) -> None:
    Path("searchapp.toml").write_text(f"allowed_origins = {value}\n")
    with pytest.raises(ConfigError, match=r"allowed_origins must be a list"):
        load()


def test_the_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").touch()
    Path("searchapp.toml").write_text(
        """engine = "opensearch"
opensearch_hosts = ["https://search-1.example.org:9200", "https://search-2.example.org:9200"]
opensearch_user = "searchapp"
opensearch_ca = "ca.pem"
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("SEARCHAPP_OPENSEARCH_PASSWORD", "correct horse")
    config = load()
    assert config.opensearch_hosts == ("https://search-1.example.org:9200", "https://search-2.example.org:9200")
    assert (config.opensearch_ca, config.opensearch_verify) == (str(tmp_path / "ca.pem"), True)
    assert config.opensearch_password == "correct horse"
    assert "correct horse" not in repr(config)
    monkeypatch.setenv("SEARCHAPP_OPENSEARCH_HOSTS", "http://a.example:9200, http://b.example:9200/")
    assert load().opensearch_hosts == ("http://a.example:9200", "http://b.example:9200")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('engine = "elastic"', 'engine must be "whoosh" or "opensearch"'),
        ("opensearch_hosts = []", "opensearch_hosts must be a list of addresses"),
        ('opensearch_hosts = ["search:9200"]', "an address such as"),
        ('opensearch_hosts = ["https://me:hunter2@search:9200"]', "without a password"),
        ('opensearch_password = "hunter2"', "set SEARCHAPP_OPENSEARCH_PASSWORD"),
        ("opensearch_password = 12", "set SEARCHAPP_OPENSEARCH_PASSWORD"),
        ('opensearch_password_file = "none.txt"', "the path of a file that is there"),
        ('opensearch_ca = "none.pem"', "the path of a file that is there"),
        ("opensearch_verify = 3", "true or false"),
        ('opensearch_prefix = "My Blog"', "lower-case letters"),
        ("opensearch_shards = 0", "from 1 to 1024"),
    ],
)
def test_mistakes_about_the_cluster(line: str, expected: str) -> None:
    Path("searchapp.toml").write_text(f"# about the cluster\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"searchapp\.toml:2: ") as caught:
        load()
    assert expected in str(caught.value)
    assert "hunter2" not in str(caught.value)
