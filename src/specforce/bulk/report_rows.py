"""What a load's report hands out: rows of the source with what became of them, reasons of failure, jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce.bulk.outcomes import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRow:
    """A row of the source and what became of it.

    Attributes:
        row: its number in the source, from 1; the header doesn't count.
        line: the line on which it begins, from 1, the header being line 1; `None` where the source has no lines.
        values: its cells as text, by the source's column names.
    """

    row: int
    line: int | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceededRow(LoadedRow):
    """A row that made (`created`) or changed the record `id`, the `attempts`-th time that it was sent."""

    id: str
    created: bool
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRow(LoadedRow):
    """A row that Salesforce refused: errorCode, message, API names of the fields it blames; `id` where it knew it.

    Attributes:
        attempts: how often it was sent (`retry_failed=`).
    """

    code: str
    message: str
    fields: tuple[str, ...]
    id: str
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReason:
    """Rows that failed with the same words.

    Attributes:
        rows: how many.
        first_row: the number of the first of them.
        first_line: its line in the source, `None` where the source has no lines.
    """

    code: str
    message: str
    fields: tuple[str, ...]
    rows: int
    first_row: int
    first_line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedJob:
    """One job of a load: its id and last state, the rows it was sent, and what became of them.

    Attributes:
        attempt: 1, or how often its rows had been sent with it (`retry_failed=`).
    """

    id: str
    state: str
    part: int
    rows: int
    counts: Counts
    attempt: int = 1
