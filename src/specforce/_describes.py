"""Descriptions of objects that a client has fetched already, and what they know better than an error does. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specforce_api.rest.models import DescribeSObjectResult
    from specforce_api.runtime.errors import ApiError

_NO_COLUMN = re.compile(r"No such column '([^']+)' on (?:entity '|sobject of type )(\w+)")


@dataclass(frozen=True, slots=True)
class Described:
    """One description, and the HTTP date that it is of (`""`: the server named none)."""

    result: DescribeSObjectResult
    modified: str


class Describes:
    """The descriptions of one client, by API name in any case."""

    def __init__(self) -> None:
        self._found: dict[str, Described] = {}

    def get(self, name: str) -> Described | None:
        """What is known of an object."""
        return self._found.get(name.lower())

    def put(self, name: str, described: Described) -> None:
        """Keep a description, in place of an older one."""
        self._found[name.lower()] = described

    def near_misses(self, error: ApiError) -> str:
        """A hint for an error that names a column which isn't there: columns of the object with a name like it."""
        found = _NO_COLUMN.search(error.message)
        known = found and self.get(found[2])
        if not found or not known:
            return ""
        from difflib import get_close_matches  # noqa: PLC0415 - rare

        names = {field.name.lower(): field.name for field in known.result.fields}
        near = get_close_matches(found[1].lower(), names, n=3)
        return f"did you mean {' or '.join(names[name] for name in near)}?" if near else ""

    def check_writable(self, name: str, fields: Iterable[str], *, creating: bool, updating: bool) -> None:
        """Refuse fields that the object's description, where there is one, says can't be written.

        Raises:
            InputError: there are such fields; the message names them all.
        """
        known = self.get(name)
        if known is None:
            return
        described = {field.name.lower(): field for field in known.result.fields}
        for wanted, what in ((creating, "createable"), (updating, "updateable")):
            found = [key for key in fields if wanted and getattr(described.get(key.lower()), what, True) is False]
            if found:
                verb = "set when a record is created" if what == "createable" else "changed"
                raise InputError(
                    f"{name}: {', '.join(found)} can't be {verb}: leave {'it' if len(found) == 1 else 'them'} out"
                )


def modified_at(headers: Mapping[str, str]) -> str:
    """The HTTP date to ask with whether an answer changed since."""
    return headers.get("last-modified") or headers.get("date", "")
