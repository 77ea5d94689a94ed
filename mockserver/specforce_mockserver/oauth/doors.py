"""Doors into the user interface: URLs that are good for one visit by whoever holds a token.

Source: specs/reference/auth.md section 1, `singleaccess` [E].
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

LIFETIME_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Door:
    """Where a door leads, and with whose token."""

    token: str
    path: str
    closes_at_s: float


class Doors:
    """The doors of one org: a part of it, gone with a reset."""

    def __init__(self, org: Org) -> None:
        self._clock = org.clock
        self._lock = threading.Lock()
        self._doors: dict[str, Door] = {}

    def make(self, token: str, path: str) -> str:
        """Make a door; the key that opens it."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._doors[key] = Door(token, path, self._clock.now() + LIFETIME_S)
        return key

    def open(self, key: str) -> Door | None:
        """The door of a key, which opens nothing more; None where there is none or it is closed."""
        with self._lock:
            door = self._doors.pop(key, None)
        return door if door is not None and self._clock.now() < door.closes_at_s else None
