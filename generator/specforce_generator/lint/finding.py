"""One mistake in the specs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from specforce_generator.sources import SourceError


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Where it stands, which rule it breaks, and what to write instead.

    Attributes:
        path: the file, relative to the specs folder.
        line: counted from 1.
        rule: a short name of the rule.
        message: what is wrong, and after the colon what to do.
    """

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"

    @classmethod
    def of(cls, error: SourceError) -> Self:
        """A finding from an error that names `file:line: message`."""
        path, line, message = str(error).split(":", 2)
        return cls(path, int(line) if line.isdigit() else 1, "unreadable", message.strip())
