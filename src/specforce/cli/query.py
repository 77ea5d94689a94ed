"""`specforce query`: SOQL over REST, as a table, CSV or JSON lines."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import chain, islice
from typing import Annotated, Any, cast

import typer

from specforce.cli.connection import ApiVersion, AsJson, InstanceUrl, Profile, connect
from specforce.cli.outcome import reported
from specforce.errors import InputError

COLUMNS_FROM = 2000
"""How many records tell the columns of CSV: a page of the query."""
COUNTS = re.compile(r"\s*SELECT\s+COUNT\s*\(\s*\)", re.IGNORECASE)
"""Queries that have a total and no records."""


class Format(StrEnum):
    """How records are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


Row = Mapping[str, Any]


def query(
    soql: Annotated[str, typer.Argument(help="The query, in quotes.")],
    deleted: Annotated[bool, typer.Option("--all", help="Deleted and archived records too (queryAll).")] = False,
    form: Annotated[
        Format | None, typer.Option("--format", "-f", help="table on a terminal, csv elsewhere, unless given.")
    ] = None,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Print the records of a SOQL query; --json prints one JSON object per line, as the records arrive."""
    chosen = Format.JSON if as_json else form or (Format.TABLE if sys.stdout.isatty() else Format.CSV)
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        result = sf.query_all(soql) if deleted else sf.query(soql)
        printer = {Format.TABLE: print_table, Format.CSV: print_csv, Format.JSON: print_json}[chosen]
        count = printer(iter(result))
        if COUNTS.match(soql):
            sys.stdout.write(f"{json.dumps({'totalSize': result.total_size}) if as_json else result.total_size}\n")
        elif sys.stderr.isatty():
            sys.stderr.write(f"{count:,} records\n")


def flat(record: Row, prefix: str = "") -> Iterator[tuple[str, object]]:
    """A record's cells as (path, value): parents become `Owner.Name`, child lists stay JSON, `attributes` go."""
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict) and "records" not in value:
            yield from flat(cast("Row", value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def text(value: object) -> str:
    """One cell as text: null is empty, the rest as JSON writes it, strings bare."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def print_json(records: Iterable[Row]) -> int:
    """One object per line; nothing is held back."""
    count = 0
    for record in records:
        count += 1
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    return count


def print_csv(records: Iterable[Row]) -> int:
    """CSV; the columns are those of the first `COLUMNS_FROM` records together.

    Raises:
        InputError: a later record has a value that none of these columns can hold.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    rows = (dict(flat(record)) for record in records)
    first = list(islice(rows, COLUMNS_FROM))
    columns = columns_of(first)
    if columns:
        writer.writerow(columns)
    count = 0
    for cells in chain(first, rows):
        count += 1
        if any(cells[name] is not None for name in cells.keys() - set(columns)):
            raise InputError(f"record {count:,} has columns that no record before had: use --json")
        writer.writerow([text(cells.get(name)) for name in columns])
    return count


def columns_of(rows: Iterable[dict[str, object]]) -> list[str]:
    """The columns of rows together; a parent that is null in one row and a record in another is its fields."""
    names = dict.fromkeys(name for row in rows for name in row)
    parents = {name.rpartition(".")[0] for name in names}
    parents |= {parent.rpartition(".")[0] for parent in parents}
    return [name for name in names if name not in parents]


def print_table(records: Iterable[Row]) -> int:
    """A table of the first thousand records, and how to see the rest."""
    from rich.console import Console  # noqa: PLC0415 - a table is rich's
    from rich.table import Table  # noqa: PLC0415

    shown = 1000
    table = Table()
    source = iter(records)
    rows = [dict(flat(record)) for record in islice(source, shown)]
    columns = columns_of(rows)
    for name in columns:
        table.add_column(name, overflow="fold")
    for cells in rows:
        table.add_row(*(text(cells.get(name)) for name in columns))
    count = len(rows) + sum(1 for _ in source)
    if count:
        Console().print(table)
    if count > shown:
        sys.stderr.write(f"the first {shown:,} of {count:,}; --format csv or --json prints all\n")
    return count
