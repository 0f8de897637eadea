"""Which worker takes a connection."""

from __future__ import annotations

import time

import pytest

from searchapp.serving import connection_balance
from searchapp.serving.connection_balance import ConnectionBalancer, Connections


def test_the_least_is_of_those_that_are_there() -> None:
    connections = Connections()
    assert connections.least() == 0
    connections.update(1, 3)
    connections.update(2, 5)
    assert connections.least() == 3
    connections.remove(1)
    assert connections.least() == 5
    connections.update(300, 1)
    assert connections.least() == 1


def test_who_has_more_gives_way_until_the_other_has_as_many() -> None:
    connections = Connections()
    one, other = ConnectionBalancer(connections), ConnectionBalancer(connections)
    connections.update(1, 1)
    connections.update(2, 0)
    assert one.should_yield(1)
    assert not other.should_yield(0)
    connections.update(2, 1)
    assert not one.should_yield(1)
    assert not other.should_yield(1)


def test_nobody_gives_way_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_balance, "PATIENCE", 0.01)
    connections = Connections()
    connections.update(1, 9)
    connections.update(2, 0)
    manners = ConnectionBalancer(connections)
    assert manners.should_yield(9)
    time.sleep(0.02)
    assert not manners.should_yield(9)
    assert not manners.should_yield(10), "nor for the next ones"
