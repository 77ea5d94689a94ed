"""Shows that the contract suite notices: where specs and client, or specs and fake org, disagree, tests fail by name.

The suite runs again in a child process: against documents with small lies in them, and with a client that was generated
from specs with small lies in them. The tests of exactly those operations must fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import specforce_specs
from tests.contract import mutations
from tests.contract.served import coverage

ROOT = Path(__file__).resolve().parents[2]
Json = Any
FORGOTTEN = {"rest": [("SaveResult", "success")], "bulk_v2": [("QueryJobInfo", "apiVersion")]}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which operations' tests passed and which failed."""

    passed: frozenset[str]
    failed: frozenset[str]


def run_suite(folder: Path, module: str, test: str, *options: str, python_path: Path | None = None) -> Outcome:
    """Run one test of the suite, for all operations, in a child process."""
    report = folder / "report.xml"
    where = {} if python_path is None else {"PYTHONPATH": str(python_path)}
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", f"tests/contract/{module}", "-q", "--no-header", "--tb=no", "-k", test),
            *("-p", "no:xdist", f"--junit-xml={report}", f"--basetemp={folder / 'child'}", *options),
        ],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")} | where,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), f"the suite didn't run:\n{run.stdout}\n{run.stderr}"
    results: dict[bool, set[str]] = {True: set(), False: set()}
    for case in ET.parse(report).iter("testcase"):
        operation_id = case.get("name", "").partition("[")[2].rstrip("]")
        results[not list(case)].add(operation_id)
    return Outcome(frozenset(results[True]), frozenset(results[False]))


def lying_documents(folder: Path, kinds: tuple[mutations.Mutate | None, ...]) -> dict[str, str]:
    """Write Prism's documents with lies into a folder.

    Returns:
        operationId to the kind of its lie.
    """
    done: dict[str, str] = {}
    count = 0
    for entry in specforce_specs.prism_documents():
        document = entry.read()
        done |= mutations.mutate(document, kinds, count)
        count += len(entry.operation_ids)
        (folder / f"{entry.name}.json").write_text(json.dumps(document), encoding="utf-8")
    return done


def test_a_changed_example_parameter_or_status_makes_the_tests_of_that_operation_fail(tmp_path: Path) -> None:
    kinds = (None, mutations.example_value, mutations.required_field, mutations.status)
    lies = lying_documents(tmp_path, kinds)

    outcome = run_suite(tmp_path, "test_prism_mock.py", "each_request", "--prism-documents", str(tmp_path))

    assert {kind.__name__ for kind in kinds if kind} == set(lies.values())
    assert outcome.failed == set(lies)
    assert len(outcome.passed) >= 5


def test_a_key_that_the_fake_org_doesnt_send_is_seen_by_the_proxy(tmp_path: Path) -> None:
    lies = lying_documents(tmp_path, (mutations.required_in_answer, None, None))
    served = {operation_id for operation_id, how in coverage().items() if how != "none"}

    outcome = run_suite(
        tmp_path, "test_fake_org_behind_prism.py", "neither_request", "--prism-documents", str(tmp_path)
    )

    assert outcome.failed == set(lies) & served
    assert len(outcome.failed) >= 3
    assert len(outcome.passed) >= 5


@pytest.fixture
def lying_specs(tmp_path: Path) -> tuple[Path, set[str]]:
    """A copy of the specs with other paths and without some properties, and the operations that this is about."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    yaml = YAML(typ="safe", pure=True)
    touched: set[str] = set()
    index = tomllib.loads((tmp_path / "specs" / "index.toml").read_text(encoding="utf-8"))
    for api in index["api"]:
        files = [tmp_path / "specs" / file for file in api["files"]]
        documents = [yaml.load(file) for file in files]
        named = {
            path.partition("#")[0]: None for path in documents[0]["paths"] if not path.startswith("/services/data")
        }
        chosen = set(list(named)[::3])
        for document in documents:
            touched |= mutations.move_paths(document, chosen)
        for schema, name in FORGOTTEN.get(api["id"], ()):
            mutations.forget_property(documents[0], schema, name)
            bundles = [specforce_specs.bundle(other["id"]) for other in index["api"]]
            for bundle in bundles:
                if schema in bundle["components"].get("schemas", {}):
                    touched |= mutations.forget_property(bundle, schema, name)
        for file, document in zip(files, documents, strict=True):
            file.write_text(json.dumps(document), encoding="utf-8")
    return tmp_path, touched


def test_a_client_generated_from_other_specs_fails_in_the_operations_that_differ(
    lying_specs: tuple[Path, set[str]],
) -> None:
    root, touched = lying_specs
    command = [sys.executable, "-m", "specforce_generator", "--root", str(root), "generate", "--only", "clients"]
    generated = subprocess.run(command, capture_output=True, text=True, check=False)
    assert generated.returncode == 0, generated.stderr

    outcome = run_suite(root, "test_prism_mock.py", "each_request", python_path=root / "generated")

    assert outcome.failed == touched
    assert {"createRecord", "getQueryJob"} <= touched
    assert len(outcome.passed) >= 5
