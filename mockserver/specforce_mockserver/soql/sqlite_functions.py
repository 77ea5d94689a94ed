"""The few things that SQLite can't do itself, as functions written in Python: folding of non-ASCII letters, time zones,
distances, odd numbers, texts for people.

A statement names one of them only where it must, so ordinary queries never leave C.
"""

from __future__ import annotations

import math
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from .dates import format_local
from .formats import formatted, labelled

if TYPE_CHECKING:
    import sqlite3

FOLD: Final = "soql_fold"
LOCAL: Final = "soql_local"
DISTANCE: Final = "soql_distance"
NUMBER: Final = "soql_number"
FORMATTED: Final = "soql_format"
LABELLED: Final = "soql_label"
PREFIX: Final = "soql_"

EARTH_RADIUS_KM: Final = 6371.0088
KM_PER_MILE: Final = 1.609344


def register(connection: sqlite3.Connection, sql: str) -> None:
    """Give a connection the functions that a statement needs, unless it has them."""
    if PREFIX not in sql:
        return
    known = connection.execute("SELECT 1 FROM pragma_function_list WHERE name = ?", (FOLD,)).fetchone()
    if known is None:
        connection.create_function(FOLD, 1, fold, deterministic=True)
        connection.create_function(LOCAL, 2, local_moment, deterministic=True)
        connection.create_function(DISTANCE, 5, distance, deterministic=True)
        connection.create_function(NUMBER, 1, number_text, deterministic=True)
        connection.create_function(FORMATTED, 4, formatted, deterministic=True)
        connection.create_function(LABELLED, 2, labelled, deterministic=True)


def fold(text: str | None) -> str | None:
    """A text without difference of case, in any script; SQLite's own NOCASE knows ASCII alone."""
    return None if text is None else text.casefold()


def local_moment(stored: str | None, zone: str) -> str | None:
    """A stored moment (UTC) on the wall clock of a time zone, in the same form."""
    return None if stored is None else _local(stored, zone)


@lru_cache(4096)
def _local(stored: str, zone: str) -> str:
    return format_local(datetime.fromisoformat(stored).astimezone(ZoneInfo(zone)))


def distance(
    latitude: float | None, longitude: float | None, to_latitude: float, to_longitude: float, unit: str
) -> float | None:
    """The great-circle distance between two points in kilometres (`km`) or miles (`mi`)."""
    if latitude is None or longitude is None:
        return None
    phi, to_phi = math.radians(latitude), math.radians(to_latitude)
    half = math.sin((to_phi - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(to_phi) * math.sin(math.radians(to_longitude - longitude) / 2) ** 2
    kilometres = 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))
    return kilometres if unit == "km" else kilometres / KM_PER_MILE


def number_text(number: float | None) -> str:
    """A double as CSV prints it where SQLite's own text of it would be rounded or in scientific notation."""
    if number is None:
        return ""
    text = repr(float(number))
    if "e" not in text:
        return text
    plain = f"{number:.{max(0, 17 - math.floor(math.log10(abs(number))))}f}" if abs(number) < 1 else f"{number:.1f}"
    return plain.rstrip("0") + "0" if plain.rstrip("0").endswith(".") else plain.rstrip("0")
