"""One login for all who share a store: threads, tasks and processes get one token, and one of them renews it.

Whoever finds the store's token refused takes the key's lease and logs in; the others wait and read what it wrote. A
rotated refresh token is in the store before the access token that came with it is used.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from specforce._checks import instance
from specforce.auth import RefreshToken, StaticToken
from specforce.auth._answer import is_spent
from specforce.auth._shared import SharedToken, fingerprint, new_owner
from specforce_api.runtime.errors import AuthError, InputError, SalesforceError, StoreConflict, StoreError

from .stores.interface import AsyncStore
from .stores.memory import AsyncMemoryStore

if TYPE_CHECKING:
    from specforce._aio import Clock
    from specforce._http_options import HttpOptions
    from specforce.auth import Token

    from .login import AsyncLogin

_log = logging.getLogger("specforce")
_FIRST_WAIT_S = 0.05
_LONGEST_WAIT_S = 1.0
_TRIES_TO_STORE = 5
_LEASE_S = 45.0


def shared_login(
    login: AsyncLogin, given: AsyncStore | str | None, options: HttpOptions, clock: Clock
) -> AsyncSharedLogin | None:
    """A login through a store, `None` where there is nothing to share.

    Args:
        given: a store, or the URL of one. Without it, a refresh token is kept by the rules of rotation too, in memory.

    Raises:
        InputError: it is no store of this half, or the login is one that can't be told from others.
    """
    credentials = login.credentials
    if isinstance(credentials, StaticToken) or (given is None and not isinstance(credentials, RefreshToken)):
        return None
    identity = credentials.identity()
    if identity is None:
        raise InputError(f"token_store has no use here: tokens of {type(credentials).__name__} can't be shared")
    store = AsyncStore.from_url(given) if isinstance(given, str) else given or AsyncMemoryStore()
    instance("token_store", store, AsyncStore)
    # As long as a login's request may take, with its retries: who waits longer knows that nobody works at it.
    lease_s = _LEASE_S + options.connect_timeout_s + options.timeout_s
    key = f"token:{fingerprint(*identity)}"
    return AsyncSharedLogin(login, store, key=key, lease_s=lease_s, clock=clock, owned=store is not given)


class AsyncSharedLogin:
    """Gets tokens through a store. The session sees to it that one of its tasks asks at a time.

    Args:
        login: logs in when this one's turn comes.
        key: names the login in the store.
        lease_s: how long a login may take. Who crashed meanwhile blocks the others for as long.
        clock: what waits.
        owned: close the store at the end.

    Attributes:
        adopted: the last token that came from the store and not from an own login: it may be stale.
    """

    def __init__(
        self, login: AsyncLogin, store: AsyncStore, *, key: str, lease_s: float, clock: Clock, owned: bool
    ) -> None:
        self.adopted: Token | None = None
        self._login = login
        self._store = store
        self._key = key
        self._lease_s = lease_s
        self._clock = clock
        self._owned = owned
        self._process, self._owner = os.getpid(), new_owner()
        self._unsaved: SharedToken | None = None

    async def token(self, refused: Token | None) -> Token:
        """A token that isn't `refused`: the store's, or a new one.

        Raises:
            AuthError: refused, with a hint. TransportError: no answer. StoreError: the store can't be used, or a login
                under way elsewhere took too long.
        """
        owner = self._named()
        deadline = self._clock.now() + 2 * self._lease_s
        wait_s = _FIRST_WAIT_S
        while True:
            if self._unsaved is None and (found := self._usable((await self._read())[1], refused)):
                return found
            if await self._store.lease(self._key, owner=owner, seconds=self._lease_s):
                try:
                    return await self._renewed(refused, owner)
                except StoreConflict:  # somebody wrote without the lease, and nothing was sent: read again
                    pass
                finally:
                    if self._unsaved is None:  # else nobody may log in before it is stored, or the lease ends
                        with suppress(StoreError):
                            await self._store.release(self._key, owner=owner)
            if self._clock.now() > deadline:
                raise StoreError(
                    f"others have been logging in for {2 * self._lease_s:g} s, and no new token came of it"
                )
            await self._clock.sleep(wait_s)
            wait_s = min(_LONGEST_WAIT_S, wait_s * 1.5)

    async def stored(self) -> Token | None:
        """The token that the store holds, `None` before the first login.

        Raises:
            StoreError: the store can't be used.
        """
        return (await self._read())[1].token

    async def aclose(self) -> None:
        """Let go of a store that was opened for this login."""
        if self._owned:
            await self._store.aclose()

    def _named(self) -> str:
        """This login's name in the store, another one in a forked process."""
        if self._process != os.getpid():
            self._process, self._owner = os.getpid(), new_owner()
        return self._owner

    async def _renewed(self, refused: Token | None, owner: str) -> Token:
        """Log in, with the lease held."""
        generation, shared = await self._read()
        if self._unsaved is not None:
            shared = self._unsaved
            generation = await self._save(shared, generation, owner)
        if found := self._usable(shared, refused):
            return found
        sent = self._login.refresh_token(shared.token)
        if sent is not None:
            shared.check(sent)
            if shared.rotates is not False:
                shared = shared.sending(sent)
                generation = (
                    await self._store.put(self._key, shared.written(), generation=generation, owner=owner)
                ).generation
        try:
            token = await self._login.token(shared.token)
        except SalesforceError as error:
            if sent is None:
                raise
            if isinstance(error, AuthError) and is_spent(error):
                _, newer = await self._read()
                if newer.token is not None and newer.token.refresh_token not in (None, sent):
                    return self._adopt(newer.token)
            await self._note(shared.refused(sent, error), generation, owner)
            raise
        self._unsaved = shared.answered(token, sent)
        await self._save(self._unsaved, generation, owner)
        return token

    async def _read(self) -> tuple[int, SharedToken]:
        """The generation and what the store holds of it."""
        entry = await self._store.get(self._key)
        return (entry.generation, SharedToken.read(entry.value)) if entry else (0, SharedToken())

    def _usable(self, shared: SharedToken, refused: Token | None) -> Token | None:
        token = shared.token
        if token is None or (refused is not None and token.access_token == refused.access_token):
            return None
        return self._adopt(token)

    def _adopt(self, token: Token) -> Token:
        self.adopted = token
        return token

    async def _save(self, shared: SharedToken, generation: int, owner: str) -> int:
        """Store what a login yielded, before anybody uses it; the new generation.

        Whoever wrote meanwhile did so without the lease, or after it ended: the token that the server gave last counts.

        Raises:
            StoreError: it can't be stored and holds a rotated refresh token. It stays in memory, and is stored before
                the next request is sent.
        """
        value = shared.written()
        failure = StoreError("somebody else kept the login's lease")
        for attempt in range(1, _TRIES_TO_STORE + 1):
            try:
                generation = (await self._store.put(self._key, value, generation=generation, owner=owner)).generation
            except StoreError as error:
                failure = error
            else:
                self._unsaved = None
                return generation
            await self._clock.sleep(_FIRST_WAIT_S * 2**attempt)
            with suppress(StoreError):
                entry = await self._store.get(self._key)
                if entry is not None and entry.value == value:
                    self._unsaved = None
                    return entry.generation
                generation = entry.generation if entry else 0
        if not shared.rotates:
            self._unsaved = None
            _log.warning("a new access token isn't shared: %s", failure)
            return generation
        raise StoreError(
            f"the rotated refresh token can't be stored, and is used by nobody before it is: {failure}; it is kept in "
            "this process's memory: keep the process, mend the store, and try again"
        ) from failure

    async def _note(self, shared: SharedToken, generation: int, owner: str) -> None:
        """Store why a login failed, as far as that goes: the error at hand says more than one about the store would."""
        try:
            await self._store.put(self._key, shared.written(), generation=generation, owner=owner)
        except StoreConflict:
            _log.warning("another process wrote about the login that failed here")
        except StoreError as error:
            _log.warning("that a login failed isn't stored: %s", error)
