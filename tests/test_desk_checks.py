"""The desk's page of what is wrong with the articles: by rule, by path, page by page, and read anew when asked."""

from __future__ import annotations

import os
import time

import pytest
from desks import Desk
from lxml import html

from searchapp.web.desk import checks


def write(desk: Desk, name: str, text: str) -> None:
    path = desk.config.content_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def page(desk: Desk, url: str = "/desk/checks") -> html.HtmlElement:
    for _ in range(200):
        response = desk.client.get(url)
        if response.status_code != 202:
            break
    assert response.status_code == 200
    assert "<img src=x" not in response.text
    assert "style=" not in response.text
    return html.fromstring(response.text)


def texts(element: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in element.xpath(path)]


@pytest.fixture
def flawed(desk: Desk) -> Desk:
    front = "---\ntitle: A title {}\ndate: 2024-05-01\n---\n"
    for number in range(60):
        write(desk, f"posts/{number:02}.md", front.format(number) + "![](x.jpg)\n")
    write(desk, "posts/2021-11-02-rye.md", "---\ntitle: A title of rye\n---\n[rye]()\n")
    write(desk, "broken/<img src=x> & %41.md", "---\ntitle: [\n---\n")
    return desk


def test_before_anything_is_wrong(desk: Desk) -> None:
    assert "no folder" in page(desk).text_content()
    write(desk, "a.md", "---\ntitle: A title\n---\nText")
    desk.post("/desk/checks", page="/desk/checks")
    found = page(desk)
    assert "Nothing is: 1 article was read" in found.text_content()
    assert found.xpath("//button[text()='Check again']")


def test_by_rule_by_path_and_page_by_page(flawed: Desk) -> None:
    found = page(flawed)
    assert texts(found, "//dl//dd") == ["62", "3", "62", "61"]
    rows = [texts(row, "th|td") for row in found.xpath("//table//tbody/tr")]
    assert [row[1:3] for row in rows] == [["1", "1"], ["60", "60"], ["1", "1"]]
    assert rows[0][0] == "Front matter that can't be read error front-matter-invalid"
    [link] = found.xpath("//tbody//a[contains(@href, 'image-alt')]/@href")

    first = page(flawed, link)
    assert texts(first, "//h2") == ["60 findings"]
    places = texts(first, "//li/p[@class='desk-place']")
    assert (len(places), places[0]) == (50, "posts/00.md:5:1")
    assert not first.xpath("//li//a[contains(@href, '/articles/posts/00.md')]"), "it is not in the index"
    [after] = first.xpath("//a[@rel='next']/@href")
    assert len(page(flawed, after).xpath("//ol/li")) == 10
    assert len(page(flawed, "/desk/checks?rule=image-alt&page=99").xpath("//ol/li")) == 10

    below = page(flawed, "/desk/checks?path=BROKEN")
    assert texts(below, "//li/p[@class='desk-place']") == ["broken/<img src=x> & %41.md:3:1"]
    assert "not searchable" in below.xpath("//ol")[0].text_content()
    assert len(page(flawed, "/desk/checks?path=posts/0*&rule=image-alt").xpath("//ol/li")) == 10
    rye = page(flawed, "/desk/checks?rule=link-target")
    assert rye.xpath("//li//a/@href") == ["/articles/posts/2021-11-02-rye.md"]
    assert "Nothing is wrong there" in page(flawed, "/desk/checks?path=%3Cb%3Enowhere").text_content()
    assert page(flawed, "/desk/checks?rule=no-such-rule").xpath("//table")


def test_the_files_are_read_anew_when_asked(flawed: Desk) -> None:
    assert texts(page(flawed), "//dl//dd")[0] == "62"
    for path in flawed.config.content_dir.rglob("*.md"):
        path.write_text("---\ntitle: Mended\n---\nText\n", encoding="utf-8")
    assert texts(page(flawed), "//dl//dd")[0] == "62"
    assert flawed.client.post("/desk/checks").status_code == 403, "without the form of our page"
    assert flawed.post("/desk/checks", page="/desk/checks").status_code == 303
    again = page(flawed)
    assert "front-matter-invalid" not in again.text_content()
    # Another process asks, too: a touch of the file is all that this one sees.
    write(flawed, "posts/00.md", "---\ntitle: [\n---\n")
    later = time.time() + 1
    os.utime(flawed.config.desk_dir / checks.RECHECK_FILE, (later, later))
    assert "front-matter-invalid" in page_after(flawed, later).text_content()


def page_after(desk: Desk, moment: float) -> html.HtmlElement:
    """The page once a report can be newer than a moment that lies ahead."""
    time.sleep(max(0.0, moment - time.time()))
    return page(desk)
