"""Names to columns: field paths, relationships, aliases, and the joins that they need.

A `Scope` is one SELECT: it resolves paths against the schema and collects, as it goes, the parent tables that have to
be joined. Source: specs/reference/soql.md sections 1 and 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import sql
from .errors import INVALID_FIELD, INVALID_TYPE, MALFORMED_QUERY, Fault
from .origins import NAME_RELATIONSHIPS, Column, Origin, Target

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field, Schema, SObjectType

    from .tree import FromItem, Path

MAX_LEVELS: Final = 5
MAX_PARENTS: Final = 55


class Scope:
    """The names of one SELECT."""

    def __init__(self, schema: Schema, sobject: SObjectType, *, prefix: str = "t") -> None:
        """Begin with the object of FROM.

        Args:
            schema: of the org.
            sobject: the object of FROM.
            prefix: begins the table aliases.
        """
        self.schema = schema
        self.sobject = sobject
        self._prefix = prefix
        self.root = Origin(f"{prefix}0", sobject)
        self._aliases: dict[str, Origin] = {sobject.name.lower(): self.root}
        self._joins: list[str] = []
        self._parents = 0

    def name_sources(self, sources: tuple[FromItem, ...]) -> None:
        """Take in the aliases of FROM; items after the first are parent paths (`FROM Contact c, c.Account a`)."""
        first, *others = sources
        if first.alias is not None:
            self._aliases[first.alias.text.lower()] = self.root
        for each in others:
            origin = self.origin(each.path.parts, each.path.at)
            if each.alias is not None:
                self._aliases[each.alias.text.lower()] = origin

    def names_root(self, alias: str) -> bool:
        """Whether a word names the object of FROM."""
        return self._aliases.get(alias.lower()) is self.root

    @property
    def from_clause(self) -> str:
        """The object of FROM, joined with the parents asked for so far."""
        return f"{sql.name(self.sobject.name)} AS {self.root.alias}{self.joins}"

    @property
    def joins(self) -> str:
        """The parents asked for so far."""
        return "".join(self._joins)

    def origin(self, parts: tuple[str, ...], at: int) -> Origin:
        """The rows that a path of relationships leads to."""
        origin = self.root
        if parts and parts[0].lower() in self._aliases:
            origin, parts = self._aliases[parts[0].lower()], parts[1:]
        for relationship in parts:
            origin = self._parent(origin, relationship, at)
        return origin

    def column(self, path: Path) -> Column:
        """The field that a path names.

        Raises:
            Fault: no such relationship, no such column, too many levels or parents.
        """
        *relationships, name = path.parts
        return self._field(self.origin(tuple(relationships), path.at), name, path)

    def column_from(self, start: Origin, path: Path) -> Column:
        """The field that a path names when it begins at a parent, as in a branch of TYPEOF."""
        *relationships, name = path.parts
        origin = start
        for relationship in relationships:
            origin = self._parent(origin, relationship, path.at)
        return self._field(origin, name, path)

    def narrowed(self, origin: Origin, sobject: SObjectType) -> Origin:
        """A polymorphic parent where it is of one object."""
        alias = self.join(sobject, origin.reference)
        return Origin(alias, sobject, (), origin.reference, origin.relationship, origin.above)

    def _field(self, origin: Origin, name: str, path: Path) -> Column:
        found = origin.column(name)
        if found is None:
            raise no_such_column(name, origin.type_name, path.at)
        return found

    def join(self, sobject: SObjectType, key: str) -> str:
        """Join the table of an object by its Id; its alias is answered."""
        self._parents += 1
        alias = f"{self._prefix}{self._parents}"
        seen = self.schema.row_filter(sobject, alias)
        found = f'{alias}."Id" = {key}' + (f" AND {seen}" if seen else "")
        self._joins.append(f" LEFT JOIN {sql.name(sobject.name)} AS {alias} ON {found}")
        return alias

    def _parent(self, child: Origin, relationship: str, at: int) -> Origin:
        """The parent of that relationship, joined once however often it is named."""
        known = child.parents.get(relationship.lower())
        if known is not None:
            return known
        reference = self._reference(child, relationship, at)
        if child.level == MAX_LEVELS:
            raise Fault(INVALID_FIELD, f"Field path goes more than {MAX_LEVELS} relationships up: '{relationship}'", at)
        if self._parents == MAX_PARENTS:
            raise Fault(MALFORMED_QUERY, f"A query can't name more than {MAX_PARENTS} parent relationships", at)
        name = reference.field.relationship_name or relationship
        targets = self._targets(reference.field)
        if not targets:
            raise unknown_relationship(relationship, at)
        if reference.field.polymorphic:
            origin = Origin("", None, targets, reference.sql, name, child)
        else:
            sobject = targets[0].sobject
            origin = Origin(self.join(sobject, reference.sql), sobject, (), reference.sql, name, child)
        child.parents[relationship.lower()] = origin
        return origin

    def _reference(self, child: Origin, relationship: str, at: int) -> Column:
        """The reference field behind a relationship's name."""
        owners = [child.sobject] if child.sobject else [each.sobject for each in child.targets]
        if child.sobject is not None or relationship.lower() in NAME_RELATIONSHIPS:
            for owner in owners:
                found = owner.by_relationship(relationship)
                column = child.column(found.name) if found else None
                if column is not None:
                    return column
        raise unknown_relationship(relationship, at)

    def _targets(self, reference: Field) -> tuple[Target, ...]:
        """The objects of the schema that a reference can point at."""
        known = [self.schema.type(each) for each in reference.reference_to]
        return tuple(
            Target(each, each.key_prefix or "", self.schema.row_filter(each, "n")) for each in known if each is not None
        )


_ADVICE: Final = "Please reference your WSDL or the describe call for the appropriate names."
_CUSTOM_RELATIONSHIP: Final = (
    "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship "
    f"name. {_ADVICE}"
)


def no_such_column(name: str, sobject: str, at: int) -> Fault:
    """The field isn't there."""
    custom = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    return Fault(INVALID_FIELD, f"No such column '{name}' on entity '{sobject}'. {custom} {_ADVICE}", at)


def unknown_relationship(name: str, at: int) -> Fault:
    """The parent relationship isn't there."""
    return Fault(INVALID_FIELD, f"Didn't understand relationship '{name}' in field path. {_CUSTOM_RELATIONSHIP}", at)


def unknown_child_relationship(name: str, at: int) -> Fault:
    """The child relationship isn't there."""
    text = f"Didn't understand relationship '{name}' in FROM part of query call. {_CUSTOM_RELATIONSHIP}"
    return Fault(INVALID_TYPE, text, at)


def unknown_sobject(name: str, at: int) -> Fault:
    """The object isn't there."""
    custom = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
    return Fault(INVALID_TYPE, f"sObject type '{name}' is not supported. {custom} {_ADVICE}", at)
