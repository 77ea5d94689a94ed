"""Arrow's types for Salesforce's, and pages of records as Arrow tables. Needs pyarrow: specforce[arrow].

docs/values.md shows the table of types.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from specforce._extras import missing
from specforce_api.runtime.errors import DecodeError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

try:
    pa: Any = import_module("pyarrow")  # it has no types
    pacompute: Any = import_module("pyarrow.compute")
except ImportError as error:
    raise missing("Arrow", "pyarrow", "arrow") from error

Table: TypeAlias = Any

TYPES: Final[dict[str, Any]] = {
    "boolean": pa.bool_(),
    "int": pa.int64(),
    "long": pa.int64(),
    "double": pa.float64(),
    "currency": pa.float64(),
    "percent": pa.float64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", tz="UTC"),
    "time": pa.time32("ms"),
}
_OF_THEIR_OWN: Final = frozenset({"address", "location", "anyType", "complexvalue", "json"})
"""Types whose values in JSON tell what they are."""


def times_of_day(column: Any) -> Any:
    """`10:00:00.000Z` as a time of day, by way of a moment of the first day of 1970."""
    moments = pacompute.binary_join_element_wise("1970-01-01T", column, "")
    return moments.cast(pa.timestamp("ms", tz="UTC")).cast(pa.timestamp("ms")).cast(TYPES["time"])


def flattened(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Records with a key per field, parents' fields by their path, `attributes` left out."""
    return [_flat(record) for record in records]


def columns_of(rows: Iterable[Mapping[str, Any]], selected: Sequence[str] = ()) -> list[str]:
    """The columns of rows together, then what was selected and is in none of them: with no rows, or below no parent.

    A parent that is null in one row and a record in another is its fields.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    known = {name.casefold() for name in names}
    names |= dict.fromkeys(name for name in selected if name.casefold() not in known)
    parents = {
        ".".join(path[:depth])
        for path in (name.casefold().split(".") for name in names)
        for depth in range(1, len(path))
    }
    return [name for name in names if name.casefold() not in parents]


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], types: Mapping[str, str]) -> Table:
    """Rows as one table.

    Args:
        rows: as `flattened` gives them.
        columns: the names of the columns.
        types: Salesforce's type of each column, where it is known; others have the types of their values.

    Raises:
        DecodeError: a value isn't what its column's type says. InputError: a column of no known type holds values that
            no Arrow column holds together.
    """
    return pa.table({name: _column([row.get(name) for row in rows], name, types.get(name)) for name in columns})


def joined(tables: Sequence[Table]) -> Table:
    """Tables as one; a column that is empty in one takes its type from another."""
    return pa.concat_tables(tables, promote_options="permissive")


def _column(values: list[Any], name: str, kind: str | None) -> Any:
    try:
        if kind is None or kind in _OF_THEIR_OWN:
            return pa.array(values)
        arrow = TYPES.get(kind, pa.string())
        if kind not in ("date", "datetime", "time"):
            return pa.array(values, arrow)
        texts = pa.array(values, pa.string())
        return times_of_day(texts) if kind == "time" else texts.cast(arrow)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        if kind is None or kind in _OF_THEIR_OWN:
            raise InputError(f"the records don't fit an Arrow table: column {name}: {error}") from None
        raise DecodeError(f"the records don't fit their columns' types: {name} ({kind}): {error}") from None


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict) and "attributes" in value:
            flat.update(_flat(cast("dict[str, Any]", value), f"{prefix}{name}."))
        elif isinstance(value, dict) and "records" in value:
            flat[prefix + name] = [_flat(child) for child in cast("list[dict[str, Any]]", value["records"])]
        else:
            flat[prefix + name] = value
    return flat
