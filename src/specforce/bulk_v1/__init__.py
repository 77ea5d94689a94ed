"""What of Bulk API 1.0 needs no network: batches written and split, infos and results read.

The drivers are in `specforce._async.bulk_v1`; CSV is read and split by `specforce.bulk`. Source:
reference/bulk_v1.md.
"""

from __future__ import annotations

from specforce.bulk_v1.chunking import PkChunking
from specforce.bulk_v1.results import RecordError, RecordResult

__all__ = ["PkChunking", "RecordError", "RecordResult"]
