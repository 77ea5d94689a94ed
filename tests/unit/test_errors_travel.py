"""Errors survive the ways that Python moves objects: copies, and pickles between processes."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from specforce import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    Travel = Callable[[errors.SalesforceError], errors.SalesforceError]

ERRORS = [
    errors.NotFound(
        "no",
        status=404,
        errors=[errors.ErrorDetail("NOT_FOUND", "no such record", ("Id",))],
        operation_id="getRecord",
        request_id="r1",
        headers={"a": "b"},
        body="[]",
    ),
    errors.AuthError("no login", error="invalid_grant", description="expired", hint="log in", status=400),
    errors.ConnectionCut("cut", operation_id="query"),
    errors.ConnectFailed("refused", operation_id="query"),
    errors.DecodeError("html", operation_id="query", status=200, body="<html>"),
    errors.JobFailed("bad header", job_id="750", state="Failed"),
    errors.IntegrityError("short", expected=2, actual=1),
    errors.InputError("no"),
    errors.BudgetReached("enough", used=9, allowed=10, fraction=0.9),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_arrives_as_it_left(
    error: errors.SalesforceError, travel: Callable[[errors.SalesforceError], errors.SalesforceError]
) -> None:
    arrived = travel(error)

    assert type(arrived) is type(error)
    assert (str(arrived), vars(arrived)) == (str(error), vars(error))
