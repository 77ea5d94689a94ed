"""Generated searches between generated writes find what a slow, obvious evaluator finds in the texts."""

from __future__ import annotations

import fnmatch
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from specforce_mockserver.org import Org
from specforce_mockserver.records.batch import Batch
from specforce_mockserver.sosl.index import SCOPES, SearchIndex
from specforce_mockserver.sosl.terms import search_for
from tests.mock.soql_generated import examples

WORDS = ["acme", "Acme", "rockets", "rock", "zoë", "ZOE", "x1", "東京", "京", "o'hara", "a-b", "ab", "(b)"]
PATTERNS = ["ac*", "r*k", "ro?k", "?o*", "*e", "z?e", "q*z"]
FIELDS = {"Name": "name", "Phone": "phone", "Site": "other"}
ORG = Org()
ACCOUNT = ORG.schema["Account"]

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
values = st.fixed_dictionaries({"Name": texts, "Phone": st.none() | texts, "Site": st.none() | texts})


@dataclass(frozen=True)
class Leaf:
    """A word, a phrase of several, or a pattern."""

    text: str
    phrase: bool = False

    def __str__(self) -> str:
        escaped = "".join(f"\\{each}" if each in "'-()" else each for each in self.text)
        return f'"{escaped}"' if self.phrase else escaped

    def holds(self, columns: list[list[str]]) -> bool:
        if not self.phrase and set("*?") & set(self.text):
            return any(fnmatch.fnmatchcase(word, folded(self.text)) for column in columns for word in column)
        wanted = words_of(self.text)
        return any(column[start : start + len(wanted)] == wanted for column in columns for start in range(len(column)))


@dataclass(frozen=True)
class Tree:
    """Terms under AND, OR or AND NOT; a blank operator is AND."""

    operator: str
    terms: tuple[Any, ...] = field(default=())

    def __str__(self) -> str:
        return f"({f' {self.operator} '.join(map(str, self.terms))})"

    def holds(self, columns: list[list[str]]) -> bool:
        first, *others = [each.holds(columns) for each in self.terms]
        if self.operator == "AND NOT":
            return first and not any(others)
        return any([first, *others]) if self.operator == "OR" else all([first, *others])


def folded(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(each))


def words_of(text: str) -> list[str]:
    """The words of a text: letters and digits side by side, and each Chinese character by itself."""
    parted = "".join(f" {each} " if each > "\u2fff" else each if each.isalnum() else " " for each in folded(text))
    return parted.split()


leaves = (
    st.sampled_from([*WORDS, *PATTERNS]).map(Leaf)
    | st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda several: Leaf(" ".join(several), phrase=True))
)  # fmt: skip
operators = st.sampled_from(["AND", "OR", "AND NOT", ""])
terms: st.SearchStrategy[Leaf | Tree] = st.recursive(
    leaves,
    lambda inner: st.builds(Tree, operators, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    max_leaves=5,
)
writes = st.tuples(st.sampled_from(["insert", "update", "delete"]), st.integers(0, 7), values)
searches = st.tuples(st.just("search"), st.sampled_from(sorted(SCOPES)), terms)


@examples(60)
@given(steps=st.lists(writes | searches, max_size=12), last=st.tuples(st.sampled_from(sorted(SCOPES)), terms))
def test_a_search_finds_the_records_whose_fields_have_the_words(steps: list[Any], last: Any) -> None:
    ORG.reset()
    kept: dict[str, dict[str, str | None]] = {}
    for step in [*steps, ("search", *last)]:
        match step:
            case "search", scope, term:
                check(kept, scope, term)
            case "insert", _which, row:
                kept[insert(row)] = row
            case action, which, row if kept:
                record_id = list(kept)[which % len(kept)]
                if action == "delete":
                    del kept[record_id]
                    ORG.records.delete(ACCOUNT, [record_id], user_id=ORG.identity.admin_id, hard=True)
                else:
                    kept[record_id] = row
                    ORG.records.update(batch({"Id": record_id, **row}), user_id=ORG.identity.admin_id)
            case _:
                pass


def check(kept: dict[str, dict[str, str | None]], scope: str, term: Leaf | Tree) -> None:
    rows = ORG.part(SearchIndex).rows(ACCOUNT, search_for(f"({term})"), scope)
    numbers = dict(ORG.database.reader().execute("SELECT rowid, Id FROM Account").fetchall())
    expected = [
        record_id
        for record_id, row in kept.items()
        if term.holds([words_of(row[name] or "") for name, column in FIELDS.items() if column in SCOPES[scope]])
    ]
    assert [numbers[each] for each in rows] == sorted(expected, key=list(numbers.values()).index)


def batch(row: dict[str, Any]) -> Batch:
    return Batch(ACCOUNT, 1, {name: [value] for name, value in row.items()})


def insert(row: dict[str, Any]) -> str:
    (result,) = ORG.records.insert(batch(row), user_id=ORG.identity.admin_id)
    assert result.id is not None
    return result.id
