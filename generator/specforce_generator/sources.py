"""Reading spec files: plain data, and beside it the line of every value, so that a mistake can be pointed at.

YAML is read as YAML 1.2 (ruamel's default), so `on`, `off` and `no` are text. Anchors and merge keys are refused:
`$ref` is how specs share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Json = dict[str, Any]
"""A document, or an object inside one: the wire, so to say, of the generator."""

_TAG = "tag:yaml.org,2002:"


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a value of a document is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value of a document is an array."""
    return isinstance(value, list)


class SourceError(Exception):
    """A spec file can't be read: `file:line: reason`."""


class EmitError(Exception):
    """openapi-python-client refused, or warned: a warning there means code that is missing."""


@dataclass(frozen=True, slots=True)
class Source:
    """One spec file.

    Attributes:
        path: relative to the specs folder, with forward slashes.
        data: its content.
        lines: JSON pointer to the line, counted from 1, where that value's key (or list entry) stands.
    """

    path: str
    data: Json
    lines: Mapping[str, int] = field(default_factory=dict[str, int], repr=False)

    def line(self, pointer: str) -> int:
        """The line of a value, or of the nearest value around it that has one."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


def pointer(*steps: object) -> str:
    """The JSON pointer of a path of keys and indexes."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def read_yaml(folder: Path, path: str) -> Source:
    """Read one YAML file of the specs.

    Raises:
        SourceError: no such file, not YAML, duplicate keys, or not a mapping at the top.
    """
    try:
        text = (folder / path).read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path}:1: can't be read: {error.strerror}") from None
    return parse_yaml(path, text)


def parse_yaml(path: str, text: str) -> Source:
    """As `read_yaml`, of a text that was read already."""
    try:
        root: Any = _compose(text)
    except MarkedYAMLError as error:
        mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise SourceError(f"{path}:{mark.line + 1 if mark else 1}: isn't YAML: {problem}") from None
    lines: dict[str, int] = {}
    document: object = None if root is None else _build(path, root, "", lines)
    if not is_object(document):
        raise SourceError(f"{path}:1: must be a mapping at the top")
    return Source(path, document, lines)


def _compose(text: str) -> Any:
    """The tree of nodes, each with its kind (`id`), its tag, its value and where it starts."""
    loader: Any = YAML(typ="safe", pure=True)
    return loader.compose(text)


def _build(path: str, node: Any, at: str, lines: dict[str, int]) -> Any:
    if node.id == "scalar":
        return _scalar(path, node)
    if node.id == "sequence":
        for index, item in enumerate(node.value):
            lines[f"{at}/{index}"] = item.start_mark.line + 1
        return [_build(path, item, f"{at}/{index}", lines) for index, item in enumerate(node.value)]
    result: Json = {}
    for key, value in node.value:
        name = str(key.value)
        line: int = key.start_mark.line + 1
        if name in result:
            raise SourceError(f"{path}:{line}: the key {name!r} stands here twice: keep one")
        if name == "<<":
            raise SourceError(f"{path}:{line}: merge keys aren't used in specs: write a $ref")
        below = at + pointer(name)
        lines[below] = line
        result[name] = _build(path, value, below, lines)
    return result


def _scalar(path: str, node: Any) -> Any:
    text = str(node.value)
    tag = str(node.tag).removeprefix(_TAG)
    if tag in ("str", "timestamp"):
        return text
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int":
        return int(text.replace("_", ""), 0 if text.lstrip("+-").startswith(("0x", "0o")) else 10)
    if tag == "float":
        return float(text.replace("_", ""))
    raise SourceError(f"{path}:{node.start_mark.line + 1}: a YAML tag that specs don't use: {node.tag}")
