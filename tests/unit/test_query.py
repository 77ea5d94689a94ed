"""Queries: lazy, paged, one page ahead, counted; records as dicts or typed."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import attrs
import httpx
import msgspec
import pytest

from specforce.errors import DecodeError, InputError, IntegrityError, MalformedQuery
from tests.covers import covers
from tests.halves import Half, ScriptedServer, json_answer, refusal

NEXT = "/services/data/v67.0/query/01gxx00000AbCdEAAV-{}"


def record(number: int, **fields: object) -> dict[str, Any]:
    attributes = {"type": "Account", "url": f"/services/data/v67.0/sobjects/Account/{number}"}
    return {"attributes": attributes, "Id": f"001{number}", "Name": f"n{number}", **fields}


def page(numbers: range | list[int], total: int, following: str | None = None, **fields: object) -> httpx.Response:
    document: dict[str, Any] = {"totalSize": total, "done": following is None}
    if following is not None:
        document["nextRecordsUrl"] = following
    return json_answer({**document, "records": [record(number, **fields) for number in numbers]})


def pages(size: int = 2, total: int = 5) -> ScriptedServer:
    """A server with a cursor: the offset in the URL says which page."""

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.url.path.rpartition("-")[2]) if "01g" in request.url.path else 0
        end = min(start + size, total)
        return page(range(start, end), total, NEXT.format(end) if end < total else None)

    return ScriptedServer(answer)


class Account(msgspec.Struct):
    Id: str
    Name: str
    CreatedDate: datetime | None = None


@dataclass
class AccountData:
    Id: str
    Name: str


@attrs.define
class AccountAttrs:
    Id: str
    Name: str


def test_all_pages_are_read_in_order(half: Half) -> None:
    """No iterator stops after page 1 or repeats it."""
    server = pages()
    query = half.connect(server).query("SELECT Id FROM Account")

    assert [row["Id"] for row in half.items(query)] == ["0010", "0011", "0012", "0013", "0014"]
    assert [request.url.path.rpartition("/")[2] for request in server.requests] == [
        "query",
        "01gxx00000AbCdEAAV-2",
        "01gxx00000AbCdEAAV-4",
    ]


def test_nothing_is_sent_before_records_are_wanted(half: Half) -> None:
    server = pages()

    half.connect(server).query("SELECT Id FROM Account")

    assert not server.requests


def test_the_query_travels_encoded_with_its_values_bound(half: Half) -> None:
    server = pages(total=0)

    half.run(half.connect(server).query("SELECT Id FROM A WHERE N = :n AND D > :d", n="a+b&c='", d=1).all())

    assert server.requests[0].url.params["q"] == r"SELECT Id FROM A WHERE N = 'a+b&c=\'' AND D > 1"
    assert b"a%2Bb%26c" in server.requests[0].url.raw_path


def test_total_size_and_first_share_the_first_page_with_the_iteration(half: Half) -> None:
    server = pages()
    query = half.connect(server).query("SELECT Id FROM Account")

    assert half.run(query.total_size) == 5 if half.name == "async" else query.total_size == 5
    assert half.run(query.first())["Id"] == "0010"
    assert len(half.run(query.all())) == 5
    assert len(server.requests) == 3


def test_a_second_iteration_runs_the_query_again(half: Half) -> None:
    server = pages()
    query = half.connect(server).query("SELECT Id FROM Account")

    assert half.run(query.all()) == half.run(query.all())
    assert len(server.requests) == 6


def test_first_is_none_without_records(half: Half) -> None:
    assert half.run(half.connect(pages(total=0)).query("SELECT Id FROM Account").first()) is None


def test_first_looks_past_an_empty_page(half: Half) -> None:
    server = ScriptedServer(page([], 1, NEXT.format(0)), page([7], 1))

    assert half.run(half.connect(server).query("SELECT Id FROM Account").first())["Id"] == "0017"


@covers("W7")
def test_an_empty_page_with_a_next_one_is_no_end(half: Half) -> None:
    server = ScriptedServer(page([], 2, NEXT.format(0)), page([], 2, NEXT.format(1)), page([1, 2], 2))

    assert len(half.run(half.connect(server).query("SELECT Id FROM Account").all())) == 2


def test_pages_come_as_the_server_cuts_them(half: Half) -> None:
    query = half.connect(pages()).query("SELECT Id FROM Account")

    assert [len(rows) for rows in half.items(query.pages())] == [2, 2, 1]


def test_the_batch_size_is_a_header_of_every_page(half: Half) -> None:
    server = pages()

    half.run(half.connect(server).query("SELECT Id FROM Account", batch_size=200).all())

    assert [request.headers["sforce-query-options"] for request in server.requests] == ["batchSize=200"] * 3


@covers("D1")
def test_the_batch_size_header_survives_a_renewed_login(half: Half) -> None:
    server = pages(total=1)
    server.refused = {"00Dxx!token-1"}

    half.run(half.connect(server).query("SELECT Id FROM Account", batch_size=200).all())

    assert [request.headers["sforce-query-options"] for request in server.requests] == ["batchSize=200"] * 2


@pytest.mark.parametrize("size", [199, 2001])
def test_a_batch_size_out_of_range_is_refused(half: Half, size: int) -> None:
    with pytest.raises(InputError, match="200 to 2,000"):
        half.connect(pages()).query("SELECT Id FROM Account", batch_size=size)


def test_deleted_records_are_asked_for_at_query_all(half: Half) -> None:
    server = pages()

    half.run(half.connect(server).query_all("SELECT Id FROM Account").all())

    assert server.requests[0].url.path.endswith("/queryAll")


@covers("W8")
def test_a_count_is_the_total_and_no_records(half: Half) -> None:
    query = half.connect(ScriptedServer(page([], 42))).query("select count() from Account")

    total = half.run(query.total_size) if half.name == "async" else query.total_size
    assert total == 42
    assert half.run(query.all()) == []


def test_fewer_records_than_the_server_found_is_an_error(half: Half) -> None:
    server = ScriptedServer(page([1, 2], 5, NEXT.format(2)), page([3], 5))

    with pytest.raises(IntegrityError, match="found 5 records and sent 3") as caught:
        half.run(half.connect(server).query("SELECT Id FROM Account").all())

    assert (caught.value.expected, caught.value.actual) == (5, 3)


def test_no_records_though_some_were_found_is_an_error(half: Half) -> None:
    with pytest.raises(IntegrityError):
        half.run(half.connect(ScriptedServer(page([], 5))).query("SELECT Id FROM Account").all())


def test_a_page_that_names_itself_as_the_next_is_an_error(half: Half) -> None:
    server = ScriptedServer(page([1], 9, NEXT.format(1)))

    with pytest.raises(IntegrityError, match="don't end"):
        half.run(half.connect(server).query("SELECT Id FROM Account").all())


def test_pages_in_a_circle_are_an_error(half: Half) -> None:
    server = ScriptedServer(*[page([number], 3, NEXT.format(number % 2)) for number in range(8)])

    with pytest.raises(IntegrityError, match="4 of 3 records"):
        half.run(half.connect(server).query("SELECT Id FROM Account").all())


def test_more_to_come_without_saying_where_is_an_error(half: Half) -> None:
    server = ScriptedServer(json_answer({"totalSize": 2, "done": False, "records": [record(1)]}))

    with pytest.raises(IntegrityError, match="not where"):
        half.run(half.connect(server).query("SELECT Id FROM Account").all())


def test_a_next_page_elsewhere_than_at_a_query_is_an_error(half: Half) -> None:
    server = ScriptedServer(page([1], 2, "https://evil.example/steal"))

    with pytest.raises(DecodeError, match=r"evil\.example"):
        half.run(half.connect(server).query("SELECT Id FROM Account").all())


def test_child_relationships_are_completed_from_their_own_pages(half: Half) -> None:
    contacts = {"totalSize": 3, "done": False, "nextRecordsUrl": NEXT.format("c1"), "records": [{"Id": "003a"}]}
    server = ScriptedServer(
        page([1], 1, Contacts=contacts, Cases=None),
        json_answer({"totalSize": 3, "done": False, "nextRecordsUrl": NEXT.format("c2"), "records": [{"Id": "003b"}]}),
        json_answer({"totalSize": 3, "done": True, "records": [{"Id": "003c"}]}),
    )

    [account] = half.run(half.connect(server).query("SELECT Id, (SELECT Id FROM Contacts) FROM Account").all())

    assert [child["Id"] for child in account["Contacts"]["records"]] == ["003a", "003b", "003c"]
    assert account["Contacts"]["done"] is True
    assert "nextRecordsUrl" not in account["Contacts"]


def test_child_records_that_do_not_add_up_are_an_error(half: Half) -> None:
    contacts = {"totalSize": 3, "done": False, "nextRecordsUrl": NEXT.format("c1"), "records": [{"Id": "003a"}]}
    server = ScriptedServer(page([1], 1, Contacts=contacts), json_answer({"totalSize": 3, "done": True, "records": []}))

    with pytest.raises(IntegrityError, match="child"):
        half.run(half.connect(server).query("SELECT Id, (SELECT Id FROM Contacts) FROM Account").all())


@pytest.mark.parametrize("kind", [Account, AccountData, AccountAttrs])
def test_records_come_as_the_class_that_was_asked_for(half: Half, kind: type[Any]) -> None:
    records = half.run(half.connect(pages()).query("SELECT Id, Name FROM Account", returns=kind).all())

    assert records[0] == kind("0010", "n0")
    assert len(records) == 5


def test_salesforce_s_datetimes_become_aware_ones(half: Half) -> None:
    server = ScriptedServer(page([1], 1, CreatedDate="2026-03-01T10:00:00.000+0000"))

    [account] = half.run(half.connect(server).query("SELECT Id FROM Account", returns=Account).all())

    assert account.CreatedDate == datetime.fromisoformat("2026-03-01T10:00:00+00:00")


def test_typed_child_records_are_completed_too(half: Half) -> None:
    class Contact(msgspec.Struct):
        Id: str

    class ContactRows(msgspec.Struct):
        records: list[Contact]

    class Parent(msgspec.Struct):
        Id: str
        CreatedDate: datetime
        Contacts: ContactRows

    contacts = {"totalSize": 2, "done": False, "nextRecordsUrl": NEXT.format("c1"), "records": [{"Id": "003a"}]}
    server = ScriptedServer(
        page([1], 1, Contacts=contacts, CreatedDate="2026-03-01T10:00:00.000+0000"),
        json_answer({"totalSize": 2, "done": True, "records": [{"Id": "003b"}]}),
    )
    globals().update(Contact=Contact, ContactRows=ContactRows)

    [parent] = half.run(half.connect(server).query("SELECT Id FROM Account", returns=Parent).all())

    assert [child.Id for child in parent.Contacts.records] == ["003a", "003b"]
    assert parent.CreatedDate == datetime.fromisoformat("2026-03-01T10:00:00+00:00")


def test_a_null_in_a_field_that_can_not_be_empty_says_what_to_declare(half: Half) -> None:
    server = ScriptedServer(page([1], 1, Name=None))

    with pytest.raises(DecodeError, match=r"\.\.\. \| None") as caught:
        half.run(half.connect(server).query("SELECT Id FROM Account", returns=Account).all())

    text = str(caught.value)
    assert "a record of 'SELECT Id FROM Account' doesn't fit Account: " in text
    assert "$.records[0].Name" in text
    assert "Page" not in text


@pytest.mark.parametrize("content", [b'{"totalSize":1,"done":true,"rec', b"", b'{"totalSize":1}', b"\xff"])
def test_a_cut_answer_is_an_error_and_never_fewer_records(half: Half, content: bytes) -> None:
    server = ScriptedServer(httpx.Response(200, content=content, headers={"content-type": "application/json"}))

    with pytest.raises(DecodeError, match="query"):
        half.run(half.connect(server).query("SELECT Id FROM Account").all())


def test_a_web_page_in_place_of_records_is_named_as_one(half: Half) -> None:
    portal = httpx.Response(200, text="<html>Please log in</html>", headers={"content-type": "text/html"})

    with pytest.raises(DecodeError, match="text/html"):
        half.run(half.connect(ScriptedServer(portal)).query("SELECT Id FROM Account").all())


def test_a_query_that_the_server_can_not_read_is_its_error(half: Half) -> None:
    server = ScriptedServer(refusal("MALFORMED_QUERY", "unexpected token: 'SELEKT'"))

    with pytest.raises(MalformedQuery, match="SELEKT"):
        half.run(half.connect(server).query("SELEKT").all())


def test_one_page_is_fetched_ahead_and_no_more() -> None:
    half = Half("sync")
    server = pages(size=1, total=4)
    arrived = threading.Event()
    inner = server.answers[0]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("-1"):
            arrived.set()
        assert callable(inner)
        return inner(request)

    server.answers[:] = [answer]
    rows = iter(half.connect(server).query("SELECT Id FROM Account"))

    next(rows)

    assert arrived.wait(5)
    rows.close()
    assert len(server.requests) == 2


def test_leaving_an_iteration_early_leaves_no_thread_behind() -> None:
    half = Half("sync")
    rows = iter(half.connect(pages(size=1, total=4)).query("SELECT Id FROM Account"))
    next(rows)

    rows.close()

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("specforce-prefetch")]


def test_search_returns_its_hits(half: Half) -> None:
    server = ScriptedServer(json_answer({"searchRecords": [record(1)]}))
    sf = half.connect(server)

    [hit] = half.run(sf.search("FIND :q IN NAME FIELDS RETURNING Account(Id, Name)", q="O'Hara", returns=Account))

    assert hit == Account("0011", "n1")
    assert server.requests[0].url.params["q"] == r"FIND {O\'Hara} IN NAME FIELDS RETURNING Account(Id, Name)"


def test_binds_with_the_names_of_arguments_go_in_a_mapping(half: Half) -> None:
    server = pages(total=0)

    half.run(half.connect(server).query("SELECT Id FROM A WHERE R = :returns", binds={"returns": "x"}).all())

    assert json.dumps(server.requests[0].url.params["q"]) == json.dumps("SELECT Id FROM A WHERE R = 'x'")
