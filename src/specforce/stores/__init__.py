"""Stores: small state that threads, tasks and processes share, such as tokens, behind one interface.

    from specforce import Salesforce
    from specforce.stores import SQLiteStore

    sf = Salesforce(auth, token_store=SQLiteStore("/var/lib/acme/tokens.db"))

A store does three things, alike in all backends: `get` an entry, `put` one if nobody else did meanwhile (the
generation says), and `lease` a key for a time. Each class has an asynchronous twin, `AsyncSQLiteStore` and so on.
Values aren't encrypted: who can read the store can use the tokens in it. Other backends are classes under `Store`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specforce._async.stores.interface import AsyncStore
    from specforce._async.stores.memory import AsyncMemoryStore
    from specforce._async.stores.postgres import AsyncPostgresStore
    from specforce._async.stores.redis import AsyncRedisStore
    from specforce._async.stores.sqlite import AsyncSQLiteStore
    from specforce._sync.stores.interface import Store
    from specforce._sync.stores.memory import MemoryStore
    from specforce._sync.stores.postgres import PostgresStore
    from specforce._sync.stores.redis import RedisStore
    from specforce._sync.stores.sqlite import SQLiteStore

    from ._entry import Entry

__all__ = [
    "AsyncMemoryStore",
    "AsyncPostgresStore",
    "AsyncRedisStore",
    "AsyncSQLiteStore",
    "AsyncStore",
    "Entry",
    "MemoryStore",
    "PostgresStore",
    "RedisStore",
    "SQLiteStore",
    "Store",
]

_HOMES = {
    "AsyncMemoryStore": "specforce._async.stores.memory",
    "AsyncPostgresStore": "specforce._async.stores.postgres",
    "AsyncRedisStore": "specforce._async.stores.redis",
    "AsyncSQLiteStore": "specforce._async.stores.sqlite",
    "AsyncStore": "specforce._async.stores.interface",
    "Entry": "specforce.stores._entry",
    "MemoryStore": "specforce._sync.stores.memory",
    "PostgresStore": "specforce._sync.stores.postgres",
    "RedisStore": "specforce._sync.stores.redis",
    "SQLiteStore": "specforce._sync.stores.sqlite",
    "Store": "specforce._sync.stores.interface",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'specforce.stores' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
