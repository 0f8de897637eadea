"""The desk's pages on near-duplicates and on tags, and the patch that the latter gives."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from contextlib import closing

import pytest
from desks import Desk
from lxml import html
from werkzeug.test import TestResponse

from searchapp.engines import open_engine
from searchapp.indexing import index

TEXT = " ".join(f"word{number}" for number in range(80))
OTHER = TEXT.replace("word", "other")
POSTS = {
    "a.md": f"---\ntitle: First & <b>best</b>\ndate: 2020-01-02\ntags: [blog, x]\n---\n{TEXT} yes\n",
    "b.md": f"---\ntitle: Second\ndate: 2021-01-02\ntags: [blogs, x]\n---\n{TEXT} no\n",
    "c.md": f"---\ntitle: Longer\ndate: 2022-01-02\ntags: [blog, once]\n---\n{TEXT}\n\n{OTHER}\n\n{OTHER[::-1]}\n",
    "d.rst": "Title\n=====\n\n:tags: blogs\n\nText of the fourth.\n",
    "_drafts/e.md": f"---\ntitle: First\n---\n{TEXT} maybe\n",
}


@pytest.fixture
def filled(desk: Desk) -> Desk:
    for name, text in POSTS.items():
        path = desk.config.content_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with closing(open_engine(desk.config)) as engine:
        index(desk.config, engine)
    return desk


def get(desk: Desk, path: str) -> html.HtmlElement:
    for _ in range(100):
        answer = desk.client.get(path)
        if answer.status_code != 202:
            assert answer.status_code == 200, answer.text
            return html.fromstring(answer.text)
    raise AssertionError("the report never came")


def post(desk: Desk, page: html.HtmlElement, *names: str) -> TestResponse:
    [token] = page.xpath("//form[contains(@class, 'merges')]//input[@name='csrf']/@value")
    return desk.client.post("/desk/tags", data={"csrf": token, "only": list(names)})


def cards(desk: Desk, path: str) -> dict[str, str]:
    items = html.fromstring(desk.client.get(path).text).xpath("//ul[@class='desk-cards']/li")
    return {item.xpath("string(.//a)"): " ".join(item.xpath("string(./p[2])").split()) for item in items}


def eventually(desk: Desk) -> dict[str, str]:
    for _ in range(600):
        found = cards(desk, "/desk/overview")
        if "is being made…" not in found.values():
            return found
        time.sleep(0.1)
    raise AssertionError("the reports never came")


def test_the_first_page_says_how_much_each_report_has_found(filled: Desk) -> None:
    searches = "0 in 12 weeks 0 found nothing"
    assert cards(filled, "/desk") == dict.fromkeys(("Checks", "Links", "Duplicates", "Tags"), "") | {
        "Searches": searches
    }
    found = eventually(filled)
    assert found == {
        "Checks": "0 to look at",
        "Links": "0 broken 4 orphans",
        "Duplicates": "2 alike 2 within others",
        "Tags": found["Tags"],
        "Searches": searches,
    }
    assert found["Tags"] == f"{get(filled, '/desk/tags').xpath('string((//dl//dd)[3])')} to look at"
    assert cards(filled, "/desk") == found


def test_a_report_that_fails_is_not_made_again_and_again(filled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    monkeypatch.setattr("searchapp.web.desk.reports._COMMAND", "import sys; sys.exit('no room')")
    monkeypatch.setattr("searchapp.web.desk.reports._log.warning", lambda *args: begun.append(args))
    for _ in range(3):
        assert set(list(eventually(filled).values())[:4]) == {"could not be made; the log says why"}
    assert len(begun) == 4


def test_near_duplicates_are_shown_with_what_differs(filled: Desk) -> None:
    page = get(filled, "/desk/duplicates")
    assert page.xpath("//dl//dd/text()") == ["4", "1", "2"]
    [group] = page.xpath("//section[contains(@class, 'twins')]")
    assert group.xpath(".//ul//a/text()") == ["First & best", "Second"]
    rows = [[side.xpath("string(.//mark)") for side in row.xpath("./p")] for row in group.xpath(".//ol/li")]
    assert rows == [["First & best", "Second"], ["yes", "no"]]
    assert "Longer" in page.xpath("string(//section[@aria-labelledby='parts'])")
    assert "drafts" not in page.xpath("string(//section)")
    assert page.xpath("//nav[@aria-label='Desk']/a[@aria-current]/text()") == ["Duplicates"]


def test_the_tags_page_offers_merges_and_gives_their_patch(filled: Desk) -> None:
    page = get(filled, "/desk/tags")
    boxes = {box.get("value"): box.get("checked") is not None for box in page.xpath("//input[@type='checkbox']")}
    assert boxes == {"tag:blogs": True, "tag:once": False}
    assert f"--content={filled.config.content_dir}" in page.xpath("string(//pre)")
    answer = post(filled, page, "tag:blogs")
    assert (answer.status_code, answer.mimetype) == (200, "text/x-diff")
    assert "tags.patch" in answer.headers["Content-Disposition"]
    assert b"-tags: [blogs, x]\n+tags: [blog, x]\n" in answer.data
    if shutil.which("git"):
        folder = filled.config.content_dir
        done = subprocess.run(["git", "apply"], cwd=folder, input=answer.data, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (folder / "b.md").read_text(encoding="utf-8") == POSTS["b.md"].replace("blogs", "blog")
        again = post(filled, page, "tag:blogs")
        assert again.status_code == 409
        assert "would change nothing" in again.text


def test_a_form_with_nothing_chosen_or_not_ours_gives_no_patch(filled: Desk) -> None:
    page = get(filled, "/desk/tags")
    empty = post(filled, page)
    assert (empty.status_code, "Choose at least one" in empty.text) == (400, True)
    assert post(filled, page, "tag:none").status_code == 400
    assert filled.client.post("/desk/tags", data={"only": "tag:blogs"}).status_code == 403


def test_one_kind_alone_and_kinds_that_are_none(filled: Desk) -> None:
    page = get(filled, "/desk/tags?kind=once")
    assert page.xpath("//input[@type='checkbox']/@value") == ["tag:once"]
    assert "Nothing of this kind" in get(filled, "/desk/tags?kind=subset").text_content()
    assert filled.client.get("/desk/tags?kind=none").status_code == 400


def test_a_tidy_blog_says_so(desk: Desk) -> None:
    desk.config.content_dir.mkdir()
    (desk.config.content_dir / "a.md").write_text("---\ntitle: Only\n---\nOne article.\n", encoding="utf-8")
    with closing(open_engine(desk.config)) as engine:
        index(desk.config, engine)
    assert re.search("No two articles say almost the same", get(desk, "/desk/duplicates").text_content())
    assert re.search("tidy", get(desk, "/desk/tags").text_content())
