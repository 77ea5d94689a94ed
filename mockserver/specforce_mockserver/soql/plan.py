"""A compiled SELECT: the pieces of its statements and the shape of its rows. Values only; statements.py puts the pieces
together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

    from .shape import Groups, Record
    from .terms import Term

PlanKind = Literal["records", "groups", "count"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One selected value, as bulk prints it.

    Attributes:
        header: of its column, as typed.
        term: what is printed.
        expanded: whether FIELDS() brought it.
    """

    header: str
    term: Term
    expanded: bool = False

    @property
    def compound(self) -> bool:
        """Whether it is an address or location, which no CSV cell holds."""
        return self.term.kind in {"address", "location"}


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """A child subquery: the key that its rows get, the reference to the parent, and its own plan."""

    key: str
    reference: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Plan:
    """One SELECT.

    Attributes:
        kind: rows of an object, groups of them, or `COUNT()`.
        sobject: the object of FROM.
        from_clause: tables and joins.
        where: ` WHERE …` or nothing.
        order: the keys of ORDER BY; empty without one.
        limit: of the rows, None for all.
        offset: rows to skip.
        outputs: the expressions that the shape's indexes count.
        shape: what makes JSON of a row; None for `COUNT()`.
        leaves: the selected values in order, for flat rows.
        children: the child subqueries.
        parameters: the values of all statements of this SELECT.
        row_id: the expression of SQLite's own row number of the object of FROM.
        joins: of the parents alone, for statements that find the rows of FROM by themselves.
    """

    kind: PlanKind
    sobject: SObjectType = field(repr=False)
    from_clause: str
    where: str
    order: str = ""
    limit: int | None = None
    offset: int = 0
    outputs: tuple[str, ...] = ()
    shape: Record | Groups | None = None
    leaves: tuple[Leaf, ...] = ()
    children: tuple[ChildPlan, ...] = ()
    parameters: dict[str, object] = field(default_factory=dict[str, object])
    row_id: str = ""
    joins: str = ""
