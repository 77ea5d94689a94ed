"""An org's tables without the org: what the tests of SOQL ask questions of."""

from __future__ import annotations

import itertools
import sqlite3
from functools import cache
from typing import TYPE_CHECKING, Any

from specforce_mockserver import soql
from specforce_mockserver.ids import ids_from
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.schema_files import schema_of_text
from specforce_mockserver.tables import create_tables

if TYPE_CHECKING:
    from specforce_mockserver.schema import Schema

NOW = 1_773_138_600.0  # 2026-03-10T10:30:00Z, a Tuesday
VERSION = "67.0"
RECORDS = f"/services/data/v{VERSION}/sobjects"

CUSTOM = """
[Gadget__c.fields]
Name = "string(80) required nameField"
Code__c = "string(20) externalId"
Style__c = "string(20)"
Serial__c = { type = "string(20) externalId unique", caseSensitive = true }
Colors__c = "multipicklist(Red, Green, Blue, 100%)"
Price__c = "currency(16, 2)"
Weight__c = "double(10, 4)"
Count__c = "int(9)"
Live__c = "boolean"
Built__c = "date"
Sold__c = "datetime"
Opens__c = "time"
Notes__c = "textarea(32000)"
Secret__c = "encryptedstring"
Photo__c = "base64"
Place__c = "location"
Maker__c = { type = "reference(Account)", childRelationshipName = "Gadgets__r" }
Part_Of__c = { type = "reference(Gadget__c)", childRelationshipName = "Parts__r" }
"""


@cache
def schema() -> Schema:
    """The standard objects and a custom one with a field of every type."""
    return schema_of_text(CUSTOM)


class World:
    """Tables of the schema in memory; `add` fills them, `records` and its neighbours ask."""

    def __init__(self) -> None:
        self.schema = schema()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        create_tables(self.connection, self.schema)
        self._numbers = itertools.count(1)

    def add(self, sobject_name: str, **values: Any) -> str:
        """Write a record as it is stored; its Id is answered."""
        sobject = self.schema[sobject_name]
        record_id = ids_from(sobject.key_prefix or "", next(self._numbers), 1)[0]
        row = {"Id": record_id, **values}
        names = ", ".join(quoted(name) for name in row)
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO {quoted(sobject.name)} ({names}) VALUES ({marks})", tuple(row.values()))
        return record_id

    def compile(self, text: str, **options: Any) -> soql.CompiledQuery:
        """Compile a query, asked at NOW unless the options say otherwise."""
        return soql.compile_query(self.schema, text, **{"now": NOW, "version": VERSION, **options})

    def run(self, text: str, **options: Any) -> soql.QueryResult:
        """The result with its first page."""
        return self.compile(text, **options).run(self.connection)

    def records(self, text: str, **options: Any) -> list[dict[str, Any]]:
        """The records, `attributes` and all."""
        return self.run(text, **options).records

    def values(self, text: str, **options: Any) -> list[Any]:
        """The records' only selected value each."""
        found = [
            [value for key, value in each.items() if key != "attributes"] for each in self.records(text, **options)
        ]
        assert all(len(each) == 1 for each in found)
        return [each[0] for each in found]

    def refusal(self, text: str, **options: Any) -> soql.SoqlError:
        """The error with which a query is refused."""
        try:
            self.run(text, **options)
        except soql.SoqlError as error:
            return error
        message = f"not refused: {text}"
        raise AssertionError(message)
