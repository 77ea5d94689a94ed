"""Groups, slowly and obviously: what grouped queries are held to, beside soql_evaluator.py.

A group becomes a row whose keys are the grouped paths and the aggregates as they are written, so that HAVING is a
condition over it like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tests.mock.soql_evaluator import Condition, Row, ascii_lower, holds, ordered, read

if TYPE_CHECKING:
    from collections.abc import Callable

# What is asked of each group: as written, the kind of the result, its field.
AGGREGATES = {
    "COUNT(Id)": ("int", "Id"),
    "COUNT(Day__c)": ("int", "Day__c"),
    "COUNT_DISTINCT(Note__c)": ("int", "Note__c"),
    "SUM(Size__c)": ("double", "Size__c"),
    "AVG(Count__c)": ("double", "Count__c"),
    "MIN(Day__c)": ("date", "Day__c"),
    "MAX(At__c)": ("datetime", "At__c"),
    "MIN(Name)": ("text", "Name"),
}
AGGREGATE_KINDS = {written: kind for written, (kind, _field) in AGGREGATES.items()}


@dataclass(frozen=True)
class Grouped:
    """A grouped query; `mode` is `plain`, `ROLLUP` or `CUBE`; everything else is as in `Asked`."""

    keys: tuple[str, ...]
    mode: str
    where: Condition | None
    having: Condition | None
    order: tuple[tuple[str, bool, bool], ...]
    limit: int | None
    types: dict[str, str] = field(compare=False)

    def __str__(self) -> str:
        aliases = [f"{key} k{place}" for place, key in enumerate(self.keys)]
        flags = [f"GROUPING({key}) g{place}" for place, key in enumerate(self.keys)] if self.mode != "plain" else []
        called = [f"{written} a{place}" for place, written in enumerate(AGGREGATES)]
        text = f"SELECT {', '.join([*aliases, *flags, *called])} FROM Item__c"
        text += f" WHERE {self.where}" if self.where else ""
        listed = ", ".join(self.keys)
        text += f" GROUP BY {listed if self.mode == 'plain' else f'{self.mode}({listed})'}"
        text += f" HAVING {self.having}" if self.having else ""
        if self.order:
            order = [f"{path}{' DESC' * down}{' NULLS LAST' * last}" for path, down, last in self.order]
            text += f" ORDER BY {', '.join(order)}"
        return text if self.limit is None else f"{text} LIMIT {self.limit}"


def groups_of(asked: Grouped, rows: list[Row], parents: dict[str, Row]) -> list[Row]:
    """The groups that the query finds, before LIMIT, in the order that it asks for."""
    kept = [row for row in rows if asked.where is None or holds(asked.where, row, parents, asked.types)]
    found: list[Row] = []
    for chosen in grouping_sets(asked):
        groups: dict[tuple[Any, ...], list[Row]] = {}
        if not chosen:
            groups[()] = []
        for row in kept:
            key = tuple(folded(read(row, each, parents, asked.types[each])) for each in chosen)
            groups.setdefault(key, []).append(row)
        found += [group_row(asked, chosen, members, parents) for members in groups.values()]
    if asked.having is not None:
        found = [each for each in found if holds(asked.having, each, {}, asked.types)]
    for path, down, last in reversed(asked.order):
        found = ordered(found, [each[path] for each in found], down=down, last=last)
    return found


def grouping_sets(asked: Grouped) -> list[tuple[str, ...]]:
    """The keys of each set."""
    keys = asked.keys
    if asked.mode == "ROLLUP":
        return [keys[:length] for length in range(len(keys), -1, -1)]
    if asked.mode == "CUBE":
        return [chosen for length in range(len(keys), -1, -1) for chosen in combinations(keys, length)]
    return [keys]


def group_row(asked: Grouped, chosen: tuple[str, ...], members: list[Row], parents: dict[str, Row]) -> Row:
    """One group as a row."""
    made: Row = {}
    for key in asked.keys:
        values = [read(row, key, parents, asked.types[key]) for row in members] if key in chosen else []
        present = [value for value in values if value is not None]
        # Of texts that differ in case the first in the order of their characters stands for all.
        made[key] = min(present) if present else None
        made[f"GROUPING({key})"] = int(key not in chosen)
    for written, (_kind, name) in AGGREGATES.items():
        present = [row[name] for row in members if row[name] is not None]
        made[written] = _AGGREGATE[written.partition("(")[0]](present)
    return made


def folded(value: Any) -> Any:
    return ascii_lower(value) if isinstance(value, str) else value


def _extreme(choose: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    return lambda values: choose(values, key=folded) if values else None


_AGGREGATE: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len({folded(each) for each in values}),
    "SUM": lambda values: sum(values) if values else None,
    "AVG": lambda values: sum(values) / len(values) if values else None,
    "MIN": _extreme(min),
    "MAX": _extreme(max),
}
