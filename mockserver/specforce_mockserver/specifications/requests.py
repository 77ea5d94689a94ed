"""Requests for documents: `org.part(SpecificationRequests)`.

A document is made in the background: under the `auto` clock the first look finds it unfinished, under `manual` a tick
finishes it, under `real` it is there at once. It is kept for a day [E].
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.calls import not_found
from specforce_mockserver.specifications.document import document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.org import Org

Json = Any
KEPT_S: Final = 86_400.0
FIRST: Final = 10_000


@dataclass(slots=True)
class _Request:
    resources: Sequence[str]
    base_url: str
    version: str
    asked_s: float
    document: Json = None


class SpecificationRequests:
    """The requests of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._requests: dict[str, _Request] = {}
        self._lock = threading.Lock()
        org.clock.on_tick(self.tick)

    def ask(self, resources: Sequence[str], *, base_url: str, version: str) -> str:
        """Ask for a document; its locator is answered."""
        number = FIRST + self._org.counters.take("specification")
        locator = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
        with self._lock:
            self._requests[locator] = _Request(resources, base_url, version, self._org.clock.now())
        return locator

    def look(self, locator: str) -> Json:
        """The document; None while it is being made.

        Raises:
            ApiError: 404, nobody asked for it, or it is too old.
        """
        with self._lock:
            found = self._requests.get(locator)
            if found is None or self._org.clock.now() - found.asked_s > KEPT_S:
                raise not_found()
            kind = self._org.clock.kind
            if kind == "real":
                self._finish(found)
            made = found.document
            if kind == "auto":
                self._finish(found)
        return made

    def tick(self) -> None:
        """A tick of the manual clock."""
        if self._org.clock.kind == "manual":
            with self._lock:
                for each in self._requests.values():
                    self._finish(each)

    def _finish(self, found: _Request) -> None:
        if found.document is None:
            made = document(self._org.schema, found.resources, base_url=found.base_url, version=found.version)
            found.document = made
