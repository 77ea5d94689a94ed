"""What stands in a request for a value that an earlier one will answer. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce_api.runtime.operation import Operation

T_co = TypeVar("T_co", covariant=True)


class Placeholder(str):
    """What stands in a request for a value of an earlier answer."""

    __slots__ = ()


@dataclass(frozen=True, eq=False, repr=False)
class Reference(Generic[T_co]):
    """One request of many, and its answer to come; `results[reference]` is that answer.

    Attributes:
        name: its `referenceId`.
        operation: what is sent.
    """

    name: str
    operation: Operation[T_co]
    _used: set[str]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.operation.info.operation_id}>"

    @property
    def id(self) -> str:
        """Stands for the id of the record that this request creates or reads."""
        return self["Id" if self.operation.info.method == "GET" else "id"]

    def __getitem__(self, path: str) -> str:
        """Stands for a value of the answer: `account["Name"]`, `found["records[0].Id"]`."""
        placeholder = Placeholder(f"@{{{self.name}.{path}}}")
        if not re.fullmatch(r"[\w.\[\]]+", path):
            raise InputError(f"{path!r} isn't the path of a value: names, dots and [numbers]")
        self._used.add(placeholder)
        return placeholder
