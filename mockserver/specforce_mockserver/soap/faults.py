"""Faults: refusals in SOAP's words, HTTP 500 all of them.

Source: specs/reference/soap.md section 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce_mockserver.calls import Answer, ApiError
from specforce_mockserver.soap.dialect import BY_ENDPOINT, ENVELOPE, PARTNER
from specforce_mockserver.xml_documents import XSI, Element, to_bytes

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.soap.dialect import Dialect
    from specforce_mockserver.web.request import Request

XML: Final = "text/xml; charset=utf-8"
CLIENT: Final = "soapenv:Client"
_TYPES: Final = {
    "INVALID_FIELD": "InvalidFieldFault",
    "INVALID_LOGIN": "LoginFault",
    "INVALID_NEW_PASSWORD": "InvalidNewPasswordFault",
    "INVALID_OLD_PASSWORD": "InvalidOldPasswordFault",
    "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
    "INVALID_TYPE": "InvalidSObjectFault",
    "MALFORMED_ID": "InvalidIdFault",
    "MALFORMED_QUERY": "MalformedQueryFault",
    "MALFORMED_SEARCH": "MalformedSearchFault",
}
_OF_QUERIES: Final = frozenset(
    {"InvalidFieldFault", "InvalidSObjectFault", "MalformedQueryFault", "MalformedSearchFault"}
)


def client_fault(message: str) -> ApiError:
    """The request isn't one that the WSDL allows: a fault without detail. [E]"""
    return ApiError(500, CLIENT, message)


def invalid_session() -> ApiError:
    """The session is unknown, over, or not meant for the APIs."""
    message = "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash: x"
    return ApiError(500, "INVALID_SESSION_ID", message)


def refused(_org: Org, request: Request, error: ApiError, _api: str | None) -> Answer:
    """A refusal as a fault, in the dialect of the endpoint."""
    endpoint = request.segments[2].lower() if len(request.segments) > 2 else "u"
    content = _document(error, BY_ENDPOINT.get(endpoint, PARTNER))
    return Answer(status=500, content=content, media_type=XML, headers=error.headers)


def _document(error: ApiError, dialect: Dialect) -> bytes:
    fault = Element(ENVELOPE, "Fault")
    if error.code == CLIENT:
        fault.children += [Element("", "faultcode", CLIENT), Element("", "faultstring", error.message)]
    else:
        text = f"{error.code}: {error.message}"
        fault.children += [Element("", "faultcode", f"sf:{error.code}"), Element("", "faultstring", text)]
        fault.children.append(Element("", "detail", children=[_detail(error, dialect)]))
    body = Element(ENVELOPE, "Body", children=[fault])
    # the prefix `sf` stands in text too, so it is declared whether or not an element has it
    return to_bytes(Element(ENVELOPE, "Envelope", children=[body]), dialect.fault_prefixes)


def _detail(error: ApiError, dialect: Dialect) -> Element:
    name = _TYPES.get(error.code, "UnexpectedErrorFault")
    values = {"exceptionCode": error.code, "exceptionMessage": error.message}
    if name in _OF_QUERIES:
        values |= {"row": "-1", "column": "-1"}
    children = [Element(dialect.faults, key, value) for key, value in values.items()]
    return Element(dialect.faults, name, attributes={(XSI, "type"): f"sf:{name}"}, children=children)
