"""The way in: from a request to the function that does what it asks for, by the document.

A request that changes something on behalf of another site's page is refused: browsers name that site in `Origin`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

import specforce_specs
from specforce_mockserver.admin import apex, clock, faults, jobs, logins, organization, requests, rules, setup
from specforce_mockserver.admin.orders import CARRIERS, Order, carries, refusal
from specforce_mockserver.admin.snapshots import Snapshots
from specforce_mockserver.calls import Answer
from specforce_mockserver.operations import LAST_VERSION, read_operations
from specforce_mockserver.web.checks import query_arguments
from specforce_mockserver.web.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.operations import Document, OperationSpec
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.request import Request

API = "mock_admin"
# Importing them registers their functions.
_ROOMS = (apex, clock, faults, jobs, logins, organization, requests, rules, setup)


@carries("getAdminDocument")
def document(_order: Order) -> Answer:
    """The document by which all this works."""
    return Answer(_document())


class Admin:
    """The administration of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._snapshots = Snapshots(org)
        known = read_operations(API, _document())
        self._operations = {each.id: each for each in known if each.id in CARRIERS}
        self._routes = Routes(self._operations.values())

    def answer(self, request: Request, raw: bytes) -> Answer:
        """Do what a request asks for.

        Args:
            request: its path begins with `__mock`.
            raw: its body.

        Raises:
            ApiError: it can't be understood, or there is nothing like that.
        """
        refuse_other_sites(request)
        operation, path = self._operation(request)
        body = None if operation.body_kind == "none" else _parsed(raw)
        return self._carried_out(operation, path, _query(operation, request), body)

    def perform(self, operation_id: str, path: Mapping[str, str] | None = None, *, body: Any = None) -> Answer:
        """Do what an operation does, without a request.

        Args:
            operation_id: which.
            path: the parameters of its path.
            body: parsed JSON.

        Raises:
            ApiError: as `answer`.
        """
        return self._carried_out(self._operations[operation_id], path or {}, {}, body)

    def members(self, name: str) -> Mapping[str, Any]:
        """The schemas of the members of a component, or of an operation's body."""
        found = self._operations.get(name)
        schema = found.body_schema if found is not None else _document()["components"]["schemas"][name]
        members: Mapping[str, Any] = schema["properties"]
        return members

    def _carried_out(
        self, operation: OperationSpec, path: Mapping[str, str], query: Mapping[str, Any], body: Any
    ) -> Answer:
        if operation.body_kind != "none":
            _check(operation, body)
        try:
            return CARRIERS[operation.id](Order(self._org, self._snapshots, path, query, body))
        except (ValueError, TypeError, KeyError, msgspec.ValidationError) as error:
            raise refusal(400, str(error)) from error

    def _operation(self, request: Request) -> tuple[OperationSpec, Mapping[str, str]]:
        match = self._routes.find(request.segments)
        if match is None:
            raise refusal(404, f"nothing answers {request.path}")
        chosen = match.choose(request)
        if chosen is None:
            allowed = ", ".join(match.allowed)
            raise refusal(405, f"{request.path} takes {allowed}, not {request.method}", allow=allowed)
        return chosen


def refuse_other_sites(request: Request) -> None:
    """Let nobody else's page change anything.

    Raises:
        ApiError: 403.
    """
    origin = request.header("origin")
    if origin and request.method not in {"GET", "HEAD"} and urlsplit(origin).netloc != request.header("host"):
        raise refusal(403, f"a page of {origin} may not do this")


def _query(operation: OperationSpec, request: Request) -> dict[str, Any]:
    known = [each.name for each in operation.parameters]
    for name, _value in request.query:
        if name not in known:
            raise refusal(400, f"there is no parameter {name}; there are: {', '.join(known) or 'none'}")
    values, violations = query_arguments(operation, request.query, LAST_VERSION)
    for each in violations:
        raise refusal(400, f"{each.name}: {each.message}")
    return values


def _parsed(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refusal(400, f"the body must be JSON: {error}") from error


def _check(operation: OperationSpec, body: Any) -> None:
    for problem in operation.body_validator.iter_errors(body):
        place = "/".join(map(str, problem.instance_path))
        raise refusal(400, f"the body at /{place}: {problem.message}")


def _document() -> Document:
    return specforce_specs.mock_admin()
