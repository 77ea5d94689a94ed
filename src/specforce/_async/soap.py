"""The SOAP API: what REST can't do (converting leads, merging, the recycle bin), and everything else it has.

Records are dicts with the object's name under `type`; None empties a field. One entry in is one result out, a list in
is a list out. SOAP's headers are keyword arguments. A refused record is no error: its result says `success` False and
why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import msgspec

from specforce import soql
from specforce._aio import closing, prefetch
from specforce._records import check_type
from specforce_api.runtime.errors import DecodeError, InputError, IntegrityError
from specforce_api.runtime.types import is_object
from specforce_api.soap import AsyncSoapApiBase, operations

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from specforce_api.runtime.operation import Operation
    from specforce_api.soap.models import QueryResult

    from .session import AsyncSession

R = TypeVar("R")


class AsyncSoap(AsyncSoapApiBase):
    """The SOAP API over a session, which puts its token into every envelope and renews it where that is refused."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._session = session

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
    ) -> AsyncSoapQuery[dict[str, Any]]: ...
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
    ) -> AsyncSoapQuery[R]: ...
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[Any] = dict[str, Any],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncSoapQuery[Any]:
        """Records by SOQL; sent when they are wanted, read page by page.

        Args:
            returns: the type of the records, made of their texts; dicts of texts without one.
            batch_size: the wanted number of records per page, 200 to 2,000.
            binds: values of binds, for names that are arguments here.
            values: values of the binds in the text.

        Raises:
            InputError: a bind without a value, a value without a bind, or one that SOQL can't hold.
        """
        bound = soql.bind(text, {**(binds or {}), **values})
        return AsyncSoapQuery(self._session, bound, returns, deleted=False, batch_size=batch_size)

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
    ) -> AsyncSoapQuery[dict[str, Any]]: ...
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
    ) -> AsyncSoapQuery[R]: ...
    def query_all(
        self,
        text: str,
        /,
        *,
        returns: type[Any] = dict[str, Any],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncSoapQuery[Any]:
        """Records by SOQL, deleted and archived ones too. Otherwise as `query`."""
        bound = soql.bind(text, {**(binds or {}), **values})
        return AsyncSoapQuery(self._session, bound, returns, deleted=True, batch_size=batch_size)


class AsyncSoapQuery(Generic[R]):
    """A query and its records. Each iteration runs it anew.

    Args:
        text: the query, its values bound.
        returns: the type of the records.
        deleted: deleted and archived records too.
        batch_size: the wanted number of records per page; a hint to the server.

    Raises:
        InputError: the batch size is out of range, or no record can be read as `returns`.
    """

    def __init__(
        self, session: AsyncSession, text: str, returns: type[R], *, deleted: bool, batch_size: int | None
    ) -> None:
        if batch_size is not None and not 200 <= batch_size <= 2000:
            raise InputError(f"batch_size={batch_size}: pages hold 200 to 2,000 records")
        check_type(returns)
        self.soql = text
        self._session = session
        self._returns = returns
        self._deleted = deleted
        self._batch_size = batch_size

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.soql!r}>"

    async def first(self) -> R | None:
        """The first record, `None` if there is none."""
        async with closing(self.pages()) as pages:
            async for page in pages:
                if page:
                    return page[0]
        return None

    async def all(self) -> list[R]:
        """Every record, in memory."""
        records: list[R] = []
        async with closing(self.pages()) as pages:
            async for page in pages:
                records += page
        return records

    async def __aiter__(self) -> AsyncGenerator[R, None]:
        """Record by record; the next page is fetched meanwhile."""
        async with closing(self.pages()) as pages:
            async for page in pages:
                for record in page:
                    yield record

    async def pages(self) -> AsyncGenerator[list[R], None]:
        """Page by page, as the server cuts them; the next one is fetched meanwhile.

        Raises:
            MalformedQuery: and its like, on the first page. InvalidQueryLocator: the cursor is gone.
            IntegrityError: fewer or more records came than the server said. DecodeError: one isn't a `returns`.
        """
        async with closing(prefetch(self._fetched())) as pages:
            async for page in pages:
                yield page

    async def _fetched(self) -> AsyncGenerator[list[R], None]:
        begin = operations.query_all if self._deleted else operations.query
        page = await self._session.send(begin(self.soql, batch_size=self._batch_size))
        count = 0
        while True:
            count += len(page.records)
            if count > page.size or (page.done and count != page.size and count):
                raise IntegrityError(
                    f"the server found {page.size} records and sent {count}", expected=page.size, actual=count
                )
            for record in page.records:
                await self._complete(record)
            yield [self._read(record) for record in page.records]
            if page.done:
                return
            page = await self._session.send(self._more(page.query_locator))

    def _more(self, locator: str | None) -> Operation[QueryResult]:
        if not locator:
            raise IntegrityError("the server says there are more records, but not where")
        return operations.query_more(locator, batch_size=self._batch_size)

    async def _complete(self, record: dict[str, Any]) -> None:
        """Fetch what is missing of a record's children, into the record."""
        for children in record.values():
            if is_object(children) and "records" in children and "done" in children:
                while not children["done"]:
                    page = await self._session.send(self._more(children["queryLocator"]))
                    children["records"] += page.records
                    children["done"], children["queryLocator"] = page.done, page.query_locator
                nested: list[dict[str, Any]] = children["records"]
                for child in nested:
                    await self._complete(child)

    def _read(self, record: dict[str, Any]) -> R:
        try:
            return msgspec.convert(record, self._returns, strict=False)
        except msgspec.ValidationError as error:
            name = getattr(self._returns, "__name__", str(self._returns))
            raise DecodeError(f"a record of the query isn't a {name}: {error}", operation_id="soap.query") from None
