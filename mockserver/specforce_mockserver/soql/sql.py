"""Small pieces of SQL: quoted names, parameters, and conditions joined so that SQLite can parse them however many there
are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_CASE: Final = "COLLATE NOCASE"
CHUNK: Final = 30


def name(identifier: str) -> str:
    """A table or column name in quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text that the schema gives, such as an object's name, as an SQL literal; what users give goes through
    `Parameters`.
    """
    return "'" + value.replace("'", "''") + "'"


@dataclass(slots=True)
class Parameters:
    """The values of a statement, by name, so that its pieces may be put together in any order and used twice."""

    values: dict[str, object] = field(default_factory=dict[str, object])

    def add(self, value: object) -> str:
        """Keep a value; its placeholder is answered."""
        key = f"p{len(self.values)}"
        self.values[key] = value
        return f":{key}"


@dataclass(frozen=True, slots=True)
class Test:
    """A condition in SQL; `depth` counts groups inside each other, `group` says that AND or OR holds it together."""

    sql: str
    depth: int = 0
    group: bool = False

    @property
    def enclosed(self) -> str:
        """The condition as an operand of AND or OR."""
        return f"({self.sql})" if self.group else self.sql


def opposite(test: Test) -> Test:
    """True where a condition is false or unknown."""
    return Test(f"({test.sql}) IS NOT TRUE", test.depth + 1)


def joined(operator: str, tests: Sequence[Test]) -> Test:
    """Conditions under one AND or OR.

    SQLite's parser holds some hundred open parentheses and its expressions may be 1,000 deep: so the deepest condition
    comes first, where it needs one entry of the stack per level, and long chains are cut into chunks.
    """
    if len(tests) == 1:
        return tests[0]
    first, *rest = sorted(tests, key=lambda each: -each.depth)
    if first.depth > 0:
        chain = _chain(operator, rest)
        return Test(f"{first.enclosed} {operator} {chain.enclosed}", first.depth + 1, group=True)
    return _chain(operator, tests)


def _chain(operator: str, tests: Sequence[Test]) -> Test:
    """Conditions side by side, in chunks of chunks when they are many."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) <= CHUNK:
        glue = f" {operator} "
        return Test(glue.join(each.enclosed for each in tests), max(each.depth for each in tests) + 1, group=True)
    chunks = [_chain(operator, tests[start : start + CHUNK]) for start in range(0, len(tests), CHUNK)]
    return _chain(operator, chunks)
