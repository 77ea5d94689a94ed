"""Rows as bulk queries print them. Rows: specs/reference/soql.md section 4, bulk_v2.md sections 5, 6 and 7."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest

from specforce_mockserver import soql
from tests.mock.soql_world import World


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    acme = made.add("Account", Name='Acme, "the"\nbest', NumberOfEmployees=7)
    made.add(
        "Gadget__c",
        Name="Full",
        Live__c=1,
        Price__c=300.0,
        Weight__c=0.1,
        Count__c=12,
        Built__c="2026-03-01",
        Sold__c="2026-03-01T10:00:00.000Z",
        Opens__c="10:00:00.000Z",
        Colors__c="Red;Blue",
        Maker__c=acme,
    )
    made.add("Gadget__c", Name="Bare")
    made.add("Gadget__c", Name="Gone", IsDeleted=1)
    return made


CELLS = {
    "boolean": ("Live__c", "true", "false"),
    "currency keeps .0": ("Price__c", "300.0", ""),
    "double": ("Weight__c", "0.1", ""),
    "int": ("Count__c", "12", ""),
    "date": ("Built__c", "2026-03-01", ""),
    "datetime": ("Sold__c", "2026-03-01T10:00:00.000Z", ""),
    "time": ("Opens__c", "10:00:00.000Z", ""),
    "multipicklist": ("Colors__c", "Red;Blue", ""),
    "parent": ("Maker__r.Name", 'Acme, "the"\nbest', ""),
    "number of a parent": ("Maker__r.NumberOfEmployees", "7", ""),
    "boolean of a missing parent": ("Maker__r.IsDeleted", "false", ""),
}


@pytest.mark.parametrize(("field", "full", "bare"), CELLS.values(), ids=[f"soql.md#4 {each}" for each in CELLS])
def test_cells_have_the_form_of_their_type(world: World, field: str, full: str, bare: str) -> None:
    rows = list(world.compile(f"SELECT {field} FROM Gadget__c").text_rows(world.connection))
    assert rows == [(full,), (bare,)]


NUMBERS = [
    0.0,
    -0.5,
    1.0,
    0.1 + 0.2,
    1e-7,
    -1.5e-12,
    123456789012345.0,
    1234567890123456.7,
    1e15,
    3.5e18,
    -1e21,
    1 / 3,
    5e-324,
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_printed_without_exponent_and_reads_back_as_itself(number: float) -> None:
    """soql.md#4: plain numbers; what was loaded comes back."""
    world = World()
    world.add("Gadget__c", Name="x", Weight__c=number)
    ((text,),) = world.compile("SELECT Weight__c FROM Gadget__c").text_rows(world.connection)
    assert "e" not in text.lower()
    assert "." in text
    assert float(text) == number


def test_columns_are_named_as_typed_and_ordered_as_selected(world: World) -> None:
    """bulk_v2.md#5 and #6: SELECT order, field paths as typed."""
    query = world.compile("SELECT maker__r.NAME, Id, name FROM Gadget__c")
    assert query.columns == ("maker__r.NAME", "Id", "name")


def test_fields_are_named_as_the_schema_spells_them_and_compound_ones_left_out(world: World) -> None:
    """bulk_v2.md#5: FIELDS() if bounded."""
    query = world.compile("SELECT FIELDS(STANDARD) FROM Account")
    assert soql.bulk_refusal(query) is None
    assert "BillingCity" in query.columns
    assert "BillingAddress" not in query.columns
    (row,) = query.text_rows(world.connection)
    assert len(row) == len(query.columns)


@pytest.mark.parametrize(
    ("delimiter", "line_ending"), [(",", "\n"), ("\t", "\r\n"), ("|", "\n"), ("^", "\n"), ("'", "\n")]
)
def test_csv_lines_are_the_same_rows_in_quotes(world: World, delimiter: str, line_ending: str) -> None:
    """bulk_v2.md#6: all cells double-quoted, "" for null, the job's delimiter and line ending."""
    query = world.compile("SELECT Id, Name, Maker__r.Name, Live__c, Weight__c FROM Gadget__c")
    lines = list(query.csv_lines(world.connection, delimiter=delimiter, line_ending=line_ending))
    assert lines[1].endswith(f'"Bare"{delimiter}""{delimiter}"false"{delimiter}""{line_ending}')
    parsed = list(csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter))
    assert [tuple(each) for each in parsed] == list(query.text_rows(world.connection))


