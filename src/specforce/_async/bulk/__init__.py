"""`sf.bulk`: loads and exports as whole tasks, and the jobs of Bulk API 2.0 step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .export import AsyncExport
from .exporting import AsyncExporting
from .ingest_job import AsyncIngestJob
from .loading import AsyncLoading
from .planning import AsyncPageResult
from .query_job import AsyncQueryJob
from .stepping import AsyncStepping

if TYPE_CHECKING:
    from specforce._async.session import AsyncSession

__all__ = ["AsyncBulk", "AsyncExport", "AsyncIngestJob", "AsyncPageResult", "AsyncQueryJob"]


class AsyncBulk(AsyncLoading, AsyncExporting, AsyncStepping):
    """Bulk API 2.0 of one org.

    Args:
        session: what sends.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
