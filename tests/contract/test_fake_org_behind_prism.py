"""The fake org with Prism in between: each answer fits the specs in the eyes of somebody who knows nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.play import play
from tests.contract.refusals import REFUSALS, Refusal
from tests.contract.served import coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.contract.stage import Stage


def violations(response: httpx.Response) -> dict[str, list[str]]:
    """What Prism found wrong, by side: `request` and `response`."""
    found: list[dict[str, Any]] = json.loads(response.headers.get("sl-violations", "[]"))
    by_side: dict[str, list[str]] = {"request": [], "response": []}
    for entry in found:
        side, *place = entry["location"]
        by_side.setdefault(side, []).append(f"{'.'.join(map(str, place))}: {entry['message']}")
    return by_side


@pytest.mark.parametrize("operation_id", [name for name, served in coverage().items() if served != "none"])
def test_neither_request_nor_answer_breaks_the_spec(
    operation_id: str, stage: Stage, proxy_url: Callable[[str], str]
) -> None:
    response = play(operation_id, stage, proxy_url(operation_id))

    assert violations(response) == {"request": [], "response": []}


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_no_refusal_breaks_the_spec(refusal: Refusal, stage: Stage, proxy_url: Callable[[str], str]) -> None:
    found = violations(refusal.provoke(stage, proxy_url(refusal.operation_id)))

    assert found["response"] == []
    assert bool(found["request"]) is refusal.breaks_spec
