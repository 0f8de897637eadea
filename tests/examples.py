"""Examples of the README and the manual, block by block, and a scratch blog in which they are tried.

How a block is written decides what is done with it; `.github/CONTRIBUTING.md` has the table.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient

from searchapp import manual
from searchapp.cli import cli
from searchapp.config.loading import keys, load
from searchapp.web import create_app

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
STATIC = ROOT / "searchapp" / "web" / "static"
DOCUMENTS = [README, *sorted(manual.FOLDER.glob("*.md"))]
ADDRESS = "127.0.0.1:8000"
REPORTS = frozenset({"check", "orphans", "duplicates", "tags", "doctor"})
"""Commands that exit with 1 where they found something: no more of an error than a full list."""

_FENCE = re.compile(r"^```(\w*)[ ]*([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NOT_RUN = re.compile(r'not-run="(.+)"\Z')
_MODULE = re.compile(r"-m (tests\.[\w.]+)(.*)")
_PYTEST = re.compile(r"-m pytest (.*)")


class Untrue(AssertionError):
    """What an example says is not so."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `where` is its file and line, `info` what stands behind its language."""

    where: str
    language: str
    info: str
    text: str

    @property
    def not_run(self) -> str:
        """Why it can't be tried, "" if it can."""
        match = _NOT_RUN.match(self.info)
        return match[1] if match else ""


def blocks(path: Path) -> list[Block]:
    """All blocks of a document."""
    text = path.read_text("utf-8")
    found = [
        Block(f"{path.name}:{text.count(chr(10), 0, match.start()) + 1}", match[1], match[2], match[3])
        for match in _FENCE.finditer(text)
    ]
    assert text.count("\n```") + text.startswith("```") == 2 * len(found), f"{path}: a block is not closed"
    return found


def rows(path: Path, first: str) -> Iterator[list[str]]:
    """The rows of a document's tables whose first heading is `first`, cell by cell."""
    inside = False
    for line in path.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]] if line.startswith("|") else []
        if inside and cells and not set(line) <= set("|-: "):
            yield cells
        inside = bool(cells) and (inside or cells[0] == first)


def codes(cell: str) -> list[str]:
    """What stands in code in a cell."""
    return re.findall(r"`([^`]+)`", cell)


