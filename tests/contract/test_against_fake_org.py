"""The generated client against the fake org's real state: every operation in a scenario of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_api.runtime.errors import ApiError, NotImplementedByServer
from specforce_mockserver.registry import PROVIDERS
from tests.contract.cases import Ask, asks
from tests.contract.exchange import Wire, call
from tests.contract.play import check_answer, play
from tests.contract.refusals import REFUSALS, Refusal
from tests.contract.scenarios import SCENARIOS
from tests.contract.served import coverage
from tests.contract.specification import operations
from tests.contract.stage import API_VERSION, Stage

if TYPE_CHECKING:
    from specforce_mockserver.server import MockServer

OPERATIONS = operations()
SERVED = coverage()
REFUSED_BODIES = {400: "InvalidSessionId", 401: "INVALID_SESSION_ID", 403: "Bad_OAuth_Token"}
NOT_SERVED = [name for name, how in SERVED.items() if how == "none"]


@pytest.mark.parametrize("operation_id", [name for name, how in SERVED.items() if how != "none"])
def test_every_operation_that_is_served_has_a_scenario(operation_id: str) -> None:
    assert operation_id in SCENARIOS, f"{operation_id} has no scenario: write one in tests/contract/scenarios/"


def test_every_scenario_is_of_an_operation() -> None:
    assert set(SCENARIOS) <= set(OPERATIONS)


def test_coverage_is_computed_for_every_operation() -> None:
    assert set(SERVED) == set(OPERATIONS)
    assert set(SERVED.values()) <= {"stateful", "static", "none"}


@pytest.mark.parametrize("operation_id", [name for name, served in SERVED.items() if served != "none"])
def test_an_operation_acts_on_the_orgs_state_as_specified(operation_id: str, stage: Stage) -> None:
    play(operation_id, stage, stage.url)


@pytest.mark.parametrize("operation_id", ["getLimits", "query", "createIngestJob", *NOT_SERVED])
def test_an_operation_without_provider_counts_as_not_served_and_answers_501_with_its_name(
    operation_id: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(PROVIDERS, operation_id, raising=False)
    wire = Wire(stage.url, stage.token, API_VERSION)
    operation = OPERATIONS[operation_id]

    with pytest.raises(NotImplementedByServer, match=operation_id):
        call(operation, asks(operation)[0], wire)

    assert coverage()[operation_id] == "none"


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_refusal_of_the_fake_org_is_raised_with_its_code(refusal: Refusal, stage: Stage) -> None:
    response = refusal.provoke(stage, stage.url)

    check_answer(OPERATIONS[refusal.operation_id], response)


@pytest.mark.parametrize("operation_id", [name for name, found in OPERATIONS.items() if found.authenticated])
def test_every_operation_that_wants_a_token_refuses_a_wrong_one(operation_id: str, mock_server: MockServer) -> None:
    operation = OPERATIONS[operation_id]
    wire = Wire(mock_server.url, "00Dxx0000001gER!not.a.token", API_VERSION)

    with pytest.raises(ApiError) as caught:
        call(operation, Ask(*_bare(operation_id)), wire)

    assert wire.response is not None
    body = wire.response.text
    refusal = REFUSED_BODIES[wire.response.status_code]
    assert refusal in body or (operation.method == "HEAD" and not body), caught.value
    check_answer(operation, wire.response)


def _bare(operation_id: str) -> tuple[dict[str, object], object]:
    ask = asks(OPERATIONS[operation_id])[-1]
    return ask.arguments, ask.body
