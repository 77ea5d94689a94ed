"""What formulas need of SQLite beyond its own functions: the org's time, and mathematics where it was built without.

Source of the names: those of SQLite's own mathematical functions.
"""

from __future__ import annotations

import math
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from specforce_mockserver.zones import known_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.clock import Clock

_ONE: Final[dict[str, Callable[[float], float]]] = {
    "ceil": math.ceil,
    "exp": math.exp,
    "floor": math.floor,
    "ln": math.log,
    "log10": math.log10,
    "sqrt": math.sqrt,
}


class SqlFunctions:
    """The functions of one org.

    Args:
        clock: the org's time.
        time_zone: an IANA name, in which a day is today; UTC where nobody knows it.
    """

    def __init__(self, clock: Clock, time_zone: str) -> None:
        self._clock = clock
        self._zone = ZoneInfo(known_zone(time_zone))

    def register(self, connection: sqlite3.Connection) -> None:
        """Give a connection the functions."""
        connection.create_function("specforce_now", 0, self._clock.stored_now)
        connection.create_function("specforce_today", 0, self._today)
        try:
            connection.execute("SELECT pow(1, 1), log10(1)")
        except sqlite3.OperationalError:
            _register_mathematics(connection)

    def _today(self) -> str:
        return f"{datetime.fromtimestamp(self._clock.now(), self._zone):%Y-%m-%d}"


def _register_mathematics(connection: sqlite3.Connection) -> None:
    """Mathematics in Python; what has no result is null, as in SQLite."""
    for name, work in _ONE.items():
        connection.create_function(name, 1, _or_null(work), deterministic=True)
    connection.create_function("pow", 2, _or_null(math.pow), deterministic=True)


def _or_null(work: Callable[..., float]) -> Callable[..., float | None]:
    def run(*given: float | None) -> float | None:
        if None in given:
            return None
        try:
            return work(*given)
        except (ArithmeticError, ValueError):
            return None

    return run
