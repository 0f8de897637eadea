"""Answers that are kept and confirmed: strong tags, 304, one entry for equal questions, never a stale or mixed one."""

from __future__ import annotations

import random
import re
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from fieldnotes import blog
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.errors import IndexDamagedError
from searchapp.model import Article, Query, Results
from searchapp.web import create_app
from searchapp.web.http.response_cache import CachedResponse, ResponseCache
from searchapp.web.http.security import HEADERS
from searchapp.web.state import state

BREAD = "posts/2021-02-14-bread.md"
ADDRESSES = [
    "/",
    "/search?q=bread",
    f"/articles/{BREAD}",
    "/api/search?q=bread&tag=wood",
    "/api/suggest?q=br",
    f"/api/articles/{BREAD}",
    f"/api/articles/{BREAD}/related?limit=3",
]


class Counting(MemoryEngine):
    """Counts searches."""

    searches = 0

    def search(self, query: Query) -> Results:
        self.searches += 1
        return super().search(query)


@pytest.fixture
def engine() -> Counting:
    engine = Counting()
    engine.rebuild(blog())
    return engine


def tag_of(client: FlaskClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.headers["ETag"]


def asked(client: FlaskClient, url: str) -> str:
    """What the tag says about the question: equal for questions that share an entry."""
    return tag_of(client, url).strip('"').partition("-")[0]


def said(response: TestResponse) -> list[tuple[str, str]]:
    """The headers, but for the name that each request has of its own."""
    return [pair for pair in response.headers if pair[0] != "X-Request-ID"]


def untimed(data: bytes) -> bytes:
    return re.sub(rb'"took_ms":[0-9.e-]+', b"", data)


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_answer_has_a_strong_tag_and_is_kept(client: FlaskClient, url: str) -> None:
    first, again = client.get(url), client.get(url)
    assert re.fullmatch(r'"[0-9a-f]{32}-[0-9a-f]{16}(-[0-9]+[asc])?"', first.headers["ETag"])
    assert first.headers["Cache-Control"] == "no-cache"
    assert again.data == first.data, "took_ms too: nothing was searched"
    assert said(again) == said(first)


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("wanted", ["{}", "W/{}", '"x", {} , W/"y"', '"a,b",{}', "*"])
def test_a_copy_is_confirmed(client: FlaskClient, url: str, method: str, wanted: str) -> None:
    tag = tag_of(client, url)
    response = client.open(url, method=method, headers={"If-None-Match": wanted.format(tag)})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == tag
    assert response.headers["Cache-Control"] == "no-cache"
    assert not {"Content-Type", "Content-Length"} & set(response.headers.keys())
    assert all(response.headers[name] == value for name, value in HEADERS.items())


@pytest.mark.parametrize("wanted", ['"x"', 'W/"', "", ",", '"{}', "{}x", '"{}\\"', "W/W/{}", "**"])
def test_another_copy_is_not(client: FlaskClient, wanted: str) -> None:
    tag = tag_of(client, "/api/search?q=rye").strip('"')
    response = client.get("/api/search?q=bread", headers={"If-None-Match": wanted.format(tag)})
    assert response.status_code == 200
    assert response.get_json()["query"] == "bread"


@pytest.mark.parametrize("url", ADDRESSES)
def test_head_has_the_headers_of_get(client: FlaskClient, url: str) -> None:
    head = client.head(url)
    got = client.get(url)
    assert (head.status_code, head.data) == (200, b"")
    assert said(head) == said(got)
    assert int(head.headers["Content-Length"]) == len(got.data)


def test_any_copy_will_do_only_where_there_is_something(client: FlaskClient) -> None:
    for url, status in (("/articles/none.md", 404), ("/api/search?page=0", 400), ("/articles/old/bread.html", 301)):
        response = client.get(url, headers={"If-None-Match": "*"})
        assert response.status_code == status
        assert "ETag" not in response.headers


def test_a_copy_that_must_be_right(client: FlaskClient) -> None:
    tag, other = tag_of(client, "/api/search?q=bread"), tag_of(client, "/api/search?q=rye")
    for wanted, status in ((tag, 200), (f'"x", {tag}', 200), ("*", 200), (other, 412), (f"W/{tag}", 412)):
        response = client.get("/api/search?q=bread", headers={"If-Match": wanted})
        assert response.status_code == status, wanted
    both = client.get("/api/search?q=bread", headers={"If-Match": other, "If-None-Match": tag})
    assert (both.status_code, both.mimetype) == (412, "application/problem+json")
    both = client.get("/api/search?q=bread", headers={"If-Match": tag, "If-None-Match": tag})
    assert (both.status_code, both.headers["ETag"]) == (304, tag)
    assert client.get("/api/articles/none.md", headers={"If-Match": tag}).status_code == 404


def test_confirming_searches_nothing(client: FlaskClient, engine: Counting, config: Config) -> None:
    tag = tag_of(client, "/api/search?q=bread")
    other = create_app(config, engine).test_client()
    before = engine.searches
    response = other.get("/api/search?q=bread", headers={"If-None-Match": tag})
    assert (response.status_code, response.headers["ETag"], engine.searches) == (304, tag, before)


def test_processes_confirm_each_others_answers(config: Config) -> None:
    ours, theirs = WhooshEngine(config.index_dir), WhooshEngine(config.index_dir)
    ours.rebuild(blog())
    one, two = (create_app(config, engine).test_client() for engine in (ours, theirs))
    for url in ADDRESSES:
        tag, other = tag_of(one, url), tag_of(two, url)
        assert (tag == other) == (one.get(url).data == two.get(url).data), "equal bytes, equal tags"
        for client in (one, two):
            for wanted in (tag, other):
                response = client.get(url, headers={"If-None-Match": wanted})
                assert (response.status_code, response.headers["ETag"]) == (304, wanted)
    ours.update([replace(blog()[0], digest="new")], [])
    for url in ADDRESSES:
        assert two.get(url, headers={"If-None-Match": tag_of(one, url)}).status_code == 304
    ours.close()
    theirs.close()


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_new_generation_has_new_answers(client: FlaskClient, engine: Counting, url: str) -> None:
    tag = tag_of(client, url)
    engine.update([replace(blog()[0], title="Bread and wood", tags=("wood", "bread"), digest="new")], ())
    response = client.get(url, headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


@pytest.mark.parametrize("change", [{"site_url": "https://example.org"}, {"site_title": "Other"}])
def test_another_configuration_has_other_answers(config: Config, engine: Counting, change: dict[str, str]) -> None:
    tag = tag_of(create_app(config, engine).test_client(), "/search?q=bread")
    other = create_app(replace(config, **change), engine).test_client()  # type: ignore[arg-type]
    assert other.get("/search?q=bread", headers={"If-None-Match": tag}).status_code == 200


def test_another_place_of_the_application_has_other_answers(client: FlaskClient) -> None:
    tag = tag_of(client, "/search?q=bread")
    response = client.get("/search?q=bread", environ_overrides={"SCRIPT_NAME": "/blog"}, headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert 'href="/blog/search' in response.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/api/search?q=bread", "/api/search?utm=x&page=1&sort=relevance&per_page=10&tag=&q=+bread%20"),
        ("/api/search?tag=wood&tag=tools&year=2021&year=2022", "/api/search?year=2022&tag=tools&year=2021&tag=wood"),
        ("/api/search?tag=wood&tag=wood", "/api/search?tag=wood"),
        ("/api/search?after=2021-01-01", "/api/search?after=2021"),
        ("/search?q=bread&page=2", "/search?page=2&q=bread&after="),
        ("/api/suggest?q=br", "/api/suggest?limit=8&q=br&x=y"),
        (f"/api/articles/{BREAD}", f"/api/articles/{BREAD}?q=1"),
        (f"/api/articles/{BREAD}/related", f"/api/articles/{BREAD}/related?limit=10"),
        ("/articles/posts/2021-02-14-bread.md", "/articles/posts/2021%2d02-14-bread%2Emd"),
    ],
)
def test_equal_questions_share_an_answer(client: FlaskClient, one: str, other: str) -> None:
    assert client.get(one).data == client.get(other).data
    assert tag_of(client, one) == tag_of(client, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/api/search?tag=nosuch", "/api/search?tag=NoSuch"),
        ("/api/search?q=bread", "/api/search?q=Bread"),
        ("/api/search?q=bread", "/search?q=bread"),
        ("/", "/search"),
        ("/search?q=bread", "/search?q=bread&fragment=1"),
        ("/search?q=brea", "/search?q=brea&live=1"),
        ("/search?tag=wood&tag=tools", "/search?tag=tools&tag=wood"),
        ("/api/search", "/api/search?sort=newest"),
        ("/api/suggest?q=b", "/api/suggest?q=b&limit=1"),
    ],
)
def test_different_answers_are_kept_apart(client: FlaskClient, one: str, other: str) -> None:
    first, second = client.get(one), client.get(other)
    assert untimed(first.data) != untimed(second.data)
    assert asked(client, one) != asked(client, other)


