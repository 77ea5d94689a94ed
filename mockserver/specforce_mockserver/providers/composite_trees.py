"""`tree`: records with their children, all or none.

Source: specs/reference/rest.md section 10.4.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.composite.records import error_json
from specforce_mockserver.composite.requests import malformed
from specforce_mockserver.composite.trees import Node, TreeRefusedError, levels_of
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.records import RowError, batch_from_json
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = Any


class _RefusedError(Exception):
    """Undoes the transaction; carries the records that were refused."""

    def __init__(self, refused: Sequence[tuple[str, RowError]]) -> None:
        super().__init__(f"{len(refused)} records were refused")
        self.refused = refused


@provides("compositeTree", writes=True, on_violation=malformed)
def composite_tree(call: Call) -> Answer:
    """Insert a tree of records."""
    try:
        levels = levels_of(call.org.schema, sobject_of(call), call.body["records"])
        with call.org.database.write():
            for level in levels:
                _insert(call, level)
    except TreeRefusedError as refused:
        return _refused([(refused.reference_id, refused.error)])
    except _RefusedError as refused:
        return _refused(refused.refused)
    saved = [{"referenceId": node.reference_id, "id": node.id} for level in levels for node in level]
    return Answer({"hasErrors": False, "results": saved}, 201)


def _insert(call: Call, level: Sequence[Node]) -> None:
    """Insert the records of one level, whose parents are there.

    Raises:
        _RefusedError: one was refused.
    """
    refused: list[tuple[str, RowError]] = []
    for _type, run in groupby(level, key=lambda node: node.sobject.name):
        nodes = list(run)
        records = [_with_parent(node) for node in nodes]
        batch = batch_from_json(call.org.schema, nodes[0].sobject, records)
        saved = call.org.records.insert(batch, user_id=call.user_id, options=call.saving)
        for node, result in zip(nodes, saved, strict=True):
            node.id = result.id
            if result.error is not None:
                refused.append((node.reference_id, result.error))
    if refused:
        raise _RefusedError(refused)


def _with_parent(node: Node) -> dict[str, Json]:
    if node.parent is None or node.lookup is None:
        return dict(node.fields)
    return {**node.fields, node.lookup: node.parent.id}


def _refused(errors: Sequence[tuple[str, RowError]]) -> Answer:
    results = [{"referenceId": name, "errors": [error_json(error)]} for name, error in errors]
    return Answer({"hasErrors": True, "results": results}, 400)
