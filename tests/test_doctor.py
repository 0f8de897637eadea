"""`searchapp doctor`: each thing that can be wrong, and that a sound installation is told to be sound."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redises
import whoosh
from click.testing import CliRunner
from test_serving import post

from searchapp.cli import cli
from searchapp.engines import whoosh_distributions
from searchapp.engines.whoosh.disk import checksums
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.errors import InstallationError

SECRET = "s3cr3t-of-the-operator"
OTHER_USER = 12_345


class Report:
    """What the command said, as JSON."""

    def __init__(self, folder: Path, *args: str, **settings: str) -> None:
        environment: dict[str, str | None] = dict.fromkeys(name for name in os.environ if name.startswith("SEARCHAPP_"))
        environment |= {f"SEARCHAPP_{name.upper()}": value for name, value in settings.items()}
        with chdir(folder):
            result = CliRunner().invoke(cli, ["doctor", "--json", *args], env=environment)
        document: dict[str, Any] = json.loads(result.stdout)
        self.text = result.output
        self.code = result.exit_code
        self.checks: list[dict[str, str]] = document["checks"]
        assert all(set(each) == {"check", "status", "found", "remedy"} for each in self.checks)
        assert {each["status"] for each in self.checks} <= {"ok", "warning", "problem"}
        assert sum(document["counts"].values()) == len(self.checks)
        assert self.code == (1 if document["counts"]["problem"] else 0)
        assert all(each["remedy"] for each in self.checks if each["status"] != "ok"), self.checks

    def found(self, check: str, status: str) -> str:
        """What was found and is to be done, of a check with a status."""
        said = [f"{each['found']}; {each['remedy']}" for each in self.checks if each["check"] == check]
        assert status in {each["status"] for each in self.checks if each["check"] == check}, (check, self.checks)
        return "\n".join(said)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    for number in range(3):
        post(folder, f"p{number}.md", "common words")
    subprocess.run([sys.executable, "-m", "searchapp", "index"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "blog")
    return tmp_path / "blog"


def test_a_sound_installation_is_told_to_be_sound(folder: Path) -> None:
    report = Report(folder)
    assert report.code == 0
    assert "Python 3" in report.found("python", "ok")
    assert "flask" in report.found("libraries", "ok")
    assert "prometheus-client" in report.found("libraries", "ok")
    assert "hoosh" in report.found("whoosh", "ok")
    assert "3 files" in report.found("content", "ok")
    assert "3 articles" in report.found("index", "ok")
    assert "as they were written" in report.found("checksums", "ok")
    assert "no build" in report.found("lock", "ok")
    assert "MB free" in report.found("disk", "ok")
    assert "query_log" in report.found("query log", "ok")
    report.found("user", "ok" if os.geteuid() else "warning")


def test_it_changes_nothing(folder: Path) -> None:
    def look() -> set[tuple[str, int, int]]:
        files = (path for path in folder.rglob("*") if path.name != "VERIFIED")
        return {(str(path), path.stat().st_mode, path.stat().st_size) for path in files}

    before = look()
    Report(folder)
    assert look() == before


def test_for_people_it_is_a_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(cli, ["doctor", "--index", "none"])
    assert result.exit_code == 1
    line = next(line for line in result.stdout.splitlines() if line.startswith("problem\tindex\t"))
    assert line.endswith("\trun: searchapp index")


def test_nothing_there_yet(tmp_path: Path) -> None:
    report = Report(tmp_path)
    assert "content" in report.found("content", "problem")
    assert "run: searchapp index" in report.found("index", "problem")
    assert not (tmp_path / "index").exists()


def test_a_bad_configuration_is_a_finding(folder: Path) -> None:
    (folder / "searchapp.toml").write_text("port = 1\nprot = 2\n")
    assert "searchapp.toml:2" in Report(folder).found("configuration", "problem")


def damage(folder: Path, *, number: int = 0) -> None:
    generation = next(path for path in (folder / "index").iterdir() if path.is_dir())
    file = sorted(path for path in generation.iterdir() if path.name != "manifest.json")[number]
    data, status = bytearray(file.read_bytes()), file.stat()
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("number", range(4))
def test_one_flipped_bit_is_found(folder: Path, number: int) -> None:
    damage(folder, number=number)
    report = Report(folder)
    assert "checksum" in report.found("index", "problem")
    assert "--rebuild" in report.found("index", "problem")


def test_a_bit_that_rotted_is_found_though_the_record_knows_the_file(folder: Path) -> None:
    # As if the medium had changed it: the record has the file's facts, which are as they were.
    generation = next(path for path in (folder / "index").iterdir() if path.is_dir())
    time.sleep(2 * checksums.TICK_NS / 1e9)  # a file younger than that is not recorded, as it may change unnoticed
    Report(folder)
    damage(folder)
    record = folder / "index" / "VERIFIED"
    table = json.loads(record.read_text())
    facts = {path.stat().st_ino: path.stat() for path in generation.iterdir()}
    rows = [row for row in table["files"] if row[0] in facts]  # it may know the files that these were copied from, too
    assert rows
    for row in rows:
        row[3] = facts[row[0]].st_ctime_ns
    record.write_text(json.dumps(table))
    with closing(WhooshEngine(folder / "index")) as engine:
        assert engine.status().articles == 3
    assert "checksum" in Report(folder).found("index", "problem")


def test_an_index_of_another_version(folder: Path) -> None:
    import hashlib

    pointer = folder / "index" / "CURRENT"
    name = pointer.read_text().split()[0]
    manifest = folder / "index" / name / "manifest.json"
    data = manifest.read_bytes().replace(b"format ", b"format 9")
    manifest.write_bytes(data)
    pointer.write_text(f"{name} {hashlib.sha256(data).hexdigest()}\n")
    assert "another version" in Report(folder).found("index", "problem")


def test_an_index_that_others_can_write(folder: Path) -> None:
    (folder / "index").chmod(0o777)
    assert "chmod go-w" in Report(folder).found("index folder", "problem")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_an_index_of_somebody_else(folder: Path) -> None:
    os.chown(folder / "index", OTHER_USER, -1)
    found = Report(folder).found("index folder", "problem")
    assert f"user {OTHER_USER}" in found
    assert "chown" in found


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_articles_that_cannot_be_read(folder: Path) -> None:
    (folder / "content" / "p1.md").chmod(0)
    assert "p1.md" in Report(folder).found("content", "problem")


def test_who_holds_the_lock(folder: Path) -> None:
    with (folder / "index" / "LOCK").open("w") as file:
        file.write(f"{os.getpid()}\n")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        assert f"pid {os.getpid()}" in Report(folder).found("lock", "warning")
    Report(folder).found("lock", "ok")


def test_a_desk_that_others_can_read(folder: Path) -> None:
    desk = folder / "index.desk"
    desk.mkdir(mode=0o700)
    (desk / "access.sqlite").touch(mode=0o644)
    found = Report(folder).found("desk folder", "problem")
    assert f"chmod 600 '{desk / 'access.sqlite'}'" in found
    (desk / "access.sqlite").chmod(0o600)
    Report(folder).found("desk folder", "ok")
    desk.chmod(0o755)
    assert f"chmod 700 '{desk}'" in Report(folder).found("desk folder", "problem")


def test_a_disk_that_is_nearly_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from searchapp.config.loading import Config
    from searchapp.doctor import folders

    config = Config(folder / "content", folder / "index")
    for free, expected in ((100, "problem"), (50_000_000, "warning"), (10**12, "ok")):
        usage = type("Usage", (), {"free": free})
        monkeypatch.setattr(folders.shutil, "disk_usage", lambda path, usage=usage: usage)
        assert next(folders.disk(config)).status == expected


def test_settings_that_may_not_be_meant(folder: Path) -> None:
    found = Report(folder, host="0.0.0.0").found("configuration", "warning")
    assert "trusted_proxies" in found
    found = Report(folder, trusted_proxies="10.0.0.1").found("configuration", "warning")
    assert "public_url" in found
    report = Report(folder, webhook_secret="short", metrics_token="tiny")
    assert "webhook_secret" in report.found("configuration", "warning")
    assert "metrics_token" in report.found("configuration", "warning")
    assert '"short' not in report.text
    assert "off" in Report(folder, query_log="no").found("query log", "ok")


@contextmanager
def mute_port() -> Iterator[int]:
    """A port at which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_a_cluster_that_does_not_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opensearchpy")
    monkeypatch.setattr("searchapp.engines.opensearch.cluster.DEADLINE", 0.5)
    report = Report(folder, engine="opensearch", opensearch_hosts="http://127.0.0.1:1")
    assert "can't be reached" in report.found("index", "problem")


