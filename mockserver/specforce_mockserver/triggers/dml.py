"""What a trigger may do to the org: save, delete, query; all in the transaction of the call that fired it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.records.json_rows import batch_from_json
from specforce_mockserver.records.options import SaveOptions
from specforce_specs import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.records.results import RowResult
    from specforce_mockserver.records.services import Services
    from specforce_mockserver.records.store import Records
    from specforce_mockserver.schema import SObjectType

Json = Any
SYSTEM_MODE: Final = SaveOptions(system_mode=True)
ROLLED_BACK: Final = "ALL_OR_NONE_OPERATION_ROLLED_BACK"


class DmlError(Exception):
    """A record that a trigger saved or deleted was refused. Text as Apex has it: [E]."""

    def __init__(self, verb: str, row: int, code: str, message: str) -> None:
        super().__init__(f"{verb} failed. First exception on row {row}; first error: {code}, {message}")
        self.code = code


class Dml:
    """The org, for the triggers of one user's call.

    Args:
        services: the org's parts.
        records: its records.
        user_id: whose doing it is.
    """

    def __init__(self, services: Services, records: Records, user_id: str) -> None:
        self._services = services
        self._records = records
        self.user_id = user_id

    def save(self, operation: str, sobject_name: str, given: Sequence[Mapping[str, Json]]) -> list[str]:
        """Insert or update records, all or none; their Ids.

        Raises:
            DmlError: one was refused, or there is no such object.
        """
        batch = batch_from_json(self._services.schema, self._sobject(operation, sobject_name), given)
        save = self._records.insert if operation == "insert" else self._records.update
        return _accepted(
            operation.capitalize(), save(batch, user_id=self.user_id, all_or_none=True, options=SYSTEM_MODE)
        )

    def delete(self, record_ids: Sequence[str]) -> None:
        """Delete records, all of one object, all or none.

        Raises:
            DmlError: one was refused, or is of no object.
        """
        if record_ids:
            sobject = self._services.schema.by_id(record_ids[0])
            if sobject is None:
                raise DmlError("Delete", 0, "MALFORMED_ID", f"malformed id {record_ids[0]}")
            done = self._records.delete(
                sobject, record_ids, user_id=self.user_id, all_or_none=True, options=SYSTEM_MODE
            )
            _accepted("Delete", done)

    def query(self, text: str) -> list[dict[str, Json]]:
        """The records that a query finds, the call's own changes included.

        Raises:
            SoqlError: it can't be run.
        """
        from specforce_mockserver import soql  # noqa: PLC0415 - on first use

        query = soql.compile_query(
            self._services.schema,
            text,
            now=self._services.clock.now(),
            version=VERSIONS.newest,
            user_id=self.user_id,
        )
        found = query.run(self._services.database.reader())
        return found.page(self._services.database.reader(), offset=0, size=max(found.total_size, 1))

    def _sobject(self, operation: str, name: str) -> SObjectType:
        found = self._services.schema.type(name)
        if found is None:
            raise DmlError(operation.capitalize(), 0, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found


def _accepted(verb: str, results: Sequence[RowResult]) -> list[str]:
    for row, result in enumerate(results):
        if result.error is not None and result.error.code != ROLLED_BACK:
            raise DmlError(verb, row, result.error.code, result.error.message)
    return [str(each.id) for each in results]
