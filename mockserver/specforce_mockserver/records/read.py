"""Single records as REST answers them: every field, or those that are asked for.

Source: specs/reference/rest.md section 4. Queries have their own way (`soql`); this one is for the row resources.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from specforce_mockserver.records.lookup import quoted, value_sql
from specforce_mockserver.values import to_rest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.schema import Field, SObjectType

_ADDRESS = {
    "city": "City",
    "country": "Country",
    "countryCode": "CountryCode",
    "geocodeAccuracy": "GeocodeAccuracy",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "postalCode": "PostalCode",
    "state": "State",
    "stateCode": "StateCode",
    "street": "Street",
}
_LOCATION = {"latitude": "Latitude", "longitude": "Longitude"}
Record = dict[str, Any]


class RecordReader:
    """Reads some fields of one object's records."""

    def __init__(self, sobject: SObjectType, fields: Sequence[Field]) -> None:
        self._sobject = sobject
        self._fields = tuple(fields)
        columns: dict[str, None] = {}
        for field in self._fields:
            parts = sobject.components(field) if field.compound else (field,)
            columns.update(dict.fromkeys(each.name for each in parts))
        places = {name: place for place, name in enumerate(columns)}
        listed = ", ".join(_selected(sobject, name) for name in ("Id", *columns))
        self._statement = f'SELECT {listed} FROM {quoted(sobject.name)} AS t WHERE "Id" = ?'  # noqa: S608 - quoted names
        self._simple = [(each.name, places.get(each.name), to_rest(each)) for each in self._fields]
        self._blobs = frozenset(each.name for each in self._fields if each.type == "base64")
        self._compounds = {each.name: _member_places(sobject, each, places) for each in self._fields if each.compound}

    def read(self, connection: sqlite3.Connection, record_id: str, data_path: str) -> Record | None:
        """A record by its 18-character Id; None when there is none."""
        row: tuple[Any, ...] | None = connection.execute(self._statement, (record_id,)).fetchone()
        if row is None:
            return None
        url = f"{data_path}/sobjects/{self._sobject.name}/{row[0]}"
        record: Record = {"attributes": {"type": self._sobject.name, "url": url}}
        values = row[1:]
        for name, place, convert in self._simple:
            if place is None:
                record[name] = _compound(self._compounds[name], values)
            elif (value := values[place]) is None or convert is None:
                record[name] = value
            else:
                record[name] = f"{url}/{name}" if name in self._blobs else convert(value)
        return record


def _selected(sobject: SObjectType, name: str) -> str:
    """A column to read; of a file, only whether there is one."""
    field = sobject.field(name)
    if field is None or field.type != "base64":
        return quoted(name) if field is None else value_sql(field, "t")
    return f"CASE WHEN {quoted(name)} IS NULL THEN NULL ELSE 1 END"


def _member_places(sobject: SObjectType, field: Field, places: dict[str, int]) -> list[tuple[str, int | None]]:
    """For each member of a compound value, where in a row its part stands."""
    names = {each.name.lower().removesuffix("__s"): each.name for each in sobject.components(field)}
    members = _ADDRESS if field.type == "address" else _LOCATION
    found: list[tuple[str, int | None]] = []
    for key, part in members.items():
        name = next((each for low, each in names.items() if low.endswith(part.lower())), None)
        found.append((key, None if name is None else places[name]))
    return found


def _compound(members: list[tuple[str, int | None]], values: tuple[Any, ...]) -> Record | None:
    """A compound value; null when none of its parts has one."""
    found = {key: None if place is None else values[place] for key, place in members}
    return found if any(value is not None for value in found.values()) else None


@lru_cache(maxsize=256)
def whole_record(sobject: SObjectType) -> RecordReader:
    """A reader of every field."""
    return RecordReader(sobject, sobject.fields)


@lru_cache(maxsize=1024)
def some_fields(sobject: SObjectType, names: tuple[str, ...]) -> RecordReader:
    """A reader of the named fields, which the object must have; `Id` comes along."""
    fields = [field for name in names if (field := sobject.field(name)) is not None]
    own_id = sobject.field("Id")
    if own_id is not None and own_id not in fields:
        fields.append(own_id)
    return RecordReader(sobject, list(dict.fromkeys(fields)))


__all__ = ["RecordReader", "some_fields", "whole_record"]
