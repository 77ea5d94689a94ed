"""Which row of the reference a test holds the fake org to, and which rows no test does.

`@row("errors_and_limits.md#3", "REQUIRED_FIELD_MISSING", "At least")` names the rows of a section that have all
these pieces of text. `python -m tests.mock.reference` prints the [P] and [S] rows of the sections in scope that no
test names. Each of those has its reason in `rows_without_test.toml`, by a piece of its text; test_reference_rows.py
fails where a row has neither, or both.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

REFERENCE = Path(__file__).parents[2] / "specs" / "reference"
# The sections whose rows are about what this fake org serves, and what their untagged rows are.
SCOPE = {
    "auth.md": {"1", "2", "3", "4"},
    "rest.md": {"1", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"},
    "rest_resources.md": {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"},
    "tooling.md": {"1", "2", "3"},
    "errors_and_limits.md": {"1", "2", "3", "4"},
    "versions.md": {"2"},
    "bulk_v1.md": {"1", "2", "3", "4", "5", "6", "7"},
    "bulk_v2.md": {"1", "2", "3", "4", "5", "6", "7", "8"},
    "soap.md": {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"},
    "apex_rest.md": {"1", "2", "3", "4", "5"},
    "soql.md": {"1", "2", "3", "4", "5", "6", "7"},
}
# "Table is [E] except ..." says the section itself; the rows that are sure have tests.
RECALLED_TABLES = {("errors_and_limits.md", "4")}
_SECTION = re.compile(r"## (\d+)\. ")
_SURE = re.compile(r"\[(?:P|S|P/S|S-t)\b")
_UNSURE = re.compile(r"\[E\??\b")
F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True)
class Row:
    """One row of a table, or one point of a list."""

    file: str
    section: str
    text: str

    @property
    def sure(self) -> bool:
        """Whether it is tagged [P] or [S]; untagged rows are, unless all that is said is recall."""
        if (self.file, self.section) in RECALLED_TABLES and self.text.startswith("|"):
            return self in HELD
        return bool(_SURE.search(self.text)) or not _UNSURE.search(self.text)

    def __str__(self) -> str:
        return f"{self.file}#{self.section}  {self.text[:150]}"


@cache
def rows_of(file: str) -> tuple[Row, ...]:
    """The rows of a file: of tables without their heads, of lists, and paragraphs."""
    found: list[Row] = []
    section = ""
    lines = (REFERENCE / file).read_text("utf-8").splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if match := _SECTION.match(line):
            section = match[1]
        elif section and line.strip() and not line.startswith(("|--", "#", "```")) and not following.startswith("|--"):
            found.append(Row(file, section, line))
    return tuple(found)


HELD: dict[Row, list[str]] = {}


def row(place: str, *pieces: str) -> Callable[[F], F]:
    """Say which rows a test is about.

    Args:
        place: file and section, `rest.md#5`.
        pieces: texts that the row has; all rows of the section that have them are meant.

    Raises:
        LookupError: no row of the section has them.
    """
    file, _, section = place.partition("#")
    meant = [each for each in rows_of(file) if each.section == section and all(piece in each.text for piece in pieces)]
    if not meant:
        message = f"{place} has no row with {pieces}"
        raise LookupError(message)

    def hold(test: F) -> F:
        for each in meant:
            HELD.setdefault(each, []).append(test.__name__)
        return test

    return hold


def unheld() -> list[Row]:
    """The sure rows in scope that no imported test names."""
    in_scope = [each for file, sections in SCOPE.items() for each in rows_of(file) if each.section in sections]
    return [each for each in in_scope if each.sure and each not in HELD]


@dataclass(frozen=True)
class Reason:
    """Why the rows of a section that have a piece of text have no test."""

    place: str
    piece: str
    why: str

    def explains(self, row: Row) -> bool:
        """Whether it is about this row."""
        return self.place == f"{row.file}#{row.section}" and self.piece in row.text


def reasons() -> list[Reason]:
    """What `rows_without_test.toml` says."""
    tables = tomllib.loads((Path(__file__).parent / "rows_without_test.toml").read_text("utf-8"))
    return [
        Reason(place, piece, why)
        for why, places in tables.items()
        for place, pieces in places.items()
        for piece in pieces
    ]


def disagreements() -> list[str]:
    """Rows with neither test nor reason, and reasons that no such row needs."""
    left, said = unheld(), reasons()
    bare = [f"neither test nor reason: {each}" for each in left if not any(one.explains(each) for one in said)]
    idle = [f"no row needs this reason: {one}" for one in said if not any(one.explains(each) for each in left)]
    return bare + idle


def main() -> int:
    """Import every test of this folder, then print what they leave out; 1 where that isn't what the reasons say."""
    from importlib import import_module

    from tests.mock import reference

    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"tests.mock.{path.stem}")
    left, wrong = reference.unheld(), reference.disagreements()
    held = sum(1 for each in reference.HELD if each.sure)
    sys.stdout.writelines(f"{each}\n" for each in left)
    sys.stdout.write(f"{held} rows held, {len(left)} not\n")
    sys.stderr.writelines(f"{each}\n" for each in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
