"""Where fields are read from: the object of FROM and the parents reached from it.

A parent that can only be of one object is a joined table. A polymorphic parent (`What`, `Owner`) is no join: each of
its fields is a CASE on the key prefix of the reference, so that forty possible objects cost a lookup, not forty joins.
Source: specs/reference/soql.md sections 1 and 2.
"""

# ruff: noqa: S608 (names come from the schema, quoted; values are parameters)

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from specforce_mockserver.records.lookup import value_sql
from specforce_mockserver.schema import Field

from . import kinds, sql

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

# What SOQL offers of a parent whose object isn't known until the row is read: the fields of the object `Name`.
NAME_SOBJECT: Final = "Name"
NAME_FIELDS: Final = frozenset(
    {
        "alias", "email", "firstname", "id", "isactive", "lastname", "middlename", "name", "phone", "profileid",
        "recordtypeid", "suffix", "title", "type", "username", "userroleid",
    }
)  # fmt: skip
NAME_RELATIONSHIPS: Final = frozenset({"profile", "recordtype", "userrole"})


@dataclass(frozen=True, slots=True)
class Target:
    """One object that a polymorphic reference can point at, the key prefix that tells it, and the condition that a row
    `n` of its table is the caller's to see (empty where all are).
    """

    sobject: SObjectType
    prefix: str
    seen: str = ""


@dataclass(slots=True)
class Origin:
    """Rows that fields are read from: the object of FROM, or a parent reached from it.

    Attributes:
        alias: of its table in the statement.
        sobject: its object; None for a polymorphic parent.
        targets: the objects that a polymorphic parent can be of.
        reference: the expression of the Id that leads here from the child; empty for the object of FROM.
        relationship: the relationship's name as the schema spells it; empty for the object of FROM.
        above: the child that this is a parent of.
    """

    alias: str
    sobject: SObjectType | None = field(repr=False)
    targets: tuple[Target, ...] = field(default=(), repr=False)
    reference: str = ""
    relationship: str = ""
    above: Origin | None = field(default=None, repr=False)
    parents: dict[str, Origin] = field(default_factory=dict[str, "Origin"], repr=False)

    @property
    def type_name(self) -> str:
        """The object's name, as messages have it."""
        return self.sobject.name if self.sobject else NAME_SOBJECT

    @property
    def id(self) -> str:
        """The expression of the row's Id: null when there is no row."""
        return f'{self.alias}."Id"' if self.sobject else self._by_target("Id")

    @property
    def level(self) -> int:
        """How many relationships lie between this and the object of FROM."""
        return self.above.level + 1 if self.above else 0

    @property
    def path(self) -> tuple[str, ...]:
        """The relationships that lead here, as the schema spells them."""
        return (*self.above.path, self.relationship) if self.above else ()

    def column(self, name: str) -> Column | None:
        """A field of these rows; None when there is none of that name."""
        if self.sobject is not None:
            found = self.sobject.field(name)
            return None if found is None else Column(value_sql(found, self.alias), found, self)
        lowered = name.lower()
        if lowered == "type":
            cases = " ".join(f"WHEN {sql.text(each.prefix)} THEN {self._type_of(each)}" for each in self.targets)
            field_of_type = Field(name="Type", label="Type", type="string", length=40)
            return Column(f"CASE substr({self.reference}, 1, 3) {cases} END", field_of_type, self)
        if lowered not in NAME_FIELDS:
            return None
        for each in self.targets:
            found = _named(each.sobject, lowered)
            if found is not None:
                spelled = Field(name="Name", label="Name", type="string") if lowered == "name" else found
                return Column(self._by_target(lowered), spelled, self)
        return None

    def _type_of(self, target: Target) -> str:
        """What `Type` says of a record of one object; an owner that is a group is a `Queue` when it is one [E]."""
        own = sql.text(target.sobject.name)
        if target.sobject.name != "Group" or target.sobject.field("Type") is None:
            return own
        queue = f"""(SELECT "Type" FROM "Group" WHERE "Id" = {self.reference} AND "Type" = 'Queue')"""
        return f"coalesce({queue}, {own})"

    def _by_target(self, name: str) -> str:
        """An expression that looks a field up in the table that the reference's key prefix names."""
        cases = ""
        for each in self.targets:
            found = _named(each.sobject, name.lower())
            if found is not None:
                table, column = sql.name(each.sobject.name), value_sql(found, "n")
                seen = f" AND {each.seen}" if each.seen else ""
                lookup = f'(SELECT {column} FROM {table} AS n WHERE n."Id" = {self.reference}{seen})'
                cases += f" WHEN {sql.text(each.prefix)} THEN {lookup}"
        return f"CASE substr({self.reference}, 1, 3){cases} END" if cases else "NULL"


@dataclass(frozen=True, slots=True)
class Column:
    """A field where it is read from."""

    sql: str
    field: Field
    origin: Origin

    @property
    def kind(self) -> kinds.Kind:
        """The kind of its values."""
        return kinds.kind_of(self.field)

    @property
    def path(self) -> str:
        """Relationships and field, as the schema spells them."""
        return ".".join((*self.origin.path, self.field.name))

    @property
    def of_parent(self) -> bool:
        """Whether the row that it belongs to may be missing."""
        return self.origin.above is not None


def _named(sobject: SObjectType, lowered: str) -> Field | None:
    """A field of an object; `name` is whatever field names its records (a case number)."""
    found = sobject.field(lowered)
    return sobject.name_field if found is None and lowered == "name" else found
