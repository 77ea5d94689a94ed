"""XML documents, read into nodes: whole, or element by element as the bytes arrive.

Documents are foreign: document type and entity declarations are refused, and size and depth are bounded. Comments and
processing instructions are passed over. Text between child elements is kept where it isn't blank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from .errors import DecodeError
from .xml_node import XSI, Name, Node

if TYPE_CHECKING:
    from .operation import OperationInfo, Reply

MAX_DEPTH: Final = 100
MAX_BYTES: Final = 256 * 1024 * 1024
_PIECE: Final = 1024 * 1024


class NodeParser:
    """Reads a document piece by piece and hands out elements as they end.

    Args:
        depth: which elements: 0 the document's own (the whole of it), 1 the root's children, which are then forgotten,
            so that memory doesn't grow with the document.
        max_bytes: a longer document is refused; `None` for no bound.
        max_depth: elements nested deeper are refused.
    """

    def __init__(self, *, depth: int = 0, max_bytes: int | None = MAX_BYTES, max_depth: int = MAX_DEPTH) -> None:
        self._depth = depth
        self._max_bytes = max_bytes
        self._max_depth = max_depth
        self._read = 0
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._namespaces: dict[str, list[str]] = {}
        self._ended: list[Node] = []
        self._expat = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._on_declaration
        parser.EntityDeclHandler = self._on_declaration
        parser.StartNamespaceDeclHandler = self._on_prefix
        parser.EndNamespaceDeclHandler = self._on_prefix_end
        parser.StartElementHandler = self._on_start
        parser.EndElementHandler = self._on_end
        parser.CharacterDataHandler = self._on_text

    def feed(self, piece: bytes) -> list[Node]:
        """Read on, and return the elements that ended in this piece.

        Raises:
            DecodeError: not well-formed XML, a bound is passed, or the document declares a type or entities.
        """
        return self._parsed(piece, last=False)

    def close(self) -> list[Node]:
        """Say that the document is over; errors as for `feed`, also where it is cut short."""
        return self._parsed(b"", last=True)

    def _parsed(self, piece: bytes, *, last: bool) -> list[Node]:
        self._read += len(piece)
        if self._max_bytes is not None and self._read > self._max_bytes:
            raise DecodeError(f"the XML document has more than {self._max_bytes} bytes")
        try:
            self._expat.Parse(piece, last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise DecodeError(f"not well-formed XML: {error}") from None
        ended, self._ended = self._ended, []
        return ended

    def _on_declaration(self, *_: object) -> None:
        raise DecodeError("the XML document declares a document type or entities: it isn't one of Salesforce's")

    def _on_prefix(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces.setdefault(prefix or "", []).append(uri or "")

    def _on_prefix_end(self, prefix: str | None) -> None:
        self._namespaces[prefix or ""].pop()

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= self._max_depth:
            raise DecodeError(f"the XML document nests elements deeper than {self._max_depth}")
        namespace, _, local = name.rpartition(" ")
        node = Node(local, namespace)
        for key, value in attributes.items():
            uri, _, plain = key.rpartition(" ")
            if uri == XSI and plain == "nil":
                node.nil = value.strip() in ("true", "1")
            elif uri == XSI and plain == "type":
                prefix, _, kind = value.strip().rpartition(":")
                node.type = Name((self._namespaces.get(prefix) or [""])[-1], kind)
            else:
                node.attributes[f"{{{uri}}}{plain}" if uri else plain] = value
        self._open.append(node)
        self._texts.append([])

    def _on_end(self, _: str) -> None:
        node = self._open.pop()
        text = "".join(self._texts.pop())
        node.text = text if not node.children or text.strip() else ""
        if len(self._open) == self._depth:
            self._ended.append(node)
        elif len(self._open) > self._depth:
            self._open[-1].children.append(node)

    def _on_text(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)


def parse(content: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Node:
    """Read a whole document and return its root.

    Raises:
        DecodeError: not well-formed XML, a bound is passed, or the document declares a type or entities.
    """
    parser = NodeParser(max_bytes=max_bytes, max_depth=max_depth)
    found = [parser.feed(content[at : at + _PIECE]) for at in range(0, len(content), _PIECE)]
    return [*(node for nodes in found for node in nodes), *parser.close()][0]


def read_xml(info: OperationInfo, reply: Reply) -> Node:
    """Read an answer's body as XML.

    Raises:
        DecodeError: the body is something else, with the operation's id, the status and the body's start.
    """
    try:
        return parse(reply.content)
    except DecodeError as error:
        kind = reply.headers.get("content-type", "no content type")
        raise DecodeError(
            f"{info.operation_id}: HTTP {reply.status} with a body that can't be read ({kind}): {error}",
            operation_id=info.operation_id,
            status=reply.status,
            body=reply.content.decode("utf-8", errors="replace"),
        ) from None


__all__ = ["MAX_BYTES", "MAX_DEPTH", "NodeParser", "parse", "read_xml"]
