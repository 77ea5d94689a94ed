"""Quick actions: described, with the values they start with, performed on a record or on none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specforce._ids import check_id
from specforce._records import encode_json, plain_record
from specforce._saving import check_success
from specforce_api.rest import operations
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_api.rest.models import DescribeQuickActionResult, PerformQuickActionResult

    from .session import AsyncSession


class AsyncQuickAction:
    """One quick action, global or of an object.

        sf.sobject("Account").quick_action("Account.NewContact").perform({"LastName": "Ek"}, on=account_id)

    Args:
        name: its API name; of an object's own action with the object before a dot.
        sobject: API name of the object that is acted on; `None` for a global action.

    Raises:
        InputError: the name is empty.
    """

    def __init__(self, session: AsyncSession, name: str, sobject: str | None = None) -> None:
        if not name.strip():
            raise InputError("name is empty: which quick action?")
        self.name = name
        self.sobject = sobject
        self._session = session

    def __repr__(self) -> str:
        of = "" if self.sobject is None else f" of {self.sobject}"
        return f"<{type(self).__name__} {self.name}{of}>"

    async def describe(self) -> DescribeQuickActionResult:
        """What it makes or changes, with its layout and icons.

        Raises:
            NotFound: no such action, or none that this user may see.
        """
        if self.sobject is None:
            return await self._session.send(operations.describe_quick_action(self.name))
        return await self._session.send(operations.describe_sobject_quick_action(self.sobject, self.name))

    async def default_values(self, *, on: str | None = None) -> dict[str, Any]:
        """The values that its new record starts with, by field.

        Args:
            on: id of the record that it starts from, for an object's action.

        Raises:
            NotFound: no such action. InputError: `on` isn't an id, or the action is global. ApiError: it can't start
                from this record.
        """
        if self.sobject is None:
            if on is not None:
                raise InputError(f"{self.name} is global, it starts from no record: leave on={on!r} out")
            values = await self._session.send(operations.get_quick_action_default_values(self.name))
        elif on is None:
            values = await self._session.send(
                operations.get_sobject_quick_action_default_values(self.sobject, self.name)
            )
        else:
            values = await self._session.send(
                operations.get_sobject_quick_action_default_values_by_context(
                    self.sobject, self.name, check_id(on, name="on")
                )
            )
        return values.to_dict()

    async def perform(
        self, record: Mapping[str, Any] | None = None, *, on: str | None = None
    ) -> PerformQuickActionResult:
        """Perform it: make or change a record, as the action says.

        Args:
            record: the fields that the action asks for, by API name.
            on: id of the record that it starts from, or that it changes.

        Returns:
            What it did: `.id` of the record, `.created` where that is new, `.success_message` for people.

        Raises:
            NotFound: no such action. RequiredFieldMissing, ValidationFailed: and their like, the record is refused.
                InputError: `on` isn't an id.
        """
        body: dict[str, Any] = {"record": plain_record(record or {})}
        if on is not None:
            body["contextId"] = check_id(on, name="on")
        if self.sobject is None:
            operation = operations.perform_quick_action(self.name, body={})
        else:
            operation = operations.perform_sobject_quick_action(self.sobject, self.name, body={})
        result = await self._session.send(replace(operation, body=encode_json(body)))
        check_success(operation.info.operation_id, result)
        return result
