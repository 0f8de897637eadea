"""Requests in turn: first come, first served, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from searchapp.serving.request_order import RequestQueue


def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:
    return lambda data: None


def application(act: Callable[[str], None]) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        act(environ["PATH_INFO"])
        return [environ["PATH_INFO"].encode()]

    return app


def waiting(busy: str, hold: threading.Event) -> Callable[[str], None]:
    """What one path does until it is told to stop, and the others don't."""

    def act(path: str) -> None:
        if path == busy:
            assert hold.wait(10)

    return act


def ask(turns: RequestQueue, path: str, method: str = "GET") -> bytes:
    return b"".join(turns({"REQUEST_METHOD": method, "PATH_INFO": path}, start_response))


def test_first_come_first_served_one_at_a_time() -> None:
    order: list[str] = []
    under_way: set[str] = set()
    hold = threading.Event()

    def act(path: str) -> None:
        under_way.add(path)
        assert len(under_way) == 1
        if path == "0":
            assert hold.wait(10)
        order.append(path)
        under_way.remove(path)

    turns = RequestQueue(application(act), patience=30)
    with ThreadPoolExecutor(10) as pool:
        asked = []
        for number in range(10):
            asked.append(pool.submit(ask, turns, str(number)))
            while turns.waiting < number:
                time.sleep(0.001)
        hold.set()
        assert [each.result() for each in asked] == [str(number).encode() for number in range(10)]
    assert order == [str(number) for number in range(10)]


def test_who_waited_too_long_goes_ahead() -> None:
    hold = threading.Event()
    turns = RequestQueue(application(waiting("stuck", hold)), patience=0.05)
    with ThreadPoolExecutor(3) as pool:
        stuck = pool.submit(ask, turns, "stuck")
        assert [each.result(5) for each in [pool.submit(ask, turns, "a"), pool.submit(ask, turns, "b")]] == [b"a", b"b"]
        assert not stuck.done()
        hold.set()
        assert stuck.result(5) == b"stuck"
    assert ask(turns, "after") == b"after"


def test_a_body_that_comes_slowly_takes_no_turn() -> None:
    hold = threading.Event()
    turns = RequestQueue(application(waiting("slow", hold)), patience=30)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ask, turns, "slow", "POST")
        assert ask(turns, "quick") == b"quick"
        hold.set()
        assert slow.result(5) == b"slow"


def test_an_error_passes_the_turn_on() -> None:
    def fail(path: str) -> None:
        if path == "bad":
            raise RuntimeError("a bug")

    turns = RequestQueue(application(fail), patience=30)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            ask(turns, "bad")
    assert ask(turns, "good") == b"good"


def test_all_are_answered_under_load() -> None:
    turns = RequestQueue(application(lambda path: time.sleep(0.002)), patience=0.003)
    with ThreadPoolExecutor(16) as pool:
        paths = [str(number) for number in range(300)]
        assert list(pool.map(lambda path: ask(turns, path), paths)) == [path.encode() for path in paths]
    assert ask(turns, "after") == b"after"
