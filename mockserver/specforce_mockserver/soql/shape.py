"""From rows of SQLite to the records of REST.

A `Record` says which columns of a row make which keys; `maker` turns it into a function once per page. SQL has already
given dates, moments and numbers their form, so what is left to Python is nesting, booleans and `attributes`. Source:
specs/reference/soql.md section 4, rest.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

Row = Sequence[Any]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value."""

    key: str
    index: int
    boolean: bool = False


@dataclass(frozen=True, slots=True)
class Compound:
    """An address or location: null when all of its parts are; a part without an index isn't stored."""

    key: str
    parts: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """A parent record, null when there is none."""

    key: str
    record: Record


@dataclass(frozen=True, slots=True)
class Variant:
    """What TYPEOF selects of the parent, by the key prefix of the Id at `index`; `otherwise` for other prefixes."""

    key: str
    index: int
    records: Mapping[str, Record]
    otherwise: Record | None


@dataclass(frozen=True, slots=True)
class Children:
    """The place of a child subquery's rows; they are read page by page, so it begins as null."""

    key: str


Member = Cell | Compound | Nested | Variant | Children


@dataclass(frozen=True, slots=True)
class Record:
    """An object with `attributes`.

    Attributes:
        type_name: what attributes.type says.
        path: of the API version's records: `/services/data/v67.0/sobjects/`.
        index: of the column with the record's Id.
        members: the keys after `attributes`.
        names: for a polymorphic parent, the object that each key prefix stands for in the URL.
    """

    type_name: str
    path: str
    index: int
    members: tuple[Member, ...]
    names: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """An aggregate row."""

    cells: tuple[Cell, ...]


def group_maker(groups: Groups) -> Callable[[Row], Json]:
    """The function that makes an AggregateResult of a row."""
    fill = _filler(groups.cells)

    def make(row: Row) -> Json:
        made: Json = {"attributes": {"type": "AggregateResult"}}
        fill(made, row)
        return made

    return make


def maker(record: Record) -> Callable[[Row], Json]:
    """The function that makes a record of a row that has its Id."""
    type_name, index, names = record.type_name, record.index, record.names
    path = f"{record.path}{type_name}/"
    fill = _filler(record.members)

    def make(row: Row) -> Json:
        made: Json = {"attributes": {"type": type_name, "url": path + row[index]}}
        fill(made, row)
        return made

    def make_polymorphic(row: Row) -> Json:
        record_id: str = row[index]
        assert names is not None
        made: Json = {"attributes": {"type": type_name, "url": f"{record.path}{names[record_id[:3]]}/{record_id}"}}
        fill(made, row)
        return made

    return make if names is None else make_polymorphic


def _filler(members: Sequence[Member]) -> Callable[[Json, Row], None]:
    """The function that adds the members of a record, quickly where they are all plain values."""
    if not all(isinstance(each, Cell) for each in members):
        getters = [(each.key, _getter(each)) for each in members]

        def fill_one_by_one(made: Json, row: Row) -> None:
            for key, get in getters:
                made[key] = get(row)

        return fill_one_by_one
    cells = [each for each in members if isinstance(each, Cell)]
    keys = [each.key for each in cells]
    booleans = [each.key for each in cells if each.boolean]
    take = itemgetter(*(each.index for each in cells)) if len(cells) > 1 else None

    def fill(made: Json, row: Row) -> None:
        if take is None:
            for each in cells:
                made[each.key] = row[each.index]
        else:
            made.update(zip(keys, take(row), strict=True))
        for key in booleans:
            made[key] = _boolean(made[key])

    return fill


def _boolean(stored: int | None) -> bool | None:
    return None if stored is None else stored != 0


def _getter(member: Member) -> Callable[[Row], Any]:
    """The function that makes one member's value."""
    match member:
        case Cell(_, index, boolean):
            return (lambda row: _boolean(row[index])) if boolean else itemgetter(index)
        case Compound(_, parts):
            return lambda row: _compound(parts, row)
        case Nested(_, record):
            make, id_index = maker(record), record.index
            return lambda row: None if row[id_index] is None else make(row)
        case Variant():
            return _variant(member)
        case Children():
            return lambda _row: None


def _compound(parts: tuple[tuple[str, int | None], ...], row: Row) -> Json | None:
    values = {key: None if index is None else row[index] for key, index in parts}
    return None if all(each is None for each in values.values()) else values


def _variant(variant: Variant) -> Callable[[Row], Json | None]:
    makers = {prefix: (record.index, maker(record)) for prefix, record in variant.records.items()}
    otherwise = (variant.otherwise.index, maker(variant.otherwise)) if variant.otherwise else None
    index = variant.index

    def get(row: Row) -> Json | None:
        reference: str | None = row[index]
        chosen = otherwise if reference is None else makers.get(reference[:3], otherwise)
        if chosen is None or row[chosen[0]] is None:
            return None
        return chosen[1](row)

    return get
