"""A pull's work on its folder: which objects to ask for, what to keep of the answers, what the end was. Blocking.

Documents in the folder that are of another org, user's view or API version are fetched anew, so that a folder is never
of two orgs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce.schema.folder import FORMAT, Document, LastPull, Manifest, SchemaFolder, Stored
from specforce.schema.pulled import Pulled
from specforce.schema.selection import selected

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom a pull sees the org: ids of org and user (`None` where the login may not ask), and the API version."""

    org_id: str | None
    user_id: str | None
    api_version: str

    def seen_by(self) -> tuple[str, ...]:
        """What has to be the same for a date to mean anything; empty where that isn't known."""
        return (self.org_id, self.user_id, self.api_version) if self.org_id and self.user_id else ()


@dataclass(frozen=True, slots=True)
class Description:
    """What the org said of one object: its document and the date of it, why it has none, or (neither) no change."""

    name: str
    document: Document | None = None
    modified: str = ""
    refusal: str | None = None


class PullWork:
    """One pull into one folder.

    Args:
        folder: where to.
        identity: as whom.
        entries: describe global, by object.
        refresh: take nothing that is there for current.

    Raises:
        InputError: the folder isn't one, or its manifest can't be read.
    """

    def __init__(
        self, folder: str | os.PathLike[str], identity: Identity, entries: Mapping[str, Document], *, refresh: bool
    ) -> None:
        self._folder = SchemaFolder(folder)
        self._identity = identity
        self._entries = entries
        before = self._folder.manifest()
        self._stored: dict[str, Stored] = dict(before.objects) if before else {}
        self._refused = dict(before.refused) if before else {}
        org = (before.org_id, before.api_version) if before else None
        self._foreign = org not in {None, (identity.org_id, identity.api_version)}
        self._before = before
        self._modified = {} if refresh else self._current_dates()
        self._added: list[str] = []
        self._changed: list[str] = []
        self._unchanged: list[str] = []
        self._refused_now: dict[str, str] = {}
        self._removed = [name for name in self._stored if name not in entries]
        self._pending = self._stored.keys() - set(self._removed) if self._foreign else set[str]()

    def names(self, wanted: Sequence[str], without: Sequence[str]) -> list[str]:
        """The objects to ask for; arguments and errors as for `selected`."""
        names = sorted(self._entries)
        chosen = set(selected(names, wanted, without))
        chosen |= self._pending
        return [name for name in names if name in chosen]

    def modified(self, name: str) -> str | None:
        """The date of the document that is there; `None` where it has to be fetched."""
        return self._modified.get(name)

    def referred(self, names: Sequence[str], without: Sequence[str]) -> list[str]:
        """The objects that some objects of the folder point at, without those that were asked for already.

        Raises:
            InputError: a file isn't a describe document.
        """
        there = [name for name in names if name in self._stored]
        targets = self._folder.targets(there) - set(names)
        return selected(sorted(targets & self._entries.keys()), (), without)

    @property
    def done(self) -> int:
        """How many objects were described or refused."""
        return len(self._added) + len(self._changed) + len(self._unchanged) + len(self._refused_now)

    def keep(self, found: Description) -> None:
        """Put an answer into the folder."""
        name = found.name
        self._pending.discard(name)
        if found.refusal is not None:
            self._refused_now[name] = found.refusal
            if self._foreign:
                self._forget(name)
        else:
            self._refused.pop(name, None)
            if found.document is None:
                self._unchanged.append(name)
            else:
                self._keep_document(name, found.document, found.modified)

    def save(self) -> None:
        """Write down what the folder holds now, whether the pull came to its end or not.

        While documents of another org are left, it is that org's: the next pull goes on with them.
        """
        for name in self._removed:
            self._forget(name)
        kept = {name: self._stored[name] for name in sorted(self._stored)}
        refused = {name: why for name, why in self._refused.items() if name in self._entries} | self._refused_now
        whose = self._before if self._before is not None and self._pending else self._identity
        self._folder.write_manifest(
            Manifest(FORMAT, whose.api_version, whose.org_id, kept, dict(sorted(refused.items()))),
            {name: self._entries[name] for name in kept},
            LastPull(self._identity.seen_by(), {name: date for name, date in self._modified.items() if name in kept}),
        )

    def outcome(self) -> Pulled:
        """What the pull did.

        Raises:
            InputError: a file of the folder isn't a describe document.
        """
        return Pulled(
            folder=self._folder.path,
            api_version=self._identity.api_version,
            org_id=self._identity.org_id,
            added=tuple(self._added),
            changed=tuple(self._changed),
            unchanged=tuple(self._unchanged),
            removed=tuple(self._removed),
            refused=self._refused_now,
            missing=tuple(self._folder.missing()),
        )

    def _current_dates(self) -> dict[str, str]:
        """The dates of the files that are as the last pull left them."""
        last, seen_by = self._folder.last_pull(), self._identity.seen_by()
        if not seen_by or last.seen_by != seen_by:
            return {}
        return {
            name: date
            for name, date in last.modified.items()
            if name in self._stored and self._folder.stored(name) == self._stored[name]
        }

    def _keep_document(self, name: str, document: Document, modified: str) -> None:
        before = self._folder.stored(name)
        self._stored[name] = self._folder.write(name, document)
        if modified:
            self._modified[name] = modified
        if before is None:
            self._added.append(name)
        else:
            (self._unchanged if before == self._stored[name] else self._changed).append(name)

    def _forget(self, name: str) -> None:
        if self._stored.pop(name, None) is not None:
            self._folder.remove(name)
