"""What the org knows of one Bulk API 1.0 job and of one of its batches.

A batch is a job of the shared engine, whose states have other names here: Queued, Completed and NotProcessed. Source:
reference/bulk_v1.md sections 2 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from specforce_mockserver.bulk.job import Job

if TYPE_CHECKING:
    from pathlib import Path

    from specforce_mockserver.bulk.dialect import Dialect
    from specforce_mockserver.bulk.states import State
    from specforce_mockserver.bulk_v1.chunks import Chunking
    from specforce_mockserver.bulk_v1.transformation import Transformation

JobState = Literal["Open", "Closed", "Aborted"]
BatchState = Literal["Queued", "InProgress", "Completed", "Failed", "NotProcessed"]
ContentType = Literal["CSV", "JSON", "XML"]

ZIP: Final = "ZIP_"
QUERY_OPERATIONS: Final = frozenset({"query", "queryAll"})
MEDIA_TYPES: Final[dict[ContentType, str]] = {
    "CSV": "text/csv",
    "JSON": "application/json",
    "XML": "application/xml",
}
_SHOWN: Final[dict[State, BatchState]] = {
    "Open": "Queued",
    "UploadComplete": "Queued",
    "InProgress": "InProgress",
    "JobComplete": "Completed",
    "Failed": "Failed",
    "Aborted": "NotProcessed",
}


@dataclass(slots=True, kw_only=True)
class BatchJob:
    """A job: what its batches have in common.

    Attributes:
        content_type: the format of records.
        zipped: whether batches are ZIP archives of records and files.
        dialect: of CSV results.
        chunking: how a query is split by ranges of ids; None without.
        transformation: which columns of CSV batches mean which fields; None when they are named after them.
        batches: in the order in which they were added.
    """

    id: str
    operation: str
    object: str
    api_version: str
    created_by_id: str
    created_s: float
    modified_s: float
    content_type: ContentType
    concurrency_mode: Literal["Parallel", "Serial"]
    dialect: Dialect
    directory: Path
    zipped: bool = False
    external_id_field: str | None = None
    assignment_rule_id: str | None = None
    chunking: Chunking | None = None
    transformation: Transformation | None = None
    state: JobState = "Open"
    batches: list[Batch] = field(default_factory=list["Batch"], repr=False)

    @property
    def queries(self) -> bool:
        """Whether its batches are queries."""
        return self.operation in QUERY_OPERATIONS

    @property
    def media_type(self) -> str:
        """The media type of its results."""
        return MEDIA_TYPES[self.content_type]

    @property
    def batch_type(self) -> str:
        """The media type of its batches."""
        return f"zip/{self.content_type.lower()}" if self.zipped else self.media_type

    @property
    def shown_type(self) -> str:
        """What its content type is called."""
        return f"{ZIP}{self.content_type}" if self.zipped else self.content_type

    @property
    def movable(self) -> list[Batch]:
        """The batches that may be worked on now: all that haven't ended, or the first of them where they queue up."""
        waiting = [each for each in self.batches if not each.ended]
        return waiting[:1] if self.concurrency_mode == "Serial" else waiting


@dataclass(slots=True)
class QueryResult:
    """One result of a query batch: its id and its file."""

    id: str
    path: Path


@dataclass(slots=True, kw_only=True)
class Batch(Job):
    """A batch.

    Attributes:
        owner: the job that it belongs to.
        request: what it was given, byte for byte.
        chunk: whether it is a range of a query that was split.
        results: of a query, in order.
    """

    owner: BatchJob = field(repr=False)
    request: Path
    chunk: bool = False
    results: list[QueryResult] = field(default_factory=list[QueryResult])

    @property
    def shown_state(self) -> BatchState:
        """The state in the words of this API."""
        return in_own_words(self.state)

    @property
    def outcomes(self) -> Path:
        """The file with what became of a load's records."""
        return self.directory / "results"


def in_own_words(state: State) -> BatchState:
    """A state of the shared engine in the words of this API."""
    return _SHOWN[state]
