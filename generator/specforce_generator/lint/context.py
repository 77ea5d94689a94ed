"""What the rules look at: the specs, read, and every operation with the place it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from specforce_generator.bundle import METHODS, refuse_second_components
from specforce_generator.index import Index, read_index, read_toml
from specforce_generator.refs import Library, follow, read_library
from specforce_generator.sources import Json, SourceError, is_list, is_object, pointer

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specforce_generator.index import ApiEntry
    from specforce_generator.sources import Source


@dataclass(frozen=True, slots=True)
class Site:
    """One operation, and where it stands.

    Attributes:
        entry: the API it is of.
        file: the document it stands in.
        path: its path as written, relative to the mount.
        method: in lower case.
        data: the operation.
        item: the path item around it.
        at: its JSON pointer in the API's document.
    """

    entry: ApiEntry
    file: str
    path: str
    method: str
    data: Json = field(repr=False)
    item: Json = field(repr=False)
    at: str

    @property
    def name(self) -> str:
        """The operationId, or the method and path of an operation that has none."""
        found = self.data.get("operationId")
        return found if isinstance(found, str) else f"{self.method.upper()} {self.path}"


@dataclass(frozen=True)
class Context:
    """The specs, read.

    Attributes:
        folder: the specs folder.
        index: index.toml.
        library: the APIs' documents and every file they refer to.
        sources: sources.toml.
    """

    folder: Path
    index: Index
    library: Library
    sources: Json

    @cached_property
    def sites(self) -> list[Site]:
        """Every operation, in the order of the documents."""
        return [site for entry in self.index.apis for file in entry.files for site in _sites(entry, self.library[file])]

    @cached_property
    def documents(self) -> frozenset[str]:
        """The files that are documents of an API; every other file is shared."""
        return frozenset(file for entry in self.index.apis for file in entry.files)

    def follow(self, path: str, value: Any) -> tuple[str, Any]:
        """Follow `$ref`s from a value that stands in a file: the file it ends in, and what it means."""
        return follow(self.library, path, value)

    def finding(self, rule: str, path: str, at: str, message: str) -> Finding:
        """A finding at a JSON pointer of a file."""
        return Finding(path, self.library[path].line(at), rule, message)

    def parameters(self, site: Site) -> Iterator[tuple[str, str, Json]]:
        """Every parameter of an operation, those of its path item first.

        Returns:
            The file it is in, the pointer of it (or of the `$ref` to it) in the API's document, and the parameter.
        """
        item_at = pointer("paths", site.path)
        for owner, at in ((site.item, item_at), (site.data, site.at)):
            for index, written in enumerate(owner.get("parameters", [])):
                path, parameter = self.follow(site.file, written)
                yield path, f"{at}/parameters/{index}", parameter

    def has_row(self, row: str) -> bool:
        """Whether `<file>#<section>` of the reference is there."""
        name, _, section = row.partition("#")
        return section in self._sections(name)

    def _sections(self, name: str) -> set[str]:
        file = self.folder / "reference" / name
        if not file.is_file():
            return set()
        return set(re.findall(r"^#+ (\d+(?:\.\d+)*)\b", file.read_text(encoding="utf-8"), re.MULTILINE))


def read_context(folder: Path) -> Context:
    """Read the specs.

    Raises:
        SourceError: a file can't be read, a document has another server than its mount, or two documents of an API
            define one component.
    """
    index = read_index(folder)
    library = read_library(folder, [file for entry in index.apis for file in entry.files])
    for entry in index.apis:
        for file in entry.files:
            _check_document(entry, library[file])
        refuse_second_components([library[file] for file in entry.files])
    return Context(folder, index, library, read_toml(folder, "sources.toml"))


def _check_document(entry: ApiEntry, source: Source) -> None:
    if source.data.get("openapi") != "3.1.0":
        raise SourceError(f"{source.path}:{source.line('/openapi')}: write openapi: 3.1.0")
    servers = source.data.get("servers")
    url = servers[0].get("url") if is_list(servers) and servers and is_object(servers[0]) else ""
    wanted = "https://{my_domain}" + entry.mount
    if url != wanted:
        raise SourceError(
            f"{source.path}:{source.line('/servers/0/url')}: the server is {url!r}, and index.toml mounts the API "
            f"elsewhere: write url: {wanted}"
        )


def _sites(entry: ApiEntry, source: Source) -> Iterator[Site]:
    paths: dict[str, Json] = source.data["paths"]
    for path, item in paths.items():
        for method in METHODS:
            if is_object(item.get(method)):
                yield Site(entry, source.path, path, method, item[method], item, pointer("paths", path, method))
