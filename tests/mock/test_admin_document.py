"""The administration against its own OpenAPI document: complete, true, and unharmed by hostile input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import jsonschema_rs
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks

import specforce_specs
from specforce_mockserver.admin.orders import CARRIERS
from specforce_mockserver.bulk.behaviour import Behaviour, RowRule
from specforce_mockserver.bulk.plans import JobPlan
from specforce_mockserver.faults import Fault, FaultKind
from specforce_mockserver.operations import METHODS
from specforce_mockserver.settings import App

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

DOCUMENT = specforce_specs.mock_admin()
SCHEMAS = DOCUMENT["components"]["schemas"]
# What fits the document may still be refused for what the org holds: unknown ids, objects, fields. And headers of our
# own and others alike are passed over.
OFF = ("positive_data_acceptance",)
# Answered for the process, not for an org.
OF_ALL_ORGS = ("listOrgs", "makeOrg", "deleteOrg")
load_all_checks()


def operation_ids() -> list[str]:
    return [item[method]["operationId"] for item in DOCUMENT["paths"].values() for method in METHODS if method in item]


def test_the_document_and_the_functions_are_one_and_the_same_list() -> None:
    assert sorted(operation_ids()) == sorted([*CARRIERS, *OF_ALL_ORGS])


def test_the_document_is_served(raw: RawOrg) -> None:
    assert raw.mock("GET", "openapi.json") == DOCUMENT


def test_every_schema_of_the_document_is_one() -> None:
    for schema in SCHEMAS.values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("JobBehaviour", [each.name for each in msgspec.structs.fields(Behaviour)]),
        ("JobPlan", [each.name for each in msgspec.structs.fields(JobPlan)]),
        ("RowRule", [each.name for each in msgspec.structs.fields(RowRule)]),
        ("App", list(App.__dataclass_fields__)),
        ("Fault", sorted({*Fault("status").public()} - {"id", "hits"})),
    ],
)
def test_the_document_has_the_members_that_the_code_has(name: str, members: list[str]) -> None:
    assert sorted(SCHEMAS[name]["properties"]) == sorted(members)


def test_the_document_has_the_kinds_of_faults_that_the_code_has() -> None:
    assert SCHEMAS["Fault"]["properties"]["kind"]["enum"] == list(get_args(FaultKind))


bounded = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] - the metaclass yields members
)


@schemathesis.pytest.parametrize(admin=schemathesis.openapi.from_dict(DOCUMENT))
@bounded
def test_no_input_breaks_the_administration_or_its_document(case: schemathesis.Case[Any], raw: RawOrg) -> None:
    excluded: list[Any] = [CHECKS.get_one(name) for name in OFF]
    case.call_and_validate(base_url=raw.url, excluded_checks=excluded, timeout=30)
