"""What the caller of `sf.bulk.load` said, checked before anything is read or sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from specforce._checks import whole_number
from specforce._limits import check_fraction
from specforce.bulk.columns import IngestOperation
from specforce.soql import identifier
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    import os

    from specforce.bulk.progress import Listener
    from specforce.bulk.table import Table, TableOptions

LoadMethod: TypeAlias = Literal["auto", "bulk", "collections"]
Check: TypeAlias = Literal["whole", "parts"]

_SPELLINGS: Final = {"hard_delete": "hardDelete"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Everything but the source.

    Attributes:
        sobject: what is loaded, such as `Account`.
        table: how the source is written, split and renamed; holds operation and external id too.
        method: by Bulk API 2.0, by sObject Collections, or by these for few rows.
        assignment_rule_id: of Cases and Leads.
        concurrency: parts under way at a time.
        results: fetch the result files and join them to the input.
        whole: read and check the source to its end before anything is sent.
        check_header: hold the header against describe before anything is sent.
        retry_failed: how often rows are sent again that failed for a reason that goes by.
        journal: the file that the load keeps its journal in; `None` for none.
        resume: whether that is the journal of a load to continue.
        max_api_fraction: the share of the API quota from which on no part begins; `None` for the client's.
        timeout_s: seconds until the deadline of all jobs; `None` for none.
        abort_on_timeout: abort jobs that aren't done by then.
        abort_on_cancel: abort jobs under way where the load is cancelled or interrupted.
        progress: who is told.
        folder: where temporary files go; `None` for the system's place.
    """

    sobject: str
    table: TableOptions
    method: LoadMethod
    assignment_rule_id: str | None
    concurrency: int
    results: bool
    whole: bool
    check_header: bool
    retry_failed: int
    journal: Path | None
    resume: bool
    max_api_fraction: float | None
    timeout_s: float | None
    abort_on_timeout: bool
    abort_on_cancel: bool
    progress: bool | Listener | None
    folder: Path | None

    def __post_init__(self) -> None:
        if not self.sobject:
            raise InputError("sobject is empty: say what to load, such as 'Account'")
        identifier(self.sobject, what="sobject")
        if self.concurrency < 1:
            raise InputError(f"concurrency={self.concurrency}: at least one part is under way")
        if self.method not in get_args(LoadMethod):
            raise InputError(f"method={self.method!r}: it is one of {', '.join(map(repr, get_args(LoadMethod)))}")
        if self.method == "collections" and self.operation == "hardDelete":
            raise InputError("method='collections' knows no hardDelete: leave it out")
        if self.method == "collections" and self.journal is not None:
            raise InputError("a journal is of jobs, and method='collections' makes none: leave one of them out")
        if whole_number("retry_failed", self.retry_failed, least=0) and not self.results:
            raise InputError("retry_failed= needs the results of each row: leave results=False out")
        check_fraction(self.max_api_fraction)
        if self.timeout_s is not None and self.timeout_s < 0:
            raise InputError(f"timeout_s={self.timeout_s}: it can't be negative, None waits without a deadline")

    def plain(self, table: Table) -> dict[str, Any]:
        """What decides which rows and bytes a part holds and what becomes of them, as plain values."""
        source = self.table
        return {
            "sobject": self.sobject,
            "operation": self.operation,
            "external_id": source.external_id,
            "columns": list(table.columns.sent),
            "delimiter": table.dialect.column_delimiter,
            "encoding": source.encoding,
            "newlines": source.newlines,
            "nan": source.nan,
            "null_values": sorted(source.nulls),
            "max_part_bytes": source.limits.part_bytes,
            "max_part_rows": source.limits.part_rows,
            "assignment_rule_id": self.assignment_rule_id,
            "retry_failed": self.retry_failed,
        }

    @property
    def operation(self) -> str:
        """insert, update, upsert, delete or hardDelete."""
        return self.table.operation


def ingest_operation(name: str) -> str:
    """Check an operation; `hard_delete` is `hardDelete`.

    Raises:
        InputError: Bulk API 2.0 has no such operation.
    """
    spelled = _SPELLINGS.get(name, name)
    if spelled not in get_args(IngestOperation):
        raise InputError(f"operation={name!r}: it is one of {', '.join(map(repr, get_args(IngestOperation)))}")
    return spelled


def journal_path(journal: str | os.PathLike[str] | None, resume: str | os.PathLike[str] | None) -> Path | None:
    """Where a load keeps its journal, a new one or that of a load to continue.

    Raises:
        InputError: both are named.
    """
    if journal is not None and resume is not None:
        raise InputError("journal= begins a load and resume= continues one: pass one of them")
    path = journal if resume is None else resume
    return None if path is None else Path(path)
