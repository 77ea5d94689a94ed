"""The org's SQLite database: who may write, and who reads what.

One connection writes, behind a fair lock; every thread reads through its own connection and sees the last commit,
also while a bulk job writes (write-ahead log). Inside `write()` the same thread reads through the writer, so that
it sees its own rows. The file is a temporary one unless a path is given; nothing is synced to disk, since the data
of a fake org is worth nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

READ_CACHE_STATEMENTS = 512
BUSY_TIMEOUT_S = 30.0


class FairLock:
    """A mutex that is handed over in the order in which it was asked for.

    A job that writes batch after batch would otherwise take a plain lock again before a waiting call wakes up.
    """

    def __init__(self) -> None:
        self._next = threading.Lock()
        self._held = threading.Lock()

    def acquire(self) -> None:
        """Wait for one's turn, then hold the lock."""
        with self._next:
            self._held.acquire()  # released by release(), in another call

    def release(self) -> None:
        """Let the next one in."""
        self._held.release()

    @property
    def busy(self) -> bool:
        """Whether somebody holds it now."""
        return self._held.locked()


class Database:
    """The connections to one SQLite file."""

    def __init__(
        self, path: Path | None = None, *, prepare: Callable[[sqlite3.Connection], object] | None = None
    ) -> None:
        """Open or make the file.

        Args:
            path: where to keep it; when None, a temporary directory that goes with `close`, or with its last holder.
            prepare: gives each new connection the functions that its statements need.
        """
        self._prepare = prepare
        self._workdir: Path | None = None
        self._remove: Callable[[], object] | None = None
        self.path = path or self.workdir / "org.db"
        self._lock = FairLock()
        self._owner: int | None = None
        self._depth = 0
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        self._generation = 0
        self.writer = self._connect()

    @property
    def workdir(self) -> Path:
        """A directory for files that live as long as the org: spooled uploads, results of jobs."""
        if self._workdir is None:
            self._workdir = Path(tempfile.mkdtemp(prefix="specforce-org-"))
            # Also where nobody calls `close`: an org that is dropped, a process that ends.
            self._remove = weakref.finalize(self, shutil.rmtree, self._workdir, ignore_errors=True)
        return self._workdir

    @property
    def busy(self) -> bool:
        """Whether a write is going on, in which case a call that writes should wait in a thread of its own."""
        return self._lock.busy

    @property
    def writing_here(self) -> bool:
        """Whether this thread is inside its own `write()`, which may yet be undone."""
        return self._owner == threading.get_ident()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=READ_CACHE_STATEMENTS,
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA cache_size = -16000")
            if self._prepare is not None:
                self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def reader(self) -> sqlite3.Connection:
        """The connection that this thread reads through: the writer inside its own `write()`, else one of its own."""
        if self.writing_here:
            return self.writer
        cached: tuple[int, sqlite3.Connection] | None = getattr(self._local, "reader", None)
        if cached is not None and cached[0] == self._generation:
            return cached[1]
        connection = self._connect()
        connection.execute("PRAGMA query_only = ON")
        self._local.reader = (self._generation, connection)
        with self._readers_lock:
            self._readers.append(connection)
        return connection

    @contextmanager
    def own_reader(self) -> Generator[sqlite3.Connection, None, None]:
        """A connection of the caller's own, for an answer that is still read when its call is over."""
        connection = self._connect()
        try:
            connection.execute("PRAGMA query_only = ON")
            yield connection
        finally:
            connection.close()

    def release_reader(self) -> None:
        """Close this thread's connection, since the thread ends."""
        cached: tuple[int, sqlite3.Connection] | None = getattr(self._local, "reader", None)
        with self._readers_lock:
            if cached is not None and cached[0] == self._generation:
                self._readers.remove(cached[1])
                cached[1].close()
                del self._local.reader

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection, None, None]:
        """This thread's connection, with several statements seeing one and the same state."""
        connection = self.reader()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection, None, None]:
        """Hold the writer for one transaction; inside another one of this thread, for a savepoint of it.

        An exception undoes what was written since, and passes on.
        """
        me = threading.get_ident()
        outermost = self._owner != me
        if outermost:
            self._lock.acquire()
            self._owner = me
        self._depth += 1
        begin, commit, undo = _transaction(self._depth)
        try:
            self.writer.execute(begin)
            try:
                yield self.writer
            except BaseException:
                for statement in undo:
                    self.writer.execute(statement)
                raise
            self.writer.execute(commit)
        finally:
            self._depth -= 1
            if outermost:
                self._owner = None
                self._lock.release()

    def snapshot(self) -> bytes:
        """The whole database as it is now."""
        self._lock.acquire()
        try:
            image = memoryview(self.writer.serialize())
        finally:
            self._lock.release()
        # An image in memory can't have a write-ahead log: bytes 18 and 19 of the header say which it has (1: none).
        return b"".join((image[:18], b"\x01\x01", image[20:]))

    def restore(self, image: bytes) -> None:
        """Put back what `snapshot` gave; whoever reads sees it from then on."""
        with sqlite3.connect(":memory:") as source:
            source.deserialize(image)
            self._lock.acquire()
            try:
                source.backup(self.writer)
            finally:
                self._lock.release()
        source.close()

    def close_readers(self) -> None:
        """Close the threads' connections; each thread that still lives opens a new one when it next reads."""
        with self._readers_lock:
            self._generation += 1
            for connection in self._readers:
                connection.close()
            self._readers.clear()

    def close(self) -> None:
        """Close all connections and remove what was temporary."""
        self.close_readers()
        self.writer.close()
        if self._remove is not None:
            self._remove()


def _transaction(depth: int) -> tuple[str, str, tuple[str, ...]]:
    """The statements that begin, keep and undo a transaction at a depth of nesting."""
    if depth == 1:
        return "BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)
    name = f"level_{depth}"
    return f"SAVEPOINT {name}", f"RELEASE {name}", (f"ROLLBACK TO {name}", f"RELEASE {name}")
