"""The field list of a query for rows: which columns are read, and how records are built of them.

Source: specs/reference/soql.md sections 1, 4 and 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from . import shape
from .errors import INVALID_FIELD, MALFORMED_QUERY, Fault, unexpected
from .names import unknown_relationship, unknown_sobject
from .plan import ChildPlan, Leaf
from .printing import json_value
from .terms import FIELDS, SAME_VALUE, Term, Terms, components
from .tree import Call, Path, SelectField, SelectItem, Subquery, TypeOf

if TYPE_CHECKING:
    from .origins import Column, Origin

MAX_SUBQUERIES: Final = 20
FIELDS_KINDS: Final = frozenset({"ALL", "STANDARD", "CUSTOM"})

CompileChild = Callable[[Subquery], ChildPlan]


@dataclass(slots=True)
class _Node:
    """A record under construction; `nested` are parents of it that are under construction themselves."""

    origin: Origin
    index: int
    members: dict[str, shape.Member | _Node] = field(default_factory=dict[str, "shape.Member | _Node"])

    def add(self, key: str, member: shape.Member) -> None:
        """Put a member at its key, which must be new."""
        if key in self.members:
            raise duplicate_field(key)
        self.members[key] = member


class Selection:
    """Collects the items of one field list."""

    def __init__(self, terms: Terms, path: str, compile_child: CompileChild) -> None:
        """Begin a field list.

        Args:
            terms: resolves expressions.
            path: of the API version's records: `/services/data/v67.0/sobjects/`.
            compile_child: compiles a subquery.
        """
        self._terms = terms
        self._scope = terms.scope
        self._path = path
        self._compile_child = compile_child
        self._places: dict[str, int] = {}
        self._paths: set[str] = set()
        self._unnamed = 0
        self.leaves: list[Leaf] = []
        self.children: list[ChildPlan] = []
        self._root = _Node(self._scope.root, self._output(self._scope.root.id))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The expressions to read, in the order that the record's indexes count."""
        return tuple(self._places)

    def record(self) -> shape.Record:
        """The shape of the rows."""
        return self._finished(self._root)

    def add(self, items: Sequence[SelectItem]) -> None:
        """Take in the field list.

        Raises:
            Fault: unknown names, duplicates, aliases where there can't be any, too many subqueries.
        """
        for item in items:
            match item:
                case SelectField():
                    self._add_expression(item)
                case Subquery():
                    self._add_subquery(item)
                case TypeOf():
                    self._add_type_of(item)

    def _output(self, expression: str) -> int:
        """The index of an expression, which is read once."""
        return self._places.setdefault(expression, len(self._places))

    def _add_expression(self, item: SelectField) -> None:
        if isinstance(item.expression, Call):
            self._add_call(item.expression, item.alias)
            return
        if item.alias is not None:
            raise Fault(MALFORMED_QUERY, "only aggregate expressions use field aliasing")
        column = self._scope.column(item.expression)
        self._add_column(Term.of(column, item.at), column, item.expression.text)

    def _add_column(self, term: Term, column: Column, header: str, *, expanded: bool = False) -> None:
        """A field at the place that its relationships give it."""
        if column.path.lower() in self._paths:
            raise duplicate_field(column.path)
        self._paths.add(column.path.lower())
        self.leaves.append(Leaf(header, term, expanded))
        self._node(column.origin).add(column.field.name, self._member(column.field.name, term))

    def _add_call(self, call: Call, alias: Path | None) -> None:
        if call.upper == FIELDS:
            self._add_all(call)
            return
        term = self._terms.term(call)
        if alias is None and term.column is not None and term.function in SAME_VALUE:
            self._add_column(
                term, term.column, call.arguments[0].text if isinstance(call.arguments[0], Path) else term.name
            )
            return
        if alias is None:
            key = f"expr{self._unnamed}"
            self._unnamed += 1
        else:
            key = alias.text
        self.leaves.append(Leaf(key, term))
        self._root.add(key, self._member(key, term))

    def _add_all(self, call: Call) -> None:
        """`FIELDS(ALL | STANDARD | CUSTOM)`."""
        chosen = call.arguments[0] if len(call.arguments) == 1 else None
        if not isinstance(chosen, Path) or chosen.text.upper() not in FIELDS_KINDS:
            raise unexpected(chosen.text if isinstance(chosen, Path) else call.name, chosen.at if chosen else call.at)
        for each in self._scope.sobject.fields:
            if chosen.text.upper() == "ALL" or each.custom == (chosen.text.upper() == "CUSTOM"):
                column = self._scope.root.column(each.name)
                assert column is not None
                self._add_column(Term.of(column, call.at), column, each.name, expanded=True)

    def _add_subquery(self, subquery: Subquery) -> None:
        if len(self.children) == MAX_SUBQUERIES:
            raise Fault(MALFORMED_QUERY, f"A query can't have more than {MAX_SUBQUERIES} subqueries", subquery.at)
        child = self._compile_child(subquery)
        self._root.add(child.key, shape.Children(child.key))
        self.children.append(child)

    def _add_type_of(self, item: TypeOf) -> None:
        origin = self._scope.origin(item.relationship.parts, item.relationship.at)
        if origin.sobject is not None:
            raise unknown_relationship(item.relationship.text, item.relationship.at)
        targets = {each.sobject.name.lower(): each for each in origin.targets}
        records: dict[str, shape.Record] = {}
        for when in item.whens:
            target = targets.get(when.sobject.text.lower())
            if target is None:
                raise unknown_sobject(when.sobject.text, when.sobject.at)
            if target.prefix in records:
                raise Fault(MALFORMED_QUERY, f"duplicate WHEN in TYPEOF: {target.sobject.name}", when.sobject.at)
            narrowed = self._scope.narrowed(origin, target.sobject)
            records[target.prefix] = self._branch(narrowed, when.fields)
        otherwise = self._branch(origin, item.otherwise) if item.otherwise else None
        variant = shape.Variant(origin.relationship, self._output(origin.reference), records, otherwise)
        parent = origin.above
        assert parent is not None
        self._node(parent).add(origin.relationship, variant)

    def _branch(self, origin: Origin, fields: Sequence[Path]) -> shape.Record:
        """The record of one branch of TYPEOF."""
        top = _Node(origin, self._output(origin.id))
        for path in fields:
            column = self._scope.column_from(origin, path)
            node = self._node(column.origin, top)
            node.add(column.field.name, self._member(column.field.name, Term.of(column, path.at)))
        return self._finished(top)

    def _node(self, origin: Origin, top: _Node | None = None) -> _Node:
        """The record that an origin's fields belong to, inside the records of the children that lead to it."""
        top = top or self._root
        if origin is top.origin:
            return top
        assert origin.above is not None
        child = self._node(origin.above, top)
        known = child.members.get(origin.relationship)
        if isinstance(known, _Node):
            return known
        if known is not None:
            raise duplicate_field(origin.relationship)
        node = child.members[origin.relationship] = _Node(origin, self._output(origin.id))
        return node

    def _member(self, key: str, term: Term) -> shape.Member:
        if term.kind in {"address", "location"} and term.column is not None:
            parts = components(term.column).items()
            return shape.Compound(key, tuple((name, self._part(part)) for name, part in parts))
        return shape.Cell(key, self._output(json_value(term, self._path)), term.kind == "boolean")

    def _part(self, part: Term | None) -> int | None:
        return None if part is None else self._output(json_value(part, self._path))

    def _finished(self, node: _Node) -> shape.Record:
        members: list[shape.Member] = []
        for key, member in node.members.items():
            members.append(shape.Nested(key, self._finished(member)) if isinstance(member, _Node) else member)
        names = {each.prefix: each.sobject.name for each in node.origin.targets} or None
        return shape.Record(node.origin.type_name, self._path, node.index, tuple(members), names)


def duplicate_field(name: str) -> Fault:
    """The same field twice."""
    return Fault(INVALID_FIELD, f"duplicate field selected: {name}")
