"""Many records of one object, 200 in a request: created, changed, upserted, deleted and read, one request at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from specforce._collections import (
    MAX_READ,
    MAX_SAVED,
    PartlySaved,
    SavedRow,
    SavedRows,
    body_of,
    check_all_or_none,
    parts,
    rows_of,
    with_rows,
)
from specforce._records import decode, encode
from specforce_api.rest import operations
from specforce_api.runtime.errors import IntegrityError, SalesforceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce_api.rest.models import CollectionResult
    from specforce_api.runtime.operation import Operation

    from .session import AsyncSession

R = TypeVar("R")
T = TypeVar("T")


class AsyncCollections:
    """Sends many records of one object.

    Args:
        name: the object's API name.
    """

    def __init__(self, session: AsyncSession, name: str) -> None:
        self._session = session
        self._name = name

    async def create(
        self, records: Sequence[dict[str, Any]], headers: dict[str, str], *, all_or_none: bool
    ) -> SavedRows:
        """Create records."""

        def operation(part: Sequence[dict[str, Any]]) -> Operation[list[CollectionResult]]:
            body = body_of(self._name, part, all_or_none=all_or_none)
            return replace(operations.create_records(body={}, **headers), body=encode(body))

        return await self._saved(records, operation, all_or_none=all_or_none, creating=True)

    async def update(
        self, records: Sequence[dict[str, Any]], headers: dict[str, str], *, all_or_none: bool
    ) -> SavedRows:
        """Change records; each has its id."""

        def operation(part: Sequence[dict[str, Any]]) -> Operation[list[CollectionResult]]:
            body = body_of(self._name, part, all_or_none=all_or_none)
            return replace(operations.update_records(body={}, **headers), body=encode(body))

        return await self._saved(records, operation, all_or_none=all_or_none)

    async def upsert(
        self, field: str, records: Sequence[dict[str, Any]], headers: dict[str, str], *, all_or_none: bool
    ) -> SavedRows:
        """Create or change records; each has a value of the external id field."""

        def operation(part: Sequence[dict[str, Any]]) -> Operation[list[CollectionResult]]:
            body = body_of(self._name, part, all_or_none=all_or_none)
            return replace(operations.upsert_records(self._name, field, body={}, **headers), body=encode(body))

        return await self._saved(records, operation, all_or_none=all_or_none)

    async def delete(self, ids: Sequence[str], *, all_or_none: bool) -> SavedRows:
        """Delete records."""

        def operation(part: Sequence[str]) -> Operation[list[CollectionResult]]:
            return operations.delete_records(ids=part, all_or_none=all_or_none)

        return await self._saved(ids, operation, all_or_none=all_or_none)

    async def get(self, ids: Sequence[str], fields: Sequence[str], kind: type[R]) -> list[R | None]:
        """Read records; `None` for each that isn't there, or may not be seen."""
        found: list[R | None] = []
        wanted: Any = list[kind | None]  # type: ignore[valid-type]  # a type made of a value
        for part in parts(ids, MAX_READ):
            body = {"ids": part, "fields": list(fields)}
            operation = operations.retrieve_records_post(self._name, body=body)
            read: list[R | None] = decode(operation.info, await self._session.reply(operation), wanted)
            if len(read) != len(part):
                raise IntegrityError(
                    f"{len(part)} records were asked for and {len(read)} came", expected=len(part), actual=len(read)
                )
            found += read
        return found

    async def _saved(
        self,
        items: Sequence[T],
        operation: Callable[[Sequence[T]], Operation[list[CollectionResult]]],
        *,
        all_or_none: bool,
        creating: bool = False,
    ) -> SavedRows:
        """Send the parts one after the other: parts of one object at a time would lock each other's parents."""
        check_all_or_none(len(items), all_or_none=all_or_none)
        rows: list[SavedRow] = []
        for part in parts(items, MAX_SAVED):
            try:
                results = await self._session.send(operation(part))
                rows += rows_of(results, len(part), len(rows), creating=creating)
            except SalesforceError as error:
                if not rows:
                    raise
                raise PartlySaved(SavedRows(rows), len(items), error) from error
            except BaseException as error:
                if rows:
                    with_rows(error, SavedRows(rows), len(items))
                raise
        return SavedRows(rows)
