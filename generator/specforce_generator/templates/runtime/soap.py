"""What the generated SOAP operations share: requests made of elements, answers taken apart by the names of elements.

Nothing is read by its place, so that an element that a newer release adds is kept (`unknown`) and disturbs nothing. The
session goes into the envelope when the request is sent, so that it is always the one in use.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeGuard, TypeVar

from .errors import DecodeError, InputError, IntegrityError, error_from_reply
from .operation import Operation, OperationInfo, Reply, TokenBody
from .record_ids import check_id
from .soap_records import PARTNER, SOBJECT, record_node
from .xml import XSI, Node, as_dict, element, read_xml, write

T = TypeVar("T")

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_PREFIXES: Final = {ENVELOPE: "soapenv", PARTNER: "urn", SOBJECT: "ens", XSI: "xsi"}


class Sendable(Protocol):
    """A generated type that goes into requests."""

    def to_node(self, name: str) -> Node:
        """It as an element of that name."""
        ...


def soap_request(
    info: OperationInfo,
    name: str,
    parameters: Iterable[Sequence[Node]],
    headers: Iterable[Sequence[Node]],
    decode: Callable[[Reply], T],
) -> Operation[T]:
    """The operation `name` with its parameters and headers; each is a list of elements, empty where nothing is said."""
    head = [node for nodes in headers for node in nodes]
    body = Node(name, PARTNER, children=[node for nodes in parameters for node in nodes])
    _envelope(head, body)  # what XML can't hold is refused here, not when it is sent

    def render(token: str) -> bytes:
        session = Node("SessionHeader", PARTNER, children=[Node("sessionId", PARTNER, token)])
        return _envelope([session, *head], body)

    return Operation(
        info=info,
        decode=decode,
        path=info.path,
        headers=(("SOAPAction", '""'),),
        body=TokenBody(render) if info.authenticated else _envelope(head, body),
        content_type="text/xml; charset=UTF-8",
    )


def _envelope(headers: list[Node], body: Node) -> bytes:
    parts = [Node("Header", ENVELOPE, children=headers)] if headers else []
    root = Node("Envelope", ENVELOPE, children=[*parts, Node("Body", ENVELOPE, children=[body])])
    return write(root, prefixes=_PREFIXES)


def values(name: str, given: object, *, null: bool = False, ids: bool = False) -> list[Node]:
    """The elements of a plain value, or of a list of them; of None, nothing or a null.

    Args:
        null: None is said, because the schema wants the element.
        ids: they are record ids.

    Raises:
        InputError: a value that XML has no form for, text where a list belongs, or no id.
    """
    if given is None:
        return [Node(name, PARTNER, nil=True)] if null else []
    if ids:
        for entry in _entries(given):
            check_id(str(entry), name=name)
    return [element(name, entry, namespace=PARTNER) for entry in _entries(given)]


def parts(name: str, given: Sendable | Sequence[Sendable] | None, *, null: bool = False) -> list[Node]:
    """The elements of a generated type, or of a list of them."""
    if given is None:
        return [Node(name, PARTNER, nil=True)] if null else []
    return [entry.to_node(name) for entry in (given if isinstance(given, Sequence) else (given,))]


def records(
    name: str, given: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None, *, null: bool = False
) -> list[Node]:
    """The elements of a record, or of a list of them: see `record_node`."""
    if given is None:
        return [Node(name, PARTNER, nil=True)] if null else []
    return [record_node(name, PARTNER, entry) for entry in (given if isinstance(given, Sequence) else (given,))]


def header(name: str, given: Sequence[Node]) -> list[Node]:
    """A header around its only element; nothing around nothing."""
    return [Node(name, PARTNER, children=list(given))] if given else []


class Taker:
    """Takes the children of an element by name; what nobody asked for is left in `rest`."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._asked: set[str] = set()

    def one(self, name: str, read: Callable[[Node], T]) -> T:
        """A child that has to be there.

        Raises:
            DecodeError: it isn't, or it is null.
        """
        found = self.maybe(name, read)
        if found is None:
            raise DecodeError(f"{self._node.name} has no {name}")
        return found

    def maybe(self, name: str, read: Callable[[Node], T]) -> T | None:
        """A child that may be absent or null."""
        self._asked.add(name)
        node = self._node.child(name)
        return None if node is None or node.nil else read(node)

    def many(self, name: str, read: Callable[[Node], T]) -> list[T]:
        """A child that may come any number of times."""
        self._asked.add(name)
        return [read(node) for node in self._node.all(name) if not node.nil]

    def rest(self) -> dict[str, Any]:
        """The children that nobody asked for: those of newer releases."""
        left = [child for child in self._node.children if child.name not in self._asked]
        return as_dict(Node(self._node.name, children=left)) if left else {}


