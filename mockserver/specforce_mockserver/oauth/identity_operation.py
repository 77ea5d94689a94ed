"""The identity URL, which token responses name and the specs don't hold: its operation, in the form of the specs."""

from __future__ import annotations

from typing import Any

from specforce_mockserver.operations import OperationSpec

_TEXT: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_OPERATION: dict[str, Any] = {
    "operationId": "getIdentity",
    "responses": {
        "200": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "403": _TEXT,
        "404": _TEXT,
    },
}


def identity_operation() -> OperationSpec:
    """`GET /id/{org_id}/{user_id}`. Source: specs/reference/auth.md section 3."""
    return OperationSpec(
        id="getIdentity",
        api="auth",
        method="GET",
        template="/id/{org_id}/{user_id}",
        since=0.0,
        until=999.0,
        secured=True,
        variant_of=None,
        route_when=(),
        parameters=(),
        document={},
        operation=_OPERATION,
    )
