"""The state of the application that handles the current request: configuration, engine, caches, query log."""

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
    """Checks whether this process can answer searches; each generation is tried once."""

    def __init__(self) -> None:
        self._generation = ""

    def check(self, engine: Engine) -> None:
        """Raise IndexUnusableError if the engine can't answer a search."""
        generation = engine.status().generation.name
        if generation != self._generation:
            engine.search(Query(per_page=1))
            self._generation = generation


@dataclass(frozen=True, slots=True)
class State:
    """The state of one application; engines may be shared by threads."""

    config: Config
    engine: Engine
    shared: SharedState
    responses: ResponseCache = field(default_factory=ResponseCache)
    file_names: FileNames = field(default_factory=FileNames)
    search_probe: SearchProbe = field(default_factory=SearchProbe)
    log: QueryLog | None = None
    """None if the query log is off."""
    intents: TokenBucket = field(default_factory=TokenBucket)

    @property
    def site_url(self) -> str:
        """The blog's URL, "" if results open in this application."""
        return self.config.site_url


def attach(app: Flask, config: Config, engine: Engine, shared: SharedState) -> None:
    """Set the application's state."""
    log = QueryLog(config.desk_dir, config.query_log_days) if config.query_log else None
    app.extensions[_KEY] = State(config, engine, shared, log=log)


def state() -> State:
    """Return the state of the current application."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, State)
    return found


def base() -> str:
    """Return the absolute URL of this application without a final slash: `public_url`, else that of the request.

    Raises ParameterError if the `Host` header is invalid. Caches of responses with it must depend on it.
    """
    if state().config.public_url:
        return state().config.public_url
    found = origin(f"{request.scheme}://{request.host}")
    if found is None:
        raise ParameterError("Host", "the Host header of the request must be the name of a host")
    return found + root()


def root() -> str:
    """Return the path at which the server mounted this application ("" or "/search-site"), without a host."""
    return request.script_root
