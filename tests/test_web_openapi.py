"""The OpenAPI description against the real routes and the real answers."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app

BREAD = "posts/2021-02-14-bread.md"
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
KNOWN = {
    "$ref", "anyOf", "type", "enum", "const", "properties", "required", "items", "minimum", "maximum",
    "default", "description", "format", "pattern",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value breaks a schema, of the keywords in use; objects may hold nothing else."""
    assert set(schema) <= KNOWN, f"{at}: {set(schema) - KNOWN}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return faults(value, document["components"]["schemas"][name], document, at)
    if "anyOf" in schema:
        choices = [faults(value, each, document, at) for each in schema["anyOf"]]
        return [] if [] in choices else choices[-1]
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, TYPES[name]) for name in types):
        return [f"{at}: {value!r} is not {types}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at}: {value!r} is too small")
    if isinstance(value, list):
        for index, each in enumerate(value):
            found += faults(each, schema["items"], document, f"{at}[{index}]")
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{at}: no {name}" for name in schema["required"] if name not in value]
        for name, each in value.items():
            if name not in schema["properties"]:
                found.append(f"{at}: {name} is not described")
            else:
                found += faults(each, schema["properties"][name], document, f"{at}.{name}")
    return found


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found = client.get("/api/openapi.json").get_json()
    assert isinstance(found, dict)
    return found


def test_it_describes_exactly_the_routes(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (rule.rule.replace("<path:id>", "{id}").replace("<topic>", "{topic}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint not in {"static", "theme", "metrics.metrics"} and not rule.endpoint.startswith("desk.")
        if method not in {"HEAD", "OPTIONS"}
        and not rule.endpoint.startswith("desk.")
        and method not in {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert described == routes
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/"}]


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/api/search", "/api/search?q=bread&tag=bread&per_page=50"),
        ("/api/search", "/api/search?q=zebra"),
        ("/api/search", "/api/search?q=bread+tim*&explain=1"),
        ("/api/search", "/api/search?explain=2"),
        ("/api/search", "/api/search?q=hostile"),
        ("/api/suggest", "/api/suggest?q=b"),
        ("/api/articles/{id}", f"/api/articles/{BREAD}"),
        ("/api/articles/{id}", "/api/articles/pages/%C3%BCber%20uns%20%231%3F.md"),
        ("/api/articles/{id}/related", f"/api/articles/{BREAD}/related"),
        ("/healthz", "/healthz"),
        ("/api/search", "/api/search?page=0"),
        ("/api/articles/{id}", "/api/articles/none"),
        ("/api/articles/{id}/related", f"/api/articles/{BREAD}/related?limit=x"),
    ],
)
def test_answers_are_as_described(client: FlaskClient, document: dict[str, Any], path: str, url: str) -> None:
    response = client.get(url)
    described = document["paths"][path]["get"]["responses"][str(response.status_code)]
    schema = described["content"][response.mimetype]["schema"]
    assert faults(response.get_json(force=True), schema, document) == []


def test_kept_answers_are_described(client: FlaskClient, document: dict[str, Any]) -> None:
    described = {path for path, item in document["paths"].items() if "304" in item.get("get", {}).get("responses", {})}
    answers = {
        path: client.get(path.replace("{id}", BREAD).replace("{topic}", "ranking")) for path in document["paths"]
    }
    assert described == {path for path, response in answers.items() if "ETag" in response.headers}
    for path in described:
        operation = document["paths"][path]["get"]
        assert all("ETag" in operation["responses"][status]["headers"] for status in ("200", "304"))
        assert [each["name"] for each in operation["parameters"] if each["in"] == "header"] == ["If-None-Match"]


@pytest.mark.parametrize(("body", "status"), [({"text": "bread and rye"}, 200), ({"tags": 1}, 400)])
def test_answers_to_drafts_are_as_described(
    client: FlaskClient, document: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    response = client.post("/api/related", json=body)
    assert response.status_code == status
    described = document["paths"]["/api/related"]["post"]["responses"][str(status)]
    schema = described["content"][response.mimetype]["schema"]
    assert faults(response.get_json(force=True), schema, document) == []


def test_a_missing_index_is_described(config: Config, document: dict[str, Any]) -> None:
    response = create_app(config, MemoryEngine()).test_client().get("/healthz")
    described = document["paths"]["/healthz"]["get"]["responses"]["503"]
    schema = described["content"][response.mimetype]["schema"]
    assert faults(response.get_json(force=True), schema, document) == []


def test_described_bounds_are_the_real_ones(client: FlaskClient, document: dict[str, Any]) -> None:
    parameters = document["paths"]["/api/search"]["get"]["parameters"]
    for parameter in (each for each in parameters if each["in"] == "query"):
        schema, name = parameter["schema"], parameter["name"]
        for value in {schema.get("minimum"), schema.get("maximum"), *schema.get("enum", ())} - {None}:
            assert client.get(f"/api/search?{name}={value}").status_code == 200
        if "maximum" in schema:
            assert client.get(f"/api/search?{name}={schema['maximum'] + 1}").status_code == 400
            assert client.get(f"/api/search?{name}={schema['minimum'] - 1}").status_code == 400
        if schema["type"] == "array":
            assert client.get(f"/api/search?{name}=2024&{name}=2023").status_code == 200
        else:
            assert client.get(f"/api/search?{name}=1&{name}=1").status_code == 400


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, list):
            return [name for each in node for name in references(each)]
        if not isinstance(node, dict):
            return []
        here = [node["$ref"]] if "$ref" in node else []
        return here + [n for each in node.values() for n in references(each)]

    names = {name.removeprefix("#/components/schemas/") for name in references(document)}
    assert names == set(document["components"]["schemas"])
