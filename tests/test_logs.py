"""What the log tells: which request, no secret, no query, nothing that steers a terminal; and what `serve` refuses."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from test_serving import Server, index, post, wait_for

from searchapp import logs
from searchapp.cli.output import LogHandler
from searchapp.config.loading import Config, load
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.errors import ConfigError
from searchapp.model import Query, Results
from searchapp.web import create_app

SECRET = "hunter2-hunter2"
SOUGHT = "mydisease"
ESCAPES = "\x1b[31mred\x07 \x9b31m \u2028\r\nsecond line"


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The log's set-up belongs to the process."""
    before = logging.root.handlers[:], logging.getLogger("searchapp").handlers[:], set(logs._secrets)
    yield
    logs.use(LogHandler())
    logging.root.handlers[:], logging.getLogger("searchapp").handlers[:] = before[:2]
    logs._secrets.clear()
    logs._secrets.update(before[2])


class Broken(MemoryEngine):
    """An engine whose searches fail with what was sought in the message."""

    def search(self, query: Query) -> Results:
        raise ValueError(query.text)


@pytest.fixture
def broken(config: Config) -> FlaskClient:
    engine = Broken()
    engine.rebuild([])
    return create_app(replace(config, trusted_proxies=("10.0.0.1/32",)), engine).test_client()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    text = capsys.readouterr().err
    assert text.isascii()
    return [json.loads(line) for line in text.splitlines()]


def test_a_failed_request_is_told_with_its_name(broken: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    logs.use(logs.JsonHandler())
    answer = broken.get(f"/api/search?q={SOUGHT}")
    assert answer.status_code == 500
    [line] = lines(capsys)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["level"], line["message"]) == ("error", "GET /api/search failed")
    assert line["exception"] == "ValueError"
    assert "test_logs.py:" in line["places"][-1]
    assert line["process"] == os.getpid()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    assert SOUGHT not in json.dumps(line)


