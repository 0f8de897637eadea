"""The files to deploy with: what their own programs say of them, and a server behind them."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from nodes import free_ports
from proxies import certificate
from test_serving import Server, post, wait_for

import searchapp
from searchapp.cli import cli
from searchapp.cli.deploy import FILES

ROOT = Path(__file__).parent.parent
FOLDER = Path(searchapp.__file__).parent / "deploy"
NAME = "search.example.org"
TOKEN = "a-token-of-the-operator"


def needs(program: str) -> str:
    """Where a program is; skips the test, saying so, if the machine lacks it."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"needs {program}")
    return found


def replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("what", FILES)
def test_the_command_prints_them(what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    text = (FOLDER / FILES[what]).read_text()
    assert CliRunner().invoke(cli, ["deploy", what]).stdout == text
    assert json.loads(CliRunner().invoke(cli, ["deploy", what, "--json"]).stdout) == {"file": FILES[what], "text": text}


def test_none_is_forgotten() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES.values())


# systemd


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    text = (FOLDER / "searchapp.service").read_text()
    file = tmp_path / "searchapp.service"
    file.write_text(replaced(text, {"/opt/searchapp/bin/searchapp": sys.executable}))
    return file


def test_systemd_knows_all_of_the_unit(unit: Path) -> None:
    program = needs("systemd-analyze")
    result = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (result.returncode, [line for line in result.stderr.splitlines() if unit.name in line]) == (0, [])
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSytem=strict"))
    result = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "ProtectSytem" in result.stderr


def test_the_unit_is_hardened(unit: Path) -> None:
    program = needs("systemd-analyze")
    command = [program, "security", "--offline=true", "--no-pager", str(unit)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", result.stdout)
    if level is None:
        pytest.skip(f"this systemd-analyze can't look at a file: {result.stderr.strip()}")
    assert float(level[1]) <= 2.0, result.stdout


# A server behind nginx, and behind Caddy


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    for number in range(3):
        post(tmp_path, f"p{number}.md", "common words")
    settings = 'rate_limit = 5\ntrusted_proxies = ["127.0.0.1"]\npublic_url = "https://search.example.org"\n'
    (tmp_path / "searchapp.toml").write_text(f'{settings}trusted_hosts = ["{NAME}", "127.0.0.1"]\n')
    with closing(Server(tmp_path, settings={"metrics_token": TOKEN})) as running:
        yield running


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """A program until the end of the block, which begins when somebody answers at the port."""
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = folder / "proxy.log"
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment)

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.connect()
            return True
        return False

    try:
        wait_for(answers)
        yield
    finally:
        process.terminate()
        process.wait(20)


def nginx_conf(folder: Path, backend: int, plain: int, secure: int) -> Path:
    made, key = certificate(folder, NAME)
    changes = {
        "127.0.0.1:8000;": f"127.0.0.1:{backend};",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "    listen [::]:80;\n": "",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "    listen [::]:443 ssl;\n": "",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(made),
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(key),
        "/var/log/nginx/searchapp.log": str(folder / "access.log"),
    }
    (folder / "site.conf").write_text(replaced((FOLDER / "nginx.conf").read_text(), changes))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder / 'nginx.pid'};\nerror_log stderr;\ndaemon off;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n{temporary}include {folder / 'site.conf'};\n}}\n"
    )
    return folder / "nginx.conf"


def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    program = needs("nginx")
    conf = nginx_conf(tmp_path, *free_ports(3))
    result = subprocess.run([program, "-t", "-c", str(conf)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "[warn]" not in result.stderr


def test_caddy_accepts_its_file(tmp_path: Path) -> None:
    program = needs("caddy")
    environment = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    for command in (
        [program, "validate", "--adapter", "caddyfile", "--config", str(FOLDER / "Caddyfile")],
        [program, "fmt", "--diff", str(FOLDER / "Caddyfile")],
    ):
        result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert result.returncode == 0, result.stderr + result.stdout


class Reader:
    """Somebody with an address of their own, of this machine's, who talks to a proxy."""

    def __init__(self, port: int, context: ssl.SSLContext | None) -> None:
        self._port, self._context = port, context

    def ask(self, path: str, source: str, **headers: str) -> tuple[int, Any, bytes]:
        where: dict[str, Any] = {"timeout": 20, "source_address": (source, 0)}
        if self._context is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, **where)
        else:
            connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._context, **where)
        with closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers={"Host": NAME} | named)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


