"""The web application: the reader's pages and the JSON API over one engine."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.helpers import get_debug_flag
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import PathConverter

from searchapp import serialize
from searchapp.config.loading import Config, load
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.web import desk, i18n, state
from searchapp.web.api.discovery import discovery
from searchapp.web.api.intents import intents
from searchapp.web.api.views import api
from searchapp.web.api.widget_strings import widget
from searchapp.web.http import assets, compression, cors, errors, limits, request_ids, security, template_cache
from searchapp.web.ops.metrics import recording
from searchapp.web.ops.metrics.scraping import scraping
from searchapp.web.ops.readiness import readiness
from searchapp.web.ops.shared_state import SharedState
from searchapp.web.ops.webhook import hooks
from searchapp.web.reader import template_helpers
from searchapp.web.reader.feed import feed
from searchapp.web.reader.help import help_pages
from searchapp.web.reader.pages import pages


class _Json(DefaultJSONProvider):
    """JSON as of `searchapp.serialize`: keys in order, text not escaped; plain values only."""

    compact = True

    def dumps(self, obj: Any, **kwargs: Any) -> str:  # noqa: ARG002 - Flask's signature
        """Return `serialize.text`."""
        return serialize.text(obj)


class _Path(PathConverter):
    """A path in a URL that may contain line breaks, as file names and so ids may."""

    regex = r"[^/][\s\S]*?"


def create_app(config: Config | None = None, engine: Engine | None = None, shared: SharedState | None = None) -> Flask:
    """Return a WSGI application.

    config   None reads `searchapp.toml` and the environment; raises ConfigError
    engine   None opens the configured one, which needs no index to exist yet
    shared   state shared with other processes of the same server; None shares nothing
    """
    config = load() if config is None else config
    shared = SharedState.of(config) if shared is None else shared
    app = _with_templates()
    app.json = _Json(app)
    app.url_map.converters["path"] = _Path
    state.attach(app, config, open_engine(config) if engine is None else engine, shared)
    recording.init_app(app, shared.metrics)
    request_ids.init_app(app)
    compression.init_app(app)
    limits.init_app(app, config, shared.counter)
    security.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    cors.init_app(app, config)
    app.register_blueprint(pages)
    app.register_blueprint(help_pages)
    app.register_blueprint(widget)
    app.register_blueprint(api)
    app.register_blueprint(intents)
    app.register_blueprint(discovery)
    app.register_blueprint(feed)
    app.register_blueprint(scraping)
    app.register_blueprint(readiness)
    app.register_blueprint(hooks)
    desk.init_app(app)
    recording.register_routes(app, shared.metrics)
    return app


def prepare_forks() -> None:
    """Compile templates once for all processes that will be forked from this one."""
    template_cache.compile_for_readers(_with_templates())


def _with_templates() -> Flask:
    """Return an application without routes, with everything that templates use."""
    app = Flask(__name__)
    template_cache.init_app(app)
    i18n.init_app(app)
    template_helpers.init_app(app)
    return app


def is_debugging() -> bool:
    """Whether Flask's debugger would be on in a new application (`FLASK_DEBUG`)."""
    return bool(get_debug_flag())
