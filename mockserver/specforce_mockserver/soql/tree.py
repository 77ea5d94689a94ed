"""What a parsed query is: frozen values, each with the offset (`at`) of its first token in the query's text.

Names are kept as typed; what they mean is found out by the semantic pass. The tree holds every clause that the grammar
knows, also those that change no row (`FOR VIEW`, `USING SCOPE`), so that checks can ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

ValueKind = OneOf["string", "number", "currency", "date", "datetime", "time", "boolean", "null", "range"]
Comparator = OneOf["=", "!=", "<", "<=", ">", ">=", "LIKE"]
Membership = OneOf["IN", "NOT IN", "INCLUDES", "EXCLUDES"]
Grouping = OneOf["plain", "rollup", "cube"]


@dataclass(frozen=True, slots=True)
class Path:
    """A field or relationship path: `Name`, `Account.Owner.Name`."""

    text: str
    at: int

    @property
    def parts(self) -> tuple[str, ...]:
        """The names between the dots."""
        return tuple(each.strip() for each in self.text.split("."))


@dataclass(frozen=True, slots=True)
class Value:
    """A literal; `text` is as typed (a string without its quotes but with its escapes, `range` is a date literal such
    as `LAST_N_DAYS:3`).
    """

    kind: ValueKind
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied: `COUNT(Id)`, `DAY_ONLY(convertTimezone(CreatedDate))`."""

    name: str
    arguments: tuple[Path | Call | Value, ...]
    at: int

    @property
    def upper(self) -> str:
        """The function's name in upper case."""
        return self.name.upper()


Expression = Path | Call


@dataclass(frozen=True, slots=True)
class SelectField:
    """An item of the field list, with its alias."""

    expression: Expression
    alias: Path | None = None

    @property
    def at(self) -> int:
        """The offset of the item."""
        return self.expression.at


@dataclass(frozen=True, slots=True)
class Subquery:
    """A child subquery in the field list."""

    query: Query
    at: int


@dataclass(frozen=True, slots=True)
class TypeOfWhen:
    """`WHEN Account THEN Phone, Name`."""

    sobject: Path
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`TYPEOF What WHEN … ELSE … END`."""

    relationship: Path
    whens: tuple[TypeOfWhen, ...]
    otherwise: tuple[Path, ...]
    at: int


SelectItem = SelectField | Subquery | TypeOf


@dataclass(frozen=True, slots=True)
class Compare:
    """`field operator value`."""

    left: Expression
    operator: Comparator
    value: Value
    at: int


@dataclass(frozen=True, slots=True)
class Member:
    """`field IN (values)` and its three relatives."""

    left: Expression
    operator: Membership
    values: tuple[Value, ...]
    at: int


@dataclass(frozen=True, slots=True)
class MemberQuery:
    """A semi-join or anti-join: `field [NOT] IN (SELECT …)`."""

    left: Expression
    negated: bool
    query: Query
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """`NOT condition`."""

    term: Condition


@dataclass(frozen=True, slots=True)
class And:
    """All terms hold."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of the terms holds."""

    terms: tuple[Condition, ...]


Condition = Compare | Member | MemberQuery | Not | And | Or


@dataclass(frozen=True, slots=True)
class FromItem:
    """An object or relationship path with its alias."""

    path: Path
    alias: Path | None


@dataclass(frozen=True, slots=True)
class GroupBy:
    """The GROUP BY clause."""

    mode: Grouping
    expressions: tuple[Expression, ...]
    at: int


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One key of ORDER BY."""

    expression: Expression
    descending: bool
    nulls_first: bool | None


@dataclass(frozen=True, slots=True)
class Count:
    """The number of LIMIT or OFFSET."""

    number: int
    at: int


@dataclass(frozen=True, slots=True)
class WithClause:
    """`WITH …`: `words` is the filter as typed, in upper case where it is a keyword."""

    kind: OneOf["mode", "data category", "call"]
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT statement, at the top or inside another."""

    items: tuple[SelectItem, ...]
    sources: tuple[FromItem, ...]
    at: int
    scope: Path | None = None
    where: Condition | None = None
    with_clause: WithClause | None = None
    group_by: GroupBy | None = None
    having: Condition | None = None
    order_by: tuple[OrderItem, ...] = ()
    limit: Count | None = None
    offset: Count | None = None
    endings: tuple[str, ...] = ()
