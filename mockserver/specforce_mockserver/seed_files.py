"""Records from files, for an org that begins: `specforce mock serve --seed`.

    accounts.json   {"Account": [{"Name": "Acme"}], "Contact": [{"LastName": "Ek", "Account": {"Code__c": "A1"}}]}
    accounts.toml   [[Account]]
                    Name = "Acme"
    Account.csv     Name,Code__c,CreatedDate        the file's name says which object; columns as in a bulk job
    folder/         all of these that are in it, in the order of their names

Audit fields are taken if given. Files are read again for each reset, a CSV file piece by piece.
"""

from __future__ import annotations

import csv
import json
import tomllib
from datetime import date, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from specforce_mockserver.records import CsvPlan, HeaderFaultError, SaveOptions, batch_from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from specforce_mockserver.org import Org
    from specforce_mockserver.records import Batch
    from specforce_mockserver.schema import SObjectType

ROWS_AT_A_TIME = 5_000
KINDS = (".csv", ".json", ".toml")


def seed_of(paths: Sequence[Path]) -> Callable[[Org], None]:
    """What puts the records of some files into an org, all of them or none.

    Raises:
        ValueError: a file is of no kind that can be read. From the function also: its content can't be used; the
            message names the file and the record.
        OSError: a file isn't there.
    """
    files = list(_files(paths))

    def seed(org: Org) -> None:
        with org.database.write():
            for file in files:
                try:
                    _seed_file(org, file)
                except (ValueError, TypeError) as error:
                    message = f"{file}: {error}"
                    raise ValueError(message) from error

    return seed


def seed_records(org: Org, name: str, records: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Put records of one object into an org; their Ids.

    Raises:
        ValueError: there is no such object, or a record breaks one of its rules.
    """
    sobject = _sobject(org, name)
    return _insert(org, batch_from_json(org.schema, sobject, records), 0)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if each.suffix.lower() in KINDS)
            continue
        path.stat()
        if path.suffix.lower() not in KINDS:
            raise ValueError(f"{path}: records are read from files in {', '.join(KINDS)}")
        yield path


def _seed_file(org: Org, file: Path) -> None:
    if file.suffix.lower() == ".csv":
        _seed_csv(org, file)
        return
    is_toml = file.suffix.lower() == ".toml"
    tables: Any = (tomllib.loads if is_toml else json.loads)(file.read_text("utf-8-sig"))
    if not isinstance(tables, dict):
        raise TypeError("a table of records by object is wanted")
    for name, records in tables.items():  # pyright: ignore[reportUnknownVariableType] - checked below
        if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):  # pyright: ignore[reportUnknownVariableType]
            raise TypeError(f"{name}: a list of records is wanted")
        plain = json.loads(json.dumps(records, default=_moment))
        seed_records(org, str(name), plain)  # pyright: ignore[reportUnknownArgumentType]


def _seed_csv(org: Org, file: Path) -> None:
    sobject = _sobject(org, file.stem)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, strict=True)
        header = next(rows, list[str]())
        try:
            plan = CsvPlan.parse(org.schema, sobject, header)
            first = 0
            while page := [row for row in islice(rows, ROWS_AT_A_TIME) if row]:
                _insert(org, plan.batch(page), first)
                first += len(page)
        except HeaderFaultError as error:
            raise ValueError(f"{sobject.name} has no column {error.name!r}") from error
        except csv.Error as error:
            raise ValueError(f"line {rows.line_num}: {error}") from error


def _sobject(org: Org, name: str) -> SObjectType:
    sobject = org.schema.type(name)
    if sobject is None:
        raise ValueError(f"there is no object {name}")
    return sobject


def _insert(org: Org, batch: Batch, first: int) -> list[str | None]:
    results = org.records.insert(batch, user_id=org.identity.admin_id, options=SaveOptions(with_audit_fields=True))
    for row, result in enumerate(results, first):
        if result.error is not None:
            raise ValueError(f"{batch.sobject.name}[{row}]: {result.error.code}: {result.error.message}")
    return [result.id for result in results]


def _moment(value: object) -> str:
    """A date, time or moment of TOML as JSON has it."""
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{value!r} is no value of a record")
