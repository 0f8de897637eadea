"""Several machines before one cluster: no request needs to come to the one that answered the request before."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import clustered
import fieldnotes
import pytest
from flask.testing import FlaskClient

from searchapp.config.loading import Config
from searchapp.engines.opensearch.engine import GLANCE, OpenSearchEngine
from searchapp.web import create_app

pytestmark = pytest.mark.cluster
ADDRESSES = (
    "/?q=bread",
    "/api/search?q=bread",
    "/api/search",
    "/feed.atom?q=bread",
    f"/articles/{fieldnotes.blog()[0].id}",
)


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[list[OpenSearchEngine]]:
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(contextlib.closing(clustered.engine_at(tmp_path))) for _ in range(2)]
        found[0].rebuild(fieldnotes.blog())
        yield found


@pytest.fixture
def machines(engines: list[OpenSearchEngine], config: Config) -> list[FlaskClient]:
    """What two machines with the same configuration run."""
    return [create_app(config, engine).test_client() for engine in engines]


@pytest.mark.parametrize("address", ADDRESSES)
def test_one_machine_confirms_what_another_answered_until_the_index_changes(
    engines: list[OpenSearchEngine], machines: list[FlaskClient], address: str
) -> None:
    here, there = machines
    first = here.get(address)
    assert first.status_code == 200
    known = {"If-None-Match": first.headers["ETag"]}
    assert there.get(address, headers=known).status_code == 304
    # A third machine indexes: by a change that this answer does not even show.
    changed = replace(fieldnotes.blog()[-1], digest="changed", tags=("brand new",))
    engines[0].update([changed], [])
    time.sleep(GLANCE)
    for machine in (there, here):
        again = machine.get(address, headers=known)
        assert again.status_code == 200
        assert again.headers["ETag"].split("-")[0] != first.headers["ETag"].split("-")[0]
        assert machine.get(address, headers={"If-None-Match": again.headers["ETag"]}).status_code == 304


def test_what_is_kept_of_a_generation_is_not_answered_after_it(
    engines: list[OpenSearchEngine], machines: list[FlaskClient]
) -> None:
    totals = []
    for count in range(1, 4):
        articles = fieldnotes.blog()[:count]
        engines[count % 2].rebuild(articles)
        time.sleep(GLANCE)
        totals += [machine.get("/api/search").json["total"] for machine in machines for _ in range(2)]  # type: ignore[index]
        assert {machine.get("/healthz").json["articles"] for machine in machines} == {count}  # type: ignore[index]
    assert totals == [1] * 4 + [2] * 4 + [3] * 4
