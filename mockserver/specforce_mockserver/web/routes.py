"""From a path and a method to an operation.

Paths are matched segment by segment; a literal segment goes before a parameter, in any case where no exact spelling
fits, as Salesforce reads its paths. A parameter whose name ends in `_path` takes all segments that are left, and none
too. Of operations that share a wire path, `x-route-when`, the body's media type and the media types that the caller
takes decide; a body of a type that none of them names goes to the one that takes any bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from specforce_mockserver.operations import VERSION_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.web.request import Request

    Choose = Callable[[Sequence[OperationSpec], Mapping[str, str]], OperationSpec | None]

_FREE_VALUE = "{value}"
SUFFIXES = (".json", ".xml")
METHOD_ORDER = ("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(slots=True)
class _Node:
    """The choices after some segments."""

    literals: dict[str, _Node] = field(default_factory=dict[str, "_Node"])
    parameter: _Node | None = None
    rest: _Node | None = None
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

    def ends_in(self, segment: str) -> bool:
        """Whether its paths end in a parameter."""
        return any(each.segments[-1] == segment for listed in self.operations.values() for each in listed)

    def choose(self, request: Request, choose: Choose | None = None) -> tuple[OperationSpec, dict[str, str]] | None:
        """The operation for a request, with its path parameters; None when the path doesn't take the method.

        Args:
            request: what is asked; HEAD is served by GET where nothing else serves it.
            choose: has the first word where several are left; None from it leaves it to the headers.
        """
        candidates = self.operations.get(request.method)
        if candidates is None and request.method == "HEAD":
            candidates = self.operations.get("GET")
        if not candidates:
            return None
        arguments = dict(reversed(request.query))
        by_condition = [
            each for each in candidates if each.route_when and fits(each, {**arguments, **self._named(each)})
        ]
        plain = [each for each in candidates if not each.route_when]
        among = by_condition or plain or list(candidates)
        chosen = choose(among, self._named(among[0])) if choose is not None and len(among) > 1 else None
        chosen = chosen or _by_headers(among, request)
        return chosen, self._named(chosen)

    def form_variants(self, operation: OperationSpec) -> tuple[OperationSpec, ...]:
        """The operations that a field of the form, instead of the path, tells from this one."""
        if operation.body_kind != "form":
            return ()
        return tuple(each for each in self.operations[operation.method] if each.variant_of == operation.id)

    def _named(self, operation: OperationSpec) -> dict[str, str]:
        names = [each[1:-1] for each in operation.segments if each.startswith("{") and each != VERSION_VARIABLE]
        return dict(zip(names, self.values, strict=True))


def _by_headers(among: Sequence[OperationSpec], request: Request) -> OperationSpec:
    """The first whose body is of the request's media type, else the first that answers what the caller takes."""
    if (given := request.media_type) is not None and any(each.media_type is not None for each in among):
        by_type = {each.media_type: each for each in reversed(among)}
        return by_type.get(given) or by_type.get("application/octet-stream") or among[0]
    accepted = request.accepted
    exact = (each for each in among if each.answer_types == accepted)
    partly = (each for each in among if each.answer_types & accepted)
    return next(exact, None) or next(partly, among[0])


def fits(operation: OperationSpec, values: Mapping[str, str]) -> bool:
    """Whether the values that an operation's `x-route-when` names are those of a request."""
    return all(
        (value := values.get(name)) is not None and pattern.search(value) for name, pattern in operation.route_when
    )


class Routes:
    """All paths of the specs."""

    def __init__(self, operations: Iterable[OperationSpec]) -> None:
        self._root = _Node()
        for operation in operations:
            node = _descend(self._root, operation.segments)
            node.operations.setdefault(operation.method, []).append(operation)

    def find(self, segments: Sequence[str], *, suffixed: bool = False) -> Match | None:
        """What there is at a path.

        Args:
            segments: of the path, decoded; the one that names the API version as the specs' paths have it.
            suffixed: whether `.json` and `.xml` at the path's end say what is wanted, and are no part of it; at the end
                of an external id they are.
        """
        last = segments[-1] if segments else ""
        suffix = next((each for each in SUFFIXES if last.endswith(each)), None) if suffixed else None
        if suffix is not None:
            found = _walk(self._root, [*segments[:-1], last.removesuffix(suffix)], ())
            if found is not None and not found.ends_in(_FREE_VALUE):
                return found
        return _walk(self._root, segments, ())


def _descend(node: _Node, segments: Sequence[str]) -> _Node:
    for segment in segments:
        if segment.endswith("_path}"):
            if node.rest is None:
                node.rest = _Node()
            node = node.rest
        elif segment.startswith("{") and segment != VERSION_VARIABLE:
            if node.parameter is None:
                node.parameter = _Node()
            node = node.parameter
        else:
            node = node.literals.setdefault(segment, _Node())
    return node


def _walk(node: _Node, segments: Sequence[str], values: tuple[str, ...]) -> Match | None:
    """The match below a node; a literal that leads nowhere gives way to a parameter."""
    if not segments and not node.operations and node.rest is not None:
        return _walk(node.rest, (), (*values, ""))
    if not segments:
        return Match(node.operations, values) if node.operations else None
    first, rest = segments[0], segments[1:]
    literal = node.literals.get(first)
    if literal is None and node.literals:
        lowered = first.lower()
        literal = next((each for name, each in node.literals.items() if name.lower() == lowered), None)
    if literal is not None and (found := _walk(literal, rest, values)) is not None:
        return found
    if node.parameter is not None and (found := _walk(node.parameter, rest, (*values, first))) is not None:
        return found
    return _walk(node.rest, (), (*values, "/".join(segments))) if node.rest is not None else None
