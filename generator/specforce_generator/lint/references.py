"""Rules about `$ref`: each points at something, nothing is written that nothing refers to, schemas are acyclic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_generator.refs import all_refs, look_up, split
from specforce_generator.sources import is_object, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context
    from .finding import Finding

_Place = tuple[str, str]


def lint_references(context: Context) -> Iterator[Finding]:
    """Check that every `$ref` points at something, and that nothing contains itself."""
    edges: dict[_Place, list[tuple[_Place, str]]] = {}
    for path, source in context.library.items():
        for at, ref in all_refs(source.data):
            target = split(path, ref)
            try:
                look_up(context.library, *target)
            except (KeyError, IndexError, ValueError):
                yield context.finding(
                    "ref", path, at, f"$ref {ref!r} points nowhere: is the name written as it is there?"
                )
                continue
            edges.setdefault((path, _component(context, path, at)), []).append((target, at))
    yield from _cycles(context, edges)


def _component(context: Context, path: str, at: str) -> str:
    """The pointer of the component that a pointer lies in; empty for what lies in no component."""
    steps = at.split("/")
    size = 4 if path in context.documents else 2
    return "/".join(steps[:size]) if size == 2 or steps[1:2] == ["components"] else ""


def lint_unused(context: Context) -> Iterator[Finding]:
    """Check that something refers to every component."""
    targets = {split(path, ref) for path, source in context.library.items() for _, ref in all_refs(source.data)}
    for path, source in context.library.items():
        if path in context.documents:
            components = source.data.get("components", {})
            kinds = [kind for kind in components if kind != "securitySchemes" and is_object(components[kind])]
            names = [pointer("components", kind, name) for kind in kinds for name in components[kind]]
        else:
            names = [pointer(name) for name in source.data]
        for at in names:
            if (path, at) not in targets:
                name = at.rpartition("/")[2]
                yield context.finding("unused", path, at, f"nothing refers to {name}: use it or delete it")


def _cycles(context: Context, edges: dict[_Place, list[tuple[_Place, str]]]) -> Iterator[Finding]:
    done: set[_Place] = set()

    def visit(place: _Place, above: tuple[_Place, ...]) -> Iterator[Finding]:
        for target, at in edges.get(place, []):
            if target in (*above, place):
                name = target[1].rpartition("/")[2]
                yield context.finding(
                    "cycle", place[0], at, f"{name} contains itself: write type: object here, schemas are acyclic"
                )
            elif target not in done:
                yield from visit(target, (*above, place))
        done.add(place)

    for place in edges:
        if place not in done:
            yield from visit(place, ())
