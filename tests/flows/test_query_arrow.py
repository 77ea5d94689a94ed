"""Queries as Arrow tables: the types of docs/values.md, parents by their path, columns also where nothing is found."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half

MOMENT = pa.timestamp("ms", tz="UTC")


def table(half: Half, org: FakeOrg, soql: str, **options: Any) -> Any:
    return half.run(half.login(org.auth()).query(soql, **options).to_arrow())


def seeded(org: FakeOrg, count: int = 1) -> None:
    org.seed(
        {
            "Opportunity": [
                {
                    "Name": f"Deal {number}",
                    "StageName": "Prospecting",
                    "CloseDate": "2026-03-01",
                    "Amount": number if number % 2 else None,
                    "CreatedDate": "2026-03-01T10:00:00.000Z",
                }
                for number in range(count)
            ]
        }
    )


def test_values_have_the_types_of_their_fields(org: FakeOrg, half: Half) -> None:
    seeded(org, 2)

    found = table(half, org, "SELECT Name, CloseDate, Amount, CreatedDate, IsClosed FROM Opportunity ORDER BY Name")

    assert [str(kind) for kind in found.schema.types] == [
        str(kind) for kind in (pa.string(), pa.date32(), pa.float64(), MOMENT, pa.bool_())
    ]
    assert found.column("CloseDate").to_pylist() == [date(2026, 3, 1)] * 2
    assert found.column("CreatedDate").to_pylist() == [datetime(2026, 3, 1, 10, tzinfo=UTC)] * 2
    assert found.column("Amount").to_pylist() == [None, 1.0]


def test_an_export_of_the_same_query_has_the_same_schema(org: FakeOrg, half: Half) -> None:
    seeded(org, 3)
    soql = "SELECT Id, Name, CloseDate, Amount, CreatedDate, IsClosed, Account.Name FROM Opportunity"

    exported = half.run(half.login(org.auth()).bulk.export(soql).to_arrow())

    assert table(half, org, soql).schema == exported.schema


@pytest.mark.parametrize("written", ["CloseDate, Account.Name, Name", "Opportunity.CloseDate , Account.Name,Name"])
def test_no_rows_still_have_columns(org: FakeOrg, half: Half, written: str) -> None:
    found = table(half, org, f"SELECT {written} FROM Opportunity")

    assert (found.num_rows, found.column_names) == (0, ["CloseDate", "Account.Name", "Name"])
    assert found.schema.types == [pa.date32(), pa.string(), pa.string()]


@pytest.mark.parametrize("soql", ["SELECT MAX(Amount) n FROM Opportunity GROUP BY Name", "SELECT COUNT() FROM Account"])
def test_no_rows_of_functions_are_an_empty_table(org: FakeOrg, half: Half, soql: str) -> None:
    assert table(half, org, soql).num_rows == 0


def test_parents_are_paths_also_where_they_are_null(org: FakeOrg, half: Half) -> None:
    (account,) = org.seed({"Account": [{"Name": "Acme"}]})["Account"]
    org.seed({"Contact": [{"LastName": "A", "AccountId": account}, {"LastName": "B"}]})

    both = table(half, org, "SELECT LastName, Account.Name FROM Contact ORDER BY LastName")
    none = table(half, org, "SELECT LastName, Account.Name FROM Contact WHERE LastName = 'B'")

    assert both.column_names == none.column_names == ["LastName", "Account.Name"]
    assert both.column("Account.Name").to_pylist() == ["Acme", None]
    assert none.column("Account.Name").to_pylist() == [None]
    assert none.schema == both.schema


def test_pages_make_one_table_and_one_describe(org: FakeOrg, half: Half) -> None:
    seeded(org, 450)

    found = table(half, org, "SELECT Name, Amount FROM Opportunity", batch_size=200)

    assert found.num_rows == 450
    assert found.schema.types == [pa.string(), pa.float64()]
    assert len([each for each in org.requests if each.operation == "describeSObject"]) == 1


def test_aggregates_have_the_types_of_their_values(org: FakeOrg, half: Half) -> None:
    seeded(org, 4)

    found = table(half, org, "SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName")

    assert found.to_pylist() == [{"StageName": "Prospecting", "n": 4}]
    assert not [each for each in org.requests if each.operation == "describeSObject"]


def test_child_lists_stay_lists(org: FakeOrg, half: Half) -> None:
    (account,) = org.seed({"Account": [{"Name": "Acme"}]})["Account"]
    org.seed({"Contact": [{"LastName": "A", "AccountId": account}]})

    found = table(half, org, "SELECT Name, (SELECT LastName FROM Contacts) FROM Account")

    assert found.to_pylist() == [{"Name": "Acme", "Contacts": [{"LastName": "A"}]}]
