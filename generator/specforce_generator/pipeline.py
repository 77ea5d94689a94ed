"""The passes in their order, from the folders of a repository to the trees of files that they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import emit_sync
from .bundle import bundle
from .emit_package import emit_package
from .emit_records import emit_records
from .emit_soap import emit_soap
from .emit_sobjects import emit_sobjects, read_sobjects
from .emit_specs import emit_specs
from .index import Index, read_index, read_toml
from .lower import lower
from .lower_prism import lower_for_prism
from .operations import Operation, read_operations
from .project import project
from .refs import read_library
from .sources import read_yaml
from .stamp import FILE, stamp
from .tree import Tree, read, tidied
from .wsdl import SoapOperation, Wsdl, as_json, read_wsdl

if TYPE_CHECKING:
    from pathlib import Path

    from .sources import Json
    from .templates.specs.short_form import ShortObject

PARTS = ("clients", "specs", "sync")
_GENERATED = "generated"
_API = "specforce_api"
_SPECS = "specforce_specs"
_SYNC = "src/specforce/_sync"
_ASYNC = "src/specforce/_async"
_COMMAND = '"specforce-gen generate"'


@dataclass(frozen=True, slots=True)
class Specs:
    """Everything read from the specs folder, bundled."""

    index: Index
    waiters: Json
    bundles: dict[str, Json]
    prism: dict[str, Json]
    objects: list[ShortObject] = field(repr=False)
    facts: dict[str, list[Operation]] = field(repr=False)
    wsdls: dict[str, Wsdl] = field(repr=False)
    mock_admin: Json | None = field(default=None, repr=False)

    @property
    def operations(self) -> list[Operation | SoapOperation]:
        """Every operation of every API."""
        found: list[Operation | SoapOperation] = [each for listed in self.facts.values() for each in listed]
        return [*found, *(each for wsdl in self.wsdls.values() for each in wsdl.operations)]


def generate(root: Path, only: str | None) -> dict[str, Tree]:
    """Make the trees of generated files.

    Args:
        root: the repository.
        only: one of `PARTS`, or None for everything, with the stamp.

    Returns:
        Folder, relative to the repository, to all that belongs into it.

    Raises:
        SourceError: a spec can't be read. EmitError: something of the specs would not have been generated.
    """
    if only == "sync":
        return {_SYNC: synchronous(root)}
    specs = load(root)
    if only == "clients":
        return {f"{_GENERATED}/{_API}": clients(specs)}
    if only == "specs":
        return {f"{_GENERATED}/{_SPECS}": data(specs)}
    whole = {f"{_API}/{path}": text for path, text in clients(specs).items()}
    whole |= {f"{_SPECS}/{path}": text for path, text in data(specs).items()}
    return {_GENERATED: {**whole, FILE: stamp(root / "specs")}, _SYNC: synchronous(root)}


def load(root: Path) -> Specs:
    """Read and bundle the specs of a repository.

    Raises:
        SourceError: a file can't be read, or a `$ref` points nowhere.
    """
    folder = root / "specs"
    index = read_index(folder)
    library = read_library(folder, [file for entry in index.apis for file in entry.files])
    default = index.versions.default
    bundles = {entry.id: bundle(entry, library, default) for entry in index.apis}
    facts = {api: read_operations(document) for api, document in bundles.items()}
    newest = project(library, default)
    prism: dict[str, Json] = {}
    for entry in index.apis:
        prism |= lower_for_prism(bundle(entry, newest, default), default)
    wsdls = {entry.id: read_wsdl(folder, entry.files[0], entry.id) for entry in index.soap}
    admin = None if index.mock_admin is None else read_yaml(folder, index.mock_admin).data
    return Specs(index, read_toml(folder, "waiters.toml"), bundles, prism, read_sobjects(folder), facts, wsdls, admin)


def clients(specs: Specs) -> Tree:
    """`specforce_api`.

    Raises:
        EmitError: something of the specs would not have been generated.
    """
    from .emit_openapi import emit_api  # noqa: PLC0415  (most of a second that the other parts don't need)

    tree = emit_package(specs.index.versions, specs.waiters, specs.operations)
    for entry in specs.index.apis:
        package = emit_api(entry, lower(specs.bundles[entry.id]), specs.facts[entry.id])
        tree |= {f"{entry.id}/{path}": text for path, text in package.items()}
    for entry in specs.index.soap:
        tree |= {f"{entry.id}/{path}": text for path, text in emit_soap(entry, specs.wsdls[entry.id]).items()}
    describes, _formats = emit_sobjects(specs.objects, specs.index.versions.default)
    tree |= {f"sobjects/{path}": text for path, text in emit_records(describes).items()}
    return _marked(tidied(tree), "specs/ and generator/")


def data(specs: Specs) -> Tree:
    """`specforce_specs`."""
    describes, formats = emit_sobjects(specs.objects, specs.index.versions.default)
    tree = emit_specs(
        specs.index,
        bundles=specs.bundles,
        prism=specs.prism,
        waiters=specs.waiters,
        describes=describes,
        formats=formats,
        soap={name: as_json(wsdl) for name, wsdl in specs.wsdls.items()},
        mock_admin=specs.mock_admin,
    )
    return _marked(tidied(tree), "specs/ and generator/")


def synchronous(root: Path) -> Tree:
    """`specforce._sync`, from `specforce._async`."""
    sources = read(root / _ASYNC, "*.py")
    return _marked(tidied(emit_sync.derive_all(sources)), f"{_ASYNC}/")


def _marked(tree: Tree, origin: str) -> Tree:
    mark = f"# Generated by {_COMMAND} from {origin}: don't edit this file, edit those.\n"
    return {path: mark + text if path.endswith(".py") else text for path, text in tree.items()}
