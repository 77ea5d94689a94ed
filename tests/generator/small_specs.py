"""Small specs, written inline, and the packages generated from them."""

from __future__ import annotations

import importlib
import itertools
import sys
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from specforce_generator.bundle import bundle
from specforce_generator.emit_openapi import emit_api
from specforce_generator.emit_package import emit_package
from specforce_generator.index import ApiEntry, Versions
from specforce_generator.lower import lower
from specforce_generator.operations import read_operations
from specforce_generator.refs import read_library
from specforce_generator.tree import write

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from specforce_api.runtime.operation import Operation, Reply

T = TypeVar("T")
VERSIONS = Versions("31.0", "67.0", "67.0")
ENTRY = ApiEntry(
    "demo", "Demo API", ("openapi/demo.yaml",), "/services/data/v{api_version}", "DemoApi", "31.0", "guide"
)
INDEX = """
[versions]
oldest = "31.0"
newest = "67.0"
default = "67.0"

[[api]]
id = "demo"
title = "Demo API"
files = ["openapi/demo.yaml"]
mount = "/services/data/v{api_version}"
class = "DemoApi"
since = "31.0"
source = "guide"
"""
HEAD = """
openapi: 3.1.0
info: {title: Demo API, version: "67.0"}
servers:
  - url: https://{my_domain}/services/data/v{api_version}
    variables: {my_domain: {default: login.salesforce.com}, api_version: {default: "67.0"}}
security:
  - bearer: []
"""
_numbers = itertools.count(1)


def write_specs(folder: Path, document: str, **shared: str) -> Path:
    """A specs folder with one API.

    Args:
        folder: where to put it.
        document: the OpenAPI document from `paths:` on.
        shared: files beside it, such as `common="…"` for `openapi/common.yaml`.
    """
    (folder / "openapi").mkdir(parents=True)
    (folder / "index.toml").write_text(INDEX)
    (folder / "sources.toml").write_text('[guide]\ntitle = "A guide"\n')
    (folder / "waiters.toml").write_text("")
    (folder / "reference").mkdir()
    (folder / "reference" / "rest.md").write_text("# Facts\n\n## 1. One\n")
    (folder / "openapi" / "demo.yaml").write_text(HEAD + textwrap.dedent(document))
    for name, text in shared.items():
        (folder / "openapi" / f"{name}.yaml").write_text(textwrap.dedent(text))
    return folder


def bundled(folder: Path) -> dict[str, Any]:
    """The one API of a specs folder, bundled."""
    return bundle(ENTRY, read_library(folder, list(ENTRY.files)), "67.0")


def generated(folder: Path, document: str, **shared: str) -> ModuleType:
    """Generate the client of a small spec and import it: the package of the API, under a name of its own."""
    whole = bundled(write_specs(folder / "specs", document, **shared))
    facts = read_operations(whole)
    tree = emit_package(VERSIONS, {}, facts)
    tree |= {f"demo/{path}": text for path, text in emit_api(ENTRY, lower(whole), facts).items()}
    name = f"small_spec_{next(_numbers)}"
    write(tree, folder / name)
    sys.path.insert(0, str(folder))
    try:
        for module in ("runtime.client", "demo.models", "demo.operations"):
            importlib.import_module(f"{name}.{module}")
        return importlib.import_module(f"{name}.demo")
    finally:
        sys.path.remove(str(folder))


@dataclass
class FakeSender:
    """Keeps what it is given to send, and decodes the reply that the test chose."""

    reply: Reply | None = None
    sent: list[Operation[Any]] = field(default_factory=list)

    def send(self, operation: Operation[T], /) -> T:
        """As a sender does, without a network."""
        self.sent.append(operation)
        assert self.reply is not None
        return operation.decode(self.reply)
