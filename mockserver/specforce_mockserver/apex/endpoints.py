"""The endpoints of one org: which function answers a method at a path.

Source: specs/reference/apex_rest.md#1.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints, overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Function = Callable[..., object]
F = TypeVar("F", bound=Function)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST = "request"
REST = "*"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One function at one method and path.

    Attributes:
        segments: of the path; `{name}` stands for one segment, a `*` at the end for any number of them.
        parameters: names of the function's parameters.
        required: those without a default.
        types: their types, where they are annotated.
        from_body: those that are neither the request nor of the path: keys of a JSON body.
        users: Ids of the users that may call it; None for all.
    """

    method: str
    path: str
    function: Function
    segments: tuple[str, ...]
    parameters: tuple[str, ...]
    required: frozenset[str]
    types: dict[str, Any] = field(repr=False)
    from_body: tuple[str, ...]
    users: frozenset[str] | None

    @property
    def precision(self) -> tuple[int, int]:
        """Exact paths before those that hold `*`, longer ones before shorter."""
        literals = sum(not each.startswith(("{", REST)) for each in self.segments)
        return (REST not in self.segments, literals)

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """The values of its names where a path fits; None where it doesn't."""
        values: dict[str, str] = {}
        own = self.segments
        if own and own[-1] == REST:
            own = own[:-1]
            values[REST] = "/".join(segments[len(own) :])
        if len(segments) < len(own) or (REST not in values and len(segments) > len(own)):
            return None
        for pattern, segment in zip(own, segments, strict=False):
            if pattern.startswith("{"):
                values[pattern[1:-1]] = segment
            elif pattern != segment:
                return None
        return values


class ApexEndpoints:
    """All endpoints of one org; `reset` of the org removes them."""

    def __init__(self) -> None:
        self._endpoints: dict[tuple[str, str], Endpoint] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Any:
        return iter([*self._endpoints.values()])

    @overload
    def route(
        self, method: str, path: str, function: None = None, *, users: Iterable[str] | None = None
    ) -> Callable[[F], F]: ...
    @overload
    def route(self, method: str, path: str, function: F, *, users: Iterable[str] | None = None) -> F: ...
    def route(
        self, method: str, path: str, function: Function | None = None, *, users: Iterable[str] | None = None
    ) -> Any:
        """Let a function answer a method at a path: `route("GET", "/Cases/{id}", case)`, or as a decorator.

        The function is called by the names of its parameters: `request` is an `ApexRequest`, those in the path's braces
        are the path's, all others are top-level keys of a JSON body, turned into the annotated types. What it returns
        goes out as JSON, None as 204, an `ApexResponse` as it says; what it raises is an error of Apex. It runs in a
        thread of the server.

        Args:
            method: GET (HEAD too), POST, PUT, PATCH or DELETE.
            path: below /services/apexrest, case matters; `{name}` stands for one segment, `*` at the end for any.
            function: answers; without it, what is returned takes one.
            users: 18-character Ids of the users that may call it, others get 403; everybody unless given.

        Raises:
            ValueError: no such method, a path that can't be, or a parameter that nothing could fill.
        """
        if function is None:

            def decorate(given: F) -> F:
                return self.route(method, path, given, users=users)

            return decorate
        endpoint = _endpoint(method.upper(), path, function, None if users is None else frozenset(users))
        with self._lock:
            self._endpoints[endpoint.method, endpoint.path] = endpoint
        return function

    def clear(self) -> None:
        """Remove every endpoint."""
        with self._lock:
            self._endpoints.clear()

    def find(self, method: str, segments: Sequence[str]) -> tuple[Endpoint, dict[str, str]] | list[str]:
        """The endpoint for a path with its values; where there is none for the method, the methods that there are."""
        fitting = [(each, values) for each in self if (values := each.match(segments)) is not None]
        chosen = [found for found in fitting if found[0].method == method]
        if chosen:
            return max(chosen, key=lambda found: found[0].precision)
        return [each for each in METHODS if any(found[0].method == each for found in fitting)]


def _endpoint(method: str, path: str, function: Function, users: frozenset[str] | None) -> Endpoint:
    if method not in METHODS:
        message = f"{method} isn't a method of Apex REST: {', '.join(METHODS)}"
        raise ValueError(message)
    segments = tuple(each for each in path.split("/") if each)
    if not segments or REST in segments[:-1]:
        message = f"{path!r} can't be a path: it has segments, and * only at its end"
        raise ValueError(message)
    parameters = inspect.signature(function).parameters
    named = {each[1:-1] for each in segments if each.startswith("{")}
    required = frozenset(name for name, each in parameters.items() if each.default is inspect.Parameter.empty)
    from_body = tuple(name for name in parameters if name != REQUEST and name not in named)
    if method in {"GET", "DELETE"}:
        if unfilled := required.intersection(from_body):
            message = f"{method} {path}: nothing can fill {', '.join(unfilled)}; the query is in request.params"
            raise ValueError(message)
        from_body = ()
    return Endpoint(
        method=method,
        path="/" + "/".join(segments),
        function=function,
        segments=segments,
        parameters=tuple(parameters),
        required=required,
        types=_types(function),
        from_body=from_body,
        users=users,
    )


def _types(function: Function) -> dict[str, Any]:
    """The annotated types; none where a name in them isn't there at run time."""
    try:
        return get_type_hints(function)
    except (NameError, TypeError):
        return {}
