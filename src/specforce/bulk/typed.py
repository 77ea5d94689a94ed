"""Rows of text cells as typed records: any type that msgspec knows, parents' fields nested as their path says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import msgspec

from specforce_api.runtime.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

R = TypeVar("R")


class RecordReader(Generic[R]):
    """Turns rows into records of one type.

    Text becomes numbers, booleans, dates and datetimes as the type's fields ask for; null (`""`) becomes `None`.

    Args:
        columns: the column names, field paths such as `Account.Name`.
        returns: the records' type.
    """

    def __init__(self, columns: Sequence[str], returns: type[R]) -> None:
        self._returns = returns
        self._columns = tuple(columns)
        self._paths = [name.split(".") for name in columns]
        self._flat = all(len(path) == 1 for path in self._paths)

    def read(self, rows: Sequence[Sequence[str]]) -> list[R]:
        """Convert a batch.

        Raises:
            DecodeError: a value doesn't fit its field.
        """
        plain = [self._plain(row) for row in rows]
        try:
            return cast("list[R]", msgspec.convert(plain, cast("Any", list)[self._returns], strict=False))
        except msgspec.ValidationError as error:
            name = getattr(self._returns, "__name__", str(self._returns))
            hint = "\n  hint: declare fields that can be empty as `... | None`" if "null" in str(error) else ""
            raise DecodeError(f"the records don't fit {name}: {error}{hint}") from None

    def _plain(self, row: Sequence[str]) -> dict[str, Any]:
        values = [cell or None for cell in row]
        if self._flat:
            return dict(zip(self._columns, values, strict=True))
        record: dict[str, Any] = {}
        parents: set[tuple[str, ...]] = set()
        for path, value in zip(self._paths, values, strict=True):
            place = record
            for depth, name in enumerate(path[:-1], 1):
                place = place.setdefault(name, {})
                parents.add(tuple(path[:depth]))
            place[path[-1]] = value
        for parent in sorted(parents, key=len, reverse=True):
            _clear_empty(record, parent)
        return record


def _clear_empty(record: dict[str, Any], parent: tuple[str, ...]) -> None:
    """A parent whose every field is null is null itself: there is none."""
    place = record
    for name in parent[:-1]:
        place = place[name]
    if all(value is None for value in place[parent[-1]].values()):
        place[parent[-1]] = None
