"""What is too much of something, or bounded too little. Rows: specs/reference/soql.md sections 1 and 5."""

from __future__ import annotations

from typing import Any

import pytest

from specforce_mockserver import soql
from specforce_mockserver.schema import ChildRelationship, Field, Schema, SObjectType
from tests.mock.reference import row
from tests.mock.soql_world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def star(points: int) -> Schema:
    """An object with so many references to another one, and as many child relationships the other way."""
    references = [
        Field(name=f"R{each}__c", label="", type="reference", reference_to=("Hub__c",), relationship_name=f"R{each}__r")
        for each in range(points)
    ]
    children = tuple(ChildRelationship("Star__c", each.name, each.relationship_name) for each in references)
    identity = Field(name="Id", label="Id", type="id")
    return Schema(
        [
            SObjectType("Hub__c", "", "", "a00", (identity,), child_relationships=children),
            SObjectType("Star__c", "", "", "a01", (identity, *references)),
        ]
    )


def compile_star(text: str) -> soql.CompiledQuery:
    return soql.compile_query(star(56), text, now=0.0, version="67.0")


def test_twenty_subqueries_are_fine_and_one_more_is_not() -> None:
    """soql.md#1: at most 20 per query."""
    subqueries = [f"(SELECT Id FROM R{each}__r)" for each in range(21)]
    compile_star(f"SELECT {', '.join(subqueries[:20])} FROM Hub__c")
    with pytest.raises(soql.SoqlError, match="more than 20 subqueries"):
        compile_star(f"SELECT {', '.join(subqueries)} FROM Hub__c")


@row("soql.md#1", "| Parent relationships |")
def test_55_parents_are_fine_and_one_more_is_not() -> None:
    """soql.md#1: at most 55 parent relationships per query."""
    paths = [f"R{each}__r.Id" for each in range(56)]
    compile_star(f"SELECT {', '.join(paths[:55])} FROM Star__c")
    with pytest.raises(soql.SoqlError, match="more than 55 parent relationships"):
        compile_star(f"SELECT {', '.join(paths)} FROM Star__c")


TOO_MUCH = {
    "columns": f"SELECT {', '.join(f'SUM(AnnualRevenue) a{each}' for each in range(3_500))} FROM Account",
    "sort keys": f"SELECT Id FROM Account ORDER BY {', '.join(['Name'] * 10_000)}",
    "group keys": f"SELECT Name FROM Account GROUP BY {', '.join(['Name'] * 10_000)}",
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
@row("soql.md#5", "| QUERY_TOO_COMPLICATED |")
def test_what_is_too_much_for_the_database_is_too_complicated(world: World, text: Any) -> None:
    """soql.md#1: too complex is QUERY_TOO_COMPLICATED."""
    assert world.refusal(text).code == "QUERY_TOO_COMPLICATED"


def test_one_relationship_has_one_typeof(world: World) -> None:
    typeof = "TYPEOF What WHEN Account THEN Id END"
    assert world.refusal(f"SELECT {typeof}, {typeof} FROM Task").message == "duplicate field selected: What"


@row("soql.md#5", "Implementation restriction")
def test_an_object_that_wants_a_filter_has_one() -> None:
    """ContentDocumentLink; also by a semi-join, and as a subquery, which has its parent's Id."""
    world = World()
    document = world.add("ContentDocument", Title="x")
    world.add("ContentDocumentLink", ContentDocumentId=document)
    link = "SELECT COUNT() FROM ContentDocumentLink"

    for refused in (link, f"{link} WHERE ShareType = 'V'", f"{link} WHERE ContentDocumentId != '{document}'"):
        error = world.refusal(refused)
        assert error.code == "MALFORMED_QUERY"
        assert error.message.startswith("Implementation restriction: ContentDocumentLink requires a filter by ")
    for where in (f"ContentDocumentId = '{document}'", "ContentDocumentId IN (SELECT Id FROM ContentDocument)"):
        assert world.run(f"{link} WHERE ShareType = null AND {where}").total_size == 1
    assert world.records("SELECT (SELECT Id FROM ContentDocumentLinks) FROM ContentDocument")
    plans = soql.explain(world.connection, world.compile(f"{link} WHERE LinkedEntityId = null"))["plans"]
    assert plans[0]["sobjectType"] == "ContentDocumentLink"
