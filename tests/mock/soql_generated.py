"""Small tables and queries over them, for tests that hold the compiled SQL to the evaluator's answers.

An item has a field of every kind and another item as its parent; parts belong to items by two references.
`pytest --hypothesis-profile=thorough` tries twenty times as many of everything.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from specforce_mockserver import soql
from specforce_mockserver.ids import ids_from
from specforce_mockserver.schema import ChildRelationship, Field, Schema, SObjectType
from specforce_mockserver.tables import create_tables
from tests.mock.soql_evaluator import AmongParts, Asked, Check, Condition, Literal, Row, Tree, range_of
from tests.mock.soql_world import NOW

KINDS = {
    "Name": "text",
    "Note__c": "text",
    "Count__c": "int",
    "Size__c": "double",
    "Live__c": "boolean",
    "Day__c": "date",
    "At__c": "datetime",
    "Tags__c": "multi",
}
FIELD_TYPES = {"text": "string", "multi": "multipicklist"}
PART_KINDS = {"Label__c": "text", "Size__c": "double", "Day__c": "date"}


def _fields(kinds: dict[str, str]) -> list[Field]:
    return [Field(name=name, label=name, type=FIELD_TYPES.get(kind, kind), length=80) for name, kind in kinds.items()]


ITEM = SObjectType(
    "Item__c",
    "Item",
    "Items",
    "a00",
    (
        Field(name="Id", label="Id", type="id"),
        *_fields(KINDS),
        Field(name="Parent__c", label="", type="reference", reference_to=("Item__c",), relationship_name="Parent__r"),
    ),
    child_relationships=(
        ChildRelationship("Item__c", "Parent__c", "Children__r"),
        ChildRelationship("Part__c", "Item__c", "Parts__r"),
        ChildRelationship("Part__c", "Other__c", "Others__r"),
    ),
)
PART = SObjectType(
    "Part__c",
    "Part",
    "Parts",
    "a01",
    (
        Field(name="Id", label="Id", type="id"),
        *(
            Field(name=name, label=name, type=FIELD_TYPES.get(kind, kind), length=80)
            for name, kind in PART_KINDS.items()
        ),
        Field(name="Item__c", label="", type="reference", reference_to=("Item__c",), relationship_name="Item__r"),
        Field(name="Other__c", label="", type="reference", reference_to=("Item__c",), relationship_name="Other__r"),
    ),
)
SCHEMA = Schema([ITEM, PART])
CONNECTION = sqlite3.connect(":memory:", isolation_level=None)
create_tables(CONNECTION, SCHEMA)
IDS = ids_from("a00", 1, 8)
PART_IDS = ids_from("a01", 1, 12)

TEXTS = ["a", "A", "ab", "aB", "b", "B%", "a_b", "back\\slash", "it's", "é", "É", "ß", "x y", "1"]
DAYS = ["2026-03-10", "2026-03-09", "2026-02-28", "2026-02-01", "2025-12-31", "2025-01-01", "2026-03-13", "2024-02-29"]
MOMENTS = [f"{day}T{time}.000Z" for day in DAYS[:5] for time in ("00:00:00", "10:30:00", "10:30:01", "23:59:59")]
TAGS = ["Red", "Green;Blue", "Red;Blue", "red;green;blue", "A%"]
POOLS: dict[str, list[Any]] = {
    "text": TEXTS,
    "int": [-2, 0, 1, 7, 1000],
    "double": [-2.5, 0.0, 0.1, 1.0, 7.0, 1e9],
    "boolean": [0, 1],
    "date": DAYS,
    "datetime": MOMENTS,
    "multi": TAGS,
}
TYPES = {
    **KINDS,
    **{f"Parent__r.{name}": kind for name, kind in KINDS.items()},
    "Parent__r.Parent__r.Name": "text",
    "Parent__r.Parent__r.Live__c": "boolean",
}
PART_TYPES = {**PART_KINDS, "Id": "id"}
RANGES = ["YESTERDAY", "TODAY", "LAST_MONTH", "LAST_YEAR", "NEXT_N_DAYS:3", "LAST_N_DAYS:40"]
PATTERNS = ["a%", "%b", "_", "%", "a\\_b", "%\\%", "é%", "%É", "", "back\\\\sl%", "A_"]

# A busy machine is no failure, and nothing is left on disk.
PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def examples(share: int) -> settings:
    """So many examples of a hundred that the profile asks for."""
    profile = settings.default
    assert profile is not None
    return settings(PATIENT, max_examples=max(1, share * profile.max_examples // 100))


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Some items; each may have an earlier or later one, or itself, as parent."""
    size = draw(st.integers(0, len(IDS)))
    rows: list[Row] = []
    for record_id in IDS[:size]:
        row = {name: draw(st.none() | st.sampled_from(POOLS[kind])) for name, kind in KINDS.items()}
        row["Live__c"] = row["Live__c"] or 0
        parent = draw(st.none() | st.sampled_from(IDS[:size]))
        rows.append({"Id": record_id, **row, "Parent__c": parent})
    return rows


