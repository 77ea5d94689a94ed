"""The org's objects as files: pulled, and compared with what was pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from specforce._aio import closing, ordered_map, run, to_the_end
from specforce._describes import modified_at
from specforce.bulk.progress import Telling
from specforce.schema.classes import compared_classes, read_classes
from specforce.schema.differences import ObjectChange, SchemaDiff, compared
from specforce.schema.folder import SchemaFolder
from specforce.schema.pulled import PullProgress
from specforce.schema.pulling import Description, Identity, PullWork
from specforce.schema.selection import selected
from specforce_api.auth import operations as auth_operations
from specforce_api.rest import operations
from specforce_api.runtime.errors import ApiError, InputError, InvalidSession, RequestLimitExceeded
from specforce_api.runtime.operation import not_json
from specforce_api.runtime.types import UNSET

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Callable, Iterable, Sequence

    from specforce.bulk.progress import Listener
    from specforce.schema.folder import Document
    from specforce.schema.pulled import Pulled
    from specforce_api.runtime.operation import OperationInfo, Reply

    from .session import AsyncSession

MAX_CONCURRENCY: Final = 25
SAVED_EVERY: Final = 50
_UNCHANGED: Final = 304
_OF_ONE_OBJECT: Final = frozenset({400, 403, 404, 500})


class AsyncSchema:
    """The objects of the org that a client talks to, as files."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    async def pull(
        self,
        folder: str | os.PathLike[str],
        *objects: str,
        exclude: Sequence[str] = (),
        references: bool = False,
        concurrency: int = 5,
        refresh: bool = False,
        progress: bool | Listener | None = None,
    ) -> Pulled:
        """Fetch describe documents into a folder, which a fake org takes as its schema.

            sf.schema.pull("schema/", "Account", "Contact", "Invoice*")

        What the folder has already is fetched only if it changed, so a pull that was interrupted goes on where it was.
        Documents of objects that weren't asked for stay, unless the org has the object no more.

        Args:
            folder: where to; it is made.
            objects: names, or patterns with `*` and `?`, in any case; none for all. Each costs a request.
            exclude: names or patterns of those to leave out, such as `*__History`.
            references: the objects that the chosen ones point at, too; not those that these point at.
            concurrency: requests at a time, 1 to 25.
            refresh: fetch everything, whether it changed or not.
            progress: a function that is told of each `PullProgress`; `True` for lines on standard error.

        Returns:
            What became of each object; one that the org lists and doesn't describe is in `refused`, and no error.

        Raises:
            InputError: a name or pattern that fits no object, or a folder that can't be one. RequestLimitExceeded,
            TransportError: the org doesn't answer any more; what was fetched is kept. OSError: a file can't be written.
        """
        _check_concurrency(concurrency)
        tell = Telling(progress, "schema")
        entries = await self._entries()
        identity = await self._identity()
        work = await run(lambda: PullWork(folder, identity, entries, refresh=refresh))
        names = work.names(objects, exclude)
        try:
            await self._pull(work, names, concurrency, tell)
            if references:
                await self._pull(work, await run(work.referred, names, exclude), concurrency, tell)
        finally:
            await to_the_end(lambda: run(work.save))
        return await run(work.outcome)

    async def _pull(self, work: PullWork, names: Sequence[str], concurrency: int, tell: Telling) -> None:
        total = work.done + len(names)
        async with closing(self._described(names, work.modified, concurrency)) as described:
            async for found in described:
                await run(work.keep, found)
                if work.done % SAVED_EVERY == 0:
                    await run(work.save)
                tell(PullProgress(done=work.done, total=total, name=found.name))

    async def diff(
        self, folder: str | os.PathLike[str], *objects: str, exclude: Sequence[str] = (), concurrency: int = 5
    ) -> SchemaDiff:
        """What changed in the org since a folder was pulled; nothing is written.

        Args:
            folder: as `pull` left it.
            objects: names or patterns; none for those that the folder has. An object that the org doesn't have, or
                doesn't describe, counts as removed.
            exclude, concurrency: as for `pull`.

        Raises:
            InputError: a name or pattern that fits no object of the folder nor of the org, or no such folder.
        """
        _check_concurrency(concurrency)
        before = await run(SchemaFolder, folder)
        entries = await self._entries() if objects else {}
        names = selected(sorted({*before.names, *entries}), objects, exclude)
        if not before.names:
            raise InputError(f"{before.path}: no describe documents are there: pull some first")
        changes: list[ObjectChange] = []
        async with closing(self._described(names, _never, concurrency)) as described:
            async for found in described:
                old = await run(before.document, found.name) if found.name in before.names else None
                changes += compared(found.name, old, found.document)
        return SchemaDiff(tuple(changes))

    async def check_classes(self, module: str | os.PathLike[str], *, concurrency: int = 5) -> SchemaDiff:
        """What changed in the org since a module of record classes was generated; nothing is run or written.

        Args:
            module: the file that `specforce.schema.generate` or `specforce schema generate` made.
            concurrency: as for `pull`.

        Raises:
            InputError: the file has no such classes. OSError: it can't be read.
        """
        _check_concurrency(concurrency)
        classes = await run(read_classes, module)
        changes: list[ObjectChange] = []
        async with closing(self._described(list(classes), _never, concurrency)) as described:
            async for found in described:
                changes += compared_classes(found.name, classes[found.name], found.document)
        return SchemaDiff(tuple(changes))

    async def _entries(self) -> dict[str, Document]:
        """Describe global, by object."""
        operation = operations.describe_global()
        answer = _read(operation.info, await self._session.reply(operation))
        return {str(each["name"]): each for each in answer["sobjects"]}

    async def _identity(self) -> Identity:
        try:
            user = await self._session.send(auth_operations.get_user_info())
        except ApiError as error:
            _raise_unless_refused(error)
            return Identity(None, None, self._session.api_version)
        return Identity(user.organization_id, user.user_id, self._session.api_version)

    def _described(
        self, names: Iterable[str], modified: Callable[[str], str | None], concurrency: int
    ) -> AsyncGenerator[Description, None]:
        """The objects' descriptions, in the order of their names."""

        async def describe(name: str) -> Description:
            operation = operations.describe_sobject(name, if_modified_since=modified(name) or UNSET)
            try:
                reply = await self._session.reply(operation)
            except ApiError as error:
                _raise_unless_refused(error)
                return Description(name, refusal=f"{error.error_code}: {error.message}")
            if reply.status == _UNCHANGED:
                return Description(name)
            return Description(name, _read(operation.info, reply), modified_at(reply.headers))

        return ordered_map(describe, names, concurrency)


def _never(_name: str) -> None:
    """No date to ask with."""


def _read(info: OperationInfo, reply: Reply) -> Document:
    try:
        return msgspec.json.decode(reply.content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(info, reply, error) from None


def _raise_unless_refused(error: ApiError) -> None:
    """Go on after a refusal that is of one object, and after no other."""
    if error.status not in _OF_ONE_OBJECT or isinstance(error, InvalidSession | RequestLimitExceeded):
        raise error


def _check_concurrency(concurrency: int) -> None:
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        raise InputError(f"concurrency={concurrency}: 1 to {MAX_CONCURRENCY} requests at a time")
