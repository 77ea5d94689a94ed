"""What stands in a request for a value that an earlier one will answer. No I/O."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import quote

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce_api.runtime.operation import Operation

T_co = TypeVar("T_co", covariant=True)
_IN_TEXT = re.compile(r"(?:@|%40)(?:\{|%7[Bb])[^}]*\}?")


class Placeholder(str):
    """What stands in a request for a value of an earlier answer."""

    __slots__ = ()


class Placeholders:
    """The placeholders of one composed request.

    Each has a mark that nobody can guess until it is sent, so that no text of the caller's is taken for one.
    """

    def __init__(self) -> None:
        self._mark = f"~{secrets.token_hex(8)}"
        self._made: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._made)

    def make(self, name: str, path: str) -> Placeholder:
        """What stands for a value of the answer to the request of a name."""
        placeholder = Placeholder(f"@{{{name}.{path}{self._mark}}}")
        self._made.add(placeholder)
        return placeholder

    def in_url(self, url: str) -> str:
        """A URL in which placeholders stand as they are, and not percent-encoded."""
        for placeholder in self._made:
            url = url.replace(quote(placeholder, safe=""), placeholder)
        return url

    def sent(self, text: str) -> str:
        """A text with its placeholders as Salesforce reads them.

        Raises:
            InputError: it has `@{`, percent-encoded or not, that no reference put there.
        """
        for found in _IN_TEXT.findall(text):
            if found not in self._made:
                raise InputError(f"{found!r} would be read as a reference: use those that requests return")
        return text.replace(self._mark, "")


@dataclass(frozen=True, eq=False, repr=False)
class Reference(Generic[T_co]):
    """One request of many, and its answer to come; `results[reference]` is that answer.

    Attributes:
        name: its `referenceId`.
        operation: what is sent.
    """

    name: str
    operation: Operation[T_co]
    _placeholders: Placeholders

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.operation.info.operation_id}>"

    @property
    def id(self) -> str:
        """Stands for the id of the record that this request creates or reads."""
        return self["Id" if self.operation.info.method == "GET" else "id"]

    def __getitem__(self, path: str) -> str:
        """Stands for a value of the answer: `account["Name"]`, `found["records[0].Id"]`."""
        if not re.fullmatch(r"[\w.\[\]]+", path):
            raise InputError(f"{path!r} isn't the path of a value: names, dots and [numbers]")
        return self._placeholders.make(self.name, path)
