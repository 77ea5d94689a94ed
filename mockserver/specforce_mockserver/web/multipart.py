"""multipart/form-data: where its parts lie. Nothing is copied, so that a body may be a mapped file of any size."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from specforce_mockserver.calls import ApiError, Part

if TYPE_CHECKING:
    from mmap import mmap

MAX_PARTS = 100
MAX_HEAD_BYTES = 8_192
_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_DISPOSITION = re.compile(
    r'(?<![\w-])(name|filename)="((?:[^"\\]|\\.)*)"|(?<![\w-])(name|filename)=([^;\s]+)', re.IGNORECASE
)


def parse_multipart(content_type: str, raw: bytes | mmap) -> list[Part]:
    """The parts of a body, in their order.

    Raises:
        ApiError: no boundary, no parts between its lines, or too many of them.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ApiError(400, "API_ERROR", "The multipart body has no boundary")
    edges = _edges(b"--" + found[1].encode("latin-1"), raw)
    if len(edges) < 2 or not _closes(raw, edges[-1][1]):
        raise ApiError(400, "API_ERROR", "The multipart body does not end with its boundary")
    view = memoryview(raw)
    return [_part(view[end:start]) for (_start, end), (start, _end) in pairwise(edges)]


def _edges(delimiter: bytes, raw: bytes | mmap) -> list[tuple[int, int]]:
    """Where each boundary begins, with the line break before it, and ends; the closing one is the last."""
    line = b"\r\n" + delimiter
    edges: list[tuple[int, int]] = []
    if raw[: len(delimiter)] == delimiter:
        edges.append((0, len(delimiter)))
    at = raw.find(line)
    while at >= 0 and not (edges and _closes(raw, edges[-1][1])):
        edges.append((at, at + len(line)))
        if len(edges) > MAX_PARTS + 1:
            raise ApiError(400, "API_ERROR", f"The multipart body has more than {MAX_PARTS} parts")
        at = raw.find(line, at + len(line))
    return edges


def _closes(raw: bytes | mmap, end: int) -> bool:
    """Whether the boundary that ends here is the last one."""
    return raw[end : end + 2] == b"--"


def _part(piece: memoryview) -> Part:
    first = 2 if bytes(piece[:2]) == b"\r\n" else 0
    head, blank, _content = bytes(piece[first:MAX_HEAD_BYTES]).partition(b"\r\n\r\n")
    if not blank:
        raise ApiError(400, "API_ERROR", "A part of the multipart body has no empty line after its headers")
    headers: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _colon, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    names = {
        (match[1] or match[3]).lower(): match[2] or match[4] or ""
        for match in _DISPOSITION.finditer(headers.get("content-disposition", ""))
    }
    media_type = headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    content = piece[first + len(head) + len(blank) :]
    return Part(names.get("name", ""), names.get("filename"), media_type, content)
