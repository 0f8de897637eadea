"""What every view needs: the configuration and the engine of the application that is answering."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask, current_app, request

from searchapp.config.loading import Config
from searchapp.config.origins import origin
from searchapp.engine import Engine
from searchapp.errors import ParameterError
from searchapp.model import Query
from searchapp.querylog import QueryLog
from searchapp.web.http.limits.counting import TokenBucket
from searchapp.web.http.response_cache import ResponseCache
from searchapp.web.ops.shared_state import SharedState
from searchapp.web.reader.file_names import FileNames

_KEY = "searchapp"


class SearchProbe:
    """Tells whether this process can answer searches; each generation is tried once, so asking costs nothing."""

    def __init__(self) -> None:
        self._generation = ""

    def check(self, engine: Engine) -> None:
        """Raises IndexUnusableError if the engine can't answer a search."""
        generation = engine.status().generation.name
        if generation != self._generation:
            engine.search(Query(per_page=1))
            self._generation = generation


@dataclass(frozen=True, slots=True)
class State:
    """One application's own; engines may be shared by threads."""

    config: Config
    engine: Engine
    shared: SharedState
    kept: ResponseCache = field(default_factory=ResponseCache)
    file_names: FileNames = field(default_factory=FileNames)
    search_probe: SearchProbe = field(default_factory=SearchProbe)
    log: QueryLog | None = None
    """None if what readers look for is not to be noted."""
    intents: TokenBucket = field(default_factory=TokenBucket)

    @property
    def site_url(self) -> str:
        """The blog's address, "" if results open here."""
        return self.config.site_url


def attach(app: Flask, config: Config, engine: Engine, shared: SharedState) -> None:
    """Gives the application its state."""
    log = QueryLog(config.desk_dir, config.query_log_days) if config.query_log else None
    app.extensions[_KEY] = State(config, engine, shared, log=log)


def state() -> State:
    """The state of the application that handles this request."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, State)
    return found


def base() -> str:
    """Where readers reach these pages, absolute, without a final slash: `public_url`, else what the request says.

    Raises ParameterError if its `Host` is no host. An answer that has this in it depends on it.
    """
    if state().config.public_url:
        return state().config.public_url
    found = origin(f"{request.scheme}://{request.host}")
    if found is None:
        raise ParameterError("Host", "the Host header of the request must be the name of a host")
    return found + root()


def root() -> str:
    """The path below which the server mounted this application ("" or "/search-site"); never a host."""
    return request.script_root
