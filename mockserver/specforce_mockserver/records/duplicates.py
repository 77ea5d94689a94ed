"""Duplicate rules: records that would be like another of their object, in all of some fields.

Source: specs/reference/errors_and_limits.md sections 1 and 3. Rows of one call aren't compared with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.lookup import ids_by_value, match_key, rows_by_id
from specforce_mockserver.records.read import whole_record
from specforce_mockserver.records.results import RowError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.records.options import SaveOptions
    from specforce_mockserver.schema import Field, Schema, SObjectType

Action = Literal["alert", "block"]
CODE: Final = "DUPLICATES_DETECTED"
_TEXTS: Final[dict[str, str]] = {
    "alert": "Use one of these records?",
    "block": "You're creating a duplicate record. We recommend you use an existing record instead.",
}


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """One rule: records that are alike in all of `fields`; with `alert` they may be saved all the same."""

    name: str
    sobject: str
    fields: tuple[str, ...]
    action: Action
    message: str


class DuplicateRules:
    """The rules of one org."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._rules: dict[str, list[DuplicateRule]] = {}

    def add(
        self, sobject: str, name: str, fields: Iterable[str], *, action: Action = "alert", message: str | None = None
    ) -> DuplicateRule:
        """Add a rule; one of the same name takes its place.

        Args:
            sobject: the object's name.
            name: the rule's.
            fields: in all of which records are alike; texts in any case. A row without a value in one is like none.
            action: `alert` lets a request that says allowSave save them; `block` doesn't.
            message: what is said; Salesforce's own words without.

        Raises:
            ValueError: there is no such object, field or action.
        """
        found = self._schema.type(sobject)
        known = [found.field(each) for each in fields] if found is not None else []
        if found is None or not known or None in known or action not in _TEXTS:
            text = f"a rule needs an object, fields of it, and alert or block, not {sobject}, {list(fields)}, {action}"
            raise ValueError(text)
        names = tuple(each.name for each in known if each is not None)
        rule = DuplicateRule(name, found.name, names, action, message or _TEXTS[action])
        rules = self._rules.setdefault(found.name, [])
        rules[:] = [each for each in rules if each.name != name] + [rule]
        return rule

    def clear(self) -> None:
        """Forget them all."""
        self._rules.clear()

    def check(
        self, connection: sqlite3.Connection, batch: Batch, ids: Sequence[str | None], options: SaveOptions
    ) -> None:
        """Refuse rows that are like other records.

        Args:
            connection: the writer.
            batch: the rows.
            ids: the Id that each row has or will have.
            options: whether duplicates may be saved, and what is told of them.
        """
        for rule in self._rules.get(batch.sobject.name, ()):
            if rule.action == "alert" and options.allow_duplicates:
                continue
            for row, found in _alike(connection, batch, ids, rule).items():
                if row not in batch.errors:
                    told = _told(connection, batch.sobject, rule, found, options)
                    batch.fail(row, RowError(CODE, rule.message, None, duplicate=told))

    def find(
        self, connection: sqlite3.Connection, batch: Batch, ids: Sequence[str | None], options: SaveOptions
    ) -> list[list[dict[str, Any]]]:
        """What is said of the records that rows are like, by row and rule; arguments as for `check`."""
        told: list[list[dict[str, Any]]] = [[] for _row in range(batch.size)]
        for rule in self._rules.get(batch.sobject.name, ()):
            for row, found in _alike(connection, batch, ids, rule).items():
                told[row].append(_told(connection, batch.sobject, rule, found, options))
        return told

    def fields(self, sobject: SObjectType) -> list[str]:
        """The fields that an object's rules compare."""
        return sorted({name for rule in self._rules.get(sobject.name, ()) for name in rule.fields})


def _alike(
    connection: sqlite3.Connection, batch: Batch, ids: Sequence[str | None], rule: DuplicateRule
) -> dict[int, list[str]]:
    """The other records that rows are like, by row."""
    sobject = batch.sobject
    fields = [field for name in rule.fields if (field := sobject.field(name)) is not None]
    if not any(field.name in batch.columns for field in fields):
        return {}
    stored = rows_by_id(connection, sobject, (each for each in ids if each is not None), rule.fields)
    nothing = (None,) * len(fields)
    keys: dict[int, tuple[Any, ...]] = {}
    for row, record_id in enumerate(ids):
        before = stored.get(record_id or "", nothing)
        key = tuple(_key(batch, row, field, old) for field, old in zip(fields, before, strict=True))
        if row not in batch.errors and None not in key:
            keys[row] = key
    known = ids_by_value(connection, sobject, fields[0], {key[0] for key in keys.values()})
    candidates = rows_by_id(connection, sobject, {each for found in known.values() for each in found}, rule.fields)
    by_key: dict[tuple[Any, ...], list[str]] = {}
    for record_id, values in candidates.items():
        by_key.setdefault(tuple(map(match_key, fields, values)), []).append(record_id)
    alike = {row: [each for each in by_key.get(key, ()) if each != ids[row]] for row, key in keys.items()}
    return {row: found for row, found in alike.items() if found}


def _key(batch: Batch, row: int, field: Field, before: Any) -> Any:
    """The value by which a row is compared."""
    column = batch.columns.get(field.name)
    value = before if column is None or column[row] is ABSENT else column[row]
    return None if value is None else match_key(field, value)


def _told(
    connection: sqlite3.Connection, sobject: SObjectType, rule: DuplicateRule, found: list[str], options: SaveOptions
) -> dict[str, Any]:
    """What is said of duplicates."""
    records = [_record(connection, sobject, each, options) for each in found]
    return {
        "allowSave": rule.action == "alert",
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": sobject.name,
        "errorMessage": rule.message,
        "matchResults": [
            {
                "entityType": sobject.name,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": [
                    {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": each}
                    for each in records
                ],
                "rule": rule.name,
                "size": len(records),
                "success": True,
            }
        ],
    }


def _record(
    connection: sqlite3.Connection, sobject: SObjectType, record_id: str, options: SaveOptions
) -> dict[str, Any]:
    if options.tells_duplicates_whole:
        return whole_record(sobject).read(connection, record_id, options.data_path) or {}
    url = f"{options.data_path}/sobjects/{sobject.name}/{record_id}"
    return {"attributes": {"type": sobject.name, "url": url}, "Id": record_id}