class Blog:
    """A folder with the demo articles, an index and what some readers have looked for; its examples run in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed = ""
        self._client: FlaskClient | None = None

    def run(self, block: Block) -> None:
        """Tries one block; raises Untrue if it is not as it says."""
        kind = "file" if block.info and block.language not in {"sh", "json"} else block.language
        with chdir(self.folder):
            try:
                getattr(self, f"_{kind}", self._unknown)(block)
            except Untrue as fault:
                raise Untrue(f"{block.where}: {fault}") from fault.__cause__

    def _unknown(self, block: Block) -> None:
        raise Untrue(f"nothing is known of how to try a block of {block.language!r}: see CONTRIBUTING.md")

    def _sh(self, block: Block) -> None:
        for line in block.text.replace("\\\n", " ").splitlines():
            if line.strip():
                self.command(line)

    def command(self, line: str) -> None:
        """One line of a shell."""
        words = shlex.split(line, comments=True)
        while words and re.match(r"[A-Z_]+=", words[0]):
            self._is_read_by_tests(words.pop(0).partition("=")[0])
        match words:
            case ["searchapp", *arguments]:
                self._searchapp(arguments)
            case ["curl", *arguments]:
                self._curl(arguments)
            case [".venv/bin/python", "-m", *_]:
                _exists_in_tests(" ".join(words[1:]))
            case ["export", setting]:
                name = setting.partition("=")[0]
                if name.removeprefix("SEARCHAPP_").lower() not in keys():
                    raise Untrue(f"{name} is no setting")
            case ["cp" | "git", *_]:
                result = subprocess.run(words, capture_output=True, text=True, check=False, timeout=30)
                if result.returncode:
                    raise Untrue(f"{line}: {result.stderr}")
            case _:
                raise Untrue(f"nothing is known of how to try {line!r}")

    def _is_read_by_tests(self, name: str) -> None:
        if not any(f'"{name}"' in path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")):
            raise Untrue(f"no test reads {name}")

    def _searchapp(self, words: list[str]) -> None:
        target = ""
        if words[-2:-1] == [">"]:
            words, target = words[:-2], words[-1]
        name = words[0]
        command = cli.get_command(click.Context(cli), name)
        if command is None:
            raise Untrue(f"there is no command {name}")
        if name == "serve" or "--watch" in words:
            # It goes on until it is stopped: only what it is told is looked at.
            command.make_context(name, words[1:])
            return
        result = CliRunner().invoke(cli, words)
        self.printed = result.stdout
        if result.exit_code not in ({0, 1} if name in REPORTS else {0}) or "Error" in result.stderr:
            raise Untrue(f"searchapp {' '.join(words)} exits with {result.exit_code}: {result.stderr}")
        if target:
            Path(target).write_text(result.stdout, "utf-8")

    def _curl(self, words: list[str]) -> None:
        options = dict(pairwise(words))
        parts = urlsplit(next(word for word in words if word.startswith("http")))
        if parts.netloc != ADDRESS:
            raise Untrue(f"only {ADDRESS} can be asked here, not {parts.netloc}")
        headers = dict([options["-H"].split(": ", 1)]) if "-H" in options else {}
        method = options.get("-X", "POST" if "-d" in options else "GET")
        url = f"{parts.path}?{parts.query}"
        response = self.client.open(url, method=method, data=options.get("-d"), headers=headers)
        if response.status_code >= 400:
            raise Untrue(f"{method} {url} answers {response.status}")
        self.printed = response.text

    @property
    def client(self) -> FlaskClient:
        """Asks the application as it is configured in this folder."""
        if self._client is None:
            self._client = create_app(load()).test_client()
        return self._client

    def _json(self, block: Block) -> None:
        try:
            example = json.loads(block.text)
        except json.JSONDecodeError as error:
            raise Untrue(f"this is no JSON: {error}") from error
        faults = list(differences(example, json.loads(self.printed)))
        if faults:
            raise Untrue("; ".join(faults))

    def _toml(self, block: Block) -> None:
        file = self.folder / "example.toml"
        file.write_text(block.text, "utf-8")
        _loaded(file)

    def _html(self, block: Block) -> None:
        for source in re.findall(r'src="https://search\.example\.org(/[^"]*)"', block.text) or [block.text]:
            if self.client.get(source).status_code != 200:
                raise Untrue(f"{source} is not served")

    def _css(self, block: Block) -> None:
        sheets = "".join(path.read_text("utf-8") for path in STATIC.glob("*.css"))
        unknown = [name for name in re.findall(r"(--[\w-]+):", block.text) if not re.search(rf"{name}\b", sheets)]
        if unknown:
            raise Untrue(f"no style sheet has {', '.join(unknown)}")

    def _file(self, block: Block) -> None:
        path = self.folder / block.info
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
        if block.language == "toml":
            _loaded(path)
        if block.language == "css":
            self._css(block)
        if block.info.startswith(".github/workflows/"):
            self._workflow(yaml.safe_load(block.text))

    def _workflow(self, workflow: Any) -> None:
        """Its steps, in a repository that has the articles at the top."""
        repository = self.folder / "repository"
        shutil.copytree(self.folder / "content", repository)
        for path in self.folder.glob("*.yaml"):
            shutil.copy(path, repository)
        with chdir(repository):
            for job in workflow["jobs"].values():
                for step in job["steps"]:
                    if step.get("run", "").startswith("searchapp"):
                        self.command(step["run"])


def _loaded(file: Path) -> None:
    try:
        load(file)
    except Exception as error:
        raise Untrue(f"this is no configuration: {error}") from error


def _exists_in_tests(words: str) -> None:
    if match := _PYTEST.match(words):
        missing = [word for word in match[1].split() if word.startswith("tests/") and not (ROOT / word).exists()]
        if missing:
            raise Untrue(f"there is no {', '.join(missing)}")
    elif match := _MODULE.match(words):
        found = importlib.util.find_spec(match[1])
        if found is None or found.origin is None:
            raise Untrue(f"there is no {match[1]}")
        source = Path(found.origin).with_name("__main__.py") if found.submodule_search_locations else Path(found.origin)
        unknown = [each for each in re.findall(r"--[\w-]+", match[2]) if each not in source.read_text("utf-8")]
        if unknown:
            raise Untrue(f"{match[1]} knows no {', '.join(unknown)}")
    else:
        raise Untrue(f"nothing is known of how to try python {words}")


def differences(example: Any, real: Any, at: str = "$") -> Iterator[str]:
    """Where an example has other keys, or another kind of value, than what was really printed.

    Of lists the first values are compared; an empty one, and null, stand for anything.
    """
    if isinstance(example, dict) and isinstance(real, dict):
        yield from (f"{at}.{key} is not there" for key in example.keys() - real.keys())
        yield from (f"{at}.{key} is not told" for key in real.keys() - example.keys())
        for key in example.keys() & real.keys():
            yield from differences(example[key], real[key], f"{at}.{key}")
    elif isinstance(example, list) and isinstance(real, list):
        if example and real:
            yield from differences(example[0], real[0], f"{at}[0]")
        elif example:
            yield f"{at} is empty"
    elif example is not None and real is not None and _kind(example) != _kind(real):
        yield f"{at} is {real!r}"


def _kind(value: Any) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)
