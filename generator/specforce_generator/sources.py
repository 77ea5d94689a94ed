"""Reading spec files: plain data, and beside it the line of every value, so that a mistake can be pointed at.

YAML is read as YAML 1.2 (ruamel's default), so `on`, `off` and `no` are text. Anchors and merge keys are refused: `$ref`
is how specs share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Json = dict[str, Any]
"""A document, or an object inside one: the wire, so to say, of the generator."""

_TAG = "tag:yaml.org,2002:"


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
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)

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
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SourceError(f"{path}:{line}: isn't YAML: {error.problem or error}") from None
    lines: dict[str, int] = {}
    data = None if root is None else _build(path, root, "", lines)
    if not isinstance(data, dict):
        raise SourceError(f"{path}:1: must be a mapping at the top")
    return Source(path, cast("Json", data), lines)


def _build(path: str, node: Node, at: str, lines: dict[str, int]) -> Any:
    if isinstance(node, ScalarNode):
        return _scalar(path, node)
    if isinstance(node, SequenceNode):
        items: list[Node] = node.value
        for index, item in enumerate(items):
            lines[f"{at}/{index}"] = item.start_mark.line + 1
        return [_build(path, item, f"{at}/{index}", lines) for index, item in enumerate(items)]
    if not isinstance(node, MappingNode):
        raise SourceError(f"{path}:{node.start_mark.line + 1}: a YAML construct that specs don't use: {node.tag}")
    result: Json = {}
    pairs: list[tuple[ScalarNode, Node]] = node.value
    for key, value in pairs:
        name = str(key.value)
        line = key.start_mark.line + 1
        if name in result:
            raise SourceError(f"{path}:{line}: the key {name!r} stands here twice: keep one")
        if name == "<<":
            raise SourceError(f"{path}:{line}: merge keys aren't used in specs: write a $ref")
        below = at + pointer(name)
        lines[below] = line
        result[name] = _build(path, value, below, lines)
    return result


def _scalar(path: str, node: ScalarNode) -> Any:
    text = str(node.value)
    tag = str(node.tag).removeprefix(_TAG)
    if tag == "str":
        return text
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int":
        return int(text.replace("_", ""), 0 if text.lstrip("+-").startswith(("0x", "0o")) else 10)
    if tag == "float":
        return float(text.replace("_", ""))
    if tag == "timestamp":
        return text
    raise SourceError(f"{path}:{node.start_mark.line + 1}: a YAML tag that specs don't use: {node.tag}")
