"""What the caller of `sf.bulk.load` said, checked before anything is read or sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from specforce._checks import whole_number
from specforce.bulk.columns import IngestOperation
from specforce.soql import identifier
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.bulk.progress import Listener
    from specforce.bulk.table import TableOptions

Check: TypeAlias = Literal["whole", "parts"]

_SPELLINGS: Final = {"hard_delete": "hardDelete"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Everything but the source.

    Attributes:
        sobject: what is loaded, such as `Account`.
        table: how the source is written, split and renamed; holds operation and external id too.
        assignment_rule_id: of Cases and Leads.
        concurrency: parts under way at a time.
        results: fetch the result files and join them to the input.
        whole: read and check the source to its end before anything is sent.
        check_header: hold the header against describe before anything is sent.
        retry_failed: how often rows are sent again that failed for a reason that goes by.
        timeout_s: seconds until the deadline of all jobs; `None` for none.
        abort_on_timeout: abort jobs that aren't done by then.
        abort_on_cancel: abort jobs under way where the load is cancelled or interrupted.
        progress: who is told.
        folder: where temporary files go; `None` for the system's place.
    """

    sobject: str
    table: TableOptions
    assignment_rule_id: str | None
    concurrency: int
    results: bool
    whole: bool
    check_header: bool
    retry_failed: int
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
        if whole_number("retry_failed", self.retry_failed, least=0) and not self.results:
            raise InputError("retry_failed= needs the results of each row: leave results=False out")
        if self.timeout_s is not None and self.timeout_s < 0:
            raise InputError(f"timeout_s={self.timeout_s}: it can't be negative, None waits without a deadline")

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
