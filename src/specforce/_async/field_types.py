"""The type of each column of a query's result, by describe: for what has types of its own, such as Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._field_types import FieldFacts, field_facts, field_path

from .describing import described

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .session import AsyncSession


class AsyncFieldTypes:
    """Looks columns up, describing each object once; what the client has described already isn't asked for."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._facts: dict[str, FieldFacts] = {}

    async def of(self, columns: Iterable[str], base: str) -> dict[str, str]:
        """Salesforce's type of each column; those without one (functions, parents of several kinds) aren't in it.

        Args:
            columns: field paths, such as `Account.Name`.
            base: the object that is queried.
        """
        types: dict[str, str] = {}
        for column in columns:
            parents, field = field_path(column, base)
            sobject: str | None = base
            for name in parents:
                sobject = (await self._describe(sobject)).parents.get(name) if sobject else None
            kind = (await self._describe(sobject)).types.get(field) if sobject else None
            if kind is not None:
                types[column] = kind
        return types

    async def _describe(self, sobject: str) -> FieldFacts:
        if sobject not in self._facts:
            self._facts[sobject] = field_facts(await described(self._session, sobject))
        return self._facts[sobject]
