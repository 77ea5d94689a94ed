"""The pages of logins in person that the specs don't hold, as operations: what forms send, and the device page."""

from __future__ import annotations

from typing import Any

from specforce_mockserver.operations import OperationSpec

_FORM: dict[str, Any] = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
_ANSWERS: dict[str, Any] = {status: {"content": {"text/html": {}}} for status in ("200", "302", "400")}


def page_operations() -> tuple[OperationSpec, ...]:
    """What the login page sends, the page for device codes, and what that sends."""
    return (
        _page("submitLogin", "POST", "/login"),
        _page("openDevicePage", "GET", "/setup/connect"),
        _page("submitDeviceCode", "POST", "/setup/connect"),
    )


def _page(name: str, method: str, template: str) -> OperationSpec:
    body = {"requestBody": _FORM} if method == "POST" else {}
    return OperationSpec(
        id=name,
        api="auth",
        method=method,
        template=template,
        since=0.0,
        until=999.0,
        secured=False,
        variant_of=None,
        route_when=(),
        parameters=(),
        document={},
        operation={"operationId": name, "responses": _ANSWERS, **body},
    )
