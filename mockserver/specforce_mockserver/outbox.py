"""What the org sent out: e-mails, feed posts, notifications. Nothing leaves the machine; tests look it up here.

`org.outbox` in Python, `GET /__mock/outbox` over HTTP.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["email", "feedItem", "notification"]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was sent: its `content` depends on the kind; `sent` is a stored moment."""

    kind: Kind
    sender_id: str
    sent: str
    content: Mapping[str, Any]

    def public(self) -> dict[str, Any]:
        """It as the administration shows it."""
        return {"kind": self.kind, "senderId": self.sender_id, "sent": self.sent, **self.content}


class Outbox:
    """The messages of one org, in the order in which they were sent."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._lock = threading.Lock()

    def add(self, message: Message) -> None:
        """Send something."""
        with self._lock:
            self._messages.append(message)

    def __iter__(self) -> Iterator[Message]:
        with self._lock:
            return iter(tuple(self._messages))

    def __len__(self) -> int:
        return len(self._messages)

    def clear(self) -> None:
        """Forget all messages."""
        with self._lock:
            self._messages.clear()
