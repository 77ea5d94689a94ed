"""Queries: sent when their records are wanted, read page by page, one page ahead.

The count is a promise: records that don't add up to the server's total raise. A child relationship that goes on in
pages of its own is completed before its record is handed out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from specforce._aio import closing, prefetch, run
from specforce._children import finish, relationships
from specforce._field_types import selected_columns, sobject_of
from specforce._records import Page, convert, decode_page, has_nested_pages
from specforce_api.rest import operations
from specforce_api.runtime.errors import DecodeError, InputError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from specforce._arrow import Table
    from specforce_api.runtime.operation import Operation

    from .session import AsyncSession

R = TypeVar("R")
_LOCATOR = re.compile(r"/(query|queryAll)/([^/?#]+)$", re.IGNORECASE)
_COUNT = re.compile(r"\s*SELECT\s+COUNT\s*\(\s*\)", re.IGNORECASE)


class AsyncQuery(Generic[R]):
    """A query and its records. Each iteration runs it anew, except for a first page that is there already.

    Args:
        soql: the query, its values bound.
        returns: the type of the records.
        deleted: deleted and archived records too.
        batch_size: the wanted number of records per page, 200 to 2,000; a hint to the server.

    Raises:
        InputError: the batch size is out of range.
    """

    def __init__(
        self,
        session: AsyncSession,
        soql: str,
        returns: type[R],
        *,
        deleted: bool = False,
        batch_size: int | None = None,
    ) -> None:
        if batch_size is not None and not 200 <= batch_size <= 2000:
            raise InputError(f"batch_size={batch_size}: pages hold 200 to 2,000 records")
        self.soql = soql
        self._session = session
        self._returns = returns
        self._deleted = deleted
        self._batch_size = batch_size
        self._options = {} if batch_size is None else {"sforce_query_options": f"batchSize={batch_size}"}
        self._total_size: int | None = None
        self._first: Page[R] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.soql!r}>"

    @property
    async def total_size(self) -> int:
        """How many records the query finds; what it counts, for `SELECT COUNT()`. Fetches the first page."""
        if self._total_size is None:
            self._first = await self._fetch(self._operation())
            self._total_size = self._first.total_size
        return self._total_size

    async def first(self) -> R | None:
        """The first record, `None` if there is none."""
        if self._first is None:
            self._first = await self._fetch(self._operation())
            self._total_size = self._first.total_size
        if self._first.records:
            return self._first.records[0]
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
            IntegrityError: fewer or more records came than the server said.
        """
        first, self._first = self._first, None
        if first is None:
            first = await self._fetch(self._operation())
        self._total_size = first.total_size
        if first.next_records_url is None:
            self._check(first, len(first.records))
            yield first.records
            return
        async with closing(prefetch(self._from(first))) as pages:
            async for page in pages:
                yield page

    async def to_arrow(self) -> Table:
        """The records as one Arrow table, parents' fields as `Owner.Name` (needs specforce[arrow]).

        Columns have the types of docs/values.md, by describe; those of functions have the types of their values. Where
        nothing is found the columns are those that the query names, as far as it names fields alone.

        Raises:
            DecodeError: a value isn't what describe says of its field.
        """
        from specforce import _arrow  # noqa: PLC0415 - an extra

        from .field_types import AsyncFieldTypes  # noqa: PLC0415 - nothing else here has types of its own

        selected, base = selected_columns(self.soql)
        found = AsyncQuery(self._session, self.soql, dict[str, Any], deleted=self._deleted, batch_size=self._batch_size)
        typed = AsyncFieldTypes(self._session)
        columns: list[str] = []
        types: dict[str, str] = {}
        tables: list[Table] = []
        async with closing(found.pages()) as pages:
            async for page in pages:
                rows = await run(_arrow.flattened, page)
                columns = _arrow.columns_of([dict.fromkeys(columns), *rows], selected)
                base = sobject_of(page[0]) if page else base
                if base is not None:
                    types |= await typed.of([name for name in columns if name not in types], base)
                tables.append(await run(_arrow.table, rows, columns, types))
        return (await run(_arrow.joined, tables)).select(columns)

    async def _from(self, page: Page[R]) -> AsyncGenerator[list[R], None]:
        """The records of `page` and of all pages after it."""
        count = len(page.records)
        yield page.records
        while page.next_records_url is not None:
            url = page.next_records_url
            page = await self._fetch(self._more(url))
            count += len(page.records)
            if page.next_records_url == url or count > page.total_size:
                raise IntegrityError(
                    f"the pages of the query don't end: {count} of {page.total_size} records came, and {url} goes on",
                    expected=page.total_size,
                    actual=count,
                )
            yield page.records
        self._check(page, count)

    def _check(self, last: Page[R], count: int) -> None:
        expected = last.total_size
        if not last.done:
            raise IntegrityError(f"the server says there is more than {count} of {expected} records, but not where")
        if count != expected and not (count == 0 and _COUNT.match(self.soql)):
            raise IntegrityError(
                f"the server found {expected} records and sent {count}", expected=expected, actual=count
            )

    def _operation(self) -> Operation[Any]:
        return (operations.query_all if self._deleted else operations.query)(q=self.soql, **self._options)

    def _more(self, url: str) -> Operation[Any]:
        found = _LOCATOR.search(url)
        if found is None:
            raise DecodeError(f"the next page's URL isn't one of a query: {url!r}")
        more = operations.query_all_more if found[1].lower() == "queryall" else operations.query_more
        return more(found[2], **self._options)

    async def _fetch(self, operation: Operation[Any]) -> Page[R]:
        reply = await self._session.reply(operation)
        page = decode_page(operation.info, reply, self._returns, self.soql)
        if not has_nested_pages(reply, page):
            return page
        whole = decode_page(operation.info, reply, dict[str, Any], self.soql)
        for record in whole.records:
            await self._complete(record)
        page.records = convert(operation.info, whole.records, self._returns, f"a record of {self.soql!r}")
        return page

    async def _complete(self, record: dict[str, Any]) -> None:
        """Fetch what is missing of a record's child relationships, into the record."""
        for children in relationships(record):
            records: list[dict[str, Any]] = children["records"]
            url = children.pop("nextRecordsUrl", None)
            while url is not None:
                operation = self._more(url)
                page = decode_page(operation.info, await self._session.reply(operation), dict[str, Any], self.soql)
                records += page.records
                url = page.next_records_url if len(records) <= children["totalSize"] else None
            finish(children)
            for child in records:
                await self._complete(child)
