"""`org.records`: whole batches under the data rules, as Bulk and collections use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.records import CsvPlan, HeaderFaultError, batch_from_json
from specforce_mockserver.schema_files import schema_of_text
from tests.mock.raw_org import SCHEMA
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.records import RowResult


class Books:
    """The records of one org, with fewer words."""

    def __init__(self) -> None:
        self.org = Org(schema_of_text(SCHEMA))
        self.user = self.org.identity.admin_id

    def insert(self, name: str, *rows: dict[str, Any], **options: Any) -> list[RowResult]:
        batch = batch_from_json(self.org.schema, self.org.schema[name], rows)
        return self.org.records.insert(batch, user_id=self.user, **options)

    def update(self, name: str, *rows: dict[str, Any], **options: Any) -> list[RowResult]:
        batch = batch_from_json(self.org.schema, self.org.schema[name], rows)
        return self.org.records.update(batch, user_id=self.user, **options)

    def upsert(self, name: str, key: str, *rows: dict[str, Any], **options: Any) -> list[RowResult]:
        sobject = self.org.schema[name]
        field = sobject.field(key)
        assert field is not None
        batch = batch_from_json(self.org.schema, sobject, rows)
        return self.org.records.upsert(batch, field, user_id=self.user, **options)

    def csv(self, name: str, header: str, *lines: str) -> list[RowResult]:
        plan = CsvPlan.parse(self.org.schema, self.org.schema[name], header.split(","))
        return self.org.records.insert(plan.batch([line.split(",") for line in lines]), user_id=self.user)

    def values(self, name: str, columns: str) -> list[tuple[Any, ...]]:
        statement = f'SELECT {columns} FROM "{name}" WHERE IsDeleted = 0 ORDER BY rowid'
        return self.org.database.reader().execute(statement).fetchall()


@pytest.fixture
def books() -> Iterator[Books]:
    found = Books()
    yield found
    found.org.close()


def codes(results: list[RowResult]) -> list[str | None]:
    return [each.error.code if each.error else None for each in results]


def test_a_refused_row_doesnt_hold_up_the_others(books: Books) -> None:
    results = books.insert("Account", {"Name": "A"}, {"Site": "no name"}, {"Name": "B", "Foo__c": 1}, {"Name": "C"})

    assert codes(results) == [None, "REQUIRED_FIELD_MISSING", "INVALID_FIELD", None]
    assert [each.id is not None for each in results] == [True, False, False, True]
    assert books.values("Account", "Name") == [("A",), ("C",)]


@row("errors_and_limits.md#3", "| ALL_OR_NONE_OPERATION_ROLLED_BACK |")
def test_all_or_none_rolls_back_what_was_good(books: Books) -> None:
    results = books.insert("Account", {"Name": "A"}, {"Site": "x"}, all_or_none=True)

    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert books.values("Account", "Name") == []


@row("errors_and_limits.md#3", "| DUPLICATE_VALUE | row |")
@row("errors_and_limits.md#3", "| DUPLICATE_VALUE | 400 |")
def test_duplicates_within_a_batch(books: Books) -> None:
    inserted = books.insert("Account", {"Name": "A", "Code__c": "x"}, {"Name": "B", "Code__c": "X"})
    upserted = books.upsert(
        "Account",
        "Code__c",
        {"Name": "A", "Code__c": "y"},
        {"Name": "B", "Code__c": "Y"},
        {"Name": "C", "Code__c": "z"},
    )

    assert codes(inserted) == [None, "DUPLICATE_VALUE"]
    assert codes(upserted) == ["DUPLICATE_VALUE", "DUPLICATE_VALUE", None]
    errors = [each.error.message for each in upserted if each.error]
    assert errors == ["Duplicate external id specified: y", "Duplicate external id specified: Y"]


def test_upsert_parts_new_from_known_and_keeps_the_order(books: Books) -> None:
    (known,) = books.insert("Account", {"Name": "Old", "Code__c": "a"})
    books.insert("Account", {"Name": "1", "Group__c": "g"}, {"Name": "2", "Group__c": "g"})

    results = books.upsert(
        "Account",
        "Code__c",
        {"Name": "B", "Code__c": "b"},
        {"Name": "A", "Code__c": "A"},
        {"Name": "no code"},
        {"Code__c": "c"},
    )
    ambiguous = books.upsert("Account", "Group__c", {"Name": "?", "Group__c": "G"})

    assert [(each.created, each.id == known.id) for each in results[:2]] == [(True, False), (False, True)]
    assert codes(results) == [None, None, "MISSING_ARGUMENT", "REQUIRED_FIELD_MISSING"]
    assert codes(ambiguous) == ["DUPLICATE_EXTERNAL_ID"]
    assert ("A", "a") in books.values("Account", "Name, Code__c")


def test_upsert_by_id_inserts_where_there_is_none(books: Books) -> None:
    (known,) = books.insert("Account", {"Name": "Old"})

    results = books.upsert("Account", "Id", {"Id": known.id, "Name": "New"}, {"Name": "Other"})

    assert [each.created for each in results] == [False, True]
    assert books.values("Account", "Name") == [("New",), ("Other",)]


@row("errors_and_limits.md#3", "| MISSING_ARGUMENT | row |")
def test_updates_touch_only_what_a_row_mentions(books: Books) -> None:
    ids = [each.id for each in books.insert("Account", {"Name": "A", "Site": "1"}, {"Name": "B", "Site": "2"})]

    results = books.update(
        "Account",
        {"Id": ids[0], "Name": "A2"},
        {"Id": ids[1], "Site": None},
        {"Name": "no id"},
        {"Id": "001000000000009AAA", "Name": "X"},
        {"Id": "003000000000009AAA", "Name": "X"},
    )

    assert codes(results) == [None, None, "MISSING_ARGUMENT", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
    assert results[2].error is not None
    assert results[2].error.message == "Id not specified in an update call"
    assert books.values("Account", "Name, Site") == [("A2", "1"), ("B", None)]


def test_an_id_has_no_place_in_an_insert(books: Books) -> None:
    assert codes(books.insert("Account", {"Id": "001000000000009AAA", "Name": "A"})) == [
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    ]


def test_deletes_answer_row_by_row_and_hard_ones_leave_nothing(books: Books) -> None:
    sobject = books.org.schema["Account"]
    ids = [each.id for each in books.insert("Account", {"Name": "A"}, {"Name": "B"})]

    soft = books.org.records.delete(sobject, [ids[0], ids[0][:15] if ids[0] else None, "x"], user_id=books.user)
    again = books.org.records.delete(sobject, [ids[0]], user_id=books.user)
    hard = books.org.records.delete(sobject, [ids[1]], user_id=books.user, hard=True)

    assert codes(soft) == [None, None, "MALFORMED_ID"]
    assert codes(again) == ["ENTITY_IS_DELETED"]
    assert codes(hard) == [None]
    left = books.org.database.reader().execute("SELECT Id, IsDeleted FROM Account").fetchall()
    assert left == [(ids[0], 1)]


def test_csv_cells_are_read_by_type_and_refused_by_row(books: Books) -> None:
    header = "Kind__c,Size__c,Count__c,On__c,At__c,Sold__c"
    results = books.csv(
        "Thing__c",
        header,
        "red,1e1,7,2026-03-01,2026-03-01T10:00:00+02:00,YES",
        ",,,,,",
        "Red,big,,,,",
        "Red,,7.5,,,",
        "Red,,,1.3.2026,,",
        "Red,,,,,maybe",
    )

    assert codes(results) == [None, None, *["INVALID_TYPE_ON_FIELD_IN_RECORD"] * 4]
    assert books.values("Thing__c", header) == [
        ("Red", 10.0, 7, "2026-03-01", "2026-03-01T08:00:00.000Z", 1),
        (None, None, None, None, None, 0),
    ]


def test_an_empty_csv_cell_says_nothing_and_na_clears(books: Books) -> None:
    (known,) = books.insert("Account", {"Name": "A", "Site": "1", "Phone": "2"})
    plan = CsvPlan.parse(books.org.schema, books.org.schema["Account"], ["id", "Site", "Phone"])

    books.org.records.update(plan.batch([[str(known.id), "", "#N/A"]]), user_id=books.user)

    assert books.values("Account", "Site, Phone") == [("1", None)]


def test_csv_columns_name_parents_by_external_id(books: Books) -> None:
    (known,) = books.insert("Account", {"Name": "A", "Code__c": "a"})

    results = books.csv("Contact", "LastName,Account.Code__c", "Ek,A", "No,none", "Free,")
    tasks = books.csv("Task", "Subject,Account:What.Code__c", "Call,a")

    assert codes(results) == [None, "INVALID_FIELD", None]
    assert books.values("Contact", "LastName, AccountId") == [("Ek", known.id), ("Free", None)]
    assert codes(tasks) == [None]


@pytest.mark.parametrize(
    ("sobject", "cell", "fault"),
    [
        ("Contact", "Foo__c", "no_field"),
        ("Contact", "Foo.Code__c", "no_relationship"),
        ("Contact", "Account.Foo__c", "no_field"),
        ("Contact", "Account.Site", "not_external_id"),
        ("Contact", "Account:Account.Code__c", "type_not_needed"),
        ("Task", "What.Code__c", "type_needed"),
        ("Contact", "MailingAddress", "no_field"),
        ("Contact", "lastname", "twice"),
    ],
)
def test_a_bad_header_cell_is_named_with_what_is_wrong(books: Books, sobject: str, cell: str, fault: str) -> None:
    header = ["LastName" if sobject == "Contact" else "Subject", cell]

    with pytest.raises(HeaderFaultError) as caught:
        CsvPlan.parse(books.org.schema, books.org.schema[sobject], header)

    assert caught.value.fault == fault


def test_a_batch_is_written_with_few_statements(books: Books) -> None:
    statements: list[str] = []
    books.insert("Account", {"Name": "A", "Code__c": "a"})
    books.org.database.writer.set_trace_callback(statements.append)
    books.csv("Contact", "LastName,Account.Code__c,Email", *[f"Ek {number},a,x@y.example" for number in range(1000)])
    books.org.database.writer.set_trace_callback(None)

    assert sum(not each.startswith("INSERT INTO") for each in statements) < 15
    assert len(books.values("Contact", "Id")) == 1000
