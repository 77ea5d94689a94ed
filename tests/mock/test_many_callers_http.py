"""Many callers at the same time: nothing is lost or mixed up, within an org and between a hundred. Raw HTTP."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import httpx

from specforce_mockserver.org import Org
from specforce_mockserver.orgs import Orgs, settings_for
from specforce_mockserver.server import MockServer
from tests.mock.bulk_client import BulkClient
from tests.mock.raw_org import CLIENT_CREDENTIALS, DATA

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg


def together(*calls: Any) -> list[Any]:
    """Make calls at the same time; what each returned."""
    found: list[Any] = [None] * len(calls)
    begin = threading.Barrier(len(calls))

    def run(place: int) -> None:
        begin.wait(20)
        found[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return found


def test_many_writers_of_one_record_leave_it_whole(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="0", Site="0")

    def write(writer: int) -> set[int]:
        with httpx.Client(base_url=raw.url, headers={"Authorization": f"Bearer {raw.token}"}, trust_env=False) as http:
            path = f"{DATA}/sobjects/Account/{record_id}"
            values = [f"{writer}-{number}" for number in range(15)]
            return {http.patch(path, json={"Name": each, "Site": each}).status_code for each in values}

    statuses = together(*(lambda writer=writer: write(writer) for writer in range(12)))
    left = raw.get(f"/sobjects/Account/{record_id}")

    assert statuses == [{204}] * 12
    assert left["Name"] == left["Site"]
    assert left["Name"].endswith("-14")


def test_many_upserts_of_one_key_make_one_record(raw: RawOrg) -> None:
    def upsert(writer: int) -> int:
        with httpx.Client(base_url=raw.url, headers={"Authorization": f"Bearer {raw.token}"}, trust_env=False) as http:
            return http.patch(f"{DATA}/sobjects/Account/Code__c/K", json={"Name": str(writer)}).status_code

    statuses = together(*(lambda writer=writer: upsert(writer) for writer in range(16)))

    assert sorted(statuses) == [200] * 15 + [201]
    assert raw.query("SELECT COUNT() FROM Account WHERE Code__c = 'K'")["totalSize"] == 1


def test_loads_and_single_writes_at_the_same_time_lose_nothing(raw: RawOrg) -> None:
    def load() -> str:
        with BulkClient(raw.url) as bulk:
            loaded = bulk.load("LastName\n" + "".join(f"L{number}\n" for number in range(3000)))
            return f"{loaded.state} {loaded.counts}"

    def write() -> int:
        with httpx.Client(base_url=raw.url, headers={"Authorization": f"Bearer {raw.token}"}, trust_env=False) as http:
            path = f"{DATA}/sobjects/Contact"
            return sum(http.post(path, json={"LastName": "S"}).status_code == 201 for _ in range(40))

    done = together(load, load, write, write, write)

    assert done == ["JobComplete (3000, 0, 0)"] * 2 + [40] * 3
    assert raw.query("SELECT COUNT() FROM Contact")["totalSize"] == 6120


def test_a_hundred_orgs_of_one_process_see_nothing_of_each_other() -> None:
    first = Org(settings=settings_for("org0"))
    orgs = Orgs(first, new_org=lambda settings, clock: Org(first.schema, settings=settings, clock=clock))
    for number in range(1, 100):
        orgs.make(settings_for(f"org{number}"))

    def use(number: int) -> tuple[list[str], int]:
        with httpx.Client(base_url=f"{server.url}/orgs/org{number}", trust_env=False, timeout=60) as http:
            token = http.post("/services/oauth2/token", data=CLIENT_CREDENTIALS).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            for name in ("A", "B"):
                http.post(f"{DATA}/sobjects/Account", json={"Name": f"{number}{name}"}, headers=headers)
            asked = {"q": "SELECT Name FROM Account ORDER BY Name"}
            found = http.get(f"{DATA}/query", params=asked, headers=headers).json()["records"]
            neighbour = f"{server.url}/orgs/org{(number + 1) % 100}{DATA}/limits"
            return [each["Name"] for each in found], http.get(neighbour, headers=headers).status_code

    with MockServer(orgs) as server:
        seen = together(*(lambda number=number: use(number) for number in range(100)))
    logged = [json.dumps([each.public() for each in org.requests]) for org in orgs]
    orgs.close()

    assert seen == [([f"{number}A", f"{number}B"], 401) for number in range(100)]
    assert all(f'"{(number + 1) % 100}A"' not in each for number, each in enumerate(logged))