@st.composite
def parts(draw: st.DrawFn) -> list[Row]:
    """Some parts of items that may be there or not."""
    made: list[Row] = []
    for record_id in PART_IDS[: draw(st.integers(0, len(PART_IDS)))]:
        row = {name: draw(st.none() | st.sampled_from(POOLS[kind])) for name, kind in PART_KINDS.items()}
        owners = {name: draw(st.none() | st.sampled_from(IDS[:4])) for name in ("Item__c", "Other__c")}
        made.append({"Id": record_id, **row, **owners})
    return made


@st.composite
def literals(draw: st.DrawFn, kind: str, *, ranges: bool = True) -> Literal:
    if kind in {"date", "datetime"} and ranges and draw(st.booleans()):
        text = draw(st.sampled_from(RANGES))
        return Literal(text, range_of(text, NOW, moments=kind == "datetime"))
    value = draw(st.none() | st.sampled_from(POOLS[kind]))
    if value is None:
        written = "''" if kind == "text" and draw(st.booleans()) else "null"
        return Literal(written, None)
    match kind:
        case "text" | "multi":
            return Literal(quoted(value), value)
        case "boolean":
            return Literal("TRUE" if value else "FALSE", value)
        case _:
            return Literal(str(value), value)


@st.composite
def checks(draw: st.DrawFn, types: dict[str, str] = TYPES) -> Check:
    path = draw(st.sampled_from(sorted(types)))
    kind = types[path]
    operators = ["=", "!=", "IN", "NOT IN"]
    if kind not in {"boolean", "multi"}:
        operators += ["<", "<=", ">", ">="]
    if kind == "text":
        operators.append("LIKE")
    if kind == "multi":
        operators += ["INCLUDES", "EXCLUDES"]
    operator = draw(st.sampled_from(operators))
    if operator == "LIKE":
        pattern = draw(st.sampled_from(PATTERNS))
        return Check(path, operator, (Literal(f"'{pattern}'", pattern),))
    if operator in {"INCLUDES", "EXCLUDES"}:
        chosen = draw(st.lists(st.sampled_from([*TAGS, "Blue", "%"]), min_size=1, max_size=3))
        return Check(path, operator, tuple(Literal(quoted(each), each) for each in chosen))
    many = operator.endswith("IN")
    return Check(path, operator, tuple(draw(st.lists(literals(kind), min_size=1, max_size=4 if many else 1))))


def trees(terms: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    several = st.lists(terms, min_size=2, max_size=4).map(tuple)
    return st.builds(Tree, st.sampled_from(["AND", "OR"]), several) | st.builds(Tree, st.just("NOT"), st.tuples(terms))


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(checks(), trees, max_leaves=8)
PART_CONDITIONS: st.SearchStrategy[Condition] = st.recursive(checks(PART_KINDS), trees, max_leaves=8)


@st.composite
def queries(draw: st.DrawFn) -> Asked:
    paths = sorted(TYPES)
    sortable = [each for each in paths if TYPES[each] != "multi"]
    return Asked(
        fields=("Id", *draw(st.lists(st.sampled_from(paths), unique=True, max_size=6))),
        where=draw(st.none() | CONDITIONS),
        order=tuple(draw(st.lists(st.tuples(st.sampled_from(sortable), st.booleans(), st.booleans()), max_size=3))),
        limit=draw(st.none() | st.integers(0, 6)),
        offset=draw(st.sampled_from([0, 0, 0, 1, 3])),
        types={**TYPES, "Id": "id"},
    )


@st.composite
def among_parts(draw: st.DrawFn) -> AmongParts:
    """A semi-join or an anti-join."""
    path, reference = draw(st.sampled_from(["Id", "Parent__c"])), draw(st.sampled_from(["Item__c", "Other__c"]))
    return AmongParts(path, draw(st.booleans()), reference, draw(st.none() | PART_CONDITIONS), PART_KINDS)


@st.composite
def part_queries(draw: st.DrawFn, source: str) -> Asked:
    """The query of a child subquery."""
    paths = sorted(PART_KINDS)
    return Asked(
        fields=("Id", *draw(st.lists(st.sampled_from(paths), unique=True))),
        where=draw(st.none() | PART_CONDITIONS),
        order=tuple(draw(st.lists(st.tuples(st.sampled_from(paths), st.booleans(), st.booleans()), max_size=2))),
        limit=draw(st.none() | st.integers(0, 3)),
        types=PART_TYPES,
        source=source,
    )


def fill(rows: list[Row], among: str = "Item__c") -> None:
    """Make the rows all that a table has."""
    CONNECTION.execute(f"DELETE FROM {among}")
    for row in rows:
        CONNECTION.execute(
            f"INSERT INTO {among} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )


def compiled(text: object) -> soql.CompiledQuery:
    """A query over the tables."""
    return soql.compile_query(SCHEMA, str(text), now=NOW, version="67.0")


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["Id"]: row for row in rows}


def without_attributes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_attributes(each) for key, each in value.items() if key != "attributes"}
    return value


def a_row(**values: Any) -> Row:
    return {"Id": IDS[0], **dict.fromkeys(KINDS), "Live__c": 0, "Parent__c": None, **values}
