"""All or none: a refused row leaves the org as it was, by every call that can hold rows together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import schema_of_text
from tests.mock.protocols import soap, soap_record
from tests.mock.raw_org import DATA, SCHEMA, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from specforce_mockserver.triggers import Trigger
    from tests.mock.raw_org import RawOrg

Json = Any
ALL = "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>"
ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
HALTED = "PROCESSING_HALTED"
GOOD = {"Name": "Good", "Code__c": "new"}


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[Org, RawOrg]]:
    org = Org(schema_of_text(SCHEMA))
    with serving(org) as client:
        yield org, client


def prepared(org: Org, raw: RawOrg) -> list[str]:
    """Three accounts, the first with a contact and a lock that keeps it; a trigger that leaves a trace of each save."""
    org.reset()
    raw.login()
    accounts = [raw.create("Account", Name=name, Code__c=name) for name in "ABC"]
    raw.create("Contact", LastName="Ek", AccountId=accounts[1])
    raw.create("Lock__c", Account__c=accounts[0])

    @org.trigger("Account", "after insert, after update, after delete")
    def trace(trigger: Trigger) -> None:
        trigger.insert("Task", *({"Subject": trigger.event} for _record in trigger.new or trigger.old))

    return accounts


def dump(org: Org) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, counters and all."""
    reader = org.database.reader()
    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: reader.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall() for name in tables}


def collection(raw: RawOrg, method: str, path: str, records: list[Json]) -> list[str]:
    body = {"allOrNone": True, "records": [{"attributes": {"type": "Account"}, **each} for each in records]}
    return [code_of(each) for each in raw.json(method, path, json=body)]


def code_of(result: Json) -> str:
    return result["errors"][0]["statusCode"] if result["errors"] else ""


def subrequests(records: list[Json]) -> list[Json]:
    return [
        {"method": "POST", "url": f"{DATA}/sobjects/Account", "referenceId": f"r{number}", "body": record}
        for number, record in enumerate(records)
    ]


def answers(found: list[Json]) -> list[str]:
    return ["" if each["httpStatusCode"] < 300 else each["body"][0]["errorCode"] for each in found]


def created(raw: RawOrg, records: list[Json]) -> list[str]:
    return collection(raw, "POST", "/composite/sobjects", records)


def upserted(raw: RawOrg, records: list[Json]) -> list[str]:
    keyed = [{"Code__c": f"k{number}"} | each for number, each in enumerate(records)]
    return collection(raw, "PATCH", "/composite/sobjects/Account/Code__c", keyed)


def composed(raw: RawOrg, records: list[Json]) -> list[str]:
    body = {"allOrNone": True, "compositeRequest": subrequests(records)}
    return answers(raw.json("POST", "/composite", json=body)["compositeResponse"])


def in_graph(raw: RawOrg, records: list[Json]) -> list[str]:
    body = {"graphs": [{"graphId": "g", "compositeRequest": subrequests(records)}]}
    return answers(raw.json("POST", "/composite/graph", json=body)["graphs"][0]["graphResponse"]["compositeResponse"])


def by_soap(raw: RawOrg, records: list[Json]) -> list[str]:
    inside = "".join(f"<sObjects>{soap_record('Account', each)}</sObjects>" for each in records)
    return [each.findtext("errors/statusCode") or "" for each in soap(raw, f"<create>{inside}</create>", ALL)]


CREATES: dict[str, tuple[Callable[[RawOrg, list[Json]], list[str]], str]] = {
    "collection": (created, ROLLED_BACK),
    "upsert": (upserted, ROLLED_BACK),
    "composite": (composed, HALTED),
    "graph": (in_graph, HALTED),
    "SOAP": (by_soap, ROLLED_BACK),
}
BAD: dict[str, tuple[Json, str]] = {
    "required": ({}, "REQUIRED_FIELD_MISSING"),
    "length": ({"Name": "x" * 300}, "STRING_TOO_LONG"),
    "unique": ({"Name": "A", "Code__c": "b"}, "DUPLICATE_VALUE"),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("way", CREATES)
def test_one_refused_row_undoes_the_call(shop: tuple[Org, RawOrg], way: str, bad: str) -> None:
    org, raw = shop
    prepared(org, raw)
    create, code_of_others = CREATES[way]
    record, code = BAD[bad]
    if way == "upsert" and bad == "unique":
        record, code = {"Name": "x" * 300}, "STRING_TOO_LONG"
    before = dump(org)

    found = create(raw, [{"Name": "First"}, record, {"Name": "Last"}])

    assert found == [code_of_others, code, code_of_others]
    assert dump(org) == before
    assert create(raw, [{"Name": "First"}, {"Name": "Last"}]) == ["", ""]
    assert dump(org) != before


def test_a_tree_is_all_or_none(shop: tuple[Org, RawOrg]) -> None:
    org, raw = shop
    prepared(org, raw)
    before = dump(org)
    child = {"attributes": {"type": "Contact", "referenceId": "c"}, "FirstName": "Nobody"}
    root = {"attributes": {"type": "Account", "referenceId": "a"}, "Name": "A", "Contacts": {"records": [child]}}

    answer = raw.send("POST", "/composite/tree/Account", json={"records": [root]})

    assert (answer.status_code, [each["referenceId"] for each in answer.json()["results"]]) == (400, ["c"])
    assert dump(org) == before


def test_updates_and_deletes_are_held_together_too(shop: tuple[Org, RawOrg]) -> None:
    org, raw = shop
    first, second, third = prepared(org, raw)
    before = dump(org)

    updated = collection(
        raw, "PATCH", "/composite/sobjects", [{"id": second, "Name": "X"}, {"id": third, "Name": None}]
    )
    deleted = raw.json("DELETE", "/composite/sobjects", params={"ids": f"{second},{first}", "allOrNone": "true"})
    by_call = soap(raw, f"<delete><ids>{second}</ids><ids>{first}</ids></delete>", ALL)

    assert updated == [ROLLED_BACK, "REQUIRED_FIELD_MISSING"]
    assert [code_of(each) for each in deleted] == [ROLLED_BACK, "DELETE_FAILED"]
    assert [each.findtext("errors/statusCode") for each in by_call] == [ROLLED_BACK, "DELETE_FAILED"]
    assert dump(org) == before


def test_without_it_every_row_stands_for_itself(shop: tuple[Org, RawOrg]) -> None:
    org, raw = shop
    prepared(org, raw)
    records = [{"attributes": {"type": "Account"}, **each} for each in ({"Name": "Y"}, {}, {"Name": "Z"})]

    found = raw.json("POST", "/composite/sobjects", json={"records": records})

    assert [each["success"] for each in found] == [True, False, True]
    assert raw.query("SELECT COUNT() FROM Task")["totalSize"] == 2


@settings(max_examples=40, deadline=None)
@given(
    way=st.sampled_from(sorted(CREATES)),
    rows=st.lists(st.sampled_from(["good", *BAD]), min_size=1, max_size=6),
)
def test_a_call_is_either_whole_or_nothing(shop: tuple[Org, RawOrg], way: str, rows: list[str]) -> None:
    org, raw = shop
    prepared(org, raw)
    before = dump(org)
    records = [{"Name": f"N{place}"} if row == "good" else BAD[row][0] for place, row in enumerate(rows)]

    found = CREATES[way][0](raw, records)

    if any(found):
        assert dump(org) == before
    elif way != "upsert":
        assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 3 + len(rows)
