"""Generated queries over small tables find the same from compiled SQL as from the evaluator written for these tests."""

from __future__ import annotations

import sqlite3
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from specforce_mockserver import soql
from specforce_mockserver.ids import ids_from
from specforce_mockserver.schema import Field, Schema, SObjectType
from specforce_mockserver.tables import create_tables
from tests.mock.soql_evaluator import Asked, Check, Literal, Row, Tree, answer, range_of, shown
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
ITEM = SObjectType(
    "Item__c",
    "Item",
    "Items",
    "a00",
    (
        Field(name="Id", label="Id", type="id"),
        *(Field(name=name, label=name, type=FIELD_TYPES.get(kind, kind), length=80) for name, kind in KINDS.items()),
        Field(name="Parent__c", label="", type="reference", reference_to=("Item__c",), relationship_name="Parent__r"),
    ),
)
SCHEMA = Schema([ITEM])
CONNECTION = sqlite3.connect(":memory:", isolation_level=None)
create_tables(CONNECTION, SCHEMA)
IDS = ids_from("a00", 1, 8)

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
TYPES = {**KINDS, **{f"Parent__r.{name}": kind for name, kind in KINDS.items()}}
RANGES = ["YESTERDAY", "TODAY", "LAST_MONTH", "LAST_YEAR", "NEXT_N_DAYS:3", "LAST_N_DAYS:40"]
PATTERNS = ["a%", "%b", "_", "%", "a\\_b", "%\\%", "é%", "%É", "", "back\\\\sl%", "A_"]

# A busy machine is no failure, and nothing is left on disk.
PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


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
def checks(draw: st.DrawFn) -> Check:
    path = draw(st.sampled_from(sorted(TYPES)))
    kind = TYPES[path]
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


@st.composite
def queries(draw: st.DrawFn) -> Asked:
    paths = sorted(TYPES)
    sortable = [each for each in paths if TYPES[each] != "multi"]
    return Asked(
        fields=("Id", *draw(st.lists(st.sampled_from(paths), unique=True, max_size=6))),
        where=draw(st.none() | st.recursive(checks(), trees, max_leaves=8)),
        order=tuple(draw(st.lists(st.tuples(st.sampled_from(sortable), st.booleans(), st.booleans()), max_size=3))),
        limit=draw(st.none() | st.integers(0, 6)),
        offset=draw(st.sampled_from([0, 0, 0, 1, 3])),
        types={**TYPES, "Id": "id"},
    )


def fill(rows: list[Row]) -> None:
    CONNECTION.execute("DELETE FROM Item__c")
    for row in rows:
        CONNECTION.execute(
            f"INSERT INTO Item__c ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )


def without_attributes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_attributes(each) for key, each in value.items() if key != "attributes"}
    return value


def a_row(**values: Any) -> Row:
    return {"Id": IDS[0], **dict.fromkeys(KINDS), "Live__c": 0, "Parent__c": None, **values}


@settings(PATIENT, max_examples=200)
@given(rows=tables(), asked=queries())
@example(
    rows=[a_row(Note__c="É"), a_row(Id=IDS[1], Note__c="é", Parent__c=IDS[0])],
    asked=Asked(("Id",), Check("Parent__r.Note__c", "=", (Literal("'é'", "é"),)), types={**TYPES, "Id": "id"}),
)
@example(
    rows=[a_row(At__c="2026-03-10T10:30:00.000Z")],
    asked=Asked(
        ("Id",),
        Check("At__c", "<=", (Literal("LAST_N_DAYS:40", range_of("LAST_N_DAYS:40", NOW, moments=True)),)),
        types={**TYPES, "Id": "id"},
    ),
)
def test_compiled_sql_finds_what_the_evaluator_finds(rows, asked):
    fill(rows)
    query = soql.compile_query(SCHEMA, str(asked), now=NOW, version="67.0")
    expected = answer(asked, rows, {row["Id"]: row for row in rows})
    result = query.run(CONNECTION)
    assert [without_attributes(each) for each in result.records] == expected
    assert result.total_size == len(expected)
    paged = query.run(CONNECTION, page_size=2)
    pages = [*paged.records, *(each for at in range(2, 8, 2) for each in paged.page(CONNECTION, offset=at, size=2))]
    assert pages == result.records


@settings(PATIENT, max_examples=60)
@given(rows=tables(), asked=queries())
def test_flat_rows_hold_the_records_as_texts(rows, asked):
    fill(rows)
    query = soql.compile_query(SCHEMA, str(asked), now=NOW, version="67.0")
    records = answer(asked, rows, {row["Id"]: row for row in rows})
    expected = [tuple(as_text(record, path) for path in asked.fields) for record in records]
    found = list(query.text_rows(CONNECTION))
    assert (found if asked.order else sorted(found)) == (expected if asked.order or asked.offset else sorted(expected))


def as_text(record: Row, path: str) -> str:
    value: Any = record
    for name in path.split("."):
        if value is None:
            return ""
        value = value[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("+0000", "Z")


@settings(PATIENT, max_examples=60)
@given(
    rows=tables(),
    keys=st.lists(
        st.sampled_from(["Note__c", "Live__c", "Count__c", "Parent__r.Day__c"]), unique=True, min_size=1, max_size=3
    ),
    where=st.none() | checks(),
)
def test_groups_hold_the_rows_with_equal_keys(rows, keys, where):
    fill(rows)
    text = f"SELECT {', '.join(keys)}, COUNT(Id) n, SUM(Size__c) s, MIN(Name) a, COUNT(Day__c) d FROM Item__c"
    text += (f" WHERE {where}" if where else "") + f" GROUP BY {', '.join(keys)}"
    found = soql.compile_query(SCHEMA, text, now=NOW, version="67.0").run(CONNECTION).records
    types = {**TYPES, "Id": "id"}
    chosen = answer(Asked(("Id",), where, types=types), rows, {row["Id"]: row for row in rows})
    kept = {each["Id"] for each in chosen}
    groups: dict[tuple[Any, ...], list[Row]] = {}
    by_id = {row["Id"]: row for row in rows}
    for row in rows:
        if row["Id"] in kept:
            groups.setdefault(tuple(group_key(row, key, by_id) for key in keys), []).append(row)
    names = [key.rpartition(".")[2] for key in keys]
    assert {tuple(comparable(each[name]) for name in names): summary(each) for each in found} == {
        key: (
            len(group),
            total([row["Size__c"] for row in group]),
            min((comparable(row["Name"]) for row in group if row["Name"] is not None), default=None),
            sum(row["Day__c"] is not None for row in group),
        )
        for key, group in groups.items()
    }
    assert len(found) == len(groups)


def group_key(row: Row, path: str, by_id: dict[str, Row]) -> Any:
    source = by_id.get(row["Parent__c"], {}) if path.startswith("Parent__r.") else row
    return comparable(shown(source.get(path.removeprefix("Parent__r.")), TYPES[path]))


def comparable(value: Any) -> Any:
    return "".join(each.lower() if each.isascii() else each for each in value) if isinstance(value, str) else value


def summary(record: Row) -> tuple[Any, ...]:
    return record["n"], record["s"] and round(record["s"], 6), comparable(record["a"]), record["d"]


def total(numbers: list[float | None]) -> float | None:
    present = [each for each in numbers if each is not None]
    return round(sum(present), 6) if present else None