def test_as_text_it_says_where_too(broken: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    logs.use(LogHandler())
    broken.get(f"/api/search?q={SOUGHT}")
    [line] = capsys.readouterr().err.splitlines()
    assert re.search(r"GET /api/search failed \(ValueError at \S*test_logs\.py:\d+ search\)", line)
    assert SOUGHT not in line


def test_each_request_has_a_name_of_its_own(broken: FlaskClient) -> None:
    names = {broken.get(url).headers["X-Request-ID"] for url in ("/healthz", "/healthz", "/none", "/robots.txt")}
    assert len(names) == 4
    assert all(re.fullmatch(r"[0-9a-f]{16}", name) for name in names)


def test_only_a_believed_proxy_names_requests(broken: FlaskClient) -> None:
    def named(peer: str, name: str) -> str:
        headers = {"X-Request-ID": name, "X-Forwarded-For": "9.9.9.9"}
        return broken.get("/healthz", environ_base={"REMOTE_ADDR": peer}, headers=headers).headers["X-Request-ID"]

    assert named("10.0.0.1", "0123-abcd_EF.9") == "0123-abcd_EF.9"
    assert named("9.9.9.9", "0123-abcd_EF.9") != "0123-abcd_EF.9"
    for bad in ("short", "x" * 65, "with blank 123", 'quote"123456', "a" * 8 + "\u00e9"):
        assert named("10.0.0.1", bad) != bad


def test_nothing_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for handler in (LogHandler(), logs.JsonHandler()):
        logs.use(handler)
        logging.getLogger("searchapp.web").error("%s failed", ESCAPES)
        text = capsys.readouterr().err
        assert text.count("\n") == 1
        assert not set(text.removesuffix("\n")) & {"\x1b", "\x07", "\x9b", "\u2028", "\r", "\n"}
    assert json.loads(text)["message"] == f"{ESCAPES} failed"


@pytest.mark.parametrize(
    "secret", [SECRET, "pass word&more=1", "https://u:p@x/", f"redis://:{SECRET}@127.0.0.1:6379/0", "\u00fcber-geheim"]
)
def test_no_secret_gets_there(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    from urllib.parse import quote

    logs.hide(secret, "", "ab")
    for handler in (LogHandler(), logs.JsonHandler()):
        logs.use(handler)
        logging.getLogger("searchapp").warning("connecting to %s or %s failed", secret, quote(secret, safe=""))
        logging.getLogger("searchapp").warning("about nothing")
        text = capsys.readouterr().err
        assert secret not in text
        assert SECRET not in text
        assert text.count(logs.HIDDEN) >= 2
        assert "about nothing" in text


def test_the_format_is_one_of_two(tmp_path: Path) -> None:
    (tmp_path / "searchapp.toml").write_text('log_format = "xml"\n')
    with pytest.raises(ConfigError, match='log_format must be "text" or "json"'):
        load(tmp_path / "searchapp.toml")


# The server as a whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(3):
        post(tmp_path, f"p{number}.md", "common words")
    return tmp_path


class JsonServer(Server):
    """A server whose log is JSON."""

    serving = r'"message": "(Serving [^"]*)"'

    def lines(self) -> list[dict[str, Any]]:
        text = self.errors.read_text()
        assert text.isascii()
        return [json.loads(line) for line in text.splitlines()]


def test_all_that_a_server_says_is_json(folder: Path) -> None:
    (folder / "content" / "bad.md").write_text("---\ntitle: [broken\n---\n\nlost\n")
    settings = {"log_format": "json", "metrics_token": SECRET, "redis_url": f"redis://:{SECRET}@127.0.0.1:1/0"}
    settings |= {"trusted_proxies": "127.0.0.1"}
    with closing(JsonServer(folder, settings=settings)) as server:
        for data in (
            b"GET /?q=mydisease\x1b[31m HTTP/1.1\r\n\r\n",
            b"G\x1bT /?q=mydisease HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /?q=mydisease HTTP/9.1\r\nHost: x\r\n\r\n",
            b"GET /?q=mydisease HTTP/1.1\r\nHost: x\r\nstrange\x1b: y\r\n\r\n",
        ):
            with socket.create_connection(server.address, 10) as connection:
                connection.sendall(data)
                connection.settimeout(10)
                connection.recv(10_000)
        request = (
            "GET /api/search?q=x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9\r\nX-Request-ID: from-the-proxy\r\n"
        )
        with socket.create_connection(server.address, 10) as connection:
            connection.sendall(f"{request}Connection: close\r\n\r\n".encode())
            assert b"X-Request-ID: from-the-proxy\r\n" in connection.recv(10_000)
        worker = server.workers()[0]
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: worker not in server.workers() and len(server.workers()) == 2)
        wait_for(lambda: any(str(worker) in line["message"] for line in server.lines()))
        server.end()
    found = server.lines()
    assert any("bad.md" in line["message"] for line in found)
    [refused] = [line for line in found if line["message"].startswith("redis_url: no answer")]
    assert refused["request_id"] == "from-the-proxy"
    text = server.errors.read_text()
    assert SOUGHT not in text
    assert SECRET not in text


def test_an_error_at_the_start_is_json_too(tmp_path: Path) -> None:
    (tmp_path / "searchapp.toml").write_text('log_format = "json"\n')
    command = [sys.executable, "-m", "searchapp", "serve", "--port", "0"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20)
    assert result.returncode == 2
    assert json.loads(result.stderr)["level"] == "error"


def refused(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "searchapp", "serve", "--port", "0"]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


def test_flasks_debugger_is_refused(folder: Path) -> None:
    index(folder)
    result = refused(folder, FLASK_DEBUG="1")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: FLASK_DEBUG is set")


def test_an_index_folder_that_others_can_write_is_refused(folder: Path) -> None:
    index(folder)
    (folder / "index").chmod(0o775)
    result = refused(folder)
    assert result.returncode == 3
    assert f"chmod go-w '{folder / 'index'}'" in result.stderr


def test_so_it_is_where_a_cluster_has_the_index(folder: Path) -> None:
    from searchapp.errors import IndexDamagedError
    from searchapp.serving import startup

    (folder / "index").mkdir(mode=0o755)
    startup.check(folder / "index")
    startup.check(folder / "none")
    for mode in (0o777, 0o775, 0o757):
        (folder / "index").chmod(mode)
        with pytest.raises(IndexDamagedError, match="chmod go-w"):
            startup.check(folder / "index")


def test_root_is_warned(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from searchapp.serving import startup

    for user, warnings in ((1_000, 0), (0, 1)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        startup.warn_of_root()
        assert len(caplog.records) == warnings
