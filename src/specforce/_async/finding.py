"""Finding records: SOQL, SOSL and plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from specforce import soql

from .connection import AsyncConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce._text_search import Scope

    from .query import AsyncQuery

R = TypeVar("R")


class AsyncFinding(AsyncConnection):
    """A client's queries and searches."""

    @overload
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[dict[str, Any]] = ...,
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[dict[str, Any]]: ...
    @overload
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[R],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[R]: ...
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[Any] = dict[str, Any],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[Any]:
        """Records by SOQL; sent when they are wanted.

            sf.query("SELECT Id FROM Account WHERE Industry = :industry", industry="Energy")

        Args:
            returns: the type of the records: a msgspec Struct, a dataclass, an attrs class; dicts without one.
            batch_size: the wanted number of records per page, 200 to 2,000.
            binds: values of binds, for names that are arguments here.
            values: values of the binds in the text.

        Raises:
            InputError: a bind without a value, a value without a bind, or one that SOQL can't hold.
        """
        return self._query(text, returns, {**(binds or {}), **values}, deleted=False, batch_size=batch_size)

    @overload
    def query_all(
        self,
        text: str,
        /,
        *,
        returns: type[dict[str, Any]] = ...,
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[dict[str, Any]]: ...
    @overload
    def query_all(
        self,
        text: str,
        /,
        *,
        returns: type[R],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[R]: ...
    def query_all(
        self,
        text: str,
        /,
        *,
        returns: type[Any] = dict[str, Any],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[Any]:
        """Records by SOQL, deleted and archived ones too. Otherwise as `query`."""
        return self._query(text, returns, {**(binds or {}), **values}, deleted=True, batch_size=batch_size)

    @overload
    async def search(
        self,
        text: str,
        /,
        *,
        returns: type[dict[str, Any]] = ...,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> list[dict[str, Any]]: ...
    @overload
    async def search(
        self, text: str, /, *, returns: type[R], binds: Mapping[str, soql.Value] | None = None, **values: soql.Value
    ) -> list[R]: ...
    @overload
    async def search(
        self,
        text: str,
        /,
        *,
        returns: Mapping[str, type[Any]],
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> list[Any]: ...
    async def search(
        self,
        text: str,
        /,
        *,
        returns: type[Any] | Mapping[str, type[Any]] = dict[str, Any],
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> list[Any]:
        """Records by SOSL, of all objects that the search returns, in the server's order: 2,000 at most.

            sf.search("FIND :words IN NAME FIELDS RETURNING Account(Id, Name)", words="Acme")

        Args:
            returns: the type of the records, one that fits them all; or types by object, `{"Account": Account}`, those
                of other objects are dicts.

        Raises:
            MalformedQuery: the search isn't well-formed. InputError: as for `query`.
        """
        from specforce._records import convert_each, decode_search  # noqa: PLC0415 - on first use
        from specforce_api.rest import operations  # noqa: PLC0415 - on first use

        operation = operations.search(q=soql.bind_search(text, {**(binds or {}), **values}))
        reply = await self.session.reply(operation)
        if isinstance(returns, Mapping):
            return convert_each(operation.info, decode_search(operation.info, reply, dict[str, Any]), returns)
        return decode_search(operation.info, reply, returns)

    @overload
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, Sequence[str]] | None = ...,
        *,
        scope: Scope = ...,
        limit: int | None = ...,
        limit_per_object: int | None = ...,
        offset: int = ...,
    ) -> list[dict[str, Any]]: ...
    @overload
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, type[R]],
        *,
        scope: Scope = ...,
        limit: int | None = ...,
        limit_per_object: int | None = ...,
        offset: int = ...,
    ) -> list[R]: ...
    @overload
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, Sequence[str] | type[Any]],
        *,
        scope: Scope = ...,
        limit: int | None = ...,
        limit_per_object: int | None = ...,
        offset: int = ...,
    ) -> list[Any]: ...
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, Sequence[str] | type[Any]] | None = None,
        *,
        scope: Scope = "all",
        limit: int | None = None,
        limit_per_object: int | None = None,
        offset: int = 0,
    ) -> list[Any]:
        """Records that hold a text, without SOSL: the text goes out as it is, nothing in it needs escaping.

            sf.find("Acme", {"Account": ["Id", "Name"], "Contact": Contact}, scope="name", limit=50)

        Args:
            text: the words, two characters or more.
            objects: each object's fields, its records are dicts then; or its record class, whose fields are read.
                Without it, the ids of every searchable object's records.
            scope: the fields to look into: `all`, `name`, `email`, `phone` or `sidebar`.
            limit: most records in all, 1 to 2,000.
            limit_per_object: most records of each object, 1 to 2,000.
            offset: records to skip, up to 2,000; with one object only.

        Returns:
            The records in the server's order.

        Raises:
            ApiError: MALFORMED_SEARCH, the server can't search for this. InvalidField: no such field, or object.
                InputError: no text, no fields, a name that can't be one, or a number out of its range.
        """
        from specforce._records import convert_each, decode_search  # noqa: PLC0415 - on first use
        from specforce._text_search import text_search  # noqa: PLC0415 - on first use

        operation, kinds = text_search(
            text, objects, scope=scope, limit=limit, limit_per_object=limit_per_object, offset=offset
        )
        records = decode_search(operation.info, await self.session.reply(operation), dict[str, Any])
        return convert_each(operation.info, records, kinds) if kinds else records

    def _query(
        self, text: str, returns: type[R], values: Mapping[str, soql.Value], *, deleted: bool, batch_size: int | None
    ) -> AsyncQuery[R]:
        from .query import AsyncQuery  # noqa: PLC0415 - on first use

        return AsyncQuery(self.session, soql.bind(text, values), returns, deleted=deleted, batch_size=batch_size)
