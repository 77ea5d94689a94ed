"""Rules that look at one row at a time: writable, required, length, range, picklist, e-mail.

Each check reads a whole column and touches only the rows that break its rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from specforce_mockserver.records import results
from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES, TEXT_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.schema import Field

EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+\Z")
INT_MAX = 2**31 - 1
LONG_MAX = 2**53
_NOT_MEASURED = frozenset({"id", "reference"})


def check_writable(batch: Batch, allowed: Callable[[Field], bool]) -> None:
    """Refuse rows that set fields which this operation can't set, naming all of them at once."""
    refused: dict[int, list[str]] = {}
    for name, column in batch.columns.items():
        field = batch.sobject.field(name)
        if field is None or allowed(field) or field.type == "id":
            continue
        for row, value in enumerate(column):
            if value is not ABSENT:
                refused.setdefault(row, []).append(name)
    for link in batch.links:
        if not allowed(link.reference):
            for row, value in enumerate(link.values):
                if value is not ABSENT:
                    refused.setdefault(row, []).append(link.reference.name)
    for row, names in refused.items():
        batch.fail(row, results.not_writable(names))


def check_required(batch: Batch, *, on_insert: bool) -> None:
    """Refuse rows without a value for a required field; on update only an explicit null is one."""
    missing: dict[int, list[str]] = {}
    for field in batch.sobject.columns:
        if not field.required:
            continue
        column = batch.columns.get(field.name)
        if column is None:
            if on_insert:
                for row in range(batch.size):
                    missing.setdefault(row, []).append(field.name)
            continue
        for row, value in enumerate(column):
            if value is None or (on_insert and value is ABSENT):
                missing.setdefault(row, []).append(field.name)
    for row, names in missing.items():
        batch.fail(row, results.required_missing(names))


def check_values(batch: Batch) -> None:
    """Refuse values that are too long, too large, not offered by the picklist, or no e-mail address."""
    for name in batch.columns:
        field = batch.sobject.field(name)
        if field is None:
            continue
        if field.type in TEXT_TYPES and field.type not in _NOT_MEASURED and field.length:
            _check_length(batch, field)
        if field.restricted_picklist and field.picklist:
            _check_picklist(batch, field)
        elif field.type == "email":
            _check_email(batch, field)
        elif field.type in INTEGER_TYPES or field.type in NUMBER_TYPES:
            _check_range(batch, field)


def _check_length(batch: Batch, field: Field) -> None:
    limit = field.length
    for row, value in batch.given(field.name):
        if len(value) > limit:
            batch.fail(row, results.too_long(field, value))


def _check_picklist(batch: Batch, field: Field) -> None:
    """Values are matched without regard to case and stored as the picklist spells them."""
    offered = {each.value.lower(): each.value for each in field.picklist if each.active}
    column = batch.column(field.name)
    several = field.type == "multipicklist"
    for row, value in batch.given(field.name):
        chosen = [offered.get(each.strip().lower()) for each in (value.split(";") if several else [value])]
        known = [each for each in chosen if each is not None]
        if len(known) == len(chosen):
            column[row] = ";".join(known)
        else:
            batch.fail(row, results.bad_picklist_value(field, value))


def _check_email(batch: Batch, field: Field) -> None:
    for row, value in batch.given(field.name):
        if not EMAIL.match(value):
            batch.fail(row, results.bad_email(field, value))


def _check_range(batch: Batch, field: Field) -> None:
    if field.type == "int":
        limit = float(min(INT_MAX, 10**field.digits - 1 if field.digits else INT_MAX))
    elif field.precision:
        limit = 10.0 ** (field.precision - field.scale)
    elif field.type == "long":
        limit = float(LONG_MAX)
    else:
        return
    for row, value in batch.given(field.name):
        if abs(value) > limit or (field.type != "int" and abs(value) >= limit):
            batch.fail(row, results.out_of_range(field))
