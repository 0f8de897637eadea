"""Who comes in to the desk: tokens, sessions, this machine; and forms that are not ours."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any

import pytest
from desks import Desk
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from searchapp.cli import cli
from searchapp.errors import TooManyAttemptsError
from searchapp.web import create_app
from searchapp.web.desk.tokens import ATTEMPTS, FILE_NAME, TokenStore

FAR = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def token(desk: Desk) -> str:
    return TokenStore(desk.config.desk_dir).issue("editor")


def csrf_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert found
    return found[1]


def log_in(client: FlaskClient, token: str, environ: dict[str, str] = FAR, **data: str) -> TestResponse:
    page = client.get("/desk/login", environ_overrides=environ)
    form = {"csrf": csrf_of(page), "token": token, **data}
    return client.post("/desk/login", data=form, environ_overrides=environ)


def get(client: FlaskClient, url: str = "/desk", **headers: str) -> TestResponse:
    return client.get(url, environ_overrides=FAR, headers=headers)


def test_without_a_token_strangers_find_nothing(desk: Desk) -> None:
    for url in ("/desk", "/desk/login", "/desk/none"):
        assert get(desk.client, url).status_code == 404
    for method in ("POST", "PUT", "OPTIONS"):
        for url in ("/desk", "/desk/links", "/desk/logout"):
            assert desk.client.open(url, method=method, environ_overrides=FAR).status_code == 404
    assert desk.client.get("/desk").status_code == 200
    for url in ("/", "/articles/posts/2021-02-14-bread.md", "/robots.txt", "/api/openapi.json"):
        assert "desk" not in desk.client.get(url).text


def test_a_token_opens_it_for_that_browser_alone(desk: Desk, token: str) -> None:
    asked = get(desk.client)
    assert (asked.status_code, asked.location) == (303, "/desk/login?next=/desk")
    answer = log_in(desk.client, token, next="/desk")
    assert (answer.status_code, answer.location) == (303, "/desk")
    [cookie] = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/desk")
    page = get(desk.client)
    assert page.status_code == 200
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert "Content-Encoding" not in get(desk.client, **{"Accept-Encoding": "gzip"}).headers
    assert get(desk.app.test_client()).status_code == 303
    kept = (desk.config.desk_dir / FILE_NAME).read_bytes()
    assert token.encode() not in kept
    assert cookie.value.encode() not in kept


def test_a_cookie_goes_over_https_only_where_it_came_by_it(desk: Desk, token: str) -> None:
    answer = log_in(desk.client, token, FAR | {"wsgi.url_scheme": "https"})
    assert "Secure" in answer.headers["Set-Cookie"]


def test_logging_out_ends_the_session_for_every_copy_of_it(desk: Desk, token: str) -> None:
    log_in(desk.client, token)
    thief = desk.app.test_client()
    cookie = desk.client.get_cookie("searchapp_desk", path="/desk")
    assert cookie
    thief.set_cookie("searchapp_desk", cookie.value, path="/desk")
    assert get(thief).status_code == 200
    form = {"csrf": csrf_of(get(desk.client))}
    assert desk.client.post("/desk/logout", data=form, environ_overrides=FAR).status_code == 303
    assert (get(desk.client).status_code, get(thief).status_code) == (303, 303)


def test_who_logs_in_gets_a_new_cookie(desk: Desk, token: str) -> None:
    desk.client.set_cookie("searchapp_desk", "planted", path="/desk")
    log_in(desk.client, token)
    cookie = desk.client.get_cookie("searchapp_desk", path="/desk")
    assert cookie
    assert cookie.value != "planted"


def test_revoking_a_token_ends_its_sessions(desk: Desk, token: str) -> None:
    log_in(desk.client, token)
    other = TokenStore(desk.config.desk_dir).issue("other")
    assert TokenStore(desk.config.desk_dir).revoke("editor")
    assert get(desk.client).status_code == 303
    assert log_in(desk.client, other).status_code == 303
    assert get(desk.client).status_code == 200


@pytest.mark.parametrize("wrong", ["", "nonsense", "x" * 10_000, "\0", "ä\udcff"])
def test_wrong_tokens(desk: Desk, token: str, wrong: str) -> None:
    answer = log_in(desk.client, wrong.encode("utf-8", "replace").decode())
    assert (answer.status_code, "not a token" in answer.text) == (403, True)
    assert get(desk.client).status_code == 303


def test_guessing_is_limited_across_workers_and_right_tokens_wait_too(desk: Desk, token: str) -> None:
    clients = desk.client, create_app(desk.config).test_client()
    codes = [log_in(clients[attempt % 2], f"guess {attempt}").status_code for attempt in range(ATTEMPTS)]
    assert codes == [403] * ATTEMPTS
    limited = log_in(desk.client, token)
    assert (limited.status_code, 0 < int(limited.headers["Retry-After"]) <= 601) == (429, True)
    assert log_in(desk.client, token, {"REMOTE_ADDR": "203.0.113.10"}).status_code == 303


def test_guesses_at_once_are_counted_one_by_one(desk: Desk, token: str) -> None:
    wrong: list[object] = []

    def guess() -> None:
        try:
            wrong.append(TokenStore(desk.config.desk_dir).log_in("guess", "somebody"))
        except TooManyAttemptsError:
            pass

    threads = [threading.Thread(target=guess) for _ in range(3 * ATTEMPTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [None] * ATTEMPTS


@pytest.mark.parametrize(
    ("headers", "environ"),
    [
        ({"X-Forwarded-For": "203.0.113.9"}, {}),
        ({"Forwarded": "for=203.0.113.9"}, {}),
        ({"Via": "1.1 proxy"}, {}),
        ({"X-Forwarded-Port": "443"}, {}),
        ({"X-Forwarded-Ssl": "on"}, {}),
        ({"X-Cluster-Client-Ip": "203.0.113.9"}, {}),
        ({"Host": "search.example.org"}, {}),
        ({"Host": "127.0.0.1.example.org"}, {}),
        ({}, {"SERVER_PROTOCOL": "HTTP/1.0"}),
        ({}, {"REMOTE_ADDR": "192.168.1.5"}),
        ({}, {"REMOTE_ADDR": ""}),
    ],
)
def test_what_a_proxy_passes_on_is_not_this_machine(
    desk: Desk, headers: dict[str, str], environ: dict[str, str]
) -> None:
    assert desk.client.get("/desk", headers=headers, environ_overrides=environ).status_code == 404


ASK = """
import os, socket, sys
os.setuid(int(sys.argv[2]))
with socket.socket() as connection:
    connection.connect(("127.0.0.1", int(sys.argv[1])))
    connection.sendall(b"GET /desk HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
    print(connection.recv(12).decode().removeprefix("HTTP/1.1 ").removeprefix("HTTP/1.0 "))
"""
"""Nothing is imported after the change of user: what belongs to root may be out of reach."""


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become another user")
@pytest.mark.parametrize(("user", "status"), [(0, 200), (65_534, 404)], ids=["the same", "another"])
def test_a_process_of_another_user_is_no_browser_of_ours(desk: Desk, user: int, status: int) -> None:
    with make_server("127.0.0.1", 0, desk.app) as server:
        server.timeout = 30
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        command = [sys.executable, "-I", "-c", ASK, str(server.server_port), str(user)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        thread.join()
    assert int(answer.stdout) == status


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"])
def test_this_machine_by_every_name(desk: Desk, host: str, address: str) -> None:
    answer = desk.client.get("/desk", headers={"Host": host}, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 200


def test_a_public_address_means_that_there_is_a_proxy(desk: Desk) -> None:
    public = create_app(replace(desk.config, public_url="https://search.example.org")).test_client()
    assert public.get("/desk").status_code == 404
    local = create_app(replace(desk.config, public_url="http://localhost:8000")).test_client()
    assert local.get("/desk").status_code == 200


def test_behind_a_proxy_that_names_itself_as_the_host(desk: Desk, token: str) -> None:
    app = create_app(replace(desk.config, public_url="https://search.example.org"))
    ours, theirs = ("https://search.example.org", 303), ("http://search.example.org.evil.example", 403)
    for origin, code in (ours, theirs):
        client = app.test_client()
        page = client.get("/desk/login", environ_overrides=FAR, base_url="https://localhost")
        form = {"csrf": csrf_of(page), "token": token}
        https = FAR | {"wsgi.url_scheme": "https"}
        answer = client.post("/desk/login", data=form, environ_overrides=https, headers={"Origin": origin})
        assert answer.status_code == code


def test_a_cookie_goes_over_https_only_if_that_is_the_public_address(desk: Desk, token: str) -> None:
    public = create_app(replace(desk.config, public_url="https://search.example.org")).test_client()
    assert "Secure" in get(public, "/desk/login").headers["Set-Cookie"]


@pytest.mark.parametrize("form", [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "ä"}])
def test_forms_that_are_not_ours(desk: Desk, token: str, form: dict[str, str]) -> None:
    log_in(desk.client, token)
    answer = desk.client.post("/desk/logout", data=form, environ_overrides=FAR)
    assert (answer.status_code, "not taken" in answer.text) == (403, True)
    assert get(desk.client).status_code == 200


def test_a_form_of_another_site_or_session_is_not_ours(desk: Desk, token: str) -> None:
    log_in(desk.client, token)
    form = {"csrf": csrf_of(get(desk.client))}
    for origin in ("https://evil.example", "null", "", "http://[", "http://localhost:1"):
        answer = desk.client.post("/desk/logout", data=form, environ_overrides=FAR, headers={"Origin": origin})
        assert answer.status_code == 403
    other = desk.app.test_client()
    log_in(other, token)
    assert other.post("/desk/logout", data=form, environ_overrides=FAR).status_code == 403
    stranger = desk.app.test_client()
    assert stranger.post("/desk/logout", data=form, environ_overrides=FAR).status_code == 403
    ours = {"Origin": "http://localhost"}
    assert desk.client.post("/desk/logout", data=form, environ_overrides=FAR, headers=ours).status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/desk//evil.example", "/desk/\\evil", "/", "/desktop", "",
     "/desk/links\r\nX: y", "/desk/../articles", "/desk/%2e%2e/articles", "/desk/\t/evil.example", "/desk/"],
)  # fmt: skip
def test_logging_in_leads_nowhere_else(desk: Desk, token: str, target: str) -> None:
    assert log_in(desk.client, token, next=target).location == "/desk"
    assert log_in(desk.app.test_client(), token, next="/desk/links").location == "/desk/links"


def test_logging_in_leads_back_below_the_path_where_a_server_mounts_it(desk: Desk, token: str) -> None:
    below = FAR | {"SCRIPT_NAME": "/find"}
    asked = desk.client.get("/desk/links", environ_overrides=below)
    assert asked.location == "/find/desk/login?next=/find/desk/links"
    page = desk.client.get(asked.location.removeprefix("/find"), environ_overrides=below)
    form = {"csrf": csrf_of(page), "token": token, "next": "/find/desk/links"}
    assert 'name="next" value="/find/desk/links"' in page.text
    assert desk.client.post("/desk/login", data=form, environ_overrides=below).location == "/find/desk/links"


@pytest.mark.parametrize("kind", ["open to others", "damaged", "empty"])
def test_a_file_of_tokens_that_cannot_be_trusted_lets_nobody_in(
    desk: Desk, token: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(desk.client, token)
    file = desk.config.desk_dir / FILE_NAME
    if kind == "open to others":
        file.chmod(0o644)
    else:
        file.write_bytes(b"nonsense" * 100 if kind == "damaged" else b"")
    assert get(desk.client).status_code == 404
    assert desk.client.get("/search?q=bread").status_code == 200
    assert desk.client.get("/desk").status_code == 200
    code, _, err = run(["token", "--list"], desk, capsys)
    assert code == 3
    assert str(file) in err


def test_a_session_that_cannot_be_ended_is_said(desk: Desk, token: str) -> None:
    log_in(desk.client, token)
    form = {"csrf": csrf_of(get(desk.client))}
    with closing(sqlite3.connect(desk.config.desk_dir / FILE_NAME)) as database:
        database.execute("CREATE TRIGGER full BEFORE DELETE ON sessions BEGIN SELECT raise(ABORT, 'disk is full'); END")
    answer = desk.client.post("/desk/logout", data=form, environ_overrides=FAR)
    assert (answer.status_code, "not logged out" in answer.text) == (503, True)
    assert get(desk.client).status_code == 200


def test_nothing_is_written_by_looking(desk: Desk) -> None:
    desk.client.get("/desk")
    get(desk.client)
    get(desk.client, "/desk/login")
    assert not desk.config.desk_dir.exists()


def run(arguments: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit:
        cli.main([*arguments, "--index", str(desk.config.index_dir)], prog_name="searchapp")
    captured = capsys.readouterr()
    assert isinstance(exit.value.code, int)
    return exit.value.code, captured.out, captured.err


def test_tokens_from_the_command_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    def json_of(*arguments: str) -> tuple[int, Any]:
        code, out, _ = run(["token", *arguments, "--json"], desk, capsys)
        return code, json.loads(out)

    assert json_of("--list") == (1, [])
    code, out, err = run(["token"], desk, capsys)
    assert (code, len(out.strip()), "Keep it" in err) == (0, 43, True)
    assert log_in(desk.client, out.strip()).status_code == 303
    code, made = json_of("second")
    assert (code, made["name"]) == (0, "second")
    code, listed = json_of("--list")
    assert [(each["name"], each["used"] is None) for each in listed] == [("editor", False), ("second", True)]
    assert made["token"] not in json.dumps(listed)
    code, _, err = run(["token", "second"], desk, capsys)
    assert (code, "--revoke" in err) == (2, True)
    assert json_of("--revoke", "second") == (0, {"name": "second", "revoked": True})
    assert json_of("--revoke", "second") == (1, {"name": "second", "revoked": False})
    assert log_in(desk.app.test_client(), made["token"]).status_code == 403
    assert run(["token", "a", "--list"], desk, capsys)[0] == 2
    assert run(["token", "a\nb"], desk, capsys)[0] == 2
    mode = (desk.config.desk_dir / FILE_NAME).stat().st_mode
    assert (mode & 0o777, desk.config.desk_dir.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_expired_session_is_none(desk: Desk, token: str) -> None:
    log_in(desk.client, token)
    with sqlite3.connect(desk.config.desk_dir / FILE_NAME) as database:
        database.execute("UPDATE sessions SET expires = 1")
    database.close()
    assert get(desk.client).status_code == 303
