"""Set-wise reading and writing of records under Salesforce's data rules; `store.Records` is the way in."""

from __future__ import annotations

from specforce_mockserver.records.batch import ABSENT, Batch
from specforce_mockserver.records.csv_rows import CsvPlan, HeaderFaultError
from specforce_mockserver.records.json_rows import batch_from_json
from specforce_mockserver.records.options import SaveOptions
from specforce_mockserver.records.results import RowError, RowResult

__all__ = [
    "ABSENT",
    "Batch",
    "CsvPlan",
    "HeaderFaultError",
    "RowError",
    "RowResult",
    "SaveOptions",
    "batch_from_json",
]
