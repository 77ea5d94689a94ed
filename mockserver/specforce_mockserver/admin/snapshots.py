"""The snapshots of an org's records that were taken over HTTP; resets leave them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce_mockserver.org import Org


class Snapshots:
    """Snapshots by the names that they were given, `1` being the first."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._kept: dict[str, bytes] = {}
        self._made = 0

    def take(self) -> str:
        """Keep the records as they are now; the snapshot's name is answered."""
        self._made += 1
        name = str(self._made)
        self._kept[name] = self._org.snapshot()
        return name

    def restore(self, name: str) -> bool:
        """Bring back the records of a snapshot; whether there is one of this name."""
        image = self._kept.get(name)
        if image is not None:
            self._org.restore(image)
        return image is not None

    def forget(self, name: str) -> bool:
        """Drop a snapshot; whether there was one of this name."""
        return self._kept.pop(name, None) is not None

    def names(self) -> list[str]:
        """The snapshots that there are, oldest first."""
        return list(self._kept)
