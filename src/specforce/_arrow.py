"""Pages of records as Arrow tables. Needs pyarrow: specforce[arrow]."""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeAlias, cast

from specforce_api.runtime.errors import InputError

pa: Any = import_module("pyarrow")  # it has no types
Table: TypeAlias = Any


def table(records: list[dict[str, Any]]) -> Table:
    """One page: a column per field, parents' fields by their path, `attributes` left out.

    Raises:
        InputError: a column holds values of types that no Arrow column holds together.
    """
    rows = [_flat(record) for record in records]
    names = dict.fromkeys(name for row in rows for name in row)
    try:
        return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(f"the records don't fit an Arrow table: {error}") from None


def joined(tables: list[Table]) -> Table:
    """All pages as one table; a column that is empty on one page takes its type from another."""
    filled = [page for page in tables if page.num_rows]
    return pa.concat_tables(filled, promote_options="permissive") if filled else pa.table({})


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
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
