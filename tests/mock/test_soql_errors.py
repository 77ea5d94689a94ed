"""What is refused once names and types are looked at. Rows: specs/reference/soql.md sections 1, 2 and 5."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.reference import row
from tests.mock.soql_refusals import NO_COLUMN, NO_SOBJECT, REFUSED
from tests.mock.soql_world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@row("soql.md#5", "No such column 'Bacon__c'")
def test_an_unknown_field_is_shown_with_a_caret(world: World) -> None:
    """soql.md#5: the recorded text, whole."""
    error = world.refusal("SELECT Bacon__c FROM Account LIMIT 2")
    assert error.code == "INVALID_FIELD"
    assert error.message == (
        "\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\n"
        + NO_COLUMN.format("Bacon__c", "Account")
    )
    assert (error.row, error.column) == (1, 8)


@row("soql.md#5", "sObject type 'Accout'")
def test_an_unknown_object_is_shown_with_a_window_of_the_query(world: World) -> None:
    """soql.md#5: the recorded text, whole."""
    error = world.refusal("SELECT Id,Name,BillingCity,IsDeleted FROM Accout")
    assert error.code == "INVALID_TYPE"
    assert error.message == (
        "\nName,BillingCity,IsDeleted FROM Accout\n                                ^\nERROR at Row:1:Column:43\n"
        + NO_SOBJECT.format("Accout")
    )


CASES = [
    pytest.param(code, text, message, id=f"soql.md{row}")
    for code, rows in REFUSED.items()
    for row, (text, message) in rows.items()
]


@pytest.mark.parametrize(("code", "text", "message"), CASES)
@row("soql.md#5", "FIELDS function must have a LIMIT")
@row("soql.md#5", "only aggregate expressions")
@row("soql.md#5", "only root queries")
@row("soql.md#5", "bad parent path")
@row("soql.md#5", "can not be filtered")
@row("soql.md#5", "should not be enclosed in quotes")
@row("soql.md#5", "duplicate field selected")
@row("soql.md#5", "| INVALID_TYPE (child)")
@row("soql.md#5", "| INVALID_QUERY_FILTER_OPERATOR |")
@row("soql.md#5", "| NUMBER_OUTSIDE_VALID_RANGE |")
@row("soql.md#5", "| LIKE NULL |")
@row("soql.md#5", "| bad datetime")
@row("soql.md#5", "Wording changed with API v61.0")
@row("soql.md#1", "| FIELDS(STANDARD) |")
def test_the_reference_refusals(world: World, code: Any, text: Any, message: Any) -> None:
    error = world.refusal(text)
    assert (error.code, message) == (code, message if message in error.message else error.message)
