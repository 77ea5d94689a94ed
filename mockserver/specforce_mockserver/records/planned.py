"""Records that a fault plan refuses although nothing is wrong with them, whatever protocol they came by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.faults import Subject
from specforce_mockserver.oauth.users import names_of
from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.results import RowError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.records.services import Services
    from specforce_mockserver.schema import SObjectType


def refuse_planned(services: Services, batch: Batch, operation: str, user_id: str) -> None:
    """Refuse those rows of a batch that plans name."""
    if not services.faults:
        return

    def cell(row: int, name: str) -> object:
        field = batch.sobject.field(name)
        value = batch.columns[field.name][row] if field is not None and field.name in batch.columns else None
        return None if value is ABSENT else value

    subject = _subject(services, batch.sobject, operation, user_id)
    for row, (code, message) in services.faults.take_records(subject, batch.size, cell).items():
        batch.fail(row, RowError(code, message))


def planned_refusals(
    services: Services, sobject: SObjectType, ids: Sequence[str | None], user_id: str
) -> dict[int, RowError]:
    """The deletes that plans refuse, by their places; of their fields only the Id is known."""
    if not services.faults:
        return {}
    subject = _subject(services, sobject, "delete", user_id)
    taken = services.faults.take_records(subject, len(ids), lambda row, name: ids[row] if name == "Id" else None)
    return {row: RowError(code, message) for row, (code, message) in taken.items()}


def _subject(services: Services, sobject: SObjectType, operation: str, user_id: str) -> Subject:
    return Subject(operation, sobject=sobject.name, users=lambda: names_of(services.database, user_id))
