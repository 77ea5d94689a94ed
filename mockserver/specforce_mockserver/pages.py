"""Pages and documents of an org that the specs don't hold, as operations: logins in person, and WSDLs."""

from __future__ import annotations

from typing import Any

from specforce_mockserver.operations import OperationSpec

_FORM: dict[str, Any] = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
_HTML: dict[str, Any] = {status: {"content": {"text/html": {}}} for status in ("200", "302", "400")}
_WSDL: dict[str, Any] = {"200": {"content": {"text/xml": {}}}, "401": {"content": {"application/json": {}}}}


def page_operations() -> tuple[OperationSpec, ...]:
    """What the login page sends, the page for device codes and what that sends, doors, and a WSDL per SOAP endpoint."""
    return (
        _page("submitLogin", "POST", "/login"),
        _page("openDevicePage", "GET", "/setup/connect"),
        _page("submitDeviceCode", "POST", "/setup/connect"),
        _page("openFrontdoor", "GET", "/secur/frontdoor.jsp"),
        _page("getPartnerWsdl", "GET", "/services/wsdl/partner", secured=True, answers=_WSDL),
        _page("getEnterpriseWsdl", "GET", "/services/wsdl/enterprise", secured=True, answers=_WSDL),
    )


def _page(
    name: str, method: str, template: str, *, secured: bool = False, answers: dict[str, Any] = _HTML
) -> OperationSpec:
    body = {"requestBody": _FORM} if method == "POST" else {}
    return OperationSpec(
        id=name,
        api="auth",
        method=method,
        template=template,
        since=0.0,
        until=999.0,
        secured=secured,
        variant_of=None,
        route_when=(),
        parameters=(),
        document={},
        operation={"operationId": name, "responses": answers, **body},
    )
