"""SOAP operations that do what a REST operation does: that one's provider is asked, in other words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from specforce_mockserver.calls import ApiError
from specforce_mockserver.operations import load_operations
from specforce_mockserver.records.options import ASSIGN_HEADER, DUPLICATE_HEADER, options_of
from specforce_mockserver.registry import PROVIDERS
from specforce_mockserver.web.errors import not_served

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.calls import Call
    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.records.options import SaveOptions
    from specforce_mockserver.schema import SObjectType

_operations = cache(load_operations)


def ask(call: Call, operation_id: str, *, body: Any = None, **params: Any) -> Any:
    """The body of the answer that a REST operation gives.

    Raises:
        ApiError: it refuses, or the fake org doesn't serve it.
    """
    operations: dict[str, OperationSpec] = _operations()
    provider = PROVIDERS.get(operation_id)
    if provider is None:
        raise not_served(call.operation.id)
    headers = {**call.headers, **_rest_headers(call)}
    asked = replace(call, operation=operations[operation_id], params=params, body=body, headers=headers)
    return provider.provide(asked).body


def _rest_headers(call: Call) -> dict[str, str]:
    """What SOAP headers say about saving, as REST's headers say it; without them, no assignment rule runs."""
    assign = "TRUE" if flag(call, "AssignmentRuleHeader", "useDefaultRule") else "FALSE"
    settings = ("allowSave", "includeRecordDetails", "runAsCurrentUser")
    said = [f"{name}=true" for name in settings if flag(call, "DuplicateRuleHeader", name)]
    return {
        ASSIGN_HEADER: call.body.get("AssignmentRuleHeader", {}).get("assignmentRuleId") or assign,
        DUPLICATE_HEADER: "; ".join(said),
    }


def saving(call: Call) -> SaveOptions:
    """What SOAP headers say about saving."""
    return options_of(_rest_headers(call), call.data_path)


def object_named(call: Call, name: str) -> SObjectType:
    """The object of a name.

    Raises:
        ApiError: INVALID_TYPE, there is none.
    """
    found = call.org.schema.type(name)
    if found is None:
        raise ApiError(500, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return found


def check_count(entries: Sequence[Any], most: int, code: str = "EXCEEDED_ID_LIMIT") -> None:
    """Refuse a call for more entries than it may have.

    Raises:
        ApiError: there are too many.
    """
    if len(entries) > most:
        raise ApiError(500, code, f"record limit reached. cannot submit more than {most} records in this call")


def flag(call: Call, header: str, name: str) -> bool:
    """A boolean of one of the call's SOAP headers; false where it isn't sent."""
    return flag_of(call.body.get(header, {}).get(name))


def flag_of(text: str | None) -> bool:
    """A boolean as XML has it; false where there is none."""
    return str(text).strip().lower() in {"true", "1"}


def failed(error: ApiError) -> dict[str, Any]:
    """A refusal as one of several results says it."""
    told = {"fields": error.fields or [], "message": error.message, "statusCode": error.code}
    return {"errors": [told], "success": False}


def malformed_id(text: str) -> ApiError:
    """A text that is no Id, or one of no object."""
    return ApiError(500, "MALFORMED_ID", f"malformed id {text}")


def opened(value: Any) -> dict[str, list[Any]]:
    """The elements by name of a value whose type the WSDL leaves open; of one that has none, none."""
    return cast("dict[str, list[Any]]", value) if isinstance(value, dict) else {}


def first(elements: Mapping[str, Sequence[Any]], name: str) -> Any:
    """The first element of a name; None where there is none."""
    return next(iter(elements.get(name, ())), None)
