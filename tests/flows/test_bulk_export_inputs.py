"""What to export: a query, or an object with fields and a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.errors import InputError

if TYPE_CHECKING:
    from tests.flows.bulk_org import BulkOrg


def test_an_object_is_exported_with_the_fields_that_are_named(bulk: BulkOrg) -> None:
    bulk.org.seed({"Account": [{"Name": "O'Hara", "Industry": "Energy"}, {"Name": "Acme", "Industry": "Banking"}]})
    sf = bulk.connect()

    export = sf.bulk.export(sobject="Account", fields=["Name", "Owner.Username"], where="Name = :name", name="O'Hara")

    assert bulk.half.items(export.dicts()) == [{"Name": "O'Hara", "Owner.Username": "user@example.com"}]
    assert export.soql == "SELECT Name, Owner.Username FROM Account WHERE Name = 'O\\'Hara'"


def test_an_object_is_exported_with_all_fields_that_bulk_queries_take(bulk: BulkOrg) -> None:
    bulk.org.seed({"Account": [{"Name": "Acme", "BillingCity": "Berlin"}]})
    export = bulk.connect().bulk.export(sobject="Account")

    (found,) = bulk.half.items(export.dicts())

    assert (found["Name"], found["BillingCity"]) == ("Acme", "Berlin")
    assert "BillingAddress" not in found
    assert bulk.asked("describeSObject") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "what is to be exported"),
        ({"fields": ["Id"]}, "what is to be exported"),
        ({"sobject": "Account", "fields": []}, "list of field names"),
        ({"sobject": "Account", "fields": "Id"}, "list of field names"),
        ({"sobject": "Account; DROP"}, "isn't an API name"),
        ({"sobject": "Account", "fields": ["Id FROM User"]}, "isn't an API name"),
        ({"sobject": "Account", "where": "Name = :name"}, "no value was given"),
        ({"sobject": "Account", "operation": "delete"}, "'query' or 'queryAll'"),
    ],
)
def test_what_isnt_an_export_is_refused_before_anything_is_sent(
    bulk: BulkOrg, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        bulk.connect().bulk.export(**arguments)

    assert not bulk.org.requests


def test_a_query_and_an_object_are_one_too_many(bulk: BulkOrg) -> None:
    with pytest.raises(InputError, match="not both"):
        bulk.connect().bulk.export("SELECT Id FROM Account", sobject="Account")
