"""What every part of the benchmark agrees on: sizes, folders, ports. Everything can be moved by an environment variable."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(os.environ.get("SPECFORCE_BENCH_DIR", Path(tempfile.gettempdir()) / "specforce-bench"))
"""Test data, server files and virtual environments: 0.4 GB, never inside the repository."""

DATA = ROOT / "data"
RAM = Path("/dev/shm") / ROOT.name if Path("/dev/shm").is_dir() else ROOT / "ram"
"""Uploads and outputs: in memory where there is a memory file system, so that no disk is measured."""

PYTHON = os.environ.get("SPECFORCE_BENCH_PYTHON", sys.executable)
BASE_PORT = int(os.environ.get("SPECFORCE_BENCH_PORT", "18180"))
"""identity; +1 gzip, +2 8 MB/s per connection, +9 internal."""

PAGE_ROWS = 50_000
"""Rows in one Bulk 2.0 result page (11 MB)."""

PAGES_PER_SCALE = 5
SCALES = (1, 4, 16)
INGEST_ROWS = 1_000_000
QUERY_PAGES, QUERY_PAGE_ROWS = 50, 2000
CALLS = 5000
"""Small calls of one sample."""

RECORD_ID = "001000000000001AAA"
COLUMNS = (
    "Id", "Name", "Email", "CreatedDate", "LastModifiedDate", "AnnualRevenue",
    "NumberOfEmployees", "IsDeleted", "BillingStreet", "Description",
)  # fmt: skip


def token(scale: int) -> str:
    """The access token that makes the server answer with results of this scale."""
    return f"00DBENCH!scale{scale}"
