"""REST in XML: a JSON answer as the document that a caller gets who takes XML, or whose path ends in `.xml`.

Keys are elements, lists repeat theirs, a record's type and URL are attributes. Source: specs/reference/rest.md, before
section 1, and errors_and_limits.md section 1; names of roots are [E].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from specforce_mockserver.calls import NOTHING
from specforce_mockserver.xml_documents import Element, nil, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce_mockserver.web.replies import Reply

XML: Final = "application/xml;charset=UTF-8"
_ROOTS: Final = {
    "listVersions": "Versions",
    "listResources": "urls",
    "getLimits": "LimitsSnapshot",
    "describeGlobal": "DescribeGlobal",
}
_ENTRIES: Final = {"Versions": "Version", "Errors": "Error"}
_NO_NAME: Final = re.compile(r"[^\w.-]|^(?=[\d.-])")


def in_xml(reply: Reply, operation_id: str | None) -> Reply:
    """A reply with its JSON as XML; one whose body is no JSON as it is."""
    if reply.json is not NOTHING:
        reply.content = to_bytes(_document(reply, operation_id))
        reply.headers["content-type"] = XML
    return reply


def _document(reply: Reply, operation_id: str | None) -> Element:
    body = reply.json
    root = "Errors" if reply.status >= 400 and isinstance(body, list) else _ROOTS.get(operation_id or "")
    if isinstance(body, list):
        root = root or "Results"
        entry = _ENTRIES.get(root, "Result")
        return Element("", root, children=[_element(entry, each) for each in cast("Sequence[Any]", body)])
    return _element(root or _root_of(body), body)


def _root_of(body: Any) -> str:
    """What the root of an object is called: a record by its type, a page of a query by what it is."""
    if not isinstance(body, dict):
        return "Result"
    known = cast("dict[str, Any]", body)
    if "attributes" in known:
        return str(known["attributes"]["type"])
    return "QueryResult" if "totalSize" in known else "Result"


def _element(name: str, value: Any) -> Element:
    name = _NO_NAME.sub("_", name)
    if value is None:
        return nil("", name)
    if isinstance(value, dict):
        return _object(name, cast("dict[str, Any]", value))
    if isinstance(value, list):
        return Element("", name, children=[_element("Result", each) for each in cast("Sequence[Any]", value)])
    return Element("", name, str(value).lower() if isinstance(value, bool) else str(value))


def _object(name: str, value: dict[str, Any]) -> Element:
    attributes: dict[str, Any] = value.get("attributes") or {}
    found = Element("", name, attributes={("", key): str(each) for key, each in attributes.items()})
    found.children.extend(_members(value))
    return found


def _members(value: dict[str, Any]) -> Iterator[Element]:
    for key, each in value.items():
        if isinstance(each, list):
            yield from (_element(key, one) for one in cast("Sequence[Any]", each))
        elif key != "attributes":
            yield _element(key, each)
