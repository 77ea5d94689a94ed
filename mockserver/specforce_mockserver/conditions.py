"""Conditional requests: ETags and dates, and what Salesforce answers when they don't hold.

Source: specs/reference/rest.md section 1, "Precondition results". ETags are for Account alone; dates are for rows
and describes.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, ApiError

if TYPE_CHECKING:
    from specforce_mockserver.calls import Call

_WRITES = frozenset({"PATCH", "POST"})


def entity_tag(*parts: str) -> str:
    """A quoted ETag of what a representation depends on."""
    digest = hashlib.sha1("\0".join(parts).encode(), usedforsecurity=False).digest()
    return f'"{base64.b64encode(digest).decode()}--gzip"'


def moment(stored: str) -> datetime:
    """A stored moment as a date to compare with."""
    return datetime.fromisoformat(stored).astimezone(UTC)


def http_date(stored: str) -> str:
    """A stored moment as an RFC 1123 date."""
    return format_datetime(moment(stored), usegmt=True)


def unmet(call: Call, *, tag: str | None, modified: str) -> Answer | None:
    """The answer of a request whose conditions don't hold: 304 or 412 without body; None when they hold.

    Args:
        call: the request.
        tag: the resource's ETag; None where it has none, and such conditions are passed over.
        modified: when it last changed, as stored.

    Raises:
        ApiError: 400, a date that can't be read, on a write.
    """
    writing = call.method in _WRITES
    if tag is not None:
        if (wanted := call.headers.get("if-match")) is not None and not _lists(wanted, tag):
            return Answer(status=412)
        if (unwanted := call.headers.get("if-none-match")) is not None and _lists(unwanted, tag):
            return Answer(status=412 if writing else 304, headers={"ETag": tag})
    changed = moment(modified)
    since = _date(call, "if-modified-since", writing=writing)
    if since is not None and changed <= since:
        return Answer(status=412 if writing else 304)
    until = _date(call, "if-unmodified-since", writing=writing)
    if until is not None and changed > until:
        return Answer(status=412)
    return None


def _lists(header: str, tag: str) -> bool:
    bare = tag.strip('"').removesuffix("--gzip")
    listed = (each.strip().removeprefix("W/").strip('"').removesuffix("--gzip") for each in header.split(","))
    return header.strip() == "*" or bare in listed


def _date(call: Call, header: str, *, writing: bool) -> datetime | None:
    value = call.headers.get(header)
    if value is None:
        return None
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        if writing:
            raise ApiError(400, "INVALID_FIELD", f"Invalid value for header {header}: {value}") from None
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
