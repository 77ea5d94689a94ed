"""What the WSDL says: the elements of requests, results, headers and types, in the schema's order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import specforce_specs
from specforce_mockserver.operations import LAST_VERSION, OperationSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "soap"
RECORD = "sObject"


@dataclass(frozen=True, slots=True)
class Member:
    """One element: its name, the local name of its type, and how often it may or must come."""

    name: str
    type: str
    optional: bool
    many: bool
    nillable: bool


@dataclass(frozen=True, slots=True)
class SoapOperation:
    """One operation; `spec` is what the providers' registry and the request log know it by."""

    name: str
    request: tuple[Member, ...]
    result: Member | None
    headers: frozenset[str]
    authenticated: bool
    until: float
    spec: OperationSpec


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole of it."""

    operations: Mapping[str, SoapOperation]
    types: Mapping[str, tuple[Member, ...]]


@cache
def schema() -> Schema:
    """The WSDL of the specs, read once: operations by their element's name, types and headers by theirs."""
    document = specforce_specs.wsdl(API)
    operations = [_operation(name, each) for name, each in document["operations"].items()]
    types = {name: _members(each["members"]) for name, each in document["types"].items()}
    return Schema({each.name: each for each in operations}, types)


def soap_operations() -> dict[str, OperationSpec]:
    """Every operation, by operationId, in the WSDL's order."""
    return {each.spec.id: each.spec for each in schema().operations.values()}


def _operation(operation_id: str, each: Mapping[str, Any]) -> SoapOperation:
    until = float(each["until"] or LAST_VERSION)
    spec = OperationSpec(
        id=operation_id,
        api=API,
        method="POST",
        template="/services/Soap/u/{api_version}",
        since=0.0,
        until=until,
        secured=each["authenticated"],
        variant_of=None,
        route_when=(),
        parameters=(),
        document={},
        operation={"responses": {}},
    )
    result = each["result"]
    return SoapOperation(
        each["name"],
        _members(each["request"]),
        Member(**result) if result is not None else None,
        frozenset({*each["headers"], "SessionHeader"}),
        each["authenticated"],
        until,
        spec,
    )


def _members(listed: list[dict[str, Any]]) -> tuple[Member, ...]:
    return tuple(Member(**each) for each in listed)
