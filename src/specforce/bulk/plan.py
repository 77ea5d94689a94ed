"""The pages of an export as values: each can be given to another process and read there, alone, and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce.bulk.pages import QueryResult

if TYPE_CHECKING:
    from specforce.bulk.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result.

    Attributes:
        name: the field path as it was queried.
        type: Salesforce's type of the field by describe; `None` where describe doesn't tell (a function, a parent of
            several kinds).
    """

    name: str
    type: str | None


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One page of a result; small, picklable, without secrets. `sf.bulk.read_page(page)` reads it.

    Attributes:
        job_id: the query job.
        sobject: what it is a query of.
        number: the page's place in the result, from 1.
        locator: what Salesforce knows the page by; `None` for a first page that is had without.
        api_version: what the job was made with; no other reads its result.
        columns: what the page's columns are.
        dialect: how it is written.
    """

    job_id: str
    sobject: str
    number: int
    locator: str | None
    api_version: str
    columns: tuple[Column, ...]
    dialect: Dialect

    @property
    def result(self) -> QueryResult:
        """What the page is one of."""
        return QueryResult(self.job_id, self.sobject, self.api_version, self.dialect)
