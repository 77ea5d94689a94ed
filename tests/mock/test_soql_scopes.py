"""Which rows a query sees at all: deleted and archived ones, and those of a scope. Rows: soql.md sections 1 and 6."""

from __future__ import annotations

import pytest

from tests.mock.soql_world import World


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    for name in ("Boss", "Ada"):
        user = made.add("User", Username=f"{name}@x.org", Name=name, LastName=name, IsActive=1)
        made.add("Account", Name=f"{name}'s", OwnerId=user)
    made.add("Account", Name="Gone", IsDeleted=1)
    made.add("Task", Subject="old", IsArchived=1)
    made.add("Task", Subject="new", IsArchived=0)
    return made


def test_a_query_leaves_deleted_rows_out(world: World) -> None:
    assert world.values("SELECT Name FROM Account") == ["Boss's", "Ada's"]


def test_query_all_finds_them(world: World) -> None:
    assert world.values("SELECT Name FROM Account WHERE IsDeleted = TRUE", include_deleted=True) == ["Gone"]


def test_archived_tasks_are_found_by_query_all_alone(world: World) -> None:
    assert world.values("SELECT Subject FROM Task") == ["new"]
    assert world.values("SELECT Subject FROM Task", include_deleted=True) == ["old", "new"]


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("mine", ["Ada's"]),
        ("Mine_And_My_Groups", ["Ada's"]),
        ("everything", ["Boss's", "Ada's"]),
        ("team", []),
        ("my_territory", []),
    ],
)
def test_a_scope_says_whose_rows_count(world: World, scope: str, names: list[str]) -> None:
    """soql.md#1: USING SCOPE."""
    (ada,) = world.values("SELECT Id FROM User WHERE Name = 'Ada'")

    assert world.values(f"SELECT Name FROM Account USING SCOPE {scope} WHERE Name != null", user_id=ada) == names


def test_a_scope_that_nobody_knows_is_refused(world: World) -> None:
    assert world.refusal("SELECT Name FROM Account USING SCOPE nobody").code == "INVALID_QUERY_SCOPE"