def check(reader: Reader, server: Server) -> None:
    """What a server behind a proxy must do: know readers apart by their addresses, whatever they say themselves."""
    first = [reader.ask(f"/api/search?q=a{n}", "127.0.0.2", X_Forwarded_For=f"9.9.9.{n}")[0] for n in range(7)]
    assert (first[:5], first[-1]) == ([200] * 5, 429)
    status, headers, body = reader.ask("/api/search?q=common", "127.0.0.3", X_Forwarded_Host="evil.example")
    assert (status, json.loads(body)["total"]) == (200, 3)
    assert re.fullmatch(r"[0-9a-f-]{32,36}", headers["X-Request-ID"])
    assert reader.ask("/metrics", "127.0.0.4", Authorization=f"Bearer {TOKEN}")[0] == 404
    with closing(http.client.HTTPConnection(*server.address, timeout=20)) as connection:
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        found = connection.getresponse().read().decode()
    assert re.search(r"^searchapp_rate_limited_total [12]\.0$", found, re.MULTILINE)


def test_behind_nginx(server: Server, tmp_path: Path) -> None:
    program = needs("nginx")
    plain, secure = free_ports(2)
    conf = nginx_conf(tmp_path, server.address[1], plain, secure)
    context = ssl.create_default_context(cafile=str(tmp_path / f"{NAME}.pem"))
    with running([program, "-c", str(conf)], secure, tmp_path):
        check(Reader(secure, context), server)
        status, headers, _ = Reader(plain, None).ask("/search?q=x", "127.0.0.2")
        assert (status, headers["Location"]) == (301, f"https://{NAME}/search?q=x")
        wait_for(lambda: "GET /api/search" in (tmp_path / "access.log").read_text())
        assert "q=" not in (tmp_path / "access.log").read_text()


def test_behind_caddy(server: Server, tmp_path: Path) -> None:
    program = needs("caddy")
    [port] = free_ports(1)
    changes = {f"\n{NAME} {{": f"\nhttp://{NAME}:{port} {{", "127.0.0.1:8000 {": f"127.0.0.1:{server.address[1]} {{"}
    text = replaced((FOLDER / "Caddyfile").read_text(), changes)
    (tmp_path / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https off\n}}\n{text}")
    with running([program, "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")], port, tmp_path):
        check(Reader(port, None), server)


# The container


def test_the_container_is_nobody_and_asks_whether_it_is_ready() -> None:
    lines = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", lines, re.MULTILINE)
    assert "--read-only" in lines.partition("FROM")[0]
    assert "/readyz" in re.search(r"^HEALTHCHECK(.|\n)*?\n(?=CMD)", lines, re.MULTILINE)[0]  # type: ignore[index]


@pytest.mark.slow
def test_it_serves_where_it_may_write_nothing_but_its_volumes(tmp_path: Path) -> None:
    program = needs("unshare")
    post(tmp_path, "a.md", "common words")
    for name in ("index", "desk"):
        (tmp_path / name).mkdir(mode=0o700)
    [port] = free_ports(1)
    # As `docker run --read-only --tmpfs /tmp`: all that is mounted read-only, but for the volumes and what is memory.
    script = f"""
        set -e
        mount --make-rprivate /
        for volume in index desk; do mount --bind {tmp_path}/$volume {tmp_path}/$volume; done
        mount -o remount,bind,ro /
        for volume in index desk; do mount -o remount,bind,rw {tmp_path}/$volume; done
        if touch {tmp_path}/written 2>/dev/null; then echo "still writable" >&2; exit 9; fi
        mount -t tmpfs tmpfs /var/tmp
        cd {tmp_path}
        TMPDIR=/var/tmp exec {sys.executable} -m searchapp serve --watch --port {port}
    """
    environment = os.environ | {"SEARCHAPP_DESK_DIR": str(tmp_path / "desk"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [program, "--mount", "--fork", "--kill-child", "bash", "-c", script]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: process.poll() is not None or _total(port) == 1, 60)
        if process.poll() is not None:
            errors = process.stderr.read() if process.stderr else ""
            if "Serving" not in errors and "Error:" not in errors:
                pytest.skip(f"nothing can be mounted read-only here: {errors.strip()}")
            raise AssertionError(errors)
        post(tmp_path, "b.md", "common words")
        wait_for(lambda: _total(port) == 2)
        assert (tmp_path / "desk" / "queries.sqlite").exists()
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
        time.sleep(0.5)


def _total(port: int) -> int:
    with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/api/search?q=common")
        return int(json.load(connection.getresponse())["total"])
    return 0


def test_the_wheel_has_every_file_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    package = ROOT / "searchapp"
    packed = {
        path for each in project["tool"]["setuptools"]["package-data"]["searchapp"] for path in package.glob(each)
    }
    others = {path for path in package.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert others <= packed
