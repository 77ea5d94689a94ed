"""What an asynchronous module may hold: `with Salesforce(auth) as sf: sf.query("…")`."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType

from specforce import _threads
from specforce._sync.session import Session


class Pages:
    """Pages, one after the other; `Session` sends. Callers await the first one."""

    def __init__(self, session: Session, pages: list[str]) -> None:
        self._session = session
        self._pages = pages

    def __enter__(self) -> Pages:
        _threads.sleep(0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._pages.clear()

    def __iter__(self) -> Iterator[str]:
        return self.each()

    def __next__(self) -> str:
        if not self._pages:
            raise StopIteration
        return self._pages.pop()

    def each(self) -> Generator[str, None, None]:
        for page in self._session.pages():
            yield f"{page.text()}"
        both = [next(iter(part)) for part in self]
        yield both[0]

    @contextmanager
    def _opened(self) -> Generator[Pages, None, None]:
        yield self

    def opened(self) -> AbstractContextManager[Pages]:
        return self._opened()


__all__ = ["Pages"]
