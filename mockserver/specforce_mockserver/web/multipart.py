"""multipart/form-data, for bodies that fit into memory."""

from __future__ import annotations

import re

from specforce_mockserver.calls import ApiError, Part

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_DISPOSITION = re.compile(
    r'(?<![\w-])(name|filename)="((?:[^"\\]|\\.)*)"|(?<![\w-])(name|filename)=([^;\s]+)', re.IGNORECASE
)


def parse_multipart(content_type: str, raw: bytes) -> list[Part]:
    """The parts of a body, in their order.

    Raises:
        ApiError: no boundary, or no parts between its lines.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ApiError(400, "API_ERROR", "The multipart body has no boundary")
    delimiter = b"--" + found[1].encode("latin-1")
    pieces = (b"\r\n" + raw).split(b"\r\n" + delimiter)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise ApiError(400, "API_ERROR", "The multipart body does not end with its boundary")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, blank, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
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
    return Part(names.get("name", ""), names.get("filename"), media_type, content)
