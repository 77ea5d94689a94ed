"""One call by the generated client, with both sides of the wire kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

import httpx

from specforce_api.runtime.client import AsyncClient, Client
from tests.contract.expectations import as_bytes, letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.cases import Ask, Reply
    from tests.contract.specification import SpecOperation

Json = Any
TIMEOUT_S = 30.0


@dataclass(slots=True)
class Wire:
    """What a target is called with, and what the last call sent and got.

    Attributes:
        base_url: where the operation is served.
        token: the access token.
        api_version: fills the paths.
        request: the request as the client made it, whole.
        response: the answer, whole.
    """

    base_url: str
    token: str
    api_version: str
    request: httpx.Request | None = None
    response: httpx.Response | None = None


class _Tap:
    """Keeps the request as the client made it, and passes on one that also says which answer Prism shall give."""

    def __init__(self, wire: Wire, wanted: Reply | None) -> None:
        self._wire = wire
        self._wanted = wanted

    def outgoing(self, request: httpx.Request, content: bytes) -> httpx.Request:
        self._wire.request = httpx.Request(request.method, request.url, headers=request.headers, content=content)
        headers = request.headers.copy()
        if self._wanted:
            headers["Prefer"] = self._wanted.prefer
            if self._wanted.body:
                headers["Accept"] = self._wanted.body.media_type
        return httpx.Request(
            request.method, request.url, headers=headers, content=content, extensions=request.extensions
        )


class _Tapped(httpx.BaseTransport):
    def __init__(self, tap: _Tap, wire: Wire) -> None:
        self._tap, self._wire, self._network = tap, wire, httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._network.handle_request(self._tap.outgoing(request, request.read()))
        response.read()
        self._wire.response = response
        return response

    def close(self) -> None:
        self._network.close()


class _AsyncTapped(httpx.AsyncBaseTransport):
    def __init__(self, tap: _Tap, wire: Wire) -> None:
        self._tap, self._wire, self._network = tap, wire, httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._network.handle_async_request(self._tap.outgoing(request, await request.aread()))
        await response.aread()
        self._wire.response = response
        return response

    async def aclose(self) -> None:
        await self._network.aclose()


def call(operation: SpecOperation, ask: Ask, wire: Wire, wanted: Reply | None = None) -> Json:
    """Call one operation through its generated resource class.

    Args:
        operation: which one.
        ask: its arguments.
        wire: where to; what was sent and what came back is left in it.
        wanted: which documented answer Prism shall give; None where the server decides.

    Returns:
        What the generated method returned.

    Raises:
        SalesforceError: what the generated method raised.
    """
    transport = _Tapped(_Tap(wire, wanted), wire)
    with Client(
        wire.base_url, wire.token, api_version=wire.api_version, timeout_s=TIMEOUT_S, transport=transport
    ) as client:
        function = method(operation, client, "")
        return function(**arguments(operation, ask, function))


async def call_async(operation: SpecOperation, ask: Ask, wire: Wire, wanted: Reply | None = None) -> Json:
    """Do what `call` does, through the asynchronous resource class and client."""
    transport = _AsyncTapped(_Tap(wire, wanted), wire)
    async with AsyncClient(
        wire.base_url, wire.token, api_version=wire.api_version, timeout_s=TIMEOUT_S, transport=transport
    ) as client:
        function = method(operation, client, "async")
        return await function(**arguments(operation, ask, function))


def method(operation: SpecOperation, sender: object, colour: str) -> Callable[..., Json]:
    """The generated method of an operation.

    Raises:
        AssertionError: the generated layer has none.
    """
    package = import_module(f"specforce_api.{operation.api}")
    resource = by_letters(package, f"{colour}{operation.api}api")(sender)
    found: Callable[..., Json] = by_letters(resource, operation.called)
    return found


def by_letters(owner: object, name: str) -> Json:
    """The attribute whose name has the same letters, whatever its case and underscores."""
    names = [found for found in dir(owner) if not found.startswith("_") and letters(found) == letters(name)]
    assert len(names) == 1, f"{owner!r} has {names or 'nothing'} for {name}"
    return getattr(owner, names[0])


def arguments(operation: SpecOperation, ask: Ask, function: Callable[..., Json]) -> dict[str, Json]:
    """Python's arguments for a request: wire names become those of the function, instants become datetimes.

    Raises:
        AssertionError: the function doesn't take what the spec has.
    """
    given: dict[str, Json] = {}
    by_name = {parameter.name: parameter for parameter in operation.parameters}
    for name, value in ask.arguments.items():
        instant = by_name[name].schema.get("format") == "date-time"
        given[name] = datetime.fromisoformat(value) if instant else value
    if operation.request is not None:
        if operation.request.media_type == "multipart/form-data":
            given |= {name: part if isinstance(part, dict) else as_bytes(part) for name, part in ask.body.items()}
        else:
            structured = not operation.request.raw
            given["body"] = ask.body if structured else as_bytes(ask.body)
    names = {letters(name): name for name in signature(function).parameters}
    missing = [name for name in given if letters(name) not in names]
    assert not missing, f"{operation.operation_id} doesn't take {missing}; it takes {list(names.values())}"
    return {names[letters(name)]: value for name, value in given.items()}
