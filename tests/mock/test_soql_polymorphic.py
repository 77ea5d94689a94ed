"""Parents of more than one object. Rows: specs/reference/soql.md sections 1, 2 and 4."""

from __future__ import annotations

import pytest

from tests.mock.reference import row
from tests.mock.soql_world import RECORDS, World


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    profile = made.add("Profile", Name="Admin")
    user = made.add("User", Username="ada@x.org", Name="Ada", LastName="Ada", Email="ada@x.org", ProfileId=profile)
    queue = made.add("Group", Name="Support", Type="Queue")
    acme = made.add("Account", Name="Acme", Phone="1", OwnerId=user)
    case = made.add("Case", CaseNumber="00001001", Subject="Help", OwnerId=queue)
    made.add("Task", Subject="call", WhatId=acme, OwnerId=user)
    made.add("Task", Subject="look", WhatId=case, OwnerId=queue)
    made.add("Task", Subject="rest", OwnerId=user)
    made.add("Task", Subject="lost", WhatId=acme[:14] + "9" + acme[15:], OwnerId=user)
    return made


def test_a_field_is_read_from_whichever_object_it_is(world: World) -> None:
    """soql.md#1: polymorphic `What.Name`; a case is named by its number."""
    records = world.records("SELECT Subject, What.Name, What.Type FROM Task")
    found = {each["Subject"]: each["What"] and (each["What"]["Name"], each["What"]["Type"]) for each in records}
    assert found == {"call": ("Acme", "Account"), "look": ("00001001", "Case"), "rest": None, "lost": None}


def test_the_parent_s_url_is_that_of_its_object(world: World) -> None:
    (record,) = world.records("SELECT What.Name FROM Task WHERE Subject = 'look'")
    (case_id,) = world.values("SELECT Id FROM Case")
    assert record["What"]["attributes"] == {"type": "Name", "url": f"{RECORDS}/Case/{case_id}"}


@pytest.mark.parametrize(
    ("where", "subjects"),
    {
        "What.Type = 'Account'": ["call", "lost"],
        "What.Type IN ('Account', 'case')": ["call", "look", "lost"],
        "What.Name LIKE 'ac%'": ["call"],
        "What.Name = null": ["rest", "lost"],
        "Owner.Type = 'Queue'": ["look"],
        "Owner.Name = 'ada' AND WhatId = null": ["rest"],
        "Owner.Profile.Name = 'Admin'": ["call", "rest", "lost"],
        "TYPEOF_ = 1": None,
    }.items(),
)
@row("soql.md#2", "| Polymorphic |")
def test_conditions_on_a_polymorphic_parent(world: World, where: str, subjects: list[str] | None) -> None:
    """soql.md#2: `What.Type IN ('Account')`."""
    text = f"SELECT Subject FROM Task WHERE {where}"
    if subjects is None:
        assert world.refusal(text).code == "INVALID_FIELD"
    else:
        assert world.values(text) == subjects


def test_order_by_a_polymorphic_name(world: World) -> None:
    found = world.values("SELECT Subject FROM Task ORDER BY Owner.Name DESC, Subject")
    assert found == ["look", "call", "lost", "rest"]


@pytest.mark.parametrize("path", ["What.Phone2", "What.BillingCity", "What.Owner.Name"])
def test_only_the_fields_of_name_are_known(world: World, path: str) -> None:
    assert world.refusal(f"SELECT {path} FROM Task").code == "INVALID_FIELD"


class TestTypeOf:
    """soql.md#4: a nested record holding only selected fields plus attributes.type."""

    def test_each_object_has_fields_of_its_own(self, world: World) -> None:
        text = "SELECT Subject, TYPEOF What WHEN Account THEN Phone, Owner.Name WHEN Case THEN Subject END FROM Task"
        found = {each["Subject"]: each["What"] for each in world.records(text)}
        assert found["call"]["attributes"]["type"] == "Account"
        assert list(found["call"]) == ["attributes", "Phone", "Owner"]
        assert found["call"]["Owner"]["Name"] == "Ada"
        assert {key: value for key, value in found["look"].items() if key != "attributes"} == {"Subject": "Help"}
        assert found["rest"] is None
        assert found["lost"] is None

    def test_else_is_for_the_other_objects(self, world: World) -> None:
        text = "SELECT Subject, TYPEOF What WHEN Account THEN Phone ELSE Name END FROM Task"
        found = {each["Subject"]: each["What"] for each in world.records(text)}
        assert found["call"]["Phone"] == "1"
        assert found["look"]["Name"] == "00001001"

    def test_without_else_the_other_objects_are_null(self, world: World) -> None:
        text = "SELECT Subject, TYPEOF What WHEN Account THEN Phone END FROM Task WHERE Subject = 'look'"
        assert world.records(text)[0]["What"] is None

    def test_it_is_for_polymorphic_relationships_alone(self, world: World) -> None:
        assert world.refusal("SELECT TYPEOF Account WHEN Account THEN Name END FROM Contact").code == "INVALID_FIELD"