def listed(name: str, given: Sequence[T], *, most: int | None = None) -> list[T]:
    """A list argument, as a list.

    Raises:
        InputError: it is one entry and no list, or longer than the server takes.
    """
    if isinstance(given, str | Mapping):
        raise InputError(f"{name} is one entry, and a list is wanted: [{name}]")
    if most is not None and len(given) > most:
        raise InputError(f"{name} has {len(given)} entries, and one call takes {most}")
    return list(given)


def or_null(read: Callable[[Node], T]) -> Callable[[Node], T | None]:
    """A reader that takes null for an answer."""
    return lambda node: None if node.nil else read(node)


def one_of(kind: Callable[[str], T]) -> Callable[[Node], T]:
    """A reader of an enumeration."""
    return lambda node: kind(node.text)


def text(node: Node) -> str:
    """The element's text."""
    return node.text


def boolean(node: Node) -> bool:
    """`true` and `1`, or `false` and `0`."""
    found = {"true": True, "1": True, "false": False, "0": False}.get(node.text.strip())
    if found is None:
        raise DecodeError(f"{node.name} is {node.text!r}, and true or false is wanted")
    return found


def integer(node: Node) -> int:
    """A whole number."""
    return _read(node, int, "a whole number")


def number(node: Node) -> float:
    """A number."""
    return _read(node, float, "a number")


def moment(node: Node) -> dt.datetime:
    """A date and a time, with their zone; without one it is UTC, which is what Salesforce writes."""
    found = _read(node, dt.datetime.fromisoformat, "a time")
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def binary(node: Node) -> bytes:
    """Bytes, written as base64."""
    return _read(node, lambda encoded: base64.b64decode(encoded, validate=False), "base64")


def _read(node: Node, convert: Callable[[str], T], what: str) -> T:
    try:
        return convert(node.text.strip())
    except ValueError:
        raise DecodeError(f"{node.name} is {node.text!r}, and {what} is wanted") from None


def read_result(info: OperationInfo, reply: Reply, read: Callable[[Node], T]) -> T:
    """The only result of an answer.

    Raises:
        DecodeError: it isn't there, or not in the schema's shape.
    """
    found = _results(info, reply)
    if len(found) != 1:
        raise _broken(info, reply, f"{len(found)} results instead of one")
    return _told(info, reply, lambda: read(found[0]))


def read_results(info: OperationInfo, reply: Reply, read: Callable[[Node], T], *, sent: int) -> list[T]:
    """The results of an answer, one for each of the `sent` entries of the request, in their order.

    Raises:
        DecodeError: not in the schema's shape. IntegrityError: more results than entries, or fewer.
    """
    found = _results(info, reply)
    if len(found) != sent:
        message = f"{info.operation_id}: {sent} entries went out and {len(found)} results came back"
        raise IntegrityError(message, expected=sent, actual=len(found))
    return _told(info, reply, lambda: [read(node) for node in found])


def read_list(info: OperationInfo, reply: Reply, read: Callable[[Node], T]) -> list[T]:
    """The results of an answer, as many as there are; nulls are left out.

    Raises:
        DecodeError: not in the schema's shape.
    """
    found = _results(info, reply)
    return _told(info, reply, lambda: [read(node) for node in found if not node.nil])


def read_nothing(info: OperationInfo, reply: Reply) -> None:
    """An answer without a result.

    Raises:
        DecodeError: it isn't an answer at all.
    """
    _results(info, reply)


def _results(info: OperationInfo, reply: Reply) -> list[Node]:
    root = read_xml(info, reply)
    body = root.child("Body")
    answer = body.children[0] if body is not None and body.children else None
    if answer is not None and answer.name == "Fault":
        raise error_from_reply(info, reply)
    wanted = f"{info.operation_id.rpartition('.')[2]}Response"
    if answer is None or answer.name != wanted:
        raise _broken(info, reply, f"no {wanted} in it")
    return answer.all("result")


def _told(info: OperationInfo, reply: Reply, read: Callable[[], T]) -> T:
    try:
        return read()
    except DecodeError as error:
        raise _broken(info, reply, str(error)) from error


def _broken(info: OperationInfo, reply: Reply, what: str) -> DecodeError:
    return DecodeError(
        f"{info.operation_id}: the answer doesn't have the shape that the spec promises: {what}",
        operation_id=info.operation_id,
        status=reply.status,
        body=reply.content.decode("utf-8", errors="replace"),
    )


def _entries(given: object) -> Sequence[object]:
    return given if _is_list(given) else (given,)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


__all__ = [
    "Sendable",
    "Taker",
    "binary",
    "boolean",
    "header",
    "integer",
    "listed",
    "moment",
    "number",
    "one_of",
    "or_null",
    "parts",
    "read_list",
    "read_nothing",
    "read_result",
    "read_results",
    "records",
    "soap_request",
    "text",
    "values",
]
