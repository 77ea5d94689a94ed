"""What deletes take along, refuse and clear, and how it comes back, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specforce_mockserver.clock import Clock
from specforce_mockserver.org import Org
from specforce_mockserver.records import batch_from_json
from specforce_mockserver.records.recycle_bin import RecycleBin
from specforce_mockserver.schema_files import schema_of_text
from tests.mock.protocols import soap
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.raw_org import RawOrg


def ids(result: list[Any], name: str = "success") -> list[str | None]:
    return [each.findtext(name) for each in result]


def undelete(raw: RawOrg, *records: str, headers: str = "") -> list[Any]:
    return soap(raw, "<undelete>" + "".join(f"<ids>{each}</ids>" for each in records) + "</undelete>", headers)


def live(raw: RawOrg, *names: str) -> list[int]:
    return [raw.query(f"SELECT COUNT() FROM {name}")["totalSize"] for name in names]


def family(raw: RawOrg) -> tuple[str, str, str]:
    """An account, a thing that points at it, and a part that the thing owns."""
    account = raw.create("Account", Name="Acme")
    thing = raw.create("Thing__c", Account__c=account)
    return account, thing, raw.create("Part__c", Thing__c=thing, Code__c="P")


def test_a_master_takes_its_details_along_and_brings_them_back(raw: RawOrg) -> None:
    _account, thing, part = family(raw)

    raw.json("DELETE", f"/sobjects/Thing__c/{thing}")
    assert live(raw, "Thing__c", "Part__c") == [0, 0]
    deleted = raw.get("/queryAll", params={"q": "SELECT Id FROM Part__c WHERE IsDeleted = true"})["records"]
    assert [each["Id"] for each in deleted] == [part]

    assert ids(undelete(raw, part)) == ["false"]
    assert ids(undelete(raw, thing, part)) == ["true", "true"]
    assert live(raw, "Thing__c", "Part__c") == [1, 1]


def test_a_lookup_is_cleared_and_points_back_again(raw: RawOrg) -> None:
    account, thing, _part = family(raw)

    raw.json("DELETE", f"/sobjects/Account/{account}")
    assert raw.get(f"/sobjects/Thing__c/{thing}")["Account__c"] is None

    undelete(raw, account)
    assert raw.get(f"/sobjects/Thing__c/{thing}")["Account__c"] == account


def test_a_lookup_that_points_elsewhere_by_now_stays(raw: RawOrg) -> None:
    account, thing, _part = family(raw)
    other = raw.create("Account", Name="Other")

    raw.json("DELETE", f"/sobjects/Account/{account}")
    raw.json("PATCH", f"/sobjects/Thing__c/{thing}", json={"Account__c": other})
    undelete(raw, account)

    assert raw.get(f"/sobjects/Thing__c/{thing}")["Account__c"] == other


@row("errors_and_limits.md#3", "| DELETE_FAILED | 400 |")
def test_a_restricting_lookup_refuses_the_delete_by_every_protocol(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    lock = raw.create("Lock__c", Account__c=account, Name="L-1")

    status, (error,) = raw.refused("DELETE", f"/sobjects/Account/{account}")
    (item,) = raw.json("DELETE", "/composite/sobjects", params={"ids": account})
    (result,) = soap(raw, f"<delete><ids>{account}</ids></delete>")

    assert (status, error["errorCode"]) == (400, "DELETE_FAILED")
    assert error["message"].startswith("Your attempt to delete Acme could not be completed because it is associated")
    assert item["errors"][0]["statusCode"] == result.findtext("errors/statusCode") == "DELETE_FAILED"
    raw.json("DELETE", f"/sobjects/Lock__c/{lock}")
    raw.json("DELETE", f"/sobjects/Account/{account}")


def test_a_unique_value_that_was_taken_keeps_a_record_in_the_bin(raw: RawOrg) -> None:
    first = raw.create("Account", Name="Acme", Code__c="A")
    raw.json("DELETE", f"/sobjects/Account/{first}")
    raw.create("Account", Name="Other", Code__c="a")

    (result,) = undelete(raw, first)

    assert (result.findtext("success"), result.findtext("errors/statusCode")) == ("false", "DUPLICATE_VALUE")


def test_all_or_none_brings_nothing_back(raw: RawOrg) -> None:
    _account, thing, part = family(raw)
    raw.json("DELETE", f"/sobjects/Thing__c/{thing}")
    living = raw.create("Account", Name="Living")

    found = undelete(raw, thing, living, headers="<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>")

    codes = ids(found, "errors/statusCode")
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "UNDELETE_FAILED"]
    assert live(raw, "Thing__c") == [0]
    assert ids(undelete(raw, thing)) == ["true"]
    assert raw.get(f"/sobjects/Part__c/{part}")["Thing__c"] == thing


def test_what_is_purged_is_gone_with_its_company(raw: RawOrg) -> None:
    _account, thing, _part = family(raw)
    raw.json("DELETE", f"/sobjects/Thing__c/{thing}")

    assert ids(soap(raw, f"<emptyRecycleBin><ids>{thing}</ids></emptyRecycleBin>")) == ["true"]

    for name in ("Thing__c", "Part__c"):
        assert raw.get("/queryAll", params={"q": f"SELECT Id FROM {name}"})["totalSize"] == 0
    assert ids(undelete(raw, thing)) == ["false"]


SCHEMA = """
[Top__c.fields]
Friend__c = "reference(Side__c)"

