"""schemathesis against the fake org: whatever comes in, no 5xx, and no answer that the specs don't have.

Left out are exactly the operations that the fake org doesn't serve, by its own computation; they answer 501.
Checks that are off, and why:
- positive_data_acceptance: well-formed input may be refused for what the org holds (unknown ids, states of jobs, SOQL).
- negative_data_rejection: Salesforce ignores parameters and headers that it doesn't know, and reads numbers from text.
- missing_required_header, for identity endpoints alone: they say 403, not 401 (specs/reference/auth.md#3).
- unsupported_method, for pictures alone: schemathesis leaves out the field's name, and the path is another's then.
- allow_header_conformance, for operations that share a wire path with others under another name of the parameter.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks

import specforce_specs
from tests.contract.bulk_v1_jobs import BatchStage
from tests.contract.scenarios import dashboards, metadata, reports
from tests.contract.served import coverage
from tests.contract.specification import METHODS, operations
from tests.contract.stage import API_VERSION, Stage

Json = Any
MAX_EXAMPLES: Final = 40
SOQL: Final = "SELECT Id, LastName FROM Contact"
OFF: Final = ("positive_data_acceptance", "negative_data_rejection")
OFF_FOR: Final = {
    "getUserInfo": ("missing_required_header",),
    "postUserInfo": ("missing_required_header",),
    "getIdentity": ("missing_required_header",),
    "getBlob": ("allow_header_conformance",),
    "getRichTextImage": ("unsupported_method",),
}
# Salesforce's own form of an instant (+0000), which RFC 3339 doesn't have; a pattern is stricter than the format was.
INSTANT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:?\d\d)$"}


def documents() -> dict[str, tuple[Json, list[str]]]:
    """The specs with a concrete version: by name a document, and the operations of it that are to be tested.

    Operations that share a method and a path with another, told apart by their input, get documents of their own, in
    which they take the other's place.
    """
    found: dict[str, tuple[Json, list[str]]] = {}
    for api in specforce_specs.apis():
        bundle = with_instants(specforce_specs.bundle(api.id))
        items = {path.replace("{api_version}", API_VERSION): item for path, item in bundle["paths"].items()}
        for path, item in items.items():
            shared, _, variant = path.partition("#")
            document = {**bundle, "paths": {shared: {**items[shared], **item}} if variant else {}}
            document, tested = found.setdefault(f"{api.id}_{variant}".rstrip("_"), (document, []))
            document["paths"].setdefault(shared, {**items[shared], **item})
            tested += [item[method]["operationId"] for method in METHODS if method in item]
    return {name: (without_version(document), tested) for name, (document, tested) in found.items()}


def without_version(node: Json) -> Json:
    """A document without the parameter that its paths no longer have."""
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


load_all_checks()
for archive in ("zip/csv", "zip/json", "zip/xml"):
    schemathesis.serializer.alias(archive, "application/octet-stream")
SERVED = {name for name, served in coverage().items() if served != "none"}
ABOUT_SOMETHING = {name for name, found in operations().items() if re.search(r"\{(?!api_version)", found.path)}


def schemas(wanted: set[str]) -> dict[str, Json]:
    """What schemathesis makes of the documents, for some of their operations."""
    found: dict[str, Json] = {}
    for name, (document, tested) in documents().items():
        if chosen := sorted(wanted & set(tested)):
            found[name] = schemathesis.openapi.from_dict(document).include(operation_id=chosen)
    return found


def excluded(operation_id: str) -> list[Json]:
    """The checks that are off for an operation."""
    return [CHECKS.get_one(name) for name in (*OFF, *OFF_FOR.get(operation_id, ()))]


def test_exactly_the_served_operations_are_tested() -> None:
    found = [result.ok() for schema in schemas(SERVED).values() for result in schema.get_all_operations()]

    assert {operation.definition.raw["operationId"] for operation in found} == SERVED


@pytest.fixture
def real(stage: Stage) -> dict[str, str]:
    """Path parameters that lead to something: a record, its external id, a cursor, and by operation a job."""
    record_id = stage.create("Account", Name="Acme", Code__c="A-1")
    stage.ingest_job(b"LastName\n" + b"".join(b"Contact %d\n" % number for number in range(250)))
    stage.request("POST", "/__mock/actions", json={"type": "flow", "name": "Greet_Customer"})
    page = stage.request("GET", "/query", params={"q": SOQL}, headers={"Sforce-Query-Options": "batchSize=200"}).json()
    user = stage.request("GET", "/services/oauth2/userinfo").json()
    return {
        "sobject": "Account",
        "record_id": record_id,
        "org_id": user["organization_id"],
        "user_id": user["user_id"],
        "field": "Code__c",
        "value": "A-1",
        "locator": page["nextRecordsUrl"].rpartition("/")[2],
        "blob_field": "VersionData",
        "field_name": "Description",
        "content_reference_id": "0EM000000000001AAA",
        "relationship": "Contacts",
        "rule_id": stage.request("POST", "/__mock/rules", json={"object": "Account", "name": "Nothing"}).json()["id"],
        "/jobs/ingest/": stage.ingest_job(b"LastName\nEk\n", state="Open"),
        "/jobs/query/": stage.query_job(SOQL),
        "context_id": record_id,
        "record_type_id": "012000000000000AAA",
        "layout_name": "UserAlt",
        "list_view_id": metadata.list_view(stage),
        "schema_id": "5E5OtZj5_Gm6Vax9XMXH9A",
        **report_and_run(stage),
    }


def report_and_run(stage: Stage) -> dict[str, str]:
    """A report, a run of it that is over, and a dashboard over it."""
    report_id = reports.summary(stage)
    dashboard_id, _component_id = dashboards.dashboard(stage, report_id)
    return {
        "dashboard_id": dashboard_id,
        "report_id": report_id,
        "instance_id": reports.finished_run(stage, report_id),
        "report_type": "Account",
    }


def action_names(path: str) -> dict[str, str]:
    """The name of an action that exists, by where its operation is."""
    if "/actions/custom/" in path:
        return {"action_type": "flow", "action_name": "Greet_Customer"}
    names = {"/actions/": "emailSimple", "/sobjects/": "Account.NewContact", "/quickActions": "NewTask"}
    return {"action_name": next((name for part, name in names.items() if part in path), "")}


@pytest.fixture
def batches(stage: Stage) -> dict[bool, dict[str, str]]:
    """Path parameters that lead to a query of Bulk API 1.0, by whether its job is told in JSON."""
    names = ("job_id", "batch_id", "result_id")
    told = {True: BatchStage(stage, "JSON"), False: BatchStage(stage, "CSV")}
    return {as_json: dict(zip(names, org.queried(SOQL), strict=True)) for as_json, org in told.items()}


def told_in_json(operation_id: str) -> bool:
    """Whether an operation answers JSON that the spec describes, and nothing else."""
    bodies = [body for answer in operations()[operation_id].answers if answer.success for body in answer.bodies]
    return all(body.media_type == "application/json" and not body.raw for body in bodies)


bounded = settings(
    max_examples=MAX_EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] - the metaclass yields members,
)


def call_and_check(case: schemathesis.Case[Any], stage: Stage) -> None:
    """Send one hostile request and let every check look at the answer."""
    case.call_and_validate(
        base_url=stage.url,
        headers={"Authorization": f"Bearer {stage.token}", "X-SFDC-Session": stage.token},
        excluded_checks=excluded(case.operation.definition.raw["operationId"]),
        timeout=30,
    )


@schemathesis.pytest.parametrize(**schemas(SERVED))
@bounded
def test_no_input_breaks_the_fake_org_or_the_spec(case: schemathesis.Case[Any], stage: Stage) -> None:
    call_and_check(case, stage)


@schemathesis.pytest.parametrize(**schemas(SERVED & ABOUT_SOMETHING))
@bounded
def test_no_input_about_things_that_exist_breaks_the_fake_org_or_the_spec(
    case: schemathesis.Case[Any], stage: Stage, real: dict[str, str], batches: dict[bool, dict[str, str]]
) -> None:
    if "/services/async/" in case.path:
        real |= batches[told_in_json(case.operation.definition.raw["operationId"])]
    jobs = next((job_id for part, job_id in real.items() if part[0] == "/" and part in case.path), "")
    found = {**real, **action_names(case.path)}
    case.path_parameters = {name: found.get(name, jobs) for name in case.path_parameters}

    call_and_check(case, stage)
