"""Bulk loads and exports: what users meet beside `sf.bulk`, and what is pure about the work, shared by both halves.

Users meet the names in `__all__`: reports and their rows, progress events, jobs and exports as types. The modules are
the parts that the drivers in `specforce._async.bulk` put together. A load is read from left to right: `sources` →
`feeds`, `arrow_feed` (`header`, `table`, `rows`) → `assembly` (`structure`) → `parts` → the job, noted in the
`journal` → `results` → `join` → `report`; an export: the job → `page_sink` (or `batch_sink`) → `pages` → `joined_file`,
`partial_file`, `typed`, `arrow`, `duckdb`; `resuming` and `plan` are what leaves the process.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specforce._async.bulk import AsyncBulk, AsyncExport, AsyncIngestJob, AsyncPageResult, AsyncQueryJob
    from specforce._sync.bulk import Bulk, Export, IngestJob, PageResult, QueryJob
    from specforce.bulk.outcomes import Counts
    from specforce.bulk.pages import ResultPage
    from specforce.bulk.plan import Column, PlannedPage
    from specforce.bulk.progress import (
        HeaderNotChecked,
        JobPolled,
        PageFetched,
        PartSending,
        PartSent,
        Progress,
        ResultsJoined,
        RowsSaved,
        SendingAgain,
        SourceChecked,
    )
    from specforce.bulk.report import LoadReport
    from specforce.bulk.report_rows import FailedRow, FailureReason, LoadedJob, LoadedRow, SucceededRow
    from specforce.bulk.reports_of_errors import report_of
    from specforce.bulk.result_rows import FailedResult, SuccessfulResult
    from specforce.bulk.resuming import resume_token_of

__all__ = [
    "AsyncBulk",
    "AsyncExport",
    "AsyncIngestJob",
    "AsyncPageResult",
    "AsyncQueryJob",
    "Bulk",
    "Column",
    "Counts",
    "Export",
    "FailedResult",
    "FailedRow",
    "FailureReason",
    "HeaderNotChecked",
    "IngestJob",
    "JobPolled",
    "LoadReport",
    "LoadedJob",
    "LoadedRow",
    "PageFetched",
    "PageResult",
    "PartSending",
    "PartSent",
    "PlannedPage",
    "Progress",
    "QueryJob",
    "ResultPage",
    "ResultsJoined",
    "RowsSaved",
    "SendingAgain",
    "SourceChecked",
    "SucceededRow",
    "SuccessfulResult",
    "report_of",
    "resume_token_of",
]

_HOMES = {
    "specforce._async.bulk": ("AsyncBulk", "AsyncExport", "AsyncIngestJob", "AsyncPageResult", "AsyncQueryJob"),
    "specforce._sync.bulk": ("Bulk", "Export", "IngestJob", "PageResult", "QueryJob"),
    "specforce.bulk.outcomes": ("Counts",),
    "specforce.bulk.pages": ("ResultPage",),
    "specforce.bulk.plan": ("Column", "PlannedPage"),
    "specforce.bulk.progress": (
        "HeaderNotChecked",
        "JobPolled",
        "PageFetched",
        "PartSending",
        "PartSent",
        "Progress",
        "ResultsJoined",
        "RowsSaved",
        "SendingAgain",
        "SourceChecked",
    ),
    "specforce.bulk.report": ("LoadReport",),
    "specforce.bulk.report_rows": ("FailedRow", "FailureReason", "LoadedJob", "LoadedRow", "SucceededRow"),
    "specforce.bulk.resuming": ("resume_token_of",),
    "specforce.bulk.reports_of_errors": ("report_of",),
    "specforce.bulk.result_rows": ("FailedResult", "SuccessfulResult"),
}


def __getattr__(name: str) -> Any:
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(home), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
