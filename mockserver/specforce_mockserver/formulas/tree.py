"""A formula taken apart. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Boolean:
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """NULL."""


@dataclass(frozen=True, slots=True)
class Name:
    """A field, or one of a parent: `Account.Owner.Name`; `Owner:User.Name` says which object the parent is."""

    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; the name is in upper case."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands; the operator is one of `+ - * / ^ & = <> < > <= >= && ||`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Unary:
    """`-` or `!` and its operand."""

    operator: str
    operand: Node


Node = Text | Number | Boolean | Null | Name | Call | Binary | Unary
