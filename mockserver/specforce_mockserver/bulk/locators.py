"""Locators of query results: opaque to clients, stable while the job exists.

They carry the number of the first row. Their form follows the recordings in reference/bulk_v2.md section 5: up to
48.0 the number in base64, later base64 without padding of `0:{0Ga… id}:{number}` [S, v61].
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import checksum

LAST_NUMERIC_VERSION: Final = 48.0
RESULT_PREFIX: Final = "0Ga"


def locator(job_id: str, api_version: str, row: int) -> str:
    """The locator of the page that begins at a row."""
    text = str(row) if float(api_version) <= LAST_NUMERIC_VERSION else f"0:{_result_id(job_id)}:{row}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def row_of(given: str, job_id: str, api_version: str, rows: int) -> int:
    """The row at which the page of a locator begins.

    Args:
        given: what the client sent.
        job_id: the job that it asks.
        api_version: the job's.
        rows: how many rows the result has.

    Raises:
        ApiError: 400 API_ERROR `invalid locator` [E?], for one that isn't this job's.
    """
    try:
        text = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode("ascii")
        row = int(text.rpartition(":")[2])
    except (binascii.Error, UnicodeError, ValueError):
        row = -1
    if not 0 <= row < max(rows, 1) or locator(job_id, api_version, row) != given.rstrip("="):
        raise ApiError(400, "API_ERROR", "invalid locator")
    return row


def _result_id(job_id: str) -> str:
    """The Id of a job's result, made from the job's own."""
    short = RESULT_PREFIX + job_id[len(RESULT_PREFIX) : 15]
    return short + checksum(short)
