"""From a path and a method to an operation.

Paths are matched segment by segment; a literal segment goes before a parameter, in any case where no exact spelling
fits, as Salesforce reads its paths. Of operations that share a wire path, `x-route-when` and the body's media type
decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from specforce_mockserver.operations import VERSION_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specforce_mockserver.operations import OperationSpec

METHOD_ORDER = ("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(slots=True)
class _Node:
    """The choices after some segments."""

    literals: dict[str, _Node] = field(default_factory=dict[str, "_Node"])
    parameter: _Node | None = None
    operations: dict[str, list[OperationSpec]] = field(default_factory=dict[str, "list[OperationSpec]"])


@dataclass(frozen=True, slots=True)
class Match:
    """A path that exists: what may be done there, and the values of its segments in order."""

    operations: Mapping[str, Sequence[OperationSpec]]
    values: tuple[str, ...]

    @property
    def allowed(self) -> list[str]:
        """The methods that the path takes, HEAD with GET."""
        methods = {*self.operations, *({"HEAD"} if "GET" in self.operations else ())}
        return [each for each in METHOD_ORDER if each in methods]

    def choose(
        self, method: str, arguments: Mapping[str, str], media_type: str | None
    ) -> tuple[OperationSpec, dict[str, str]] | None:
        """The operation for a method, with its path parameters; None when the path doesn't take the method.

        Args:
            method: of the request; HEAD is served by GET.
            arguments: its query parameters.
            media_type: of its body.
        """
        candidates = self.operations.get("GET" if method == "HEAD" else method)
        if not candidates:
            return None
        by_condition = [each for each in candidates if each.route_when and _fits(each, self._named(each), arguments)]
        plain = [each for each in candidates if not each.route_when]
        among = by_condition or plain or list(candidates)
        chosen = next((each for each in among if media_type is not None and each.media_type == media_type), among[0])
        return chosen, self._named(chosen)

    def _named(self, operation: OperationSpec) -> dict[str, str]:
        names = [each[1:-1] for each in operation.segments if each.startswith("{")]
        return dict(zip(names, self.values, strict=True))


def _fits(operation: OperationSpec, path: Mapping[str, str], arguments: Mapping[str, str]) -> bool:
    return all(
        (value := path.get(name, arguments.get(name))) is not None and pattern.search(value)
        for name, pattern in operation.route_when
    )


class Routes:
    """All paths of the specs."""

    def __init__(self, operations: Iterable[OperationSpec]) -> None:
        self._versioned = _Node()
        self._absolute = _Node()
        for operation in operations:
            segments = operation.segments
            root = self._absolute
            if operation.versioned:
                place = next(index for index, each in enumerate(segments) if VERSION_VARIABLE in each)
                root, segments = self._versioned, segments[place + 1 :]
            node = _descend(root, segments)
            node.operations.setdefault(operation.method, []).append(operation)

    def find(self, segments: Sequence[str], *, versioned: bool) -> Match | None:
        """What there is at a path.

        Args:
            segments: of the path, decoded; those after the version when `versioned`.
            versioned: whether the path began with an API version.
        """
        found = _walk(self._versioned if versioned else self._absolute, segments, ())
        if found is None and segments and segments[-1].endswith(".json"):
            found = _walk(
                self._versioned if versioned else self._absolute,
                [*segments[:-1], segments[-1].removesuffix(".json")],
                (),
            )
        return found


def _descend(node: _Node, segments: Sequence[str]) -> _Node:
    for segment in segments:
        if segment.startswith("{"):
            if node.parameter is None:
                node.parameter = _Node()
            node = node.parameter
        else:
            node = node.literals.setdefault(segment, _Node())
    return node


def _walk(node: _Node, segments: Sequence[str], values: tuple[str, ...]) -> Match | None:
    """The match below a node; a literal that leads nowhere gives way to a parameter."""
    if not segments:
        return Match(node.operations, values) if node.operations else None
    first, rest = segments[0], segments[1:]
    literal = node.literals.get(first)
    if literal is None and node.literals:
        lowered = first.lower()
        literal = next((each for name, each in node.literals.items() if name.lower() == lowered), None)
    if literal is not None and (found := _walk(literal, rest, values)) is not None:
        return found
    return _walk(node.parameter, rest, (*values, first)) if node.parameter is not None else None
