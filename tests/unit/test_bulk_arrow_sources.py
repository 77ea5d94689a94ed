"""Sources that speak Arrow, Parquet and compressed CSV: the same values give the same bytes, whatever they come in."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specforce.bulk.sources import BlockingParts
from specforce.bulk.table import TableOptions
from specforce_api.runtime.errors import InputError

NOT_TEXT = pa.StringArray.from_buffers(1, pa.array([0, 1], pa.int32()).buffers()[1], pa.py_buffer(b"\xff"))
MOMENT = datetime(2026, 3, 1, 10, tzinfo=UTC)


class Stream:
    """What a data frame of any library shows: the stream, and nothing else."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def sent(source: Any, **options: Any) -> bytes:
    """What goes out of a source, as one part."""
    with tempfile.TemporaryDirectory() as folder:
        parts = BlockingParts(source, TableOptions(operation="insert", **options), Path(folder)).all()
        return b"".join(piece for part in parts for piece in part.open())


# Between these values and Arrow's nothing is lost; what Arrow can't hold (a time with a zone) has tests of its own.
COLUMNS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "Text": (pa.string(), st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8)),
    "Breaks": (pa.large_string(), st.text('a",;\n', max_size=5)),
    "Whole": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "Real": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "Exact": (pa.decimal128(20, 4), st.decimals(-(10**9), 10**9, places=4)),
    "Flag": (pa.bool_(), st.booleans()),
    "Day": (pa.date32(), st.dates()),
    "Moment": (pa.timestamp("us", "UTC"), st.datetimes(timezones=st.just(UTC))),
    "Hour": (pa.time64("us"), st.times()),
    "Choices": (pa.list_(pa.string()), st.lists(st.sampled_from(["a", "b", "c d"]), max_size=3)),
}
SCHEMA = pa.schema([(name, kind) for name, (kind, _) in COLUMNS.items()])
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | values for name, (_, values) in COLUMNS.items()}), min_size=1)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ROWS)
def test_the_same_values_give_the_same_bytes_in_every_form(rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    parquet = io.BytesIO()
    pq.write_table(table, parquet)

    as_rows = sent(iter(rows), columns=list(COLUMNS))

    assert sent(Stream(table)) == as_rows
    assert sent(pa.RecordBatchReader.from_batches(SCHEMA, table.to_batches(max_chunksize=2))) == as_rows
    assert sent(io.BytesIO(parquet.getvalue()), source_format="parquet") == as_rows
    assert sent([tuple(row[name] for name in COLUMNS) for row in rows], columns=list(COLUMNS)) == as_rows
    assert sent(as_rows) == as_rows
    assert sent(gzip.compress(as_rows), source_format="csv.gz") == as_rows


@pytest.mark.parametrize(
    ("array", "cell"),
    [
        (pa.array(["a"]).dictionary_encode(), "a"),
        (pa.array(["a"], pa.string_view()), "a"),
        (pa.array([None]), "#N/A"),
        (pa.array([1.5], pa.float16()), "1.5"),
        (pa.array([255], pa.uint8()), "255"),
        (pa.array([[]], pa.large_list(pa.string())), "#N/A"),
        (pa.array([["a", "b"]], pa.list_(pa.string(), 2)), "a;b"),
        (pa.array([date(2026, 3, 1)], pa.date64()), "2026-03-01"),
        (pa.array([time(10, 5)], pa.time32("s")), "10:05:00.000Z"),
        (pa.array([MOMENT], pa.timestamp("s", "Europe/Berlin")), "2026-03-01T10:00:00.000Z"),
        (pa.array([-1], pa.timestamp("ns", "UTC")), "1969-12-31T23:59:59.999Z"),
        (pa.array([Decimal("1E+3")], pa.decimal128(5, -3)), "1000"),
        (pa.ExtensionArray.from_storage(pa.uuid(), pa.array([UUID(int=1).bytes], pa.binary(16))), str(UUID(int=1))),
        (pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}"])), "{}"),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_each_type_has_one_cell(array: Any, cell: str) -> None:
    assert sent(Stream(pa.table({"X": array}))) == f"X\n{cell}\n".encode()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (pa.array([b"a"]), r"column 'X' is of type binary, .*no binary values"),
        (pa.array([{"Code__c": "a"}]), r"column 'X' is of type struct.*'Account.External_Id__c'"),
        (pa.array([[1]]), r"column 'X' is of type list.*multi-select picklist, of text"),
        (pa.array([["a;b"]]), r"row 1, column 'X': 'a;b' can't stand in a multi-select picklist"),
        (pa.array([datetime(2026, 3, 1)]), r"column 'X' is of type timestamp\[us\], without a time zone"),  # noqa: DTZ001
        (pa.array([timedelta(1)]), r"column 'X' is of type duration.*make a number of it"),
        (pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]), r"column 'X' is of type sparse_union"),
        (pa.array([1.0, float("nan")]), r"row 2, column 'X': nan has no form in CSV"),
        (pa.array(["a", "b\0"]), r"row 2: a NUL character"),
        (pa.array([10**6], pa.date32()), None),
        (pa.array([10**7], pa.date32()), r"row 1, column 'X': the year isn't one of 1 to 9999"),
        (pa.array([2**60], pa.timestamp("ms", "UTC")), r"row 1, column 'X': the year"),
        (NOT_TEXT, "row 1, column 'X': 'utf-8' codec can't decode"),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_what_has_no_form_is_refused_by_name(array: Any, message: str | None) -> None:
    if message is None:
        assert sent(Stream(pa.table({"X": array}))) == b"X\n4707-11-29\n"
        return
    with pytest.raises(InputError, match=message):
        sent(Stream(pa.table({"X": array})))


def test_a_column_that_is_left_out_may_be_of_any_type() -> None:
    table = pa.table({"X": pa.array([b"a"]), "Name": ["Acme"]})

    assert sent(Stream(table), mapping={"X": None}) == b"Name\nAcme\n"


def test_missing_values_of_a_pandas_frame_are_null() -> None:
    frame = pd.DataFrame({"Name": ["Acme", None], "Score__c": [1.5, float("nan")]})

    assert sent(frame) == b"Name,Score__c\nAcme,1.5\n#N/A,#N/A\n"


def test_nan_can_be_null() -> None:
    assert sent(Stream(pa.table({"X": [float("nan")]})), nan="null") == b"X\n#N/A\n"


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (pa.chunked_array([[1]]), {}, "the ChunkedArray isn't a table"),
        (pa.table([[1], [2]], names=["A", "a"]), {}, "the column 'A' appears 2 times"),
        (pa.table({f"C{number}": [1] for number in range(10_000)}), {}, "10000 columns: Salesforce takes 5000"),
        (pa.table({"A": [1]}), {"columns": ["B"]}, "rename with mapping="),
        (b"PAR1 not", {"source_format": "parquet"}, "the source can't be read as Parquet"),
        (b"A\n1\n", {"source_format": "csv.gz"}, "can't be read as gzip: Not a gzipped file"),
        (gzip.compress(b"A\n1\n" * 1000, mtime=0)[:-12], {"source_format": "csv.gz"}, "can't be read as gzip"),
        ([{"A": 1}], {"source_format": "parquet"}, "of paths, bytes and files, not of a list"),
        (b"A\n1\n", {"source_format": "xlsx"}, "it is 'csv', 'csv.gz' or 'parquet'"),
    ],
)
def test_sources_that_are_something_else_are_refused(source: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sent(source, **options)


def test_paths_tell_their_format_by_suffix(tmp_path: Path) -> None:
    table = pa.table({"Name": ["Acme", "a, b"], "Size__c": [1, None]})
    expected = b'Name,Size__c\nAcme,1\n"a, b","#N/A"\n'
    pq.write_table(table, tmp_path / "a.Parquet")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(expected))
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "a.Parquet").read_bytes()[:-3])

    assert sent(tmp_path / "a.Parquet") == expected
    assert sent(str(tmp_path / "a.csv.gz")) == expected
    with pytest.raises(InputError, match=r"cut.parquet can't be read as Parquet"):
        sent(tmp_path / "cut.parquet")
    with pytest.raises(InputError, match="there is no file"):
        sent(tmp_path / "none.parquet")


def test_a_large_table_is_split_and_counted(tmp_path: Path) -> None:
    table = pa.table({"Name": [f"Acme {number}, Inc" for number in range(50_000)]})
    options = TableOptions(operation="insert")

    (part,) = BlockingParts(Stream(table), options, tmp_path).all()

    rows = list(csv.reader(io.StringIO(b"".join(part.open()).decode())))
    assert part.rows == 50_000
    assert [name for (name,) in rows[1:]] == table.column("Name").to_pylist()
