"""What a test may make a job do: slow, stuck, failing, refusing rows, counting wrong, cutting its files.

A behaviour is chosen when the job is created and doesn't change afterwards. Everything here is the fake's own;
nothing is Salesforce's.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from specforce_mockserver.records.results import RowError

Count = Annotated[int, Meta(ge=0)]
AtLeastOne = Annotated[int, Meta(ge=1)]
DEFAULT_PAGE_RECORDS: Final = 50_000


class RowRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Refuses the rows whose cell in one column has one value.

    Attributes:
        column: name of the column, as in the header; None refuses every row.
        equals: the cell.
        code: errorCode of the refusal.
        message: its message.
        fields: its fields.
    """

    column: str | None = None
    equals: str | None = None
    code: str = "UNABLE_TO_LOCK_ROW"
    message: str = "unable to obtain exclusive access to this record or 1 records"
    fields: tuple[str, ...] = ()

    @property
    def error(self) -> RowError:
        """The refusal."""
        return RowError(self.code, self.message, self.fields)


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one job behaves.

    Attributes:
        records_per_tick: rows that a tick of the manual clock processes.
        stuck: the job never leaves InProgress, until it is aborted.
        fail_message: the job ends as Failed with this `errorMessage`, ...
        fail_after_records: ... after it has processed this many rows; the others are left unprocessed.
        row_rules: rows to refuse although nothing is wrong with them.
        miscount_processed: added to `numberRecordsProcessed`.
        miscount_failed: added to `numberRecordsFailed`.
        truncate_results: leave out this many rows at the end of each result file that has as many.
        truncate_bytes: cut this many bytes off the end of each result file or page, perhaps within a row.
        retries: shown as `retries`.
        results_early: reading results before the job has ended answers a header row instead of 400.
        page_records: most records in a page of query results, whatever `maxRecords` asks for.
        default_page_records: records in a page without `maxRecords`, and in the pages of `resultPages`.
    """

    records_per_tick: AtLeastOne = 10_000
    stuck: bool = False
    fail_message: str | None = None
    fail_after_records: Count = 0
    row_rules: tuple[RowRule, ...] = ()
    miscount_processed: int = 0
    miscount_failed: int = 0
    truncate_results: Count = 0
    truncate_bytes: Count = 0
    retries: Count = 0
    results_early: bool = False
    page_records: AtLeastOne | None = None
    default_page_records: AtLeastOne = DEFAULT_PAGE_RECORDS


PLAIN: Final = Behaviour()
