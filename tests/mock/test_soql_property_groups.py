"""Generated grouped queries find the same from compiled SQL as from the evaluator written for these tests."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.mock.reference import row
from tests.mock.soql_evaluator import Row, shown, sort_key
from tests.mock.soql_generated import (
    CONDITIONS,
    CONNECTION,
    TYPES,
    by_id,
    checks,
    compiled,
    examples,
    fill,
    tables,
    trees,
)
from tests.mock.soql_group_evaluator import AGGREGATE_KINDS, Grouped, groups_of

KEYS = ["Note__c", "Live__c", "Count__c", "Day__c", "Parent__r.Day__c", "Parent__r.Note__c"]


@st.composite
def grouped(draw: st.DrawFn) -> Grouped:
    keys = tuple(draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=3)))
    types = {**TYPES, **AGGREGATE_KINDS}
    named = {**{key: TYPES[key] for key in keys}, **AGGREGATE_KINDS}
    order = st.tuples(st.sampled_from(sorted(named)), st.booleans(), st.booleans())
    return Grouped(
        keys,
        draw(st.sampled_from(["plain", "plain", "ROLLUP", "CUBE"])),
        draw(st.none() | CONDITIONS),
        draw(st.none() | checks(named) | trees(checks(named))),
        tuple(draw(st.lists(order, max_size=2))),
        draw(st.none() | st.integers(0, 4)),
        types,
    )


@row("soql.md#1", "| Aggregates |")
@row("soql.md#1", "[GROUP BY f")
@examples(120)
@given(rows=tables(), asked=grouped())
def test_groups_are_those_of_the_evaluator(rows: list[Row], asked: Grouped) -> None:
    fill(rows)

    found = compiled(asked).run(CONNECTION).records

    expected = groups_of(asked, rows, by_id(rows))
    answered, all_of_them = [as_found(asked, each) for each in found], [as_expected(asked, each) for each in expected]
    if asked.limit is None:
        assert Counter(answered) == Counter(all_of_them)
    else:
        assert len(answered) == min(asked.limit, len(all_of_them))
        assert not Counter(answered) - Counter(all_of_them)
    # Groups that are equal in what they are sorted by may come in any order.
    wanted = [sorted_by(asked, dict(each)) for each in all_of_them[: asked.limit]]
    assert [sorted_by(asked, dict(each)) for each in answered] == wanted


def as_found(asked: Grouped, record: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """A group of the answer under the names of the evaluator's."""
    names = {f"k{place}": key for place, key in enumerate(asked.keys)}
    names |= {f"g{place}": f"GROUPING({key})" for place, key in enumerate(asked.keys)}
    names |= {f"a{place}": written for place, written in enumerate(AGGREGATE_KINDS)}
    return tuple(sorted((names[key], comparable(value)) for key, value in record.items() if key != "attributes"))


def as_expected(asked: Grouped, group: Row) -> tuple[tuple[str, Any], ...]:
    """A group of the evaluator's as JSON has it; a subtotal has null also for a boolean."""
    made: dict[str, Any] = {}
    for name, value in group.items():
        if name.startswith("GROUPING("):
            if asked.mode != "plain":
                made[name] = value
        else:
            kind = asked.types[name]
            subtotal = value is None and group.get(f"GROUPING({name})") == 1
            made[name] = comparable(None if subtotal else shown(value, kind))
    return tuple(sorted(made.items()))


def comparable(value: Any) -> Any:
    """A value without the last digits of a sum, and without the case of letters, which MIN may choose from."""
    return round(value, 6) if isinstance(value, float) else sort_key(value)


def sorted_by(asked: Grouped, group: dict[str, Any]) -> list[Any]:
    return [group[path] for path, _down, _last in asked.order]
