"""Exports by way of Arrow: readers that fetch as they are read, data frames, DuckDB, values that don't fit."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specforce import Retry
from specforce.bulk import resume_token_of
from specforce.errors import ConnectionCut, DecodeError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.flows.bulk_org import BulkOrg

SOQL = "SELECT Name, NumberOfEmployees, CreatedDate FROM Account ORDER BY Name"
COLUMNS = ["Name", "NumberOfEmployees", "CreatedDate"]


@pytest.fixture
def paged(bulk: BulkOrg) -> BulkOrg:
    """An org whose results come in three pages."""
    bulk.org.plan_job(kind="query", times=None, default_page_records=10)
    bulk.org.seed({"Account": [{"Name": f"A{number:02d}", "NumberOfEmployees": number} for number in range(25)]})
    return bulk


@pytest.fixture
def connection() -> Iterator[Any]:
    with duckdb.connect() as connection:
        yield connection


def test_a_reader_fetches_as_it_is_read(paged: BulkOrg) -> None:
    export = paged.connect().bulk.export(SOQL)

    if paged.half.name == "sync":
        found = export.arrow_reader().read_all()
    else:

        async def read() -> Any:
            reader = await export.arrow_reader()
            return await asyncio.to_thread(reader.read_all)

        found = paged.half.run(read())

    assert found.schema.types == [pa.string(), pa.int64(), pa.timestamp("ms", tz="UTC")]
    assert found.column("NumberOfEmployees").to_pylist() == list(range(25))


def test_an_async_export_isnt_read_in_the_loop_that_fetches(bulk: BulkOrg) -> None:
    bulk.org.seed({"Account": [{"Name": "A"}]})  # one page, so that nothing is under way when the loop ends
    export = bulk.connect().bulk.export(SOQL)

    async def read() -> Any:
        return (await export.arrow_reader()).read_all()

    if bulk.half.name == "async":
        with pytest.raises(InputError, match="read it in a thread"):
            bulk.half.run(read())


def test_data_frames_hold_every_record(paged: BulkOrg) -> None:
    export = paged.connect().bulk.export(SOQL)

    polars = paged.half.run(export.to_polars())
    pandas = paged.half.run(export.to_pandas())

    assert isinstance(polars, pl.DataFrame)
    assert isinstance(pandas, pd.DataFrame)
    assert polars["NumberOfEmployees"].to_list() == list(pandas["NumberOfEmployees"]) == list(range(25))
    assert polars.columns == list(pandas.columns) == COLUMNS


def test_a_table_of_duckdb_is_made_and_appended_to(paged: BulkOrg, connection: Any) -> None:
    export = paged.connect().bulk.export(SOQL)

    assert paged.half.run(export.to_duckdb(connection, "accounts")) == 25
    assert paged.half.run(export.to_duckdb(connection, "main.accounts")) == 25

    assert connection.sql("SELECT count(*), sum(NumberOfEmployees) FROM accounts").fetchall() == [(50, 600)]
    assert connection.sql("SELECT * FROM accounts").columns == COLUMNS


@pytest.mark.parametrize("within", [False, True])
def test_an_export_that_breaks_off_inserts_nothing_into_duckdb(
    paged: BulkOrg, connection: Any, *, within: bool
) -> None:
    paged.org.faults.add("getQueryJobResults", "cut", skip=2, times=None, after_bytes=20)
    export = paged.connect(retry=Retry(attempts=1)).bulk.export(SOQL, concurrency=1)
    if within:
        connection.begin()

    with pytest.raises(ConnectionCut) as caught:
        paged.half.run(export.to_duckdb(connection, "accounts"))

    if within:
        connection.rollback()
    assert connection.sql("SHOW TABLES").fetchall() == []
    assert resume_token_of(caught.value) == export.resume_token


def test_what_isnt_a_connection_is_refused(paged: BulkOrg) -> None:
    with pytest.raises(InputError, match=r"what duckdb\.connect\(\) gives"):
        paged.half.run(paged.connect().bulk.export(SOQL).to_duckdb("accounts.db", "accounts"))


@pytest.fixture
def misfits(bulk: BulkOrg, monkeypatch: pytest.MonkeyPatch) -> BulkOrg:
    """An org that says of phone numbers that they are numbers, and of cities that they are times of day."""
    monkeypatch.setitem(__import__("specforce.bulk.arrow", fromlist=["TYPES"]).TYPES, "phone", pa.int64())
    rows = [{"Name": f"A{number:02d}", "Phone": str(number)} for number in range(20)]
    rows[3]["Phone"] = "0-3"
    rows[4]["Phone"] = "none"
    bulk.org.seed({"Account": [*rows, {"Name": "B"}]})
    return bulk


PHONES = "SELECT Name, Phone FROM Account ORDER BY Name"
NUMBERS = [None if number in (3, 4, 20) else number for number in range(21)]


def test_a_value_that_doesnt_fit_its_type_raises(misfits: BulkOrg) -> None:
    export = misfits.connect().bulk.export(PHONES)

    with pytest.raises(DecodeError, match="don't fit their columns' types"):
        misfits.half.run(export.to_arrow())
    with pytest.raises(InputError, match="on_error='ignore'"):
        misfits.half.run(export.to_arrow(on_error="ignore"))


def test_a_value_that_doesnt_fit_becomes_null_and_is_counted(misfits: BulkOrg) -> None:
    export = misfits.connect().bulk.export(PHONES)
    assert export.unconverted == {}

    found = misfits.half.run(export.to_arrow(on_error="null"))

    assert found.column("Phone").to_pylist() == NUMBERS
    assert found.column_names == ["Name", "Phone"]
    assert export.unconverted == {"Phone": 2}


def test_a_value_that_doesnt_fit_stays_as_text(misfits: BulkOrg, tmp_path: Path) -> None:
    export = misfits.connect().bulk.export(PHONES)

    misfits.half.run(export.to_parquet(tmp_path / "out.parquet", on_error="text"))

    found = pq.read_table(tmp_path / "out.parquet")
    assert found.column("Phone").to_pylist() == NUMBERS
    texts = found.column("_unconverted").to_pylist()
    assert [None if text is None else json.loads(text) for text in texts[:6]] == [
        *[None] * 3,
        {"Phone": "0-3"},
        {"Phone": "none"},
        None,
    ]
    assert export.unconverted == {"Phone": 2}


def test_where_all_values_fit_nothing_is_kept_as_text(paged: BulkOrg) -> None:
    found = paged.half.run(paged.connect().bulk.export(SOQL).to_arrow(on_error="text"))

    assert found.column("_unconverted").null_count == 25
    assert found.column("NumberOfEmployees").to_pylist() == list(range(25))
