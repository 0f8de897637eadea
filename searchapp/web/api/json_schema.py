"""JSON Schema (OpenAPI 3.1) of the TypedDicts in `searchapp.json_shapes`."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

Json = dict[str, Any]

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def components(*shapes: Any) -> Json:
    """Return the schemas of these TypedDicts and of those that they refer to, by `name_of`."""
    found: Json = {}
    left: list[Any] = list(shapes)
    while left:
        shape = left.pop(0)
        if name_of(shape) not in found:
            hints = get_type_hints(shape, include_extras=True)
            found[name_of(shape)] = {
                "type": "object",
                "properties": {name: _schema(hint, left) for name, hint in hints.items()},
                "required": [name for name in hints if name in shape.__required_keys__],
            }
    return found


def name_of(shape: Any) -> str:
    """Return a TypedDict's name among the components: `Hit` for `HitJson`."""
    return str(shape.__name__).removesuffix("Json")


def reference(shape: Any) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name_of(shape)}"}


def _schema(hint: Any, referred: list[Any]) -> Json:
    """Return the schema of a type; TypedDicts that it refers to are appended to `referred`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        referred.append(hint)
        return reference(hint)
    if origin is NotRequired:
        return _schema(arguments[0], referred)
    if origin is Annotated:
        return _annotated(_schema(arguments[0], referred), hint.__metadata__)
    if origin is Literal:
        return {"type": "string"} | ({"const": arguments[0]} if len(arguments) == 1 else {"enum": [*arguments]})
    if origin in (list, tuple):
        return {"type": "array", "items": _schema(arguments[0], referred)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], referred)}
    if origin in (Union, UnionType):
        kinds = [_TYPES.get(each) for each in arguments]
        return {"type": kinds} if all(kinds) else {"anyOf": [_schema(each, referred) for each in arguments]}
    return {} if hint is Any else {"type": _TYPES[hint]}


def _annotated(schema: Json, metadata: tuple[Any, ...]) -> Json:
    for more in metadata:
        schema = {**schema, **(more if isinstance(more, dict) else {"description": more})}
    keys = schema.pop("keys", None)
    if keys:
        values = schema.pop("additionalProperties")
        schema |= {"properties": dict.fromkeys(keys, values), "required": [*keys]}
    return schema