def test_a_line_may_have_as_many_cells_as_the_object_has_fields(world: World) -> None:
    names = [each.name for each in world.schema["Contact"].columns]
    world.add("Contact", LastName="x", Name="x")
    query = world.compile(f"SELECT {', '.join(names)}, {', '.join(f'ReportsTo.{each}' for each in names)} FROM Contact")
    (line,) = query.csv_lines(world.connection)
    assert line.count('","') == 2 * len(names) - 1


def test_order_limit_and_deleted_rows(world: World) -> None:
    """bulk_v2.md#5: ORDER BY and LIMIT allowed; queryAll finds deleted rows."""
    text = "SELECT Name FROM Gadget__c ORDER BY Name DESC LIMIT 2"
    assert list(world.compile(text).text_rows(world.connection)) == [("Full",), ("Bare",)]
    everything = world.compile(text, include_deleted=True)
    assert list(everything.text_rows(world.connection)) == [("Gone",), ("Full",)]


REFUSED = {
    "GROUP BY": "SELECT Name, COUNT(Id) FROM Account GROUP BY Name",
    "aggregate functions": "SELECT MAX(Name) FROM Account",
    "COUNT()": "SELECT COUNT() FROM Account",
    "OFFSET": "SELECT Id FROM Account OFFSET 1",
    "TYPEOF": "SELECT TYPEOF What WHEN Account THEN Name END FROM Task",
    "compound address": "SELECT BillingAddress FROM Account",
    "compound geolocation": "SELECT Place__c FROM Gadget__c",
    "parent-to-child subquery": "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
    "date functions in GROUP BY": "SELECT CALENDAR_YEAR(CreatedDate) FROM Account GROUP BY CALENDAR_YEAR(CreatedDate)",
    "FIELDS(ALL)": "SELECT FIELDS(ALL) FROM Account LIMIT 1",
    "base64": "SELECT Photo__c FROM Gadget__c",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=[f"bulk_v2.md#5 {each}" for each in REFUSED])
def test_bulk_refuses_what_flat_rows_cannot_hold(world: World, text: str) -> None:
    refusal = soql.bulk_refusal(world.compile(text))
    assert refusal is not None
    assert refusal.code == "API_ERROR"
    assert refusal.message.endswith("not supported in Bulk Query")


def test_the_recorded_text_for_compound_fields(world: World) -> None:
    """bulk_v2.md#7 [S]."""
    refusal = soql.bulk_refusal(world.compile("SELECT BillingAddress FROM Account"))
    assert refusal is not None
    assert refusal.message == "Selecting compound data not supported in Bulk Query"


def test_rows_that_bulk_would_refuse_are_not_printed_either(world: World) -> None:
    with pytest.raises(soql.SoqlError):
        world.compile("SELECT COUNT() FROM Account").text_rows(world.connection)


def test_a_streamed_result_is_never_held() -> None:
    """A cursor over many rows: a thousand times as many rows take the same memory."""
    world = World()
    query = world.compile("SELECT Id, LastName, NumberOfEmployees, CreatedDate FROM Lead")

    def peak_bytes() -> int:
        tracemalloc.start()
        count = sum(1 for _ in query.csv_lines(world.connection)) + sum(1 for _ in query.text_rows(world.connection))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count % 2 == 0
        return peak

    row = ("00QSf{:010d}AAA", "x" * 100, 1, "2026-03-01T10:00:00.000Z")
    insert = "INSERT INTO Lead (Id, LastName, NumberOfEmployees, CreatedDate) VALUES (?, ?, ?, ?)"
    world.connection.executemany(insert, ((row[0].format(number), *row[1:]) for number in range(20)))
    few = peak_bytes()
    world.connection.executemany(insert, ((row[0].format(number), *row[1:]) for number in range(20, 20_000)))
    assert peak_bytes() < few + 64_000
