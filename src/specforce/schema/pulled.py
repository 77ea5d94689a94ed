"""What a pull did. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from specforce.bulk.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PullProgress(Progress):
    """One more object is done, described or refused. Counts objects."""

    step: ClassVar[str] = "described"
    unit: ClassVar[str] = "objects"
    name: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of each object that was asked for; every name is in one place.

    Attributes:
        folder: where the files are.
        api_version: of the documents, such as `67.0`.
        org_id: whose they are, 18 characters; `None` where the login may not ask who it is.
        added: objects that the folder didn't have.
        changed: objects whose documents are other ones now.
        unchanged: objects whose files stay as they were.
        removed: objects of the folder that the org has no more; their files are gone.
        refused: objects that the org listed and didn't describe, and why.
        missing: objects that references point at and that the folder has no file of.
    """

    folder: Path
    api_version: str
    org_id: str | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    refused: dict[str, str]
    missing: tuple[str, ...]

    @property
    def described(self) -> int:
        """How many objects the org described."""
        return len(self.added) + len(self.changed) + len(self.unchanged)

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON holds it."""
        return {
            "folder": str(self.folder),
            "apiVersion": self.api_version,
            "orgId": self.org_id,
            "added": list(self.added),
            "changed": list(self.changed),
            "unchanged": list(self.unchanged),
            "removed": list(self.removed),
            "refused": dict(self.refused),
            "missing": list(self.missing),
        }
