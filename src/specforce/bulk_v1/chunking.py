"""PK chunking: how a query is split by ranges of ids. Source: reference/bulk_v1.md section 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from specforce._ids import check_id
from specforce_api.runtime.errors import InputError

MAX_CHUNK_SIZE: Final = 250_000


@dataclass(frozen=True, slots=True)
class PkChunking:
    """How to split.

    Attributes:
        chunk_size: records of the object in a chunk, matching or not: at most 250,000; Salesforce takes 100,000 unless
            told.
        parent: for Share and History objects: the object whose ids are split.
        start_row: the id where the first chunk begins.
    """

    chunk_size: int | None = None
    parent: str | None = None
    start_row: str | None = None

    def __post_init__(self) -> None:
        if self.chunk_size is not None and not 1 <= self.chunk_size <= MAX_CHUNK_SIZE:
            raise InputError(f"chunk_size={self.chunk_size}: a chunk has 1 to {MAX_CHUNK_SIZE} records")
        if self.parent is not None and not self.parent.isidentifier():
            raise InputError(f"parent={self.parent!r}: it is the API name of an object")
        if self.start_row is not None:
            check_id(self.start_row, name="start_row")

    @property
    def header(self) -> str:
        """The value of Sforce-Enable-PKChunking."""
        given = {"chunkSize": self.chunk_size, "parent": self.parent, "startRow": self.start_row}
        return "; ".join(f"{name}={value}" for name, value in given.items() if value is not None) or "TRUE"


Chunking: TypeAlias = bool | PkChunking | Mapping[str, Any] | None


def read_chunking(given: Chunking) -> PkChunking | None:
    """What a caller wants: `True`, or options as a `PkChunking` or a mapping of its attributes.

    Raises:
        InputError: an option that there isn't, or a value that it can't have.
    """
    if given is None or given is False:
        return None
    if given is True:
        return PkChunking()
    if isinstance(given, PkChunking):
        return given
    unknown = set(given) - {"chunk_size", "parent", "start_row"}
    if unknown:
        raise InputError(f"pk_chunking has no {min(unknown)!r}: it has chunk_size, parent and start_row")
    return PkChunking(**given)
