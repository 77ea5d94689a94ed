"""What a trigger gets: the records of one chunk, as they were and as they are to be, and DML of its own.

Values are those that REST has for them in JSON. Whatever a trigger saves goes the way of every other record, triggers
included, in the transaction of the call that fired it.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specforce_mockserver.triggers.dml import Dml

Json = Any


class TriggerRecord(MutableMapping[str, Json]):
    """One record of a trigger: its fields by name, in any case.

    Setting a field has an effect before an insert or update only. Computed fields and those of parents aren't known
    before a record is saved.
    """

    def __init__(self, values: dict[str, Json], assign: Callable[[str, Json], Json] | None) -> None:
        """Make one.

        Args:
            values: by field, as the schema spells it.
            assign: stores a value and gives it back as JSON has it; None for a record that can't be changed.
        """
        self._values = values
        self._names = {name.lower(): name for name in values}
        self._assign = assign
        self.errors: list[tuple[str, str | None]] = []

    def add_error(self, message: str, field: str | None = None) -> None:
        """Refuse the record with FIELD_CUSTOM_VALIDATION_EXCEPTION; `field` is the one at fault."""
        self.errors.append((message, None if field is None else self._spelled(field)))

    def _spelled(self, name: str) -> str:
        found = self._names.get(name.lower())
        if found is None:
            raise KeyError(name)
        return found

    def __getitem__(self, name: str) -> Json:
        return self._values[self._spelled(name)]

    def __setitem__(self, name: str, value: Json) -> None:
        if self._assign is None:
            message = "Record is read-only"
            raise TypeError(message)
        field = self._spelled(name)
        self._values[field] = self._assign(field, value)

    def __delitem__(self, name: str) -> None:
        self[name] = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._values.get('Id')}>"


class Trigger:
    """One run of a trigger, over up to 200 records.

    Attributes:
        sobject: the records' object.
        event: `before insert` and the like.
        new: the records as they are to be, or as they were saved; empty for deletes.
        old: the records as they were, in the same order; empty for inserts and undeletes.
        user_id: whose doing it is.
    """

    def __init__(
        self,
        sobject: str,
        event: str,
        new: Sequence[TriggerRecord],
        old: Sequence[TriggerRecord],
        dml: Dml,
    ) -> None:
        self.sobject = sobject
        self.event = event
        self.new = list(new)
        self.old = list(old)
        self.user_id = dml.user_id
        self._dml = dml

    def insert(self, sobject: str, *records: Mapping[str, Json]) -> list[str]:
        """Insert records, all or none; their Ids.

        Raises:
            DmlError: one was refused.
        """
        return self._dml.save("insert", sobject, records)

    def update(self, sobject: str, *records: Mapping[str, Json]) -> list[str]:
        """Change records by their `Id`, all or none; their Ids.

        Raises:
            DmlError: one was refused.
        """
        return self._dml.save("update", sobject, records)

    def delete(self, *record_ids: str) -> None:
        """Delete records of one object, all or none.

        Raises:
            DmlError: one was refused.
        """
        self._dml.delete(record_ids)

    def query(self, soql: str) -> list[dict[str, Json]]:
        """The records that a query finds, the call's own changes included.

        Raises:
            SoqlError: it can't be run.
        """
        return self._dml.query(soql)
