"""The API against its own description: whatever is sent, no answer is a failure of ours, and each fits its schema."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from fieldnotes import blog
from hypothesis import HealthCheck, Phase, given, settings

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app

schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis: pip install -e '.[fuzz]'")

EXAMPLES = int(os.environ.get("FUZZ_CASES", "60"))
"""Cases of each operation in CI; FUZZ_CASES=1000 by hand."""


def operations() -> dict[str, Any]:
    """Every operation of the description, over an application on a small blog."""
    folder = Path(tempfile.gettempdir())
    engine = MemoryEngine()
    engine.rebuild(blog())
    app = create_app(Config(content_dir=folder / "none", index_dir=folder / "none", query_log=False), engine)
    plain = app.wsgi_app

    def uncompressed(environ: dict[str, Any], start_response: Any) -> Any:
        # The client of schemathesis says that it takes gzip, and does not take it apart.
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return plain(environ, start_response)

    app.wsgi_app = uncompressed  # type: ignore[method-assign]
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{each.method.upper()} {each.path}": each for each in found}


OPERATIONS = operations()
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.specs.openapi.checks.status_code_conformance,
    schemathesis.specs.openapi.checks.content_type_conformance,
    schemathesis.specs.openapi.checks.response_schema_conformance,
]


def ask(name: str, examples: int) -> None:
    """Sends so many made-up requests of an operation, good and bad ones."""

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    @given(case=OPERATIONS[name].as_strategy())
    def each(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    each()


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_fits_the_description(name: str) -> None:
    ask(name, 20)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", OPERATIONS)
def test_many_answers_fit_the_description(name: str) -> None:
    ask(name, EXAMPLES)
