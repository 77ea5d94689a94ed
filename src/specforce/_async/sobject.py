"""Records of one object: created, read, changed and deleted, by id or by external id.

What can be known to be wrong is refused before a request: ids by their checksum, names by their form, datetimes without
a zone. Records are dicts, or objects of the class that the object was asked for with.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from specforce._ids import check_id
from specforce._outgoing import for_create, for_update, for_upsert
from specforce._records import Saved, declared_fields, decode, encode
from specforce._saving import save_headers, saved
from specforce.soql import identifier
from specforce_api.rest import operations
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.types import UNSET, Unset

from .collections import AsyncCollections
from .describing import described

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from specforce._collections import SavedRows
    from specforce._files import Source
    from specforce._trees import TreeNode
    from specforce_api.rest.models import (
        DescribeSObjectResult,
        GetDeletedResult,
        GetUpdatedResult,
    )
    from specforce_api.rest.models import (
        QuickAction as QuickActionSummary,
    )

    from .quick_actions import AsyncQuickAction
    from .session import AsyncSession

R = TypeVar("R")
T = TypeVar("T")


class AsyncSObject(Generic[R]):
    """One object of the org, such as Account.

    Args:
        name: its API name.
        returns: the type of its records; without `fields=`, the fields that it declares are read.

    Raises:
        InputError: no object can have that name.
    """

    def __init__(self, session: AsyncSession, name: str, returns: type[R]) -> None:
        self.name = identifier(name, what="sobject")
        if "." in name:
            raise InputError(f"sobject={name!r} isn't the API name of an object")
        self._session = session
        self._returns = returns
        self._many = AsyncCollections(session, self.name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    async def create(
        self, record: Mapping[str, Any] | R, *, allow_duplicates: bool = False, assign: bool | str | None = None
    ) -> Saved:
        """Create a record.

        Args:
            record: API names of fields to values; a parent also by external id, `{"Owner__r": {"Code__c": "x"}}`. A
                record that was read may be sent: its `attributes` stay behind, an Id is refused.
            allow_duplicates: save although a duplicate rule warns.
            assign: apply the active assignment rule (the default), none, or the one with this id; Case and Lead.

        Raises:
            RequiredFieldMissing, DuplicateValue, ValidationFailed, InvalidField: and their like.
        """
        fields = for_create(record)
        self._check(fields, creating=True)
        operation = operations.create_record(self.name, body={}, **save_headers(allow_duplicates, assign))
        result = await self._session.send(replace(operation, body=encode(fields)))
        return saved(operation.info.operation_id, result)

    async def get(self, record_id: str, fields: Sequence[str] | None = None) -> R:
        """Read a record.

        Args:
            fields: API names, parents' fields by path (`Owner.Name`); without it, those that the record's class
                declares, or every field.

        Raises:
            NotFound: there is none with this id.
        """
        operation = operations.get_record(self.name, check_id(record_id), fields=self._read_fields(fields))
        return decode(operation.info, await self._session.reply(operation), self._returns)

    async def update(
        self,
        record_id: str,
        record: Mapping[str, Any] | R,
        *,
        allow_duplicates: bool = False,
        assign: bool | str | None = None,
    ) -> None:
        """Change fields of a record; `None` clears one. Arguments and errors as for `create`, and NotFound.

        A record that was read may be sent back, with what changed: its own Id and `attributes` stay behind.
        """
        record_id, fields = for_update(record, check_id(record_id))
        self._check(fields, updating=True)
        operation = operations.update_record(self.name, record_id, body={}, **save_headers(allow_duplicates, assign))
        await self._session.send(replace(operation, body=encode(fields)))

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
            self.name, identifier(field, what="field"), str(value), fields=self._read_fields(fields)
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
        """Create or change the record that has this external id.

        Args:
            update_only: change, but don't create.

        Raises:
            NotFound: none has it, with `update_only`. AmbiguousExternalId: more than one has; `.records` names them.
        """
        fields = for_upsert(record, identifier(field, what="field"), str(value))
        self._check(fields, creating=not update_only, updating=True)
        operation = operations.upsert_record(
            self.name,
            field,
            str(value),
            body={},
            update_only=update_only or UNSET,
            **save_headers(allow_duplicates, assign),
        )
        result = await self._session.send(replace(operation, body=encode(fields)))
        return saved(operation.info.operation_id, result)

    async def delete_by(self, field: str, value: str | int) -> None:
        """Put the record that has this external id into the recycle bin. Errors as for `get_by`."""
        field = identifier(field, what="field")
        await self._session.send(operations.delete_record_by_external_id(self.name, field, str(value)))

    async def describe(self, *, refresh: bool = False) -> DescribeSObjectResult:
        """The object's fields, relationships and record types; fetched once per client.

        Once it is known, fields that can't be written are refused before they are sent, and the error for a field that
        isn't there names those with a name like it.

        Args:
            refresh: ask whether it changed, and fetch it if it did.

        Raises:
            NotFound: no such object, or the user may not see it.
        """
        return await described(self._session, self.name, refresh=refresh)

    async def quick_actions(self) -> list[QuickActionSummary]:
        """The object's quick actions, the global ones included.

        Raises:
            NotFound: no such object.
        """
        return await self._session.send(operations.list_sobject_quick_actions(self.name))

    def quick_action(self, name: str) -> AsyncQuickAction:
        """One of them, to describe and to perform.

        Args:
            name: its API name, as the list has it: `Account.NewContact`.

        Raises:
            InputError: the name is empty.
        """
        from .quick_actions import AsyncQuickAction  # noqa: PLC0415 - on first use

        return AsyncQuickAction(self._session, name, self.name)

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

    async def create_many(
        self,
        records: Iterable[Mapping[str, Any] | R],
        *,
        all_or_none: bool = False,
        allow_duplicates: bool = False,
        assign: bool | str | None = None,
    ) -> SavedRows:
        """Create records, 200 in a request.

        Args:
            records: as for `create`.
            all_or_none: save none if one is refused; for 200 records at most.
            allow_duplicates, assign: as for `create`.

        Returns:
            What became of each record, in their order; a refused record is no error, see `raise_for_errors`.

        Raises:
            PartlySaved: a later request failed; `.rows` tells of the records before it. InputError: before any request.
        """
        wanted = [_placed(place, for_create, record) for place, record in enumerate(records)]
        self._check(_names(wanted), creating=True)
        return await self._many.create(wanted, save_headers(allow_duplicates, assign), all_or_none=all_or_none)

    async def update_many(
        self,
        records: Iterable[Mapping[str, Any] | R],
        *,
        all_or_none: bool = False,
        allow_duplicates: bool = False,
        assign: bool | str | None = None,
    ) -> SavedRows:
        """Change records, 200 in a request; each has its Id. Otherwise as `create_many`."""
        found = [_placed(place, for_update, record, None) for place, record in enumerate(records)]
        self._check(_names(fields for _, fields in found), updating=True)
        wanted = [{"Id": record_id, **fields} for record_id, fields in found]
        return await self._many.update(wanted, save_headers(allow_duplicates, assign), all_or_none=all_or_none)

    async def upsert_many(
        self,
        field: str,
        records: Iterable[Mapping[str, Any] | R],
        *,
        all_or_none: bool = False,
        allow_duplicates: bool = False,
        assign: bool | str | None = None,
    ) -> SavedRows:
        """Create or change records by an external id that each of them holds, 200 in a request.

        Otherwise as `create_many`.
        """
        field = identifier(field, what="field")
        wanted = [_placed(place, for_upsert, record, field, None) for place, record in enumerate(records)]
        self._check(_names(wanted) - {field, "Id"}, creating=True, updating=True)
        return await self._many.upsert(field, wanted, save_headers(allow_duplicates, assign), all_or_none=all_or_none)

    async def delete_many(self, ids: Iterable[str], *, all_or_none: bool = False) -> SavedRows:
        """Put records into the recycle bin, 200 in a request. Otherwise as `create_many`."""
        return await self._many.delete(_ids(ids), all_or_none=all_or_none)

    async def get_many(self, ids: Iterable[str], fields: Sequence[str] | None = None) -> list[R | None]:
        """Read records by id, 2,000 in a request.

        Args:
            fields: as for `get`; here they can't be left out for records that are dicts.

        Returns:
            The records in the order of their ids; `None` for each that isn't there, or may not be seen.

        Raises:
            InputError: no fields, or a wrong id. InvalidField: no such field.
        """
        wanted = self._fields(fields)
        if isinstance(wanted, Unset):
            raise InputError("fields= is missing: which fields shall be read?")
        return await self._many.get(_ids(ids), wanted, self._returns)

    async def create_tree(
        self,
        records: Iterable[Mapping[str, Any] | R],
        *,
        allow_duplicates: bool = False,
        assign: bool | str | None = None,
    ) -> list[TreeNode]:
        """Create records with their children in one request, all or none.

            account.create_tree([{"Name": "Acme", "Contacts": [{"LastName": "Ek"}, {"LastName": "Alm"}]}])

        Args:
            records: children are lists under the name of their relationship, which the object's description knows; 200
                records, 5 levels and 5 objects at most.
            allow_duplicates, assign: as for `create`.

        Returns:
            The new ids, in the form of the tree.

        Raises:
            ApiError: a record was refused, nothing was saved; the message names its place, `records[0].Contacts[1]`.
            InputError: too many records, or no such children.
        """
        from .trees import create_tree  # noqa: PLC0415 - on first use

        async def describe(name: str) -> DescribeSObjectResult:
            return await AsyncSObject(self._session, name, dict[str, Any]).describe()

        headers = save_headers(allow_duplicates, assign)
        return await create_tree(self._session, self.name, records, headers, describe)

    async def upload(
        self,
        record: Mapping[str, Any] | R,
        source: Source,
        *,
        field: str | None = None,
        filename: str | None = None,
    ) -> Saved:
        """Create a record with its file, in pieces: a ContentVersion of up to 2 GB, others of up to 500 MB.

            sf.sobject("ContentVersion").upload({"Title": "Plan", "PathOnClient": "plan.pdf"}, "plan.pdf")

        Args:
            record: its other fields.
            source: a path, bytes, or an open binary file, read from its place to its end.
            field: the field that holds the file; known for ContentVersion, Document and Attachment.
            filename: the file's name, instead of its own.

        Raises:
            InputError: no such file, or one that can't be read again. ApiError: as for `create`.
        """
        from .files import upload_file  # noqa: PLC0415 - on first use

        return await upload_file(self._session, self.name, record, source, field=field, filename=filename)

    async def download(self, record_id: str, path: str | os.PathLike[str], *, field: str | None = None) -> int:
        """Write a record's file to a path, in pieces; it appears there once it is whole.

        Args:
            field: as for `upload`.

        Returns:
            Its size in bytes.

        Raises:
            NotFound: no such record, or it has no file. ConnectionCut: it broke off as often as the policy tries.
        """
        from .files import download_file  # noqa: PLC0415 - on first use

        return await download_file(self._session, self.name, record_id, path, field=field)

    def _check(self, fields: Iterable[str], *, creating: bool = False, updating: bool = False) -> None:
        """Refuse fields that are known to be read-only."""
        self._session.describes.check_writable(self.name, fields, creating=creating, updating=updating)

    def _read_fields(self, fields: Sequence[str] | None) -> Sequence[str] | Unset:
        """The fields of one record: none are named for a class of the whole object, so that an org may lack some."""
        whole = fields is None and "__all_fields__" in vars(self._returns)
        return UNSET if whole else self._fields(fields)

    def _fields(self, fields: Sequence[str] | None) -> Sequence[str] | Unset:
        if isinstance(fields, str):
            raise InputError(f"fields={fields!r}: pass a list of names")
        wanted = fields if fields is not None else declared_fields(self._returns)
        return [identifier(name, what="fields") for name in wanted] or UNSET


def _placed(place: int, prepare: Callable[..., T], *arguments: object) -> T:
    """Prepare one record of many; errors say which one it is."""
    try:
        return prepare(*arguments)
    except InputError as error:
        raise InputError(f"record {place}: {error}") from None


def _names(records: Iterable[Mapping[str, Any]]) -> set[str]:
    return {name for record in records for name in record}


def _ids(ids: Iterable[str]) -> list[str]:
    if isinstance(ids, str):
        raise InputError(f"ids={ids!r}: pass a list of ids")
    return [check_id(each, name=f"ids[{place}]") for place, each in enumerate(ids)]


def _check_span(start: datetime, end: datetime) -> None:
    for name, moment in (("start", start), ("end", end)):
        if moment.utcoffset() is None:
            raise InputError(f"{name}={moment!r} has no time zone: say which, such as {name}.replace(tzinfo=UTC)")
    if end <= start:
        raise InputError(f"end={end} isn't after start={start}")
