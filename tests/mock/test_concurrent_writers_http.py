"""Many writers at once, over raw HTTP: nothing is lost, torn or done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.mock.bulk_client import BulkClient
from tests.mock.raw_org import RawOrg
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.org import Org
    from specforce_mockserver.triggers import Trigger

WRITERS = 8


@pytest.fixture
def clients(raw: RawOrg) -> Iterator[list[RawOrg]]:
    """A client for each writer, with the token of one."""
    made = [RawOrg(raw.url) for _ in range(WRITERS)]
    for each in made:
        each.token = raw.token
    yield made
    for each in made:
        each.http.close()


def test_changes_of_one_record_all_count(raw: RawOrg, org: Org, clients: list[RawOrg]) -> None:
    @org.trigger("Account", "before update")
    def count(trigger: Trigger) -> None:
        for record, old in zip(trigger.new, trigger.old, strict=True):
            record["NumberOfEmployees"] = (old["NumberOfEmployees"] or 0) + 1

    account = raw.create("Account", Name="Acme")

    def change(client: RawOrg) -> None:
        for number in range(10):
            client.json("PATCH", f"/sobjects/Account/{account}", json={"Site": f"{number}", "Phone": f"{number}"})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(change, clients))

    record = raw.get(f"/sobjects/Account/{account}")
    assert record["NumberOfEmployees"] == 10 * WRITERS
    assert record["Site"] == record["Phone"] == "9"


@row("rest.md#1", "Precondition results")
def test_of_changes_to_one_state_the_first_is_made(raw: RawOrg, clients: list[RawOrg]) -> None:
    account = raw.create("Account", Name="Acme")
    tag = raw.send("GET", f"/sobjects/Account/{account}").headers["etag"]

    def change(numbered: tuple[int, RawOrg]) -> int:
        number, client = numbered
        body, headers = {"Site": f"S{number}"}, {"If-Match": tag}
        return client.send("PATCH", f"/sobjects/Account/{account}", json=body, headers=headers).status_code

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = list(pool.map(change, enumerate(clients)))

    assert sorted(statuses) == [204] + [412] * (WRITERS - 1)
    assert raw.get(f"/sobjects/Account/{account}")["Site"] == f"S{statuses.index(204)}"


def test_one_external_id_makes_one_record(raw: RawOrg, clients: list[RawOrg]) -> None:
    def upsert(client: RawOrg) -> int:
        return client.send("PATCH", "/sobjects/Account/Code__c/one", json={"Name": "One"}).status_code

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = list(pool.map(upsert, clients))

    assert sorted(statuses) == [200] * (WRITERS - 1) + [201]
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 1


def test_a_job_and_calls_write_side_by_side(raw: RawOrg, org: Org, clients: list[RawOrg]) -> None:
    data = "LastName\n" + "".join(f"B{number}\n" for number in range(5000))

    def create(client: RawOrg) -> None:
        for number in range(10):
            client.create("Contact", LastName=f"C{number}")

    with BulkClient(raw.url) as bulk, ThreadPoolExecutor(WRITERS + 1) as pool:
        job = pool.submit(bulk.load, data)
        list(pool.map(create, clients))
        assert job.result().counts == (5000, 0, 0)

    assert raw.query("SELECT COUNT() FROM Contact")["totalSize"] == 5000 + 10 * WRITERS
    ids = [each[0] for each in org.database.reader().execute("SELECT Id FROM Contact")]
    assert len(set(ids)) == len(ids)
    assert org.database.reader().execute("PRAGMA integrity_check").fetchone() == ("ok",)
