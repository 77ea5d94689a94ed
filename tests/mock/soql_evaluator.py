"""A slow and obvious SOQL: what the compiled one is held to.

It takes queries as plain values, not as text, and rows as dicts; nothing is shared with the engine. Rules from
specs/reference/soql.md sections 1 to 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """`path operator literals`; IN, NOT IN, INCLUDES and EXCLUDES take several literals, the others one."""

    path: str
    operator: str
    literals: tuple[Literal, ...]

    def __str__(self) -> str:
        if self.operator in {"IN", "NOT IN", "INCLUDES", "EXCLUDES"}:
            return f"{self.path} {self.operator} ({', '.join(each.text for each in self.literals)})"
        return f"{self.path} {self.operator} {self.literals[0].text}"


@dataclass(frozen=True)
class Literal:
    """A literal as written, and its value: a range is a pair of stored texts, the second exclusive."""

    text: str
    value: Any


@dataclass(frozen=True)
class Tree:
    """AND, OR or NOT over others."""

    operator: str
    terms: tuple[Condition, ...]

    def __str__(self) -> str:
        if self.operator == "NOT":
            return f"NOT ({self.terms[0]})"
        return f" {self.operator} ".join(f"({each})" for each in self.terms)


@dataclass(frozen=True)
class AmongParts:
    """`path [NOT] IN (SELECT reference FROM Part__c WHERE …)`."""

    path: str
    negated: bool
    reference: str
    where: Condition | None
    types: dict[str, str] = field(compare=False)

    def __str__(self) -> str:
        where = f" WHERE {self.where}" if self.where else ""
        return f"{self.path} {'NOT ' * self.negated}IN (SELECT {self.reference} FROM Part__c{where})"


Condition = Check | Tree | AmongParts


@dataclass(frozen=True)
class Asked:
    """A query: `order` holds path, whether descending, whether nulls come last."""

    fields: tuple[str, ...]
    where: Condition | None = None
    order: tuple[tuple[str, bool, bool], ...] = ()
    limit: int | None = None
    offset: int = 0
    types: dict[str, str] = field(default_factory=dict[str, str], compare=False)
    source: str = "Item__c"

    def __str__(self) -> str:
        text = f"SELECT {', '.join(self.fields)} FROM {self.source}"
        if self.where is not None:
            text += f" WHERE {self.where}"
        if self.order:
            keys = [f"{path}{' DESC' * down}{' NULLS LAST' * last}" for path, down, last in self.order]
            text += f" ORDER BY {', '.join(keys)}"
        if self.limit is not None:
            text += f" LIMIT {self.limit}"
        return text + (f" OFFSET {self.offset}" if self.offset else "")


def answer(asked: Asked, rows: list[Row], parents: dict[str, Row], parts: Sequence[Row] = ()) -> list[Row]:
    """The records that the query finds, without attributes."""
    return [record(row, asked, parents) for row in found_rows(asked, rows, parents, parts)]


def found_rows(asked: Asked, rows: Iterable[Row], parents: dict[str, Row], parts: Sequence[Row] = ()) -> list[Row]:
    """The rows that the query finds, in order."""
    found = [row for row in rows if asked.where is None or holds(asked.where, row, parents, asked.types, parts)]
    for path, down, last in reversed(asked.order):
        found = ordered(found, [read(row, path, parents, asked.types[path]) for row in found], down=down, last=last)
    end = None if asked.limit is None else asked.offset + asked.limit
    return found[asked.offset : end]


def ordered(rows: list[Row], keys: list[Any], *, down: bool, last: bool) -> list[Row]:
    """Rows by their keys, nulls first or last; rows with equal keys stay as they stood, also downwards."""
    present = [(sort_key(key), row) for key, row in zip(keys, rows, strict=True) if key is not None]
    missing = [row for key, row in zip(keys, rows, strict=True) if key is None]
    present.sort(key=lambda pair: pair[0], reverse=down)
    among = [row for _key, row in present]
    return [*among, *missing] if last else [*missing, *among]


def record(row: Row, asked: Asked, parents: dict[str, Row]) -> Row:
    """The selected fields, nested under their relationships."""
    made: Row = {}
    for path in asked.fields:
        *above, name = path.split(".")
        place, source = made, row
        for _ in above:
            parent = parents.get(source["Parent__c"])
            if parent is None:
                place["Parent__r"] = None
                break
            place = place.setdefault("Parent__r", {})
            source = parent
        else:
            place[name] = shown(source[name], asked.types[path])
    return made


def shown(value: Any, kind: str) -> Any:
    """A stored value as JSON has it."""
    if value is None:
        return False if kind == "boolean" else None
    if kind == "boolean":
        return bool(value)
    return value.replace("Z", "+0000") if kind == "datetime" else value


def read(row: Row, path: str, parents: dict[str, Row], kind: str) -> Any:
    """The value at a path; a boolean that isn't there is false."""
    if path in row:
        value = row[path]
    else:
        *above, name = path.split(".")
        for _ in above:
            row = parents.get(row.get("Parent__c", ""), {})
        value = row.get(name)
    return 0 if value is None and kind == "boolean" else value


