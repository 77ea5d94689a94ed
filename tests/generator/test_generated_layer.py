"""The generated layer of this repository: complete, typed for editors, cheap to import."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import specforce_specs
from specforce_api.runtime import versions
from specforce_api.runtime.waiters import WAITERS
from specforce_generator.names import snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
APIS = {entry.id: entry for entry in specforce_specs.apis()}
METHODS = {
    operation["operationId"]: snake_case(operation.get("x-method", operation["operationId"]))
    for api in APIS
    for item in specforce_specs.bundle(api)["paths"].values()
    for method, operation in item.items()
    if method != "parameters"
}
OPERATIONS = [(entry.id, operation_id) for entry in APIS.values() for operation_id in entry.operation_ids]


def run(code: str) -> Any:
    """What a fresh interpreter prints, as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def loaded_by(statement: str) -> set[str]:
    """The modules of the generated layer, and of httpx, that a statement loads."""
    code = f"import json, sys; {statement}; print(json.dumps(list(sys.modules)))"
    return {
        name for name in run(code) if name.partition(".")[0] in ("specforce_api", "specforce_specs", "httpx", "attrs")
    }


def test_importing_the_layer_loads_nothing_of_it() -> None:
    assert loaded_by("import specforce_api") == {"specforce_api"}
    assert loaded_by("import specforce_api.rest") == {"specforce_api", "specforce_api.rest"}


def test_a_resource_class_loads_neither_models_nor_operations_nor_httpx() -> None:
    loaded = loaded_by("from specforce_api.rest import RestApi")

    assert "httpx" not in loaded
    assert not [
        name for name in loaded if name.startswith(("specforce_api.rest.models.", "specforce_api.rest.operations."))
    ]


def test_an_operation_loads_its_own_models_and_no_others() -> None:
    loaded = loaded_by("from specforce_api.rest import operations; operations.get_limits()")

    models = {name.rpartition(".")[2] for name in loaded if name.startswith("specforce_api.rest.models.")}
    assert models == {"limits"}
    assert {name for name in loaded if name.startswith("specforce_api.rest.operations.")} == {
        "specforce_api.rest.operations._get_limits"
    }


def test_httpx_is_loaded_when_a_client_is_made() -> None:
    assert "httpx" not in loaded_by("from specforce_api import Client, AsyncClient")
    assert "httpx" in loaded_by("from specforce_api import Client; Client('https://org.example')")


@pytest.mark.parametrize(("api", "operation_id"), OPERATIONS)
def test_every_operation_is_a_function_and_two_methods_of_one_signature(api: str, operation_id: str) -> None:
    name = METHODS[operation_id]
    package = importlib.import_module(f"specforce_api.{api}")
    function = getattr(importlib.import_module(f"specforce_api.{api}.operations"), name)
    methods = [getattr(getattr(package, prefix + APIS[api].class_name), name) for prefix in ("", "Async")]

    expected = list(inspect.signature(function).parameters.values())
    for method in methods:
        assert list(inspect.signature(method).parameters.values())[1:] == expected
    assert inspect.iscoroutinefunction(methods[1])
    assert not inspect.iscoroutinefunction(methods[0])
    assert "Source: " in methods[0].__doc__
    assert methods[0].__doc__ == methods[1].__doc__


def test_every_operation_has_its_version_range() -> None:
    described = [each for each in versions.OPERATIONS if not each.startswith("soap.")]
    assert sorted(described) == sorted(operation_id for _, operation_id in OPERATIONS)
    assert {"soap.login", "soap.convertLead"} <= versions.OPERATIONS.keys()
    assert versions.OPERATIONS["getIngestJob"] == ("41.0", None)
    assert (
        specforce_specs.VERSIONS.oldest,
        specforce_specs.VERSIONS.newest,
        specforce_specs.VERSIONS.default,
    ) == (versions.OLDEST, versions.NEWEST, versions.DEFAULT)


def test_waiters_are_those_of_the_specs() -> None:
    assert set(WAITERS) == set(specforce_specs.waiters())
    waiter = WAITERS["ingest_job"]
    assert waiter.terminal == {"JobComplete", "Failed", "Aborted"}
    assert waiter.pending.isdisjoint(waiter.terminal)
    assert waiter.abort_body == {"state": "Aborted"}
    with pytest.raises(TypeError):
        waiter.abort_body["state"] = "Open"  # type: ignore[index]


def examples() -> Iterator[Any]:
    """Every JSON example of a success with a named model: API, model and value."""
    for api in APIS:
        document = specforce_specs.bundle(api)
        for item in document["paths"].values():
            for operation in (value for key, value in item.items() if key != "parameters"):
                for status, answer in operation["responses"].items():
                    media = answer.get("content", {}).get("application/json", {}) if status[0] == "2" else {}
                    model = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
                    for name, example in media.get("examples", {}).items() if model else ():
                        yield pytest.param(api, model, example["value"], id=f"{operation['operationId']}-{name}")


@pytest.mark.parametrize(("api", "model", "value"), list(examples()))
def test_models_survive_copies_and_pickles_with_nothing_lost(api: str, model: str, value: Any) -> None:
    kind = getattr(importlib.import_module(f"specforce_api.{api}.models"), model)

    built = kind.from_dict(value)

    assert built.to_dict().keys() == value.keys()
    for again in (pickle.loads(pickle.dumps(built)), copy.deepcopy(built), kind.from_dict(built.to_dict())):
        assert again == built
        assert again.to_dict() == built.to_dict()


def test_an_editor_infers_the_types_under_mypy() -> None:
    check(sys.executable, "-m", "mypy", "--strict", "tests/typing/generated_layer.py")


def test_an_editor_infers_the_types_under_pyright() -> None:
    pyright = ROOT / "node_modules" / ".bin" / "pyright"
    assert pyright.is_file(), "pyright isn't installed: run `make setup`"
    check(str(pyright), "tests/typing/generated_layer.py")


def check(*command: str) -> None:
    """Run a type checker of the repository."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_data_package_names_what_it_does_not_have() -> None:
    with pytest.raises(KeyError, match="Nothing"):
        specforce_specs.describe("Nothing")
    with pytest.raises(KeyError, match="soap"):
        specforce_specs.bundle("soap")


def test_each_document_is_the_callers_own() -> None:
    specforce_specs.bundle("rest").clear()
    specforce_specs.describe("Account").clear()

    assert specforce_specs.bundle("rest")
    assert specforce_specs.describe("Account")


def test_every_operation_is_in_exactly_one_document_for_prism() -> None:
    found = [name for document in specforce_specs.prism_documents() for name in document.operation_ids]

    assert sorted(found) == sorted(operation_id for _, operation_id in OPERATIONS)
    for document in specforce_specs.prism_documents():
        assert json.loads(document.path.read_text())["paths"] == document.read()["paths"]


def test_a_bundle_refers_to_nothing_outside_itself() -> None:
    for api in APIS:
        text = json.dumps(specforce_specs.bundle(api))
        assert '"$ref": "#/components/' in text
        assert text.count('"$ref": "') == text.count('"$ref": "#/components/')
