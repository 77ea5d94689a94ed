"""The golden files of the passes: small specs in, each pass's output as files.

`python -m tests.generator.golden_cases` writes them anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from specforce_generator import emit_sync
from specforce_generator.bundle import bundle
from specforce_generator.docstrings import operation_docstring
from specforce_generator.emit_openapi import emit_api
from specforce_generator.emit_package import versions_source, waiters_source
from specforce_generator.emit_soap import emit_soap
from specforce_generator.emit_sobjects import emit_sobjects, read_sobjects
from specforce_generator.emit_specs import emit_specs
from specforce_generator.index import read_index, read_toml
from specforce_generator.json_text import dumps
from specforce_generator.lint import lint
from specforce_generator.lower import lower
from specforce_generator.lower_prism import lower_for_prism
from specforce_generator.operations import read_operations
from specforce_generator.project import project
from specforce_generator.refs import read_library
from specforce_generator.tree import Tree, tidied, write
from specforce_generator.wsdl import as_json, read_wsdl

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"
SPECS = GOLDEN / "specs"
INDEX = read_index(SPECS)
ENTRY = INDEX.apis[0]
LIBRARY = read_library(SPECS, list(ENTRY.files))
SOAP = INDEX.soap[0]
WSDL = read_wsdl(SPECS, SOAP.files[0], SOAP.id)
BUNDLE = bundle(ENTRY, LIBRARY, INDEX.versions.default)


def project_pass() -> Tree:
    """The documents as of version 50.0: no findThing, no Sforce-Mru, no property colour; uploadThing is still there."""
    return {f"{path}.json": dumps(source.data) + "\n" for path, source in project(LIBRARY, "50.0").items()}


def bundle_pass() -> Tree:
    """One whole document."""
    return {"demo.json": dumps(BUNDLE) + "\n"}


def lower_pass() -> Tree:
    """What openapi-python-client gets."""
    return {"demo.json": dumps(lower(BUNDLE)) + "\n"}


def lower_prism_pass() -> Tree:
    """What Prism gets: without uploadThing, which 67.0 doesn't have, and with findThing in a document of its own."""
    newest = bundle(ENTRY, project(LIBRARY, "67.0"), "67.0")
    return {f"{name}.json": dumps(document) + "\n" for name, document in lower_for_prism(newest, "67.0").items()}


def emit_openapi_pass() -> Tree:
    """The package of the API: models, operations, resource classes."""
    return tidied(emit_api(ENTRY, lower(BUNDLE), read_operations(BUNDLE)))


def emit_soap_pass() -> Tree:
    """The package of a SOAP API, and what the fake org reads of it."""
    return {**tidied(emit_soap(SOAP, WSDL)), "wsdl.json": dumps(as_json(WSDL)) + "\n"}


def emit_package_pass() -> Tree:
    """The tables of the runtime."""
    facts = read_operations(BUNDLE)
    return tidied(
        {
            "waiters.py": waiters_source(read_toml(SPECS, "waiters.toml")),
            "versions.py": versions_source(INDEX.versions, facts),
        }
    )


def emit_specs_pass() -> Tree:
    """The index of the data package."""
    prism = lower_for_prism(BUNDLE, "67.0")
    tree = emit_specs(INDEX, bundles={"demo": BUNDLE}, prism=prism, waiters={}, describes={}, formats={}, soap={})
    return {"index.json": tree["index.json"]}


def emit_sobjects_pass() -> Tree:
    """Describe documents."""
    documents, formats = emit_sobjects(read_sobjects(SPECS), "67.0")
    whole = {**documents, "display_formats": formats}
    return {f"{name}.json": dumps(document) + "\n" for name, document in whole.items()}


def emit_sync_pass() -> Tree:
    """The synchronous twin of asynchronous.py.txt."""
    source = (GOLDEN / "asynchronous.py.txt").read_text(encoding="utf-8")
    return tidied({"synchronous.py": emit_sync.derive(source)})


def docstrings_pass() -> Tree:
    """A method's docstring."""
    return {"getThing.txt": operation_docstring(read_operations(BUNDLE)[0], sent=True) + "\n"}


def lint_pass() -> Tree:
    """What is said of specs full of mistakes."""
    return {"findings.txt": "".join(f"{finding}\n" for finding in lint(GOLDEN / "mistakes"))}


CASES: dict[str, Callable[[], Tree]] = {
    "project": project_pass,
    "bundle": bundle_pass,
    "lower": lower_pass,
    "lower_prism": lower_prism_pass,
    "emit_openapi": emit_openapi_pass,
    "emit_soap": emit_soap_pass,
    "emit_package": emit_package_pass,
    "emit_specs": emit_specs_pass,
    "emit_sobjects": emit_sobjects_pass,
    "emit_sync": emit_sync_pass,
    "docstrings": docstrings_pass,
    "lint": lint_pass,
}


def expected_files(name: str) -> Tree:
    """A case's output under the names of its golden files: Python ends in `.txt`, so that no tool takes it for ours."""
    return {f"{path}.txt" if path.endswith(".py") else path: text for path, text in CASES[name]().items()}


def main() -> None:
    """Write every golden file anew."""
    for name in CASES:
        for path in write(expected_files(name), GOLDEN / "expected" / name):
            sys.stdout.write(f"{name}/{path}\n")


if __name__ == "__main__":
    main()
