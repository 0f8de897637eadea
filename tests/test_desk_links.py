"""The desk's pages of links: figures, lists, the picture and the table beside it."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from articles import write
from desks import Desk
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from profiles import EXPENSIVE

from searchapp.config.loading import Config
from searchapp.editor.links import layout
from searchapp.editor.links.address_forms import Blog
from searchapp.editor.links.address_index import Node
from searchapp.editor.links.compact_graph import compact
from searchapp.editor.links.graph import ArticleLinks, Graph, build
from searchapp.editor.links.rendered_links import RenderedLink
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.web import create_app
from searchapp.web.desk import link_graph_svg
from searchapp.web.state import state

STAR = '<script>"'
LINKING = {
    "_config.yml": "url: https://example.org\npermalink: /:year/:title/\n",
    "_posts/2024-01-01-hub.md": (
        f"---\nalias: /old/hub/\ntitle: 'The hub {STAR}'\ncategory: Kitchen\n---\n[leaf](/2024/leaf-1/)\n"
    ),
    "_posts/2024-01-09-lost.md": "---\ntitle: Lost\n---\n[a](/2024/huub/) [b](/old/hub/)\n",
    **{
        f"_posts/2024-02-{n:02}-leaf-{n}.md": (
            f"---\ntitle: Leaf {n}\ntags: [tag{n // 2}]\n---\n[words {n}](/2024/hub/)\n"
        )
        for n in range(1, 28)
    },
}


def linked_app(folder: Path) -> Flask:
    """The application over an index of LINKING."""
    write(folder / "content", LINKING)
    config = Config(folder / "content", folder / "index", site_title="Field Notes")
    with closing(open_engine(config)) as engine:
        index(config, engine)
    return create_app(config)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    app = linked_app(tmp_path_factory.mktemp("linked"))
    return Desk(state_of(app), app, app.test_client())


def state_of(app: Flask) -> Config:
    with app.app_context():
        return state().config


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchapp.web.desk.reports.PATIENCE", 60.0)


def page(desk: Desk, url: str, status: int = 200) -> Any:
    answer = desk.client.get(url)
    assert answer.status_code == status
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    return html.fromstring(answer.text)


def words(elements: list[Any]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


def test_the_first_page_has_figures_lists_and_the_most_linked(linked: Desk) -> None:
    found = page(linked, "/desk/links")
    figures = dict(zip(words(found.xpath("//dl//dt")), words(found.xpath("//dl//dd")), strict=True))
    assert figures == {
        "Articles": "29",
        "Links among them": "29",
        "Orphans": "27",
        "Weakly linked": "1",
        "Broken links": "1",
        "Former addresses": "1",
    }
    [row] = found.xpath("//section[@id='picture']//tbody/tr[th[contains(., 'hub')]]")
    assert words(row.xpath("./th|./td"))[:3] == [f"The hub {STAR}", "28", "1"]
    assert words(found.xpath("//section[@id='orphans']//tbody//th"))[:2] == ["Leaf 27", "Leaf 26"]
    assert words(found.xpath("//section[@id='weak']//tbody//th")) == ["Leaf 1"]
    [broken] = words(found.xpath("//section[@id='broken']//li"))
    assert broken.startswith(
        "_posts/2024-01-09-lost.md:4:5 Links to /2024/huub/, where no article is. Write /2024/hub/"
    )
    assert "a former address of" in words(found.xpath("//section[@id='moved']//li"))[0]
    assert found.xpath("//nav//a[@aria-current='page']/text()") == ["Links"]


def test_a_chosen_article_stands_between_its_neighbours(linked: Desk) -> None:
    found = page(linked, "/desk/links?around=_posts/2024-01-01-hub.md")
    assert words(found.xpath("//h3")) == ["Linked from 28", "Links to 1"]
    inbound, outbound = found.xpath("//div[@class='link-sides']//tbody")
    assert len(inbound.xpath("./tr")) == 28
    assert words(inbound.xpath("./tr[th[. = 'Leaf 7']]/td")) == ["words 7"]
    assert words(outbound.xpath(".//th|.//td")) == ["Leaf 1", "leaf"]
    dots = found.xpath("//*[local-name()='svg']//*[local-name()='a']")
    assert len(dots) == 16 + 1 + 1
    assert {dot.get("tabindex") for dot in dots} == {"-1"}
    assert "12 more" in found.text_content()
    assert not found.xpath("//h3[. = 'Could link to it']")
    lone = page(linked, "/desk/links?around=_posts/2024-02-07-leaf-7.md")
    assert words(lone.xpath("//h3[. = 'Could link to it']/following-sibling::ul[1]/li")) == [
        "Leaf 6",
        "Leaf 15",
        "Leaf 14",
    ]
    for link in [*inbound.xpath(".//a/@href"), *(dot.get("href") for dot in dots)]:
        assert linked.client.get(link).status_code == 200


def test_an_article_is_found_by_its_words_and_topics_narrow_the_overview(linked: Desk) -> None:
    found = page(linked, "/desk/links?q=hub")
    links = found.xpath("//ul[@aria-label='Articles found']//a/@href")
    assert "/desk/links?around=_posts/2024-01-01-hub.md#picture" in links
    assert "No article has these words" in page(linked, "/desk/links?q=zzzz").text_content()
    assert words(page(linked, "/desk/links?topic=Kitchen").xpath("//section[@id='picture']//tbody//th")) == [
        f"The hub {STAR}"
    ]
    assert "No article of this topic" in page(linked, "/desk/links?topic=none").text_content()


@pytest.mark.parametrize("id", ["none.md", "../x", "<b>", "\x00", "é" * 900])
def test_an_article_that_is_not_there_is_said_not_to_be(linked: Desk, id: str) -> None:
    answer = linked.client.get("/desk/links", query_string={"around": id})
    assert answer.status_code == 404
    assert "There is no article" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize(("name", "rows"), [("orphans", 27), ("weak", 1), ("broken", 1), ("moved", 1)])
def test_each_list_has_pages_of_its_own(linked: Desk, name: str, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchapp.web.desk.links.PER_PAGE", 10)
    seen, url = 0, f"/desk/links/{name}"
    for _ in range(9):
        found = page(linked, url)
        seen += len(found.xpath("//tbody/tr|//ul[@class='link-problems']/li"))
        following = found.xpath("//a[@rel='next']/@href")
        if not following:
            break
        [url] = following
    assert seen == rows
    for odd in ("0", "99", "x", "-1", "9" * 50):
        assert page(linked, f"/desk/links/{name}?page={odd}").xpath("//tbody/tr|//ul[@class='link-problems']/li")
    assert linked.client.get("/desk/links/none").status_code == 404


def test_a_blog_without_links_says_what_may_be_missing(desk: Desk) -> None:
    found = page(desk, "/desk/links")
    assert "No article links to another one" in found.text_content()
    assert "site_url" in found.text_content()
    assert not found.xpath("//*[local-name()='svg'][@aria-hidden][ancestor::main]")
    assert page(desk, "/desk/links/broken").xpath("//p[@class='desk-empty']/text()") == ["None."]


def test_an_empty_blog_says_so(tmp_path: Path) -> None:
    config = Config(tmp_path / "content", tmp_path / "index")
    engine = open_engine(config)
    engine.rebuild([])
    engine.close()
    app = create_app(config)
    assert "There are no articles yet" in page(Desk(config, app, app.test_client()), "/desk/links").text_content()


# The map and the layout


def graph_of(pairs: list[tuple[int, int]], count: int) -> Graph:
    links: dict[int, list[RenderedLink]] = {}
    for one, other in pairs:
        links.setdefault(one, []).append(RenderedLink(f"/{other:02}/", f"to {other}"))
    nodes = [Node(f"{n:02}.md", f"Article {n}", f"/{n:02}/") for n in range(count)]
    return build(
        [ArticleLinks(node, tuple(links.get(n, ()))) for n, node in enumerate(nodes)], Blog(("https://e.org",))
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_the_map_says_what_the_graph_says(pairs: list[tuple[int, int]]) -> None:
    graph = graph_of(pairs, 10)
    found = compact(graph, Config(Path("none"), Path("none")))
    for number, id in enumerate(found.ids):
        assert found.number(id) == number
        assert tuple(found.ids[end] for end, _ in found.outbound.of(number)) == graph.outbound[id]
        assert tuple(found.ids[end] for end, _ in found.inbound.of(number)) == graph.inbound[id]
        assert all(text == f"to {end}" for end, text in found.outbound.of(number))
    assert sorted(found.ids[n] for n in found.orphans) == [node.id for node in graph.orphans]
    assert sorted(found.ids[n] for n in found.weak) == [node.id for node, _ in graph.weak]
    nodes = list(range(10))
    assert found.among(nodes) == sorted({pair for pair in pairs if pair[0] != pair[1]})
    counts = [int(found.inbound.counts[n]) for n in found.most_linked(10)]
    assert counts == sorted(counts, reverse=True)
    assert found.number("none.md") is None


@settings(max_examples=EXPENSIVE)
@given(st.integers(0, 30), st.data())
def test_a_layout_keeps_within_the_picture_and_is_always_the_same(count: int, data: st.DataObject) -> None:
    node = st.integers(0, max(count - 1, 0))
    pairs = data.draw(st.lists(st.tuples(node, node), max_size=40)) if count else []
    points = layout.force_directed(count, pairs, 900, 500)
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    assert ((points >= -1e-6) & (points <= np.array([900, 500]) + 1e-6)).all()
    assert np.array_equal(points, layout.force_directed(count, pairs, 900, 500))
    if count > 1:
        apart = np.abs(points[:, None] - points[None]).sum(-1) + np.eye(count) * 9
        assert apart.min() > 1e-3


def test_labels_lie_on_no_other(linked: Desk) -> None:
    texts = page(linked, "/desk/links").xpath("//*[local-name()='svg']//*[local-name()='text']")
    boxes = []
    for text in texts:
        x, y = float(text.get("x")), float(text.get("y"))
        long = len(text.text) * layout_letter()
        left = {"start": x, "end": x - long, "middle": x - long / 2}[text.get("text-anchor")]
        boxes.append((left, y - 12, left + long, y))
        assert left >= 0
        assert left + long <= 960
    assert boxes
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def layout_letter() -> float:
    """Half the height of a letter: less than is left for it."""
    return 13 * 0.5


def test_a_picture_has_no_more_than_it_has_room_for() -> None:
    from searchapp.web.desk.link_graph_svg import overview

    found = compact(
        graph_of([(a, b) for a in range(90) for b in range(40) if a != b], 90), Config(Path("x"), Path("x"))
    )
    picture = overview(found, "", lambda id: id)
    assert len(picture.dots) <= 18 * 5
    assert all(re.fullmatch(r"Article \d+: linked from \d+, links to \d+", dot.hint) for dot in picture.dots)


def test_an_article_that_all_others_link_to(linked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_graph_svg, "MAX_ROWS", 20)
    found = page(linked, "/desk/links?around=_posts/2024-01-01-hub.md")
    assert words(found.xpath("//h3")) == ["Linked from 28", "Links to 1"]
    inbound, _ = found.xpath("//div[@class='link-sides']//tbody")
    rows = words(inbound.xpath(".//th"))
    assert (len(rows), rows[0]) == (20, "Leaf 1"), "the one that is linked itself comes first"
    drawn = found.xpath("//*[local-name()='a'][contains(@class, 'link-in')]/@href")
    assert set(drawn) <= set(inbound.xpath(".//a/@href"))
    assert "These 20 are linked most" in found.text_content()
    assert "12 more." in found.text_content()
