"""What a test may make a job do: slow, stuck, failing, refusing rows, counting wrong, cutting its files.

A behaviour is chosen when the job is created and doesn't change afterwards. Everything here is the fake's own;
nothing is Salesforce's.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from specforce_mockserver.faults.plan import JOB_FAILURE, Fault, holds
from specforce_mockserver.records.results import RowError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Count = Annotated[int, Meta(ge=0)]
AtLeastOne = Annotated[int, Meta(ge=1)]
DEFAULT_PAGE_RECORDS: Final = 50_000


class RowRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Refuses the rows that fit all that it names; every row, where it names nothing.

    Attributes:
        column: name of a column, as in the header, ...
        equals: ... in which the cell is this, ...
        matches: ... or, in place of that, like this: `*` and `?` stand for any text and any character.
        every: each n-th row of the job: 3 means the third, the sixth ...
        probability: the share of the rows, ...
        seed: ... which it decides: the same seed, the same rows.
        code: errorCode of the refusal.
        message: its message.
        fields: its fields.
    """

    column: str | None = None
    equals: str | None = None
    matches: str | None = None
    every: AtLeastOne | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    seed: int = 0
    code: str = "UNABLE_TO_LOCK_ROW"
    message: str = "unable to obtain exclusive access to this record or 1 records"
    fields: tuple[str, ...] = ()

    def refuses(self, place: int, cell: Callable[[str], object]) -> bool:
        """Whether it refuses a row.

        Args:
            place: of the row in the job, from 0.
            cell: the row's cell in a column; None where it has no such column.
        """
        if self.every is not None and (place + 1) % self.every:
            return False
        if self.column is not None and not holds(cell(self.column), self.equals, self.matches):
            return False
        return self.probability >= 1 or Random(f"{self.seed}/{place}").random() < self.probability  # noqa: S311

    @property
    def error(self) -> RowError:
        """The refusal."""
        return RowError(self.code, self.message, self.fields)


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one job behaves.

    Attributes:
        records_per_tick: rows that a tick processes: one of the manual clock, or a poll under the auto clock.
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


def with_faults(behaviour: Behaviour, faults: Sequence[Fault]) -> Behaviour:
    """A behaviour, made worse by fault plans."""
    for fault in faults:
        code, message = fault.error()
        if fault.kind == "stick_job":
            behaviour = replace(behaviour, stuck=True)
        elif fault.kind == "fail_job":
            told = fault.message if fault.message is not None else JOB_FAILURE
            behaviour = replace(behaviour, fail_message=told, fail_after_records=fault.after_records)
        else:
            rule = RowRule(
                column=fault.column,
                equals=fault.equals,
                matches=fault.matches,
                every=fault.every,
                probability=fault.probability,
                seed=fault.seed,
                code=code,
                message=message,
            )
            behaviour = replace(behaviour, row_rules=(*behaviour.row_rules, rule))
    return behaviour
