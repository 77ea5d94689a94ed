"""`graph`: graphs of dependent requests about records, each done whole or not at all.

Source: specs/reference/rest.md section 10.3, errors_and_limits.md section 6. Codes and texts for payloads that are
too large are [E].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.composite import requests
from specforce_mockserver.composite.requests import malformed
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.operations import OperationSpec

Json = Any
OLDEST = 50.0
MAX_NODES = 500
MAX_DEPTH = 15
MAX_NODE_TYPES = 15
MAX_FAILED_GRAPHS = 14
OPERATIONS = frozenset(
    {
        *("createRecord", "getRecord", "updateRecord", "deleteRecord", "createRecordById"),
        *("getRecordByExternalId", "upsertRecord", "deleteRecordByExternalId"),
    }
)
_SOBJECT = re.compile(r"/services/data/v(\d{1,3}\.0)/sobjects/([^/?]+)", re.IGNORECASE | re.ASCII)
_REFERENCE = re.compile(rb"@\{([A-Za-z0-9_]+)")
_HALTED = {
    "errorCode": "PROCESSING_HALTED",
    "message": f"{MAX_FAILED_GRAPHS} graphs failed, so this one wasn't run",
}


@provides("compositeGraph", blocking=True, on_violation=malformed)
def composite_graph(call: Call) -> Answer:
    """Run graphs, which don't see each other."""
    graphs: Sequence[Mapping[str, Json]] = call.body["graphs"]
    _check(call, graphs)
    failures = 0
    results: list[Json] = []
    for graph in graphs:
        nodes: Sequence[Mapping[str, Json]] = graph["compositeRequest"]
        if failures >= MAX_FAILED_GRAPHS:
            answers, success = [_not_run(each) for each in nodes], False
        else:
            answers, success = requests.run(call, nodes, _permit_records, all_or_none=True)
        failures += not success
        response = {"compositeResponse": answers}
        results.append({"graphId": graph["graphId"], "graphResponse": response, "isSuccessful": success})
    return Answer({"graphs": results})


def _permit_records(operation: OperationSpec) -> None:
    """Let through what is about one record.

    Raises:
        ApiError: 400, it isn't. [E]
    """
    if operation.id not in OPERATIONS:
        raise requests.not_in_composite(operation)


def _not_run(node: Mapping[str, Json]) -> Json:
    return {"body": [_HALTED], "httpHeaders": {}, "httpStatusCode": 400, "referenceId": node["referenceId"]}


def _check(call: Call, graphs: Sequence[Mapping[str, Json]]) -> None:
    """Refuse the whole request where it breaks a limit, or names aren't unique.

    Raises:
        ApiError: 400.
    """
    if len({each["graphId"] for each in graphs}) < len(graphs):
        raise ApiError(400, "JSON_PARSER_ERROR", "Duplicate graphId: each must be unique")
    nodes = [node for graph in graphs for node in graph["compositeRequest"]]
    if len(nodes) > MAX_NODES:
        raise ApiError(400, "LIMIT_EXCEEDED", f"The graphs have {len(nodes)} nodes, more than {MAX_NODES}")
    places = [(node, match) for node in nodes if (match := _SOBJECT.match(node["url"]))]
    if any(float(match[1]) < OLDEST for _node, match in places):
        raise ApiError(400, "INVALID_INPUT", f"The URLs of a graph must have version v{OLDEST} or later")
    kinds = {(node["method"], match[2].lower()) for node, match in places}
    if len(kinds) > MAX_NODE_TYPES:
        raise ApiError(400, "LIMIT_EXCEEDED", f"The graphs have {len(kinds)} kinds of node, more than {MAX_NODE_TYPES}")
    for graph in graphs:
        requests.check_names(call, graph["compositeRequest"])
        depth = _depth(graph["compositeRequest"])
        if depth > MAX_DEPTH:
            raise ApiError(400, "LIMIT_EXCEEDED", f"A graph has {depth} levels, more than {MAX_DEPTH}")


def _depth(nodes: Sequence[Mapping[str, Json]]) -> int:
    """How many nodes the longest chain of references has."""
    depths: dict[str, int] = {}
    for node in nodes:
        texts = msgspec.json.encode([node["url"], node.get("body")])
        before = (depths.get(name.decode(), 0) for name in _REFERENCE.findall(texts))
        depths[node["referenceId"]] = 1 + max(before, default=0)
    return max(depths.values(), default=0)
