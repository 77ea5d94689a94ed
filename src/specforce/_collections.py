"""Many records in few requests: split into parts that the server takes, put together again in order. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, overload

from specforce_api.runtime.errors import ApiError, ErrorDetail, InputError, IntegrityError, SalesforceError
from specforce_api.runtime.types import Unset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specforce_api.rest.models import CollectionResult

E = TypeVar("E", bound=BaseException)
T = TypeVar("T")
MAX_SAVED = 200
MAX_READ = 2000


@dataclass(frozen=True, slots=True)
class SavedRow:
    """What became of one of many records.

    Attributes:
        position: its place among those that were given, from 0.
        id: the record's id; `""` for one that wasn't created.
        success: it was saved, or deleted.
        created: it is new.
        errors: why it wasn't saved, by Salesforce's codes.
    """

    position: int
    id: str
    success: bool
    created: bool
    errors: tuple[ErrorDetail, ...] = ()


class SavedRows(Sequence[SavedRow]):
    """What became of many records, in the order in which they were given."""

    def __init__(self, rows: Iterable[SavedRow]) -> None:
        self._rows = tuple(rows)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.succeeded} saved, {self.failed} failed>"

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> SavedRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SavedRow]: ...
    def __getitem__(self, index: int | slice) -> SavedRow | Sequence[SavedRow]:
        return self._rows[index]

    @property
    def total(self) -> int:
        """How many records were given."""
        return len(self._rows)

    @property
    def succeeded(self) -> int:
        """How many of them were saved."""
        return sum(row.success for row in self._rows)

    @property
    def failed(self) -> int:
        """How many of them weren't."""
        return self.total - self.succeeded

    @property
    def ids(self) -> list[str]:
        """The ids in order, `""` where there is none."""
        return [row.id for row in self._rows]

    def failures(self) -> list[SavedRow]:
        """The rows that weren't saved."""
        return [row for row in self._rows if not row.success]

    def raise_for_errors(self) -> None:
        """Do nothing if all were saved.

        Raises:
            ApiError: some weren't; `.errors` has an entry for each error of each row, and names the row.
        """
        details = [
            ErrorDetail(error.error_code, f"row {row.position}: {error.message}", error.fields)
            for row in self.failures()
            for error in row.errors or (ErrorDetail("", "not saved, and no reason given"),)
        ]
        if details:
            raise ApiError(f"{self.failed} of {self.total} records weren't saved", status=200, errors=details)


class PartlySaved(SalesforceError):
    """Many records took several requests, and one of these failed: `rows` tells of the records before it.

    What became of the records of the failed request is unknown unless its error, the `__cause__`, says so.
    """

    def __init__(self, rows: SavedRows, total: int, cause: SalesforceError) -> None:
        super().__init__(f"{rows.succeeded} of {total} records were saved, {rows.failed} refused, and then: {cause}")
        self.rows = rows
        self.total = total


def with_rows(error: E, rows: SavedRows, total: int) -> E:
    """Put what became of the records before it on an error that ended many requests, such as a cancellation."""
    error.add_note(f"{rows.succeeded} of {total} records were saved, {rows.failed} refused (see the error's `rows`)")
    error.rows = rows  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - see saved_rows_of
    return error


def saved_rows_of(error: BaseException) -> SavedRows | None:
    """What became of the records before this error ended their requests; `None` where the error is of something else.

    `PartlySaved` has them as `rows`, and so has the `CancelledError` or `KeyboardInterrupt` of a call that took several
    requests; they are found too on the `TimeoutError` of `asyncio.timeout` and the `KeyboardInterrupt` of
    `asyncio.run`, which take that error's place.
    """
    found = getattr(error, "rows", None)
    if isinstance(found, SavedRows):
        return found
    behind = error.__context__ if isinstance(error, KeyboardInterrupt) else error.__cause__
    return None if behind is None else saved_rows_of(behind)


def parts(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """Runs of at most `size` items."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def check_all_or_none(count: int, *, all_or_none: bool) -> None:
    """Refuse what can't be promised.

    Raises:
        InputError: more records than one request takes, and all or none of them.
    """
    if all_or_none and count > MAX_SAVED:
        raise InputError(f"all_or_none holds within one request, of {MAX_SAVED} records at most, and these are {count}")


def rows_of(results: Sequence[CollectionResult], count: int, first: int, *, creating: bool) -> list[SavedRow]:
    """The rows of one part.

    Args:
        count: how many records the part had.
        first: the position of the part's first record.
        creating: those that were saved are new.

    Raises:
        IntegrityError: the answer has more or fewer results than the part had records.
    """
    if len(results) != count:
        raise IntegrityError(
            f"{count} records were sent and {len(results)} answered", expected=count, actual=len(results)
        )
    return [
        SavedRow(
            position=position,
            id=result.id if isinstance(result.id, str) else "",
            success=result.success,
            created=result.success and (creating if isinstance(result.created, Unset) else result.created),
            errors=tuple(
                ErrorDetail(error.status_code, error.message, tuple(error.fields or ())) for error in result.errors
            ),
        )
        for position, result in enumerate(results, first)
    ]


def body_of(name: str, records: Sequence[dict[str, Any]], *, all_or_none: bool) -> dict[str, Any]:
    """The body that saves records of one object."""
    typed = [{"attributes": {"type": name}, **record} for record in records]
    return {"allOrNone": all_or_none, "records": typed}
