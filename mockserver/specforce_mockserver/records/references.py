"""Lookups: parents found by an external id, and Ids that must be those of live records of the right object.

Source: specs/reference/errors_and_limits.md section 3. An Id of an object that the schema doesn't hold is taken as
it is, since nobody here can say that it is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.ids import to_18
from specforce_mockserver.records import results
from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.lookup import ids_by_value, match_key, rows_by_id

if TYPE_CHECKING:
    import sqlite3

    from specforce_mockserver.records.batch import Batch, Column, Link
    from specforce_mockserver.records.results import RowError
    from specforce_mockserver.schema import Field, Schema


def resolve_links(connection: sqlite3.Connection, batch: Batch) -> None:
    """Turn parents that are given by an external id into reference columns."""
    for link in batch.links:
        _resolve(connection, batch, link)
    batch.links.clear()


def _resolve(connection: sqlite3.Connection, batch: Batch, link: Link) -> None:
    wanted = {value for value in link.values if value is not None and value is not ABSENT}
    found = ids_by_value(connection, link.target, link.key, wanted)
    answers: dict[object, str | RowError] = {}
    for value in wanted:
        ids = found.get(match_key(link.key, value), [])
        if len(ids) == 1:
            answers[value] = ids[0]
        elif ids:
            answers[value] = results.ambiguous(ids)
        else:
            answers[value] = results.foreign_key_not_found(value, link.key, link.target)
    column = batch.column(link.reference.name)
    for row, value in enumerate(link.values):
        if value is ABSENT:
            continue
        answer = answers[value] if value is not None else None
        if isinstance(answer, results.RowError):
            batch.fail(row, answer)
        else:
            column[row] = answer


def check_references(connection: sqlite3.Connection, schema: Schema, batch: Batch) -> None:
    """Refuse Ids that are malformed, of another object, unknown or deleted; store the rest with 18 characters."""
    for name, column in batch.columns.items():
        field = batch.sobject.field(name)
        if field is not None and field.type == "reference":
            _check_reference(connection, schema, batch, field, column)


def _check_reference(
    connection: sqlite3.Connection, schema: Schema, batch: Batch, field: Field, column: Column
) -> None:
    verdicts: dict[object, str | RowError] = {}
    to_look_up: dict[str, list[str]] = {}
    for value in {value for _row, value in batch.given(field.name)}:
        verdicts[value] = verdict = _form_of(schema, field, value)
        if isinstance(verdict, str):
            target = schema.by_id(verdict)
            if target is not None:
                to_look_up.setdefault(target.name, []).append(verdict)
    status = {
        record_id: row[0]
        for name, ids in to_look_up.items()
        for record_id, row in rows_by_id(connection, schema[name], ids, ("IsDeleted",)).items()
    }
    for value, verdict in verdicts.items():
        if isinstance(verdict, str) and schema.by_id(verdict) is not None:
            if verdict not in status:
                verdicts[value] = results.unknown_id(field)
            elif status[verdict]:
                verdicts[value] = results.ENTITY_IS_DELETED
    for row, value in batch.given(field.name):
        verdict = verdicts[value]
        if isinstance(verdict, str):
            column[row] = verdict
        else:
            batch.fail(row, verdict)


def _form_of(schema: Schema, field: Field, value: str) -> str | RowError:
    """The 18-character Id, when it is one of an object that the field may point at."""
    record_id = to_18(value)
    if record_id is None:
        return results.malformed_id(field, value)
    target = schema.by_id(record_id)
    if target is None:
        every_target_known = all(name in schema for name in field.reference_to)
        return results.malformed_id(field, value) if field.reference_to and every_target_known else record_id
    if field.reference_to and target.name not in field.reference_to:
        return results.malformed_id(field, value)
    return record_id
