"""A draft on the desk: pasted or uploaded, without JavaScript; and what is no draft."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

if TYPE_CHECKING:
    from desks import Desk

DRAFT = """---
title: Another <b>loaf</b>
---
I wrote about **sourdough for patient people** before; truing a bicycle wheel takes as long.
"Bread" & 'patience' <script>alert(1)</script>.
"""


def posted(desk: Desk, text: str | bytes = "", file: tuple[io.BytesIO, str] | None = None) -> TestResponse:
    [csrf, *_] = html.fromstring(desk.client.get("/desk").text).xpath("//input[@name='csrf']/@value")
    data: dict[str, Any] = {"csrf": csrf, "draft": text} | ({"file": FileStorage(*file)} if file else {})
    # Encoded here: the test client leaves a large body's temporary file to the garbage collector.
    boundary, body = encode_multipart(data)
    return desk.client.post("/desk/draft", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_the_box_is_on_the_first_page_and_on_its_own(desk: Desk) -> None:
    for page in ("/desk", "/desk/draft"):
        form = html.fromstring(desk.client.get(page).text).xpath("//form[.//textarea]")[0]
        assert form.get("action") == "/desk/draft"
        assert form.get("enctype") == "multipart/form-data"
        assert form.xpath(".//input[@type='file']")


def test_what_was_pasted_stays_and_what_is_found_is_below(desk: Desk) -> None:
    answer = posted(desk, DRAFT.replace("\n", "\r\n"))
    assert answer.status_code == 200
    page = html.fromstring(answer.text)
    assert page.xpath("//textarea")[0].text.strip() == DRAFT.strip()
    first = page.xpath("//ol/li")[0]
    phrase = first.xpath(".//mark")[0].text
    assert phrase.lower() in DRAFT.lower()
    pasted = first.xpath(".//code")[0].text
    assert pasted.startswith(f"[{phrase}](")
    assert first.xpath(".//button/@data-copy")[0] == pasted
    line, column = map(int, first.xpath(".//span/a/text()")[-1].split(":"))
    assert DRAFT.split("\n")[line - 1][column - 1 :].startswith(phrase)
    whole = page.xpath("//*[@role='region']")[0]
    assert whole.text_content() == DRAFT
    assert [mark.text_content() for mark in whole.xpath(".//mark")]
    assert not page.xpath("//script[not(@src)]")


def test_a_file_goes_before_the_box(desk: Desk) -> None:
    answer = posted(desk, "Nothing.", (io.BytesIO(DRAFT.encode("utf-16")), "draft.md"))
    assert html.fromstring(answer.text).xpath("//textarea")[0].text.strip() == DRAFT.strip()


def test_a_long_draft_is_no_larger_than_the_desk_allows(desk: Desk) -> None:
    with posted(desk, "Truing a bicycle wheel.\n\n```\n" + "code\n" * 240_000) as answer:
        assert answer.status_code == 200
        assert "[Truing a bicycle wheel](" in answer.text
        assert "phrase-1" not in answer.text, "so long a draft is not shown twice"


@pytest.mark.parametrize(
    ("text", "name", "status", "said"),
    [
        (b"", "", 400, "The draft is empty"),
        (b"\0\1\2", "photo.jpg", 400, "photo.jpg is no text"),
        (b"a" * 5_000_000, "", 413, "The draft has more than 2,097,152 bytes"),
        (b"a" * 5_000_000, "novel.md", 413, "novel.md has more than 2,097,152 bytes"),
    ],
)
def test_what_is_no_draft_is_said(desk: Desk, text: bytes, name: str, status: int, said: str) -> None:
    with posted(desk, "", (io.BytesIO(text), name)) if name else posted(desk, text.decode()) as answer:
        assert answer.status_code == status
        page = html.fromstring(answer.text)
    assert said in page.xpath("//*[@role='alert']")[0].text
    assert page.xpath("//textarea")


def test_a_draft_like_nothing_says_so(desk: Desk) -> None:
    assert "The blog has nothing like it" in posted(desk, "Qwertz uiop.").text


def test_broken_front_matter_is_said_with_its_line(desk: Desk) -> None:
    page = html.fromstring(posted(desk, "---\ntitle: [x\n---\nSourdough bread.").text)
    assert "line 3" in page.xpath("//section[@aria-labelledby='h-warnings']")[0].text_content()


def test_a_form_that_is_not_ours_is_refused_before_it_is_read(desk: Desk) -> None:
    assert desk.client.post("/desk/draft", data={"draft": DRAFT}).status_code == 403
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert desk.client.post("/desk/draft", data={"draft": DRAFT}, environ_base=elsewhere).status_code == 404
