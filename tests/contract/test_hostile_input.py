"""schemathesis against the fake org: whatever comes in, no 5xx, and no answer that the specs don't have.

Left out are exactly the operations that the fake org doesn't serve, by its own computation; they answer 501.
Checks that are off, and why:
- positive_data_acceptance: well-formed input may be refused for what the org holds (unknown ids, states of jobs, SOQL).
- negative_data_rejection: Salesforce ignores parameters and headers that it doesn't know, and reads numbers from text.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks

import specforce_specs
from specforce_mockserver.coverage import coverage
from tests.contract.stage import API_VERSION, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.server import MockServer

Json = Any
MAX_EXAMPLES: Final = 15
OFF: Final = ("positive_data_acceptance", "negative_data_rejection")
# Salesforce's own form of an instant (+0000), which RFC 3339 doesn't have; a pattern is stricter than the format was.
INSTANT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:?\d\d)$"}


def documents() -> dict[str, Json]:
    """The specs with a concrete version, and operations that share a path in documents of their own."""
    found: dict[str, Json] = {}
    for api in specforce_specs.apis():
        bundle = with_instants(specforce_specs.bundle(api.id))
        for path, item in bundle["paths"].items():
            shared, _, variant = path.partition("#")
            document = found.setdefault(f"{api.id}_{variant}".rstrip("_"), {**copy.deepcopy(bundle), "paths": {}})
            document["paths"][shared.replace("{api_version}", API_VERSION)] = without_version(item)
    return found


def without_version(node: Json) -> Json:
    """An item of paths without the parameter that the path no longer has."""
    if isinstance(node, dict):
        return {key: without_version(value) for key, value in node.items()}
    if isinstance(node, list):
        version = {"$ref": "#/components/parameters/api_version"}
        return [without_version(value) for value in node if value != version]
    return node


def with_instants(node: Json) -> Json:
    """A document whose date-times are described as Salesforce writes them."""
    if isinstance(node, list):
        return [with_instants(value) for value in node]
    if not isinstance(node, dict):
        return node
    node = {key: with_instants(value) for key, value in node.items()}
    if node.get("format") == "date-time":
        del node["format"]
        node["pattern"] = INSTANT["pattern"]
    return node


@pytest.fixture(scope="module")
def token(mock_server: MockServer) -> Iterator[str]:
    """An access token that outlives the tests of this module."""
    with Stage(mock_server.url) as stage:
        yield stage.token


load_all_checks()
EXCLUDED = [CHECKS.get_one(name) for name in OFF]
SERVED = [name for name, served in coverage().items() if served != "none"]
SCHEMAS = {
    name: schemathesis.openapi.from_dict(document).include(operation_id=SERVED)
    for name, document in documents().items()
}


@schemathesis.pytest.parametrize(**SCHEMAS)
@settings(
    max_examples=MAX_EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_input_breaks_the_fake_org_or_the_spec(case: schemathesis.Case, mock_server: MockServer, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    case.call_and_validate(base_url=mock_server.url, headers=headers, excluded_checks=EXCLUDED, timeout=30)
