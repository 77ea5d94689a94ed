"""Records of one object: created, read, changed and deleted, by id or by external id.

What can be known to be wrong is refused before a request: ids by their checksum, names by their form, datetimes without
a zone. Records are dicts, or objects of the class that the object was asked for with.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from specforce._ids import check_id
from specforce._records import Saved, declared_fields, decode, encode
from specforce.soql import identifier
from specforce_api.rest import operations
from specforce_api.runtime.errors import ApiError, ErrorDetail, InputError, SpecError
from specforce_api.runtime.types import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from specforce_api.rest.models import (
        DescribeSObjectResult,
        GetDeletedResult,
        GetUpdatedResult,
        SaveResult,
        UpsertResult,
    )

    from .session import AsyncSession

R = TypeVar("R")


class AsyncSObject(Generic[R]):
    """One object of the org, such as Account.

    Args:
        name: its API name.
        returns: the type of its records; without `fields=`, the fields that it declares are read.
        describes: descriptions already fetched, by name; shared between the objects of a client.

    Raises:
        InputError: no object can have that name.
    """

    def __init__(
        self,
        session: AsyncSession,
        name: str,
        returns: type[R],
        describes: dict[str, DescribeSObjectResult],
    ) -> None:
        self.name = identifier(name, what="sobject")
        if "." in name:
            raise InputError(f"sobject={name!r} isn't the API name of an object")
        self._session = session
        self._returns = returns
        self._describes = describes

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    async def create(
        self, record: Mapping[str, Any] | R, *, allow_duplicates: bool = False, assign: bool | str | None = None
    ) -> Saved:
        """Create a record.

        Args:
            record: API names of fields to values; a parent also by external id, `{"Owner__r": {"Code__c": "x"}}`.
            allow_duplicates: save although a duplicate rule warns.
            assign: apply the active assignment rule (the default), none, or the one with this id; Case and Lead.

        Raises:
            RequiredFieldMissing, DuplicateValue, ValidationFailed, InvalidField: and their like.
        """
        operation = operations.create_record(self.name, body={}, **_headers(allow_duplicates, assign))
        result = await self._session.send(replace(operation, body=encode(record)))
        return _saved(operation.info.operation_id, result)

    async def get(self, record_id: str, fields: Sequence[str] | None = None) -> R:
        """Read a record.

        Args:
            fields: API names, parents' fields by path (`Owner.Name`); without it, every field of the object.

        Raises:
            NotFound: there is none with this id.
        """
        operation = operations.get_record(self.name, check_id(record_id), fields=self._fields(fields))
        return decode(operation.info, await self._session.reply(operation), self._returns)

    async def update(
        self,
        record_id: str,
        record: Mapping[str, Any] | R,
        *,
        allow_duplicates: bool = False,
        assign: bool | str | None = None,
    ) -> None:
        """Change fields of a record; `None` clears one. Arguments and errors as for `create`, and NotFound."""
        headers = _headers(allow_duplicates, assign)
        operation = operations.update_record(self.name, check_id(record_id), body={}, **headers)
        await self._session.send(replace(operation, body=encode(record)))

    async def delete(self, record_id: str) -> None:
        """Put a record into the recycle bin.

        Raises:
            NotFound: there is none with this id, or it is deleted.
        """
        await self._session.send(operations.delete_record(self.name, check_id(record_id)))

    async def get_by(self, field: str, value: str | int, fields: Sequence[str] | None = None) -> R:
        """Read the record that has this external id.

        Raises:
            NotFound: none has it. AmbiguousExternalId: more than one has; `.records` names them.
        """
        operation = operations.get_record_by_external_id(
            self.name, identifier(field, what="field"), str(value), fields=self._fields(fields)
        )
        return decode(operation.info, await self._session.reply(operation), self._returns)

    async def upsert(
        self,
        field: str,
        value: str | int,
        record: Mapping[str, Any] | R,
        *,
        update_only: bool = False,
        allow_duplicates: bool = False,
        assign: bool | str | None = None,
    ) -> Saved:
        """Create or change the record that has this external id. The record may not hold that field itself.

        Args:
            update_only: change, but don't create.

        Raises:
            NotFound: none has it, with `update_only`. AmbiguousExternalId: more than one has; `.records` names them.
        """
        operation = operations.upsert_record(
            self.name,
            identifier(field, what="field"),
            str(value),
            body={},
            update_only=update_only or UNSET,
            **_headers(allow_duplicates, assign),
        )
        result = await self._session.send(replace(operation, body=encode(record)))
        return _saved(operation.info.operation_id, result)

    async def delete_by(self, field: str, value: str | int) -> None:
        """Put the record that has this external id into the recycle bin. Errors as for `get_by`."""
        field = identifier(field, what="field")
        await self._session.send(operations.delete_record_by_external_id(self.name, field, str(value)))

    async def describe(self, *, refresh: bool = False) -> DescribeSObjectResult:
        """The object's fields, relationships and record types; fetched once per client, or anew with `refresh`.

        Raises:
            NotFound: no such object, or the user may not see it.
        """
        found = self._describes.get(self.name)
        if found is None or refresh:
            found = await self._session.send(operations.describe_sobject(self.name))
            if found is None:
                raise SpecError("describe answered that nothing changed, though nothing was known")
            self._describes[self.name] = found
        return found

    async def deleted(self, start: datetime, end: datetime) -> GetDeletedResult:
        """Ids of the records deleted in a span of time, to the minute.

        Raises:
            InputError: a datetime has no zone, or the end isn't after the start.
        """
        _check_span(start, end)
        return await self._session.send(operations.get_deleted_records(self.name, start=start, end=end))

    async def updated(self, start: datetime, end: datetime) -> GetUpdatedResult:
        """Ids of the records created or changed in a span of time, to the minute, of 30 days at most.

        Raises:
            InputError: a datetime has no zone, or the end isn't after the start.
        """
        _check_span(start, end)
        return await self._session.send(operations.get_updated_records(self.name, start=start, end=end))

    def _fields(self, fields: Sequence[str] | None) -> Sequence[str] | Unset:
        if isinstance(fields, str):
            raise InputError(f"fields={fields!r}: pass a list of names")
        wanted = fields if fields is not None else declared_fields(self._returns)
        return [identifier(name, what="fields") for name in wanted] or UNSET


def _headers(allow_duplicates: bool, assign: bool | str | None) -> dict[str, str]:
    headers = {"sforce_duplicate_rule_header": "allowSave=true"} if allow_duplicates else {}
    if isinstance(assign, bool):
        headers["sforce_auto_assign"] = str(assign).upper()
    elif assign is not None:
        headers["sforce_auto_assign"] = check_id(assign, name="assign")
    return headers


def _saved(operation_id: str, result: SaveResult | UpsertResult | None) -> Saved:
    """What became of a record. Before API 46.0 an upsert tells nothing of an update, and of a creation only the id."""
    if result is None:
        return Saved("", created=False)
    if not result.success or result.id is None:
        details = [ErrorDetail(error.status_code, error.message, tuple(error.fields or ())) for error in result.errors]
        raise ApiError("not saved", status=200, errors=details, operation_id=operation_id)
    return Saved(result.id, created=getattr(result, "created", UNSET) is not False)


def _check_span(start: datetime, end: datetime) -> None:
    for name, moment in (("start", start), ("end", end)):
        if moment.utcoffset() is None:
            raise InputError(f"{name}={moment!r} has no time zone: say which, such as {name}.replace(tzinfo=UTC)")
    if end <= start:
        raise InputError(f"end={end} isn't after start={start}")
