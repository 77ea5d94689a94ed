"""`DemoApi`: every operation of the Demo API as a method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..runtime.types import UNSET, Unset
from . import operations

if TYPE_CHECKING:
    from ..runtime.operation import Sender, StreamBody
    from .models import Thing


class DemoApi:
    """The Demo API: one method per operation of the spec.

    Args:
        sender: who sends the operations: a client of this package, or a session of specforce.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def get_thing(
        self,
        thing_id: str,
        *,
        fields: Sequence[str] | Unset = UNSET,
        sforce_mru: bool | Unset = UNSET,
    ) -> Thing | None:
        """Read one thing.

        A thing has a state, and at most one owner.

        Args:
            thing_id: Id of the thing.
            fields: API names of the fields to return.
            sforce_mru: Whether the thing counts as recently used (default false). Sent as the header `Sforce-Mru`.
                Since API 52.0.

        Returns:
            The thing. Or: Unchanged. None is returned.

        Raises:
            InvalidSession: The access token isn't valid (401).
            ServerUnavailable: Salesforce failed (500, 503).

        Since: API 31.0.
        Source: guide, things (facts.md#1).
        """
        return self._sender.send(
            operations.get_thing(
                thing_id,
                fields=fields,
                sforce_mru=sforce_mru,
            )
        )

    def upload_thing(
        self,
        thing_id: str,
        *,
        body: bytes | StreamBody,
    ) -> None:
        """Give the thing its data.

        Args:
            thing_id: Id of the thing.
            body: The data, with a header row. Sent as text/csv.

        Returns:
            It has its data. None is returned.

        Raises:
            InvalidSession: The access token isn't valid (401).
            ServerUnavailable: Salesforce failed (500, 503).

        Since: API 31.0.
        Until: API 60.0.
        Source: guide, things (facts.md#1).
        """
        return self._sender.send(
            operations.upload_thing(
                thing_id,
                body=body,
            )
        )

    def find_thing(
        self,
        label: str,
    ) -> list[Thing]:
        """Find a thing by its label.

        Args:
            label: The label, in capitals.

        Returns:
            The things with this label.

        Raises:
            InvalidSession: The access token isn't valid (401).
            ServerUnavailable: Salesforce failed (500, 503).

        Since: API 58.0.
        Source: guide, things (facts.md#1).
        """
        return self._sender.send(
            operations.find_thing(
                label,
            )
        )

    def create_thing(
        self,
        *,
        body: Thing | Mapping[str, Any],
    ) -> None:
        """Create a thing.

        Args:
            body: What the thing is to be. Sent as application/json.

        Returns:
            It is there. None is returned.

        Raises:
            InvalidSession: The access token isn't valid (401).
            ServerUnavailable: Salesforce failed (500, 503).

        Since: API 31.0.
        Source: guide, things (facts.md#1).
        """
        return self._sender.send(
            operations.create_thing(
                body=body,
            )
        )
