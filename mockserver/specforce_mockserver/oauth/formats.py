"""Answers of the OAuth endpoints in the three formats that a caller may ask for.

Source: specs/reference/auth.md sections 2 and 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from specforce_mockserver.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_CACHED = {"Cache-Control": "no-cache, no-store"}


class OAuthError(Exception):
    """A refusal by an OAuth endpoint."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status


def needed(form: Mapping[str, Any], name: str) -> str:
    """A field that must be there.

    Raises:
        OAuthError: it isn't.
    """
    value = form.get(name)
    if not value:
        raise OAuthError("invalid_request", f"missing required parameter: {name}")
    return str(value)


def wanted_format(form: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The format that `format`, or else Accept, asks for: json, urlencoded or xml."""
    asked = str(form.get("format", "")).lower()
    if asked in {"json", "urlencoded", "xml"}:
        return asked
    accept = headers.get("accept", "")
    if "json" in accept or "*/*" in accept:
        return "json"
    if "xml" in accept:
        return "xml"
    return "urlencoded" if "x-www-form-urlencoded" in accept else "json"


def shaped(members: Mapping[str, Any], wanted: str, status: int = 200) -> Answer:
    """Some members in a format."""
    if wanted == "urlencoded":
        content = urlencode(members).encode()
        return Answer(
            status=status,
            content=content,
            media_type="application/x-www-form-urlencoded;charset=UTF-8",
            headers=NOT_CACHED,
        )
    if wanted == "xml":
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in members.items())
        text = f'<?xml version="1.0" encoding="UTF-8"?><OAuth>{inner}</OAuth>'
        return Answer(
            status=status, content=text.encode(), media_type="application/xml;charset=UTF-8", headers=NOT_CACHED
        )
    return Answer(dict(members), status, dict(NOT_CACHED))


def refused(error: OAuthError, wanted: str) -> Answer:
    """A refusal in a format."""
    return shaped({"error": error.error, "error_description": error.description}, wanted, error.status)
