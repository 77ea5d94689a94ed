"""What an asynchronous module may hold: `async with AsyncSalesforce(auth) as sf: await sf.query("…")`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType

from specforce import _aio
from specforce._async.session import AsyncSession


class AsyncPages:
    """Pages, one after the other; `AsyncSession` sends. Callers await the first one."""

    def __init__(self, session: AsyncSession, pages: list[str]) -> None:
        self._session = session
        self._pages = pages

    async def __aenter__(self) -> AsyncPages:
        await _aio.sleep(0)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        self._pages.clear()

    def __aiter__(self) -> AsyncIterator[str]:
        return self.each()

    async def __anext__(self) -> str:
        if not self._pages:
            raise StopAsyncIteration
        return self._pages.pop()

    async def each(self) -> AsyncGenerator[str, None]:
        async for page in self._session.pages():
            yield f"{await page.text()}"
        both = [await anext(aiter(part)) async for part in self]
        yield both[0]

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[AsyncPages]:
        yield self

    def opened(self) -> AbstractAsyncContextManager[AsyncPages]:
        return self._opened()


__all__ = ["AsyncPages"]