def sort_key(value: Any) -> Any:
    """What sorting and `<` see: texts without regard to the case of ASCII letters."""
    return ascii_lower(value) if isinstance(value, str) else value


def ascii_lower(text: str) -> str:
    return "".join(each.lower() if each.isascii() else each for each in text)


def holds(
    condition: Condition, row: Row, parents: dict[str, Row], types: dict[str, str], parts: Sequence[Row] = ()
) -> bool:
    """Whether a row fulfils a condition; there is true and false and nothing between."""
    if isinstance(condition, AmongParts):
        found = [each for each in parts if condition.where is None or holds(condition.where, each, {}, condition.types)]
        there = row[condition.path] in {each[condition.reference] for each in found} - {None}
        return there != condition.negated
    if isinstance(condition, Tree):
        results = [holds(each, row, parents, types, parts) for each in condition.terms]
        if condition.operator == "NOT":
            return not results[0]
        return all(results) if condition.operator == "AND" else any(results)
    kind = types[condition.path]
    value = read(row, condition.path, parents, kind)
    values = [each.value for each in condition.literals]
    match condition.operator:
        case "=" | "IN":
            return any(equals(value, each, kind) for each in values)
        case "!=" | "NOT IN":
            return not any(equals(value, each, kind) for each in values)
        case "LIKE":
            return value is not None and like(value, values[0])
        case "INCLUDES":
            return includes(value, values)
        case "EXCLUDES":
            return not includes(value, values)
        case operator:
            return before_or_after(value, operator, values[0])


def equals(value: Any, literal: Any, kind: str) -> bool:
    if isinstance(literal, tuple):
        return value is not None and bool(literal[0] <= value < literal[1])
    if literal in {None, ""}:
        return not value if kind == "boolean" else value is None
    if value is None:
        return False
    return bool(value.casefold() == literal.casefold() if kind in {"text", "multi"} else value == literal)


def before_or_after(value: Any, operator: str, literal: Any) -> bool:
    if value is None or literal in {None, ""}:
        return False
    first, end = literal if isinstance(literal, tuple) else (literal, None)
    left, right = sort_key(value), sort_key(first)
    if operator == "<":
        return bool(left < right)
    if operator == ">=":
        return bool(left >= right)
    if end is not None:
        return bool(left < sort_key(end) if operator == "<=" else left >= sort_key(end))
    return bool(left <= right if operator == "<=" else left > right)


def like(value: str, pattern: str) -> bool:
    """`pattern` is as SOQL has it: %, _ and a backslash before each of them that is meant."""
    expression = ""
    characters = iter(pattern)
    for each in characters:
        if each == "\\":
            expression += re.escape(next(characters))
        else:
            expression += {"%": ".*", "_": "."}.get(each, re.escape(each))
    return re.fullmatch(expression, value, re.IGNORECASE | re.DOTALL) is not None


def includes(value: str | None, choices: list[str]) -> bool:
    held = {each.lower() for each in (value or "").split(";")}
    return value is not None and any({part.lower() for part in each.split(";")} <= held for each in choices)


def range_of(literal: str, now: float, *, moments: bool) -> tuple[str, str]:
    """The few date literals that the generated queries use, in UTC, worked out by hand."""
    moment = datetime.fromtimestamp(now, UTC)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    first_of_month = midnight.replace(day=1)
    last_month = (first_of_month - day).replace(day=1)
    start, end = {
        "YESTERDAY": (midnight - day, midnight),
        "TODAY": (midnight, midnight + day),
        "LAST_MONTH": (last_month, first_of_month),
        "LAST_YEAR": (midnight.replace(year=moment.year - 1, month=1, day=1), midnight.replace(month=1, day=1)),
        "NEXT_N_DAYS:3": (midnight + day, midnight + 4 * day),
        "LAST_N_DAYS:40": (midnight - 40 * day, moment + timedelta(milliseconds=1) if moments else midnight + day),
    }[literal]
    if moments:
        return stored(start), stored(end)
    return start.date().isoformat(), end.date().isoformat()


def stored(moment: datetime) -> str:
    """A moment as a row has it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
