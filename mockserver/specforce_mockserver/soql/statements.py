"""Plans to statements: first page, row numbers, later pages, child rows, flat rows, counts.

Every statement that pages sorts by the row number last, so that equal keys keep their order from page to page.
"""

# ruff: noqa: S608 (names come from the schema, quoted; values are parameters)

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import sql
from .printing import NEED_NO_QUOTES, cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .plan import ChildPlan, Leaf, Plan

NO_LIMIT: Final = -1
# SQLite's functions take 127 arguments.
CELLS_PER_CALL: Final = 100


def rows(plan: Plan, limit: int | None) -> str:
    """The outputs of the plan's rows, at most so many."""
    return f"SELECT {', '.join(plan.outputs)} FROM {plan.from_clause}{plan.where}{_order(plan)}{_limit(plan, limit)}"


def row_numbers(plan: Plan) -> str:
    """SQLite's own numbers of all rows that the plan finds, in order."""
    return f"SELECT {plan.row_id} FROM {plan.from_clause}{plan.where}{_order(plan)}{_limit(plan, None)}"


def rows_by_number(plan: Plan) -> str:
    """The outputs of the rows whose numbers are in the JSON list `:numbers`, in its order."""
    table, alias = sql.name(plan.sobject.name), plan.row_id.removesuffix(".rowid")
    found = f"json_each(:numbers) AS numbers CROSS JOIN {table} AS {alias} ON {plan.row_id} = numbers.value"
    return f"SELECT {', '.join(plan.outputs)} FROM {found}{plan.joins} ORDER BY numbers.key"


def child_rows(child: ChildPlan) -> str:
    """Per parent in the JSON list `:parents`, the rows from `:first` to `:last` of the subquery, counted from 1 after
    its OFFSET.

    After the outputs come the parent's Id and how many rows it has without LIMIT and OFFSET.
    """
    plan, key = child.plan, child.reference
    order = f"{plan.order}, {plan.row_id}" if plan.order else plan.row_id
    outputs = ", ".join(f"{each} AS o{place}" for place, each in enumerate(plan.outputs))
    places = f"row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS place"
    counts = f"count(*) OVER (PARTITION BY {key}) AS all_rows"
    chosen = f"{key} IN (SELECT value FROM json_each(:parents))"
    where = f"{plan.where} AND {chosen}" if plan.where else f" WHERE {chosen}"
    inner = f"SELECT {outputs}, {key} AS parent, {places}, {counts} FROM {plan.from_clause}{where}"
    names = ", ".join(f"o{place}" for place in range(len(plan.outputs)))
    page = "WHERE place BETWEEN :first AND :last ORDER BY parent, place"
    return f"SELECT {names}, parent, all_rows FROM ({inner}) {page}"


def count(plan: Plan) -> str:
    """How many rows there are, before LIMIT and OFFSET."""
    return f"SELECT count(*) FROM {plan.from_clause}{plan.where}"


def flat_rows(plan: Plan, leaves: Sequence[Leaf]) -> str:
    """One text per selected value."""
    return _flat(plan, _cells(leaves))


def csv_lines(plan: Plan, leaves: Sequence[Leaf], delimiter: str, line_ending: str) -> str:
    """One text per row: all cells in quotes, the delimiter between them, the line ending at the end."""
    pieces: list[str] = []
    for start in range(0, len(leaves), CELLS_PER_CALL):
        chosen = leaves[start : start + CELLS_PER_CALL]
        # `%w` doubles the double quotes of its text.
        form = delimiter.join('"%s"' if each.term.kind in NEED_NO_QUOTES else '"%w"' for each in chosen)
        last = start + CELLS_PER_CALL >= len(leaves)
        pieces.append(f"printf({sql.text(form + (line_ending if last else delimiter))}, {_cells(chosen)})")
    return _flat(plan, " || ".join(pieces))


def _cells(leaves: Sequence[Leaf]) -> str:
    return ", ".join(cell(each.term) for each in leaves)


def _flat(plan: Plan, outputs: str) -> str:
    order = f" ORDER BY {plan.order}, {plan.row_id}" if plan.order else ""
    return f"SELECT {outputs} FROM {plan.from_clause}{plan.where}{order}{_limit(plan, None)}"


def _order(plan: Plan) -> str:
    keys = [each for each in (plan.order, plan.row_id) if each]
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def _limit(plan: Plan, limit: int | None) -> str:
    known = [each for each in (plan.limit, limit) if each is not None]
    if not known and not plan.offset:
        return ""
    return f" LIMIT {min(known, default=NO_LIMIT)} OFFSET {plan.offset}"
