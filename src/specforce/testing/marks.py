"""What the mark `fake_org`, and the factory, say of an org, and how it becomes like that."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol, Self

import pytest

from .fake_org import ClockKind, FakeOrg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class FakeOrgFactory(Protocol):
    """What the fixture `fake_org_factory` is."""

    def __call__(
        self,
        *,
        schema: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
        clock: ClockKind | None = None,
        settings: Mapping[str, Any] | None = None,
        tls: bool | None = None,
        proxy: bool | None = None,
        users: Sequence[str | Mapping[str, Any]] | None = None,
        faults: Sequence[Mapping[str, Any]] | None = None,
        records: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> FakeOrg:
        """Make a running org, which ends with the test.

        Args:
            schema: files of objects beside the project's, by their paths from the test's folder.
            clock: the kind of its time; `auto` unless given.
            settings: members of `specforce_mockserver.settings.OrgSettings`.
            tls: whether its URL says https.
            proxy: whether it is a proxy too, for Salesforce's own hosts.
            users: names of further users, or mappings of what `FakeOrg.add_user` takes.
            faults: mappings of what `FakeOrg.faults.add` takes.
            records: what `FakeOrg.seed` takes.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class OrgMark:
    """What an org is to be like.

    Attributes:
        schema: files of objects beside the project's.
        clock: the kind of its time; `auto` unless given.
        settings: members of `specforce_mockserver.settings.OrgSettings`.
        tls: whether its URL says https.
        proxy: whether it is a proxy too, for Salesforce's own hosts.
        users: names of further users, or what `FakeOrg.add_user` takes.
        faults: what `FakeOrg.faults.add` takes.
        records: what `FakeOrg.seed` takes.
    """

    schema: Sequence[Path] = ()
    clock: ClockKind | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tls: bool = False
    proxy: bool = False
    users: Sequence[str | Mapping[str, Any]] = ()
    faults: Sequence[Mapping[str, Any]] = ()
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict[str, Any])

    @classmethod
    def of(cls, wanted: Mapping[str, Any], folder: Path) -> Self:
        """What somebody wrote.

        Args:
            wanted: the mark's keywords.
            folder: where the test is; paths begin there.

        Raises:
            pytest.UsageError: there is no such keyword.
        """
        known = [each.name for each in fields(cls)]
        for name in wanted:
            if name not in known:
                raise pytest.UsageError(f"the mark fake_org has no {name}: it has {', '.join(known)}")
        schema: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = wanted.get("schema") or ()
        files = [schema] if isinstance(schema, str | os.PathLike) else schema
        given: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        given["schema"] = [folder / each for each in files]
        return cls(**given)

    @property
    def needs_own_org(self) -> bool:
        """Whether an org that is already there can't become like that."""
        return bool(self.schema or self.clock or self.settings or self.tls or self.proxy)

    def org(self, schema: Sequence[Path]) -> FakeOrg:
        """An org of its own, not yet started.

        Args:
            schema: the project's.

        Raises:
            pytest.UsageError: a setting that there isn't.
        """
        from specforce_mockserver.settings import OrgSettings  # noqa: PLC0415 - an extra

        try:
            settings = OrgSettings(**self.settings)
        except TypeError as error:
            raise pytest.UsageError(f"the settings of fake_org: {error}") from error
        files = [*schema, *self.schema]
        return FakeOrg(files, clock=self.clock or "auto", settings=settings, tls=self.tls, proxy=self.proxy)

    def prepare(self, org: FakeOrg) -> None:
        """Give a new org its users, records and faults.

        Raises:
            ValueError: a user or a record breaks a rule.
            TypeError: a fault has no such member.
        """
        for user in self.users:
            org.add_user(**({"username": user} if isinstance(user, str) else user))
        if self.records:
            org.seed(self.records)
        for fault in self.faults:
            org.faults.add(**fault)


def mark_of(node: pytest.Item) -> OrgMark:
    """What a test's marks say; the nearest has the last word on each keyword."""
    wanted: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("fake_org"))):
        if mark.args:
            raise pytest.UsageError(f"{node.nodeid}: the mark fake_org takes keywords only")
        wanted |= mark.kwargs
    return OrgMark.of(wanted, node.path.parent)