def test_a_redis_that_does_not_answer(folder: Path) -> None:
    pytest.importorskip("redis")
    with mute_port() as port:
        began = time.monotonic()
        report = Report(folder, redis_url=f"redis://:{SECRET}@127.0.0.1:{port}/0")
        assert time.monotonic() - began < 30
    assert "does not answer" in report.found("redis", "problem")
    assert SECRET not in report.text


def test_a_redis_that_answers(folder: Path) -> None:
    if lacking := redises.missing():
        pytest.skip(f"no Redis: {lacking}")
    with closing(redises.Redis()) as redis:
        assert "answers" in Report(folder, redis_url=redis.url).found("redis", "ok")


# Two distributions of Whoosh


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A folder of packages in which one distribution was installed over another."""
    packages = tmp_path / "packages"
    packages.mkdir()
    shutil.copytree(Path(whoosh.__file__).parent, packages / "whoosh")
    for name, version in (("Whoosh", "2.7.4"), ("whoosh3", "3.66.0")):
        metadata = packages / f"{name}-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return packages


SAID = "Whoosh 2.7.4 and whoosh3 3.66.0"
REMEDY = "pip uninstall -y Whoosh whoosh3 && pip install Whoosh==2.7.4"


def run(folder: Path, packages: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(packages)}
    command = [sys.executable, "-m", "searchapp", *args]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("command", "ruined"), [(["index"], False), (["search", "common"], True), (["serve", "--port", "0"], True)]
)
def test_two_are_refused_at_the_door(folder: Path, both: Path, command: list[str], ruined: bool) -> None:
    if ruined:  # what they leave of each other need not be importable
        (both / "whoosh" / "fields.py").write_text("raise RuntimeError\n")
    result = run(folder, both, *command)
    assert result.returncode == 2
    expected = f"Error: {SAID} are installed together and overwrite each other's files; run: {REMEDY}\n"
    assert result.stderr == expected


def test_two_are_found_by_the_doctor(folder: Path, both: Path) -> None:
    result = run(folder, both, "doctor", "--json")
    found = {each["check"]: each for each in json.loads(result.stdout)["checks"]}
    assert (result.returncode, found["whoosh"]["status"], found["index"]["status"]) == (1, "problem", "problem")
    assert SAID in found["whoosh"]["found"]
    assert found["whoosh"]["remedy"] == f"run: {REMEDY}"
    assert SAID in found["index"]["found"]


@pytest.mark.parametrize(
    "name", ["Whoosh", "whoosh", "whoosh_reloaded", "Whoosh-Reloaded", "whoosh.reloaded", "whoosh3"]
)
def test_however_they_are_spelt(tmp_path: Path, name: str) -> None:
    for each in (name, "other"):
        metadata = tmp_path / f"{each}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {each}\nVersion: 1.0\n")
    found = whoosh_distributions.of_folder(tmp_path)
    assert list(found) == list(whoosh_distributions.installed([str(tmp_path)]))
    assert len(found) == 1
    assert next(iter(found)) in whoosh_distributions.NAMES
    whoosh_distributions.refuse_several(found)
    with pytest.raises(InstallationError, match="pip uninstall"):
        whoosh_distributions.refuse_several(found | {"another": "1"})
