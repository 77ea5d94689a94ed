"""One scenario played: the call made in a prepared org, the wire and the decoded value held to the spec."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tests.contract.cases import Ask
from tests.contract.exchange import Wire, call
from tests.contract.expectations import check_decoded, check_request, plain
from tests.contract.scenarios import SCENARIOS
from tests.contract.specification import operations
from tests.contract.stage import API_VERSION, Stage, holds

if TYPE_CHECKING:
    import httpx

    from tests.contract.specification import Body, SpecOperation

Json = Any


def play(operation_id: str, stage: Stage, base_url: str) -> httpx.Response:
    """Prepare the org directly, call the operation at `base_url`, check everything.

    Returns:
        The answer, for what a test wants to know beyond that.

    Raises:
        AssertionError: the request, the answer or the decoded value isn't what the spec and the scenario say.
    """
    assert operation_id in SCENARIOS, f"{operation_id} has no scenario: write one in tests/contract/scenarios/"
    operation = operations()[operation_id]
    scene = SCENARIOS[operation_id](stage)
    ask = Ask(dict(scene.arguments), scene.body)
    wire = Wire(base_url, stage.token, API_VERSION)

    value = call(operation, ask, wire)

    assert wire.request is not None
    assert wire.response is not None
    check_request(operation, ask, wire.request, api_version=API_VERSION, token=stage.token)
    assert wire.response.status_code == scene.status
    body = check_answer(operation, wire.response)
    structured = body is not None and body.media_type == "application/json" and not body.raw
    check_decoded(operation, body, wire.response.json() if structured else wire.response.content, value)
    assert holds(scene.expect, plain(value)), f"{operation_id} answered {plain(value)!r}"
    return wire.response


def check_answer(operation: SpecOperation, response: httpx.Response) -> Body | None:
    """Hold an answer to the spec: documented status, media type, required headers, schema.

    Returns:
        The documented body, None where there is none.

    Raises:
        AssertionError: it differs.
    """
    what = f"{operation.operation_id} {response.status_code}"
    answer = operation.answer(response.status_code)
    assert answer, f"{what}: the spec doesn't have this status"
    missing = answer.required_headers - set(response.headers)
    assert not missing, f"{what}: without the headers {sorted(missing)}"
    if not answer.bodies:
        assert response.content == b"", f"{what}: a body that the spec doesn't have: {response.text[:200]}"
        return None
    media_type = response.headers.get("content-type", "").partition(";")[0].strip()
    bodies = {body.media_type: body for body in answer.bodies}
    body = bodies.get(media_type) or bodies.get("*/*")
    assert body, f"{what}: the spec doesn't have the media type {media_type!r}"
    if media_type == "application/json" and not body.raw:
        check_schema(what, operation.document, body.schema, json.loads(response.content))
    return body


def check_schema(what: str, document: Json, schema: Json, instance: Json) -> None:
    """Validate JSON against a schema whose references lead into `document`.

    Raises:
        AssertionError: it doesn't fit; the message names each place.
    """
    validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
    wrong = [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(instance)]
    assert not wrong, f"{what}: {wrong}"
