"""Generated queries over small tables find the same from compiled SQL as from the evaluator written for these tests."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given

from tests.mock.soql_evaluator import Asked, Check, Literal, Row, answer, range_of
from tests.mock.soql_generated import (
    CONNECTION,
    IDS,
    TYPES,
    a_row,
    by_id,
    compiled,
    examples,
    fill,
    queries,
    tables,
    without_attributes,
)
from tests.mock.soql_world import NOW


@examples(150)
@given(rows=tables(), asked=queries())
@example(
    rows=[a_row(Note__c="É"), a_row(Id=IDS[1], Note__c="é", Parent__c=IDS[0])],
    asked=Asked(("Id",), Check("Parent__r.Note__c", "=", (Literal("'é'", "é"),)), types={**TYPES, "Id": "id"}),
)
@example(
    rows=[a_row(At__c="2026-03-10T10:30:00.000Z")],
    asked=Asked(
        ("Id",),
        Check("At__c", "<=", (Literal("LAST_N_DAYS:40", range_of("LAST_N_DAYS:40", NOW, moments=True)),)),
        types={**TYPES, "Id": "id"},
    ),
)
def test_compiled_sql_finds_what_the_evaluator_finds(rows: list[Row], asked: Asked) -> None:
    fill(rows)
    query = compiled(asked)
    expected = answer(asked, rows, by_id(rows))
    result = query.run(CONNECTION)
    assert [without_attributes(each) for each in result.records] == expected
    assert result.total_size == len(expected)
    paged = query.run(CONNECTION, page_size=2)
    pages = [*paged.records, *(each for at in range(2, 8, 2) for each in paged.page(CONNECTION, offset=at, size=2))]
    assert pages == result.records


@examples(50)
@given(rows=tables(), asked=queries())
def test_flat_rows_hold_the_records_as_texts(rows: list[Row], asked: Asked) -> None:
    fill(rows)
    query = compiled(asked)
    records = answer(asked, rows, by_id(rows))
    expected = [tuple(as_text(record, path) for path in asked.fields) for record in records]
    found = list(query.text_rows(CONNECTION))
    assert (found if asked.order else sorted(found)) == (expected if asked.order or asked.offset else sorted(expected))


def as_text(record: Row, path: str) -> str:
    value: Any = record
    for name in path.split("."):
        if value is None:
            return ""
        value = value[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("+0000", "Z")
