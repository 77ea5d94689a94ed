"""Small lies: copies of documents in which sampled operations say something else than the specs do.

The sample is fixed by the order of the operations, so that a run can be repeated and every kind is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.specification import METHODS, resolve

Json = Any
Mutate = Callable[[Json, Json], bool]
INVENTED = "inventedByTheMutation"


def example_value(document: Json, operation: Json) -> bool:
    """Change the first value in each example of each success; False where no success has a body."""
    changed = False
    for status, answer in _answers(document, operation):
        if status.startswith("2"):
            for body in answer.get("content", {}).values():
                for name, example in body.get("examples", {}).items():
                    body["examples"][name] = {"value": _other(resolve(document, example)["value"])}
                    changed = True
    return changed


def required_field(document: Json, operation: Json) -> bool:
    """Want one query parameter more than the specs do."""
    parameter = {"name": INVENTED, "in": "query", "required": True, "schema": {"type": "string"}, "example": "x"}
    operation["parameters"] = [*operation.get("parameters", ()), parameter]
    return True


def status(document: Json, operation: Json) -> bool:
    """Answer successes with other statuses."""
    for old, answer in _answers(document, operation):
        if old.startswith("2"):
            del operation["responses"][old]
            operation["responses"][str(int(old) + 22)] = answer
    return True


def required_in_answer(document: Json, operation: Json) -> bool:
    """Promise one more key in each success; False where no success is a JSON object."""
    changed = False
    for code, answer in _answers(document, operation):
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if code.startswith("2") and schema is not None and resolve(document, schema).get("type") == "object":
            answer["content"]["application/json"]["schema"] = {"allOf": [schema, {"required": [INVENTED]}]}
            changed = True
    return changed


def _answers(document: Json, operation: Json) -> list[tuple[str, Json]]:
    """The answers, each made the operation's own first, so that no other operation changes with it."""
    for code, answer in list(operation["responses"].items()):
        operation["responses"][code] = dict(resolve(document, answer))
    return list(operation["responses"].items())


def _other(value: Json) -> Json:
    if isinstance(value, dict) and value:
        first = next(iter(value))
        return {**value, first: _other(value[first])}
    if isinstance(value, list) and value:
        return [_other(value[0]), *value[1:]]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value} mutated" if isinstance(value, str) else "mutated"


def mutate(document: Json, kinds: tuple[Mutate | None, ...], offset: int = 0) -> dict[str, str]:
    """Change a document in place, the n-th operation by the n-th kind, round and round; None leaves one as it is.

    Args:
        document: an OpenAPI document without references to other files.
        kinds: what to do; where one can't be done, the next is taken.
        offset: how many operations were before those of this document.

    Returns:
        operationId to the name of what was done to it; the others are as they were.
    """
    done: dict[str, str] = {}
    for number, (operation_id, operation) in enumerate(_operations(document), offset):
        for kind in (*kinds[number % len(kinds) :], *kinds):
            if kind is None:
                break
            if kind(document, operation):
                done[operation_id] = kind.__name__
                break
    return done


def move_paths(document: Json, chosen: set[str]) -> set[str]:
    """Serve the chosen paths, with their variants, at another place, in place.

    Returns:
        the operationIds that moved.
    """
    found: set[str] = set()
    for path in [path for path in document["paths"] if path.partition("#")[0] in chosen]:
        item = document["paths"].pop(path)
        shared, mark, variant = path.partition("#")
        document["paths"][f"{shared.rstrip('/')}/{INVENTED}{mark}{variant}"] = item
        found |= {item[method]["operationId"] for method in METHODS if method in item}
    return found


def forget_property(document: Json, schema: str, name: str) -> set[str]:
    """Take a property out of a component schema, in place.

    Returns:
        the operationIds whose successes hold that schema, on whatever level.
    """
    component = document["components"]["schemas"][schema]
    del component["properties"][name]
    component["required"] = [other for other in component.get("required", ()) if other != name]
    pointer = f"#/components/schemas/{schema}"
    return {
        operation_id
        for operation_id, operation in _operations(document)
        for code, answer in operation["responses"].items()
        for body in answer.get("content", {}).values()
        if code.startswith("2") and pointer in _reached(document, body["schema"], set())
    }


def _reached(document: Json, node: Json, seen: set[str]) -> set[str]:
    """The references of this document that a schema leads to, its own and those of what it refers to."""
    if isinstance(node, dict):
        pointer = node.get("$ref", "")
        if pointer.startswith("#") and pointer not in seen:
            seen.add(pointer)
            _reached(document, resolve(document, node), seen)
        for value in node.values():
            _reached(document, value, seen)
    elif isinstance(node, list):
        for value in node:
            _reached(document, value, seen)
    return seen


def _operations(document: Json) -> list[tuple[str, Json]]:
    """All but those of HEAD, whose parameters Prism doesn't look at."""
    return [
        (item[method]["operationId"], item[method])
        for item in document["paths"].values()
        for method in METHODS
        if method in item and method != "head"
    ]
