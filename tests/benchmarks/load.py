"""Loads a server over connections that stay open: with wrk where it is installed, else with a client in Python.

Either takes its time from the cores that the server runs on; ours takes about ten times as much as wrk.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured: latencies in milliseconds; `errors` are failed requests and answers from 400 on."""

    requests: int
    seconds: float
    p50: float
    p99: float
    worst: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def client() -> str:
    """Which client loads the server here."""
    return "wrk" if shutil.which("wrk") else "a client in Python (apt-get install wrk for less of its own time)"


def load(url: str, addresses: Path, first: int = 0, seconds: float = 3, tag: str = "") -> Load:
    """Asks the addresses of a file (one a line) for some seconds, beginning with number `first`.

    tag   sent as If-None-Match
    """
    arguments = [str(addresses), str(first), *([tag] if tag else [])]
    if shutil.which("wrk"):
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}", "-s", str(_SCRIPT), url, "--"]
    else:
        command = [sys.executable, "-m", "tests.benchmarks.load", url, str(seconds)]
    output = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True).stdout
    return Load(**json.loads(output.strip().splitlines()[-1]))


async def _connection(
    host: str, port: int, targets: Iterator[bytes], until: float, found: list[tuple[float, int]]
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(next(targets))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, _, length = head.partition(b"content-length:")
        if length:
            await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
        found.append(((time.perf_counter() - began) * 1000, int(head.split(b" ", 2)[1])))
    writer.close()


async def _measure(url: str, seconds: float, addresses: list[str], first: int, tag: str) -> Load:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    extra = f"If-None-Match: {tag}\r\n" if tag else ""
    targets = (
        f"GET {addresses[number % len(addresses)]} HTTP/1.1\r\nHost: {parts.netloc}\r\n{extra}\r\n".encode()
        for number in range(first, sys.maxsize)
    )
    found: list[tuple[float, int]] = []
    began = time.perf_counter()
    await asyncio.gather(*(_connection(host, port, targets, began + seconds, found) for _ in range(CONNECTIONS)))
    took = time.perf_counter() - began
    times = sorted(milliseconds for milliseconds, _ in found)
    errors = sum(status >= 400 for _, status in found)
    return Load(len(found), took, times[len(times) // 2], times[len(times) * 99 // 100], times[-1], errors)


def main(url: str, seconds: str, addresses: str, first: str, tag: str = "") -> None:
    """The client in Python: prints what it measured as JSON."""
    texts = Path(addresses).read_text(encoding="utf-8").splitlines()
    measured = asyncio.run(_measure(url, float(seconds), texts, int(first), tag))
    print(json.dumps({name: getattr(measured, name) for name in Load.__slots__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