PARAMETERS = st.lists(
    st.one_of(
        st.tuples(st.just("q"), st.sampled_from(["bread", "Bread", " bread", "bread ", "", "tag:wood"])),
        st.tuples(st.sampled_from(["tag", "category"]), st.sampled_from(["wood", "Wood", "tools", "nosuch", "NoSuch"])),
        st.tuples(st.just("year"), st.sampled_from(["2021", "2022", ""])),
        st.tuples(st.just("after"), st.sampled_from(["2021", "2021-01", "2021-01-01", ""])),
        st.tuples(st.just("sort"), st.sampled_from(["relevance", "newest", "oldest", ""])),
        st.tuples(st.just("page"), st.sampled_from(["1", "01", "2", ""])),
        st.tuples(st.just("per_page"), st.sampled_from(["10", "2"])),
        st.tuples(st.just("limit"), st.sampled_from(["8", "2", ""])),
        st.tuples(st.sampled_from(["fragment", "live"]), st.sampled_from(["1", ""])),
        st.tuples(st.just("unknown"), st.sampled_from(["1", "2"])),
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def two_clients(tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, FlaskClient]:
    """One blog, two applications that keep their own answers."""
    folder = tmp_path_factory.mktemp("answers")
    engine = MemoryEngine()
    engine.rebuild(blog())
    config = Config(content_dir=folder / "content", index_dir=folder / "index")
    one, two = (create_app(config, engine).test_client() for _ in range(2))
    return one, two


@given(path=st.sampled_from(["/api/search", "/search", "/api/suggest"]), one=PARAMETERS, seed=st.integers(0, 99))
def test_what_shares_an_entry_has_the_same_bytes(
    two_clients: tuple[FlaskClient, FlaskClient], path: str, one: list[tuple[str, str]], seed: int
) -> None:
    chance = random.Random(seed)
    other = chance.sample(one, len(one))
    if other and chance.random() < 0.5:
        other.append(chance.choice(other))
    first, second = (
        client.get(f"{path}?{urlencode(pairs)}") for client, pairs in zip(two_clients, (one, other), strict=True)
    )
    if first.status_code == second.status_code == 200:
        tags = [response.headers["ETag"].partition("-")[0] for response in (first, second)]
        if tags[0] == tags[1]:
            assert untimed(first.data) == untimed(second.data)


class Failing(MemoryEngine):
    """Fails once."""

    error: Exception | None = IndexDamagedError("bad luck")

    def search(self, query: Query) -> Results:
        error, self.error = self.error, None
        if error is not None:
            raise error
        return super().search(query)


@pytest.mark.parametrize(("error", "status"), [(IndexDamagedError("x"), 503), (RuntimeError("x"), 500)])
def test_errors_are_not_kept(config: Config, error: Exception, status: int) -> None:
    engine = Failing()
    engine.rebuild(blog())
    engine.error = error
    client = create_app(config, engine).test_client()
    failed = client.get("/api/search", headers={"If-None-Match": "*"})
    assert (failed.status_code, failed.headers["Cache-Control"]) == (status, "no-store")
    assert "ETag" not in failed.headers
    assert client.get("/api/search").status_code == 200


def test_an_article_that_comes_later_is_found(client: FlaskClient, engine: Counting) -> None:
    assert client.get("/api/articles/new.md").status_code == 404
    engine.update([replace(blog()[0], id="new.md", digest="new")], ())
    assert client.get("/api/articles/new.md").status_code == 200


class Moving(MemoryEngine):
    """Becomes a new generation in the middle of the first answers."""

    moves = 0

    def article(self, id: str) -> Article | None:
        found = super().article(id)
        if self.moves and found:
            self.moves -= 1
            self.update([replace(found, title=f"{found.title}!")], [])
        return found


@pytest.mark.parametrize("url", [f"/api/articles/{BREAD}/related", f"/articles/{BREAD}"])
def test_an_answer_is_of_one_generation(config: Config, url: str) -> None:
    engine = Moving()
    engine.rebuild(blog())
    client = create_app(config, engine).test_client()
    engine.moves = 2
    answer = client.get(url)
    assert "Sourdough for patient people!!" in answer.text, "the last generation's"
    assert client.get(url).headers["ETag"] == answer.headers["ETag"]
    assert client.get(url).data == answer.data
    engine.moves = 1_000
    unsteady = create_app(config, engine).test_client().get(url)
    assert unsteady.status_code == 200
    assert "ETag" not in unsteady.headers, "what may be mixed is not confirmed later"


def test_what_was_kept_of_a_generation_is_given_up_when_the_next_is_asked(config: Config) -> None:
    engine = MemoryEngine()
    engine.rebuild(blog())
    app = create_app(config, engine)
    with app.app_context():
        kept = state().responses
    client = app.test_client()
    for _ in range(2):
        for number in range(5):
            client.get(f"/api/search?q=word{number}")
        assert len(kept) == 5
        engine.rebuild(blog())


def test_what_is_kept_is_bounded() -> None:
    kept = ResponseCache(most=100_000, largest=20_000)
    for number in range(200):
        kept.put((str(number),), CachedResponse((), b"x" * 5_000))
        assert kept.get(("0",)) is not None, "in use"
    assert kept.size <= 100_000
    assert 5 < len(kept) < 20
    assert kept.get(("199",)) is not None
    assert kept.get(("100",)) is None
    kept.put(("large",), CachedResponse((), b"x" * 20_000))
    assert kept.get(("large",)) is None
    size = kept.size
    kept.put(("199",), CachedResponse((), b"y"))
    assert kept.size == size - 4_999
    found = kept.get(("199",))
    assert found is not None
    assert found.body == b"y"


def test_a_page_that_is_too_large_to_keep_is_confirmed_all_the_same(config: Config) -> None:
    engine = MemoryEngine()
    engine.rebuild([replace(blog()[0], id="large.md", html=f"<p>{'words ' * 300_000}</p>")])
    client = create_app(config, engine).test_client()
    tag = tag_of(client, "/articles/large.md")
    assert client.get("/articles/large.md", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.slow
def test_many_threads_while_generations_follow_each_other(config: Config) -> None:
    engine, writer = WhooshEngine(config.index_dir), WhooshEngine(config.index_dir)
    writer.rebuild(blog())
    app = create_app(config, engine)
    bodies: defaultdict[str, set[bytes]] = defaultdict(set)
    stop = threading.Event()

    def read(number: int) -> list[int]:
        client, totals = app.test_client(), []
        while not stop.is_set():
            response = client.get(f"/api/search?page={1 + number % 2}")
            bodies[response.headers["ETag"]].add(response.data)
            totals.append(response.get_json()["total"])
        return totals

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read, number) for number in range(4)]
        for number in range(8):
            writer.update([replace(blog()[0], id=f"new{number}.md", digest="new")], [])
        stop.set()
        found = [each.result() for each in reading]
    assert all(len(contents) == 1 for contents in bodies.values()), "a strong tag names one body"
    assert all(totals == sorted(totals) for totals in found), "never back to an older generation"
    assert app.test_client().get("/api/search").get_json()["total"] == len(blog()) + 8
    engine.close()
    writer.close()


@pytest.mark.parametrize("tags", ['""', 'W/""', '"", "a"', 'W/"", *', ",", '"'])
def test_empty_tags_are_those_of_no_answer(client: FlaskClient, tags: str) -> None:
    assert client.get("/api/search?q=bread", headers={"If-None-Match": tags}).status_code in {200, 304}
    assert client.get("/api/search?q=bread", headers={"If-Match": tags}).status_code in {200, 412}
