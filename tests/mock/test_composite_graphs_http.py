"""Graphs over raw HTTP: each is done whole or not at all, whatever becomes of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row
from tests.mock.test_composite_http import ROLLED_BACK, refused, sub

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any


def graph(name: str, *nodes: Json) -> Json:
    """One graph of a request."""
    return {"graphId": name, "compositeRequest": list(nodes)}


def run(raw: RawOrg, *graphs: Json) -> list[Json]:
    """The answers to graphs."""
    answers: list[Json] = raw.json("POST", "/composite/graph", json={"graphs": list(graphs)})["graphs"]
    return answers


def bodies(answer: Json) -> list[Json]:
    """The bodies of one graph's nodes."""
    return [each["body"] for each in answer["graphResponse"]["compositeResponse"]]


ACME = sub("POST", "/sobjects/Account", "a1", {"Name": "Acme"})
EK = sub("POST", "/sobjects/Contact", "c1", {"LastName": "Ek", "AccountId": "@{a1.id}"})
NAMELESS = sub("POST", "/sobjects/Contact", "c2", {"AccountId": "@{a1.id}"})


@row("rest.md#10", '{"graphs":[{"graphId":"g1"')
def test_a_graph_that_fails_is_undone_and_the_others_stay(raw: RawOrg) -> None:
    good, bad = run(raw, graph("good", ACME, EK), graph("bad", ACME, NAMELESS, EK))

    assert (good["graphId"], good["isSuccessful"], bad["isSuccessful"]) == ("good", True, False)
    assert raw.get(f"/sobjects/Contact/{bodies(good)[1]['id']}")["AccountId"] == bodies(good)[0]["id"]
    first, own, last = bad["graphResponse"]["compositeResponse"]
    assert (first["body"], last["body"], last["httpStatusCode"]) == ([ROLLED_BACK], [ROLLED_BACK], 400)
    assert own["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert (own["httpHeaders"], next(iter(own["body"][0]))) == ({}, "message")
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 1


@row("rest.md#10", '{"graphs":[{"graphId":"g1"')
def test_graphs_do_not_see_each_other(raw: RawOrg) -> None:
    _first, second = run(raw, graph("one", ACME), graph("two", EK))

    assert bodies(second)[0][0]["errorCode"] == "PROCESSING_HALTED"


@row("rest.md#10", '{"graphs":[{"graphId":"g1"')
@pytest.mark.parametrize(("method", "path"), [("GET", "/query?q=SELECT Id FROM Account"), ("GET", "/limits")])
def test_graphs_are_about_records_alone(raw: RawOrg, method: str, path: str) -> None:
    (answer,) = run(raw, graph("g", sub(method, path, "q1")))

    assert (answer["isSuccessful"], bodies(answer)[0][0]["errorCode"]) == (False, "INVALID_INPUT")


@row("rest.md#10", "Limits: 75 graphs")
@row("errors_and_limits.md#6", "| Graph |")
def test_after_fourteen_failed_graphs_the_rest_is_not_run(raw: RawOrg) -> None:
    failing = [graph(f"f{number}", sub("POST", "/sobjects/Contact", "c", {})) for number in range(14)]

    answers = run(raw, *failing, graph("last", ACME))

    assert [bodies(each)[0][0]["errorCode"] for each in answers] == [
        *["REQUIRED_FIELD_MISSING"] * 14,
        "PROCESSING_HALTED",
    ]
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 0


CHAIN = [
    ACME,
    *(sub("PATCH", f"/sobjects/Account/@{{a{n}.id}}", f"a{n + 1}", {"Phone": f"@{{a{n}.id}}"}) for n in range(1, 16)),
]
KINDS = [sub("POST", f"/sobjects/T{number}__c", f"n{number}", {}) for number in range(16)]
MANY = [{**ACME, "referenceId": f"a{number}"} for number in range(501)]


@row("rest.md#10", "Limits: 75 graphs")
@row("versions.md#2", "* Composite/batch:")
@pytest.mark.parametrize(
    "graphs",
    [
        [graph(f"g{number}", ACME) for number in range(76)],
        [graph("g", *CHAIN)],
        [graph("g", *KINDS)],
        [graph("g", *MANY)],
        [graph("g", ACME), graph("g", ACME)],
        [graph("g", ACME, ACME)],
        [graph("g", {**ACME, "url": "/services/data/v49.0/sobjects/Account"})],
        [graph("g", sub("POST", "/sobjects/Account", "a[1]", {}))],
        [{"graphId": "g"}],
        [],
    ],
)
def test_a_payload_that_is_too_large_or_malformed_is_refused_whole(raw: RawOrg, graphs: list[Json]) -> None:
    assert refused(raw, {"graphs": graphs}, "/composite/graph")["errorCode"]
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 0


@row("rest.md#10", "Limits: 75 graphs")
def test_five_hundred_nodes_in_seventy_five_graphs_are_taken(raw: RawOrg) -> None:
    nodes = MANY[:500]
    graphs = [graph(f"g{number}", *nodes[number * 7 : number * 7 + 7]) for number in range(71)]

    answers = run(raw, *graphs)

    assert all(each["isSuccessful"] for each in answers)
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 497


def test_graphs_came_with_version_50(raw: RawOrg) -> None:
    assert raw.send("POST", "/composite/graph", version="49.0", json={"graphs": [graph("g", ACME)]}).status_code == 404
    assert f"{DATA}/composite/graph" in raw.get("/composite").values()
