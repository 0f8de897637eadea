"""Lighthouse, as of a phone, against `searchapp serve` over the demonstration articles of this repository.

Lighthouse is not ours and not in Python: `npm install lighthouse@12` here, or LIGHTHOUSE names its program. The score
for performance is a time of this machine, so it is printed (`-s`) and only what makes it is asserted.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

REPOSITORY = Path(__file__).parents[2]
LIGHTHOUSE = Path(os.environ.get("LIGHTHOUSE") or REPOSITORY / "node_modules" / ".bin" / "lighthouse")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = "--headless=new --no-sandbox --disable-gpu"
ATTEMPTS = 3
"""Now and then Lighthouse misses the start of a page and asks to be run again."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not LIGHTHOUSE.is_file(), reason="needs Lighthouse: npm install lighthouse@12, or LIGHTHOUSE"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium; on Debian: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lighthouse")
    settings = ["--content", str(REPOSITORY / "content"), "--index", str(folder / "index")]
    searchapp = [sys.executable, "-m", "searchapp"]
    subprocess.run([*searchapp, "index", *settings], cwd=folder, check=True, capture_output=True)
    server = subprocess.Popen(
        [*searchapp, "serve", "--port", "0", *settings], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    said = next(filter(None, (re.search(r"http://[\d.:]+", line) for line in server.stderr)))
    yield said[0]
    server.terminate()
    server.communicate(timeout=30)


def report(url: str, output: Path, *flags: str) -> dict[str, Any]:
    command = [str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={output}", f"--chrome-flags={FLAGS}"]
    for _ in range(ATTEMPTS):
        subprocess.run(
            [*command, *flags], env={**os.environ, "CHROME_PATH": str(CHROMIUM)}, stdin=subprocess.DEVNULL, timeout=180
        )
        found: dict[str, Any] = json.loads(output.read_text())
        if "runtimeError" not in found:
            return found
    raise AssertionError(found["runtimeError"])


@pytest.mark.parametrize("page", ["home", "results", "article"])
def test_lighthouse_has_nothing_to_say(address: str, page: str, tmp_path: Path) -> None:
    with urlopen(f"{address}/api/search?q=the") as answer:
        articles = json.load(answer)["hits"]
    urls = {"home": "/", "results": "/search?q=bread", "article": articles[0]["url"]}
    # Results are not for other search engines on purpose: noindex.
    flags = ["--skip-audits=is-crawlable"] if page == "results" else []
    found = report(address + urls[page], tmp_path / "report.json", *flags)
    scores = {name: category["score"] for name, category in found["categories"].items()}
    print(page, scores)
    failed = [each["id"] for each in found["audits"].values() if each["score"] == 0]
    assert min(scores[name] for name in ("accessibility", "best-practices", "seo")) >= 0.98, failed
    audits = found["audits"]
    assert audits["cumulative-layout-shift"]["numericValue"] == 0
    assert audits["total-byte-weight"]["numericValue"] < 60_000
    assert audits["dom-size"]["numericValue"] < 1_500