[Middle__c.fields]
Top__c = "reference(Top__c) masterDetail"
Friend__c = "reference(Side__c)"

[Low__c.fields]
Middle__c = "reference(Middle__c) masterDetail"
Code__c = "string(10) unique"

[Side__c.fields]
Top__c = "reference(Top__c)"
Owner__c = "reference(Side__c) cascadeDelete"
Guard__c = "reference(Low__c) restrictedDelete"
"""
OBJECTS = ("Top__c", "Middle__c", "Low__c", "Side__c")


@pytest.fixture(scope="module")
def web() -> Iterator[Org]:
    org = Org(schema_of_text(SCHEMA), clock=Clock("manual", start_s=1_800_000_000))
    yield org
    org.close()


def dump(org: Org) -> dict[str, list[Any]]:
    reader = org.database.reader()
    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: reader.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall() for name in tables}


def planted(org: Org, links: list[int]) -> dict[str, list[str]]:
    """A few records of each object whose references are chosen by the numbers."""
    numbers = iter(links)
    made: dict[str, list[str]] = {name: [] for name in OBJECTS}
    for round_number in range(3):
        for name in OBJECTS:
            sobject = org.schema[name]
            record: dict[str, Any] = {"Code__c": f"{round_number}"} if sobject.field("Code__c") else {}
            for field in sobject.fields:
                if field.custom and field.type == "reference":
                    known = made[field.reference_to[0]]
                    choice = next(numbers, 0) % (len(known) + 1)
                    if choice < len(known):
                        record[field.name] = known[choice]
            (result,) = org.records.insert(
                batch_from_json(org.schema, sobject, [record]), user_id=org.identity.admin_id
            )
            if result.error is None:
                made[name].append(result.id or "")
    return made


@settings(max_examples=60, deadline=None)
@given(
    links=st.lists(st.integers(0, 9), min_size=21, max_size=21),
    picked=st.integers(0, 99),
    name=st.sampled_from(OBJECTS),
)
def test_a_delete_and_its_undelete_leave_everything_as_it_was(
    web: Org, links: list[int], picked: int, name: str
) -> None:
    web.reset()
    made = planted(web, links)
    if not made[name]:
        return
    before = dump(web)
    record_id = made[name][picked % len(made[name])]

    (deleted,) = web.records.delete(web.schema[name], [record_id], user_id=web.identity.admin_id)
    if deleted.error is not None:
        assert deleted.error.code == "DELETE_FAILED"
        assert dump(web) == before
        return
    assert dump(web) != before
    (restored,) = RecycleBin(web, web.identity.admin_id).restore([record_id])

    assert restored.success
    assert dump(web) == before
