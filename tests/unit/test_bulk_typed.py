"""Text cells as typed records and Arrow columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specforce._field_types import field_path
from specforce.bulk import arrow
from specforce.bulk.typed import RecordReader
from specforce_api.runtime.errors import DecodeError


class Owner(msgspec.Struct):
    Name: str | None = None


class Account(msgspec.Struct):
    Name: str
    Employees: int | None = None
    Revenue: float | None = None
    IsDeleted: bool = False
    CreatedDate: datetime | None = None
    Birthdate: date | None = None
    Owner: Owner | None = None


@dataclass
class Plain:
    Name: str


def test_text_becomes_what_the_fields_ask_for() -> None:
    columns = ["Name", "Employees", "Revenue", "IsDeleted", "CreatedDate", "Birthdate", "Owner.Name"]
    reader = RecordReader(columns, Account)

    full, empty = reader.read(
        [
            ["Acme", "7", "1.5E3", "true", "2026-03-01T10:00:00.123Z", "2026-03-01", "Ada"],
            ["B", "", "", "false", "", "", ""],
        ]
    )

    moment = datetime(2026, 3, 1, 10, 0, 0, 123_000, tzinfo=UTC)
    assert full == Account("Acme", 7, 1500.0, True, moment, date(2026, 3, 1), Owner("Ada"))
    assert empty == Account("B")
    assert RecordReader(["Name"], Plain).read([["Acme"]]) == [Plain("Acme")]
    assert RecordReader(["A.B.C", "A.D"], dict[str, Any]).read([["1", ""]]) == [{"A": {"B": {"C": "1"}, "D": None}}]


def test_a_value_that_doesnt_fit_names_its_place() -> None:
    with pytest.raises(DecodeError, match=r"don't fit Account: .*\$\[0\]\.Employees"):
        RecordReader(["Name", "Employees"], Account).read([["Acme", "many"]])
    with pytest.raises(DecodeError, match=r"hint: declare fields that can be empty"):
        RecordReader(["Name"], Account).read([[""]])


TYPES = {
    "Int": "int",
    "Double": "double",
    "Flag": "boolean",
    "Day": "date",
    "Moment": "datetime",
    "Hour": "time",
    "Text": "string",
    "Pick": "multipicklist",
}


def test_arrow_columns_are_typed_by_describe() -> None:
    reader = arrow.ArrowReader([*TYPES, "Unknown"], TYPES, ",")

    found = reader.read(
        b'"7","1e3","true","2026-03-01","2026-03-01T10:00:00.123Z","10:00:00.250Z","two\nlines","a;b","x"\n'
        b'"","","","","","","","",""\n'
    )

    assert [str(field.type) for field in found.schema] == [
        "int64",
        "double",
        "bool",
        "date32[day]",
        "timestamp[ms, tz=UTC]",
        "time32[ms]",
        "string",
        "string",
        "string",
    ]
    assert found.to_pylist()[0]["Hour"] == time(10, 0, 0, 250_000)
    assert found.to_pylist()[0]["Text"] == "two\nlines"
    assert set(found.to_pylist()[1].values()) == {None}
    assert reader.empty().schema == found.schema


@pytest.mark.parametrize("name", ["Int", "Double", "Flag", "Day", "Moment", "Hour"])
def test_a_value_that_isnt_of_its_columns_type_is_an_error(name: str) -> None:
    with pytest.raises(DecodeError, match="don't fit their columns' types"):
        arrow.ArrowReader([name], TYPES, ",").read(b'"soon"\n')


def test_parquet_is_written_in_row_groups(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "ROW_GROUP_ROWS", 10)
    reader = arrow.ArrowReader(["Int"], TYPES, ";")

    with (tmp_path / "out.parquet").open("wb") as file:
        sink = arrow.ParquetSink(file, "zstd")
        sink.write(reader.empty())
        for start in range(0, 25, 5):
            sink.write(reader.read("".join(f'"{n}"\n' for n in range(start, start + 5)).encode()))
        sink.close()

    found = pq.ParquetFile(tmp_path / "out.parquet")
    assert found.metadata.num_row_groups == 3
    assert found.read() == pa.table({"Int": pa.array(range(25), pa.int64())})


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("Name", ([], "name")),
        ("Account.Owner.Name", (["account", "owner"], "name")),
        ("Contact.Account.Name", (["account"], "name")),
        ("contact.Name", ([], "name")),
    ],
)
def test_field_paths_leave_out_the_queried_objects_own_name(column: str, expected: tuple[list[str], str]) -> None:
    assert field_path(column, "Contact") == expected
