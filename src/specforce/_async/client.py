"""The client: one session, and everything that can be done with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from specforce import _settings, soql
from specforce._http import AsyncHttp
from specforce._http_options import MAX_RESPONSE_BYTES, HttpOptions
from specforce._ids import check_id
from specforce._versions import of_version
from specforce.auth import SfCli, StaticToken
from specforce.auth._credentials import credentials
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.versions import DEFAULT

from .session import AsyncSession

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence
    from types import TracebackType

    from specforce._aio import Clock
    from specforce._hooks import Hooks
    from specforce._http import AsyncTransport
    from specforce._limits import ApiUsage
    from specforce._retry import Retry
    from specforce._text_search import Scope
    from specforce._tls import Certificate
    from specforce.auth import Credentials
    from specforce.auth._credentials import TokenFunction
    from specforce.stores import AsyncStore
    from specforce_api.apex_rest import AsyncApexRestApi
    from specforce_api.auth import AsyncAuthApi
    from specforce_api.bulk_v2 import AsyncBulkV2Api
    from specforce_api.rest import AsyncRestApi
    from specforce_api.rest.models import (
        DescribeInvocableAction,
        InvocableAction,
        InvocableActionResult,
        Resources,
    )
    from specforce_api.rest.models import (
        QuickAction as QuickActionSummary,
    )
    from specforce_api.tooling import AsyncToolingApi

    from .apex import AsyncApex
    from .bulk import AsyncBulk
    from .bulk_v1 import AsyncBulkV1
    from .composite import AsyncBatch, AsyncComposite, AsyncGraphs
    from .query import AsyncQuery
    from .quick_actions import AsyncQuickAction
    from .reports import AsyncReport
    from .soap import AsyncSoap
    from .sobject import AsyncSObject

R = TypeVar("R")


class AsyncSalesforce:
    """An org, for one login. It logs in with the first request, and again whenever its token is refused.

    Args:
        auth: how to log in, see `specforce.auth`; or a function that returns a token.
        instance_url: where the APIs are, instead of where the login says.
        api_version: `67.0`, also `67` or `v67.0`; operations that it doesn't have are refused before they are sent.
        timeout_s: seconds without a byte before a request is given up.
        connect_timeout_s: seconds to connect.
        retry: when failed requests are sent again; `Retry(attempts=1)` for never.
        proxy: `http://[user:password@]host:port`; without one, HTTPS_PROXY and its like count.
        verify: `True`, a CA bundle or folder, an `ssl.SSLContext`, or `False` for no check.
        client_certificate: a PEM file, `(certificate, key)` or `(certificate, key, password)`.
        http2: speak HTTP/2 (needs specforce[http2]); slower for bulk.
        max_connections: open connections at a time.
        max_idle_connections: how many of them stay open unused.
        idle_timeout_s: seconds that they do.
        max_response_bytes: the largest answer that is read whole; streamed results have no limit.
        transport: an httpx transport to use instead of own connections; it stays open at the end.
        hooks: told of requests, answers, retries and logins.
        token_store: where clients, processes and machines share this login's token, and where rotated refresh tokens
            are kept: a store of `specforce.stores`, or the URL of one.
        clock: what time is measured and waited with, for tests.

    Attributes:
        session: what sends; a sender for the generated resource classes.

    Raises:
        InputError: a setting makes no sense.
    """

    def __init__(
        self,
        auth: Credentials | TokenFunction,
        *,
        instance_url: str | None = None,
        api_version: str | float = DEFAULT,
        timeout_s: float = 60,
        connect_timeout_s: float = 10,
        retry: Retry | None = None,
        proxy: str | None = None,
        verify: bool | str | os.PathLike[str] | ssl.SSLContext = True,
        client_certificate: Certificate | None = None,
        http2: bool = False,
        max_connections: int = 100,
        max_idle_connections: int = 20,
        idle_timeout_s: float = 30,
        max_response_bytes: int | None = MAX_RESPONSE_BYTES,
        transport: AsyncTransport | None = None,
        hooks: Hooks | None = None,
        token_store: AsyncStore | str | None = None,
        clock: Clock | None = None,
    ) -> None:
        login = credentials(auth)
        if isinstance(login, StaticToken) and login.instance_url is None and instance_url is None:
            raise InputError("a token alone doesn't say where its org is: pass instance_url=")
        options = HttpOptions(
            timeout_s=timeout_s,
            connect_timeout_s=connect_timeout_s,
            proxy=proxy,
            verify=verify,
            client_certificate=client_certificate,
            http2=http2,
            max_connections=max_connections,
            max_idle_connections=max_idle_connections,
            idle_timeout_s=idle_timeout_s,
            max_response_bytes=max_response_bytes,
        )
        self.session = AsyncSession(
            login,
            http=AsyncHttp(options, transport),
            api_version=api_version,
            instance_url=instance_url,
            retry=retry,
            hooks=hooks,
            clock=clock,
            token_store=token_store,
        )

    @classmethod
    def from_env(cls, **settings: Any) -> Self:
        """A client by SALESFORCE_* variables; docs/configuration.md lists them.

        Args:
            settings: any of the table's settings by name, or an option of the client; they come before the environment.
                SALESFORCE_PROFILE names the profile that fills in what neither has.

        Raises:
            InputError: not enough to log in with, or a value that can't be read.
        """
        name = os.environ.get(_settings.PROFILE_VARIABLE)
        profile = _settings.read_profile(name, os.environ) if name else None
        login, options = _settings.resolve(settings, os.environ, profile)
        return cls(login, **options)

    @classmethod
    def from_profile(cls, name: str, **settings: Any) -> Self:
        """A client by a named profile; arguments come before it, the environment after it: docs/configuration.md.

        Raises:
            InputError: no such profile, not enough to log in with, or a value that can't be read.
        """
        login, options = _settings.resolve(
            settings, os.environ, _settings.read_profile(name, os.environ), profile_first=True
        )
        return cls(login, **options)

    @classmethod
    def from_sf_cli(cls, target_org: str | None = None, **options: Any) -> Self:
        """A client for an org that Salesforce's own command line, `sf`, is logged in to.

        Args:
            target_org: an alias or username as `sf org list` shows it; without one, the command's default org.
            options: of the client.

        Raises:
            InputError: the name can't be one of an org. The command runs with the first request.
        """
        return cls(SfCli(target_org), **options)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self.session!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. The token stays valid: other processes may share it."""
        await self.session.aclose()

    async def logout(self, *, revoke: bool = False) -> None:
        """Forget the token.

        Args:
            revoke: end it at Salesforce too, for everyone who has it.
        """
        await self.session.logout(revoke=revoke)

    @property
    def api_version(self) -> str:
        """The API version in use, such as `67.0`."""
        return self.session.api_version

    @property
    def limits(self) -> ApiUsage | None:
        """The org's API quota as the last answer stated it, `None` before any did."""
        return self.session.limits

    @cached_property
    def rest(self) -> AsyncRestApi:
        """Every operation of the REST API."""
        from specforce_api.rest import AsyncRestApi  # noqa: PLC0415 - on first use

        return AsyncRestApi(self.session)

    @cached_property
    def bulk_v2(self) -> AsyncBulkV2Api:
        """Every operation of Bulk API 2.0."""
        from specforce_api.bulk_v2 import AsyncBulkV2Api  # noqa: PLC0415 - on first use

        return AsyncBulkV2Api(self.session)

    @cached_property
    def bulk_v1(self) -> AsyncBulkV1:
        """Bulk API 1.0: jobs step by step, queries as whole tasks, and every operation."""
        from .bulk_v1 import AsyncBulkV1  # noqa: PLC0415 - on first use

        return AsyncBulkV1(self.session)

    @cached_property
    def tooling(self) -> AsyncToolingApi:
        """Every operation of the Tooling API."""
        from specforce_api.tooling import AsyncToolingApi  # noqa: PLC0415 - on first use

        return AsyncToolingApi(self.session)

    @cached_property
    def apex(self) -> AsyncApex:
        """The endpoints that the org's own Apex classes serve."""
        from .apex import AsyncApex  # noqa: PLC0415 - on first use

        return AsyncApex(self.session)

    @cached_property
    def apex_rest(self) -> AsyncApexRestApi:
        """Calls of Apex endpoints as the specs list them, with raw answers; `apex` types them."""
        from specforce_api.apex_rest import AsyncApexRestApi  # noqa: PLC0415 - on first use

        return AsyncApexRestApi(self.session)

    @cached_property
    def soap(self) -> AsyncSoap:
        """The SOAP API: converting leads, merging, the recycle bin, and every other operation."""
        from .soap import AsyncSoap  # noqa: PLC0415 - on first use

        return AsyncSoap(self.session)

    @cached_property
    def auth(self) -> AsyncAuthApi:
        """Every operation on tokens and identity."""
        from specforce_api.auth import AsyncAuthApi  # noqa: PLC0415 - on first use

        return AsyncAuthApi(self.session)

    @cached_property
    def bulk(self) -> AsyncBulk:
        """Loads and exports as whole tasks, and bulk jobs step by step."""
        from .bulk import AsyncBulk  # noqa: PLC0415 - on first use

        return AsyncBulk(self.session)

    def composite(self, *, all_or_none: bool = False) -> AsyncComposite:
        """Up to 25 requests in one, later ones with what earlier ones answer; gather them, then `send`.

        Args:
            all_or_none: undo everything if one is refused.
        """
        from .composite import AsyncComposite  # noqa: PLC0415 - on first use

        return AsyncComposite(self.session, all_or_none=all_or_none)

    def composite_graphs(self) -> AsyncGraphs:
        """Graphs of requests, each of them all or none, 500 requests in one; gather them, then `send`."""
        from .composite import AsyncGraphs  # noqa: PLC0415 - on first use

        return AsyncGraphs(self.session)

    def batch(self, *, halt_on_error: bool = False) -> AsyncBatch:
        """Up to 25 independent requests in one; gather them, then `send`.

        Args:
            halt_on_error: don't run the others once one was refused.
        """
        from .composite import AsyncBatch  # noqa: PLC0415 - on first use

        return AsyncBatch(self.session, halt_on_error=halt_on_error)

    def report(self, report_id: str) -> AsyncReport:
        """A saved report, to run and to read row by row.

        Raises:
            InputError: it isn't an id.
        """
        from .reports import AsyncReport  # noqa: PLC0415 - on first use

        return AsyncReport(self.session, report_id)

    async def quick_actions(self) -> list[QuickActionSummary]:
        """The global quick actions; an object's are `sf.sobject("Account").quick_actions()`."""
        return await self.rest.list_quick_actions()

    def quick_action(self, name: str) -> AsyncQuickAction:
        """A global quick action, to describe and to perform.

        Args:
            name: its API name, as the list has it: `NewTask`.

        Raises:
            InputError: the name is empty.
        """
        from .quick_actions import AsyncQuickAction  # noqa: PLC0415 - on first use

        return AsyncQuickAction(self.session, name)

    async def actions(self, kind: str = "standard") -> list[InvocableAction]:
        """The invocable actions of a kind, in short.

        Args:
            kind: `standard`, or a type of the org's own such as `custom/apex`; a slash before it may be. Which types
                there are says `sf.rest.list_custom_action_types()`.

        Raises:
            NotFound: no such type. InputError: no such form of a kind.
        """
        from specforce._actions import listing  # noqa: PLC0415 - on first use

        return await self.session.send(listing(kind))

    async def describe_action(self, action: str) -> DescribeInvocableAction:
        """The inputs and outputs of an action.

        Args:
            action: as for `invoke`.

        Raises:
            NotFound: no such action. InputError: no such form of a name.
        """
        from specforce._actions import description  # noqa: PLC0415 - on first use

        return await self.session.send(description(action))

    async def invoke(self, action: str, *inputs: Mapping[str, Any]) -> list[InvocableActionResult]:
        """Invoke an action, a standard one or one of the org's own.

            sf.invoke("custom/apex/Greet", {"who": "Ada"}, {"who": "Grace"})

        Args:
            action: `standard/emailSimple`, `emailSimple` for the same, `custom/apex/Greet`; a slash before it may be.
            inputs: one mapping of input names to values per invocation.

        Raises:
            NotFound: no such action. ApiError: it failed, or refused its inputs. InputError: no inputs, or no such form
                of a name.
        """
        from specforce._actions import invocation  # noqa: PLC0415 - on first use

        return await self.session.send(invocation(action, inputs))

    @overload
    def sobject(self, kind: str) -> AsyncSObject[dict[str, Any]]: ...
    @overload
    def sobject(self, kind: type[R]) -> AsyncSObject[R]: ...
    def sobject(self, kind: str | type[Any]) -> AsyncSObject[Any]:
        """One object's records.

        Args:
            kind: the object's API name; or a record class (a msgspec Struct, a dataclass, an attrs class), whose
                `__sobject__` or own name is the object's, and whose fields are those that are read.

        Raises:
            InputError: no object can have that name.
        """
        from .sobject import AsyncSObject  # noqa: PLC0415 - on first use

        if isinstance(kind, str):
            return AsyncSObject(self.session, kind, dict[str, Any])
        name = getattr(kind, "__sobject__", kind.__name__)
        return AsyncSObject(self.session, name, kind)

    @overload
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[dict[str, Any]] = ...,
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[dict[str, Any]]: ...
    @overload
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[R],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[R]: ...
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[Any] = dict[str, Any],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[Any]:
        """Records by SOQL; sent when they are wanted.

            sf.query("SELECT Id FROM Account WHERE Industry = :industry", industry="Energy")

        Args:
            returns: the type of the records: a msgspec Struct, a dataclass, an attrs class; dicts without one.
            batch_size: the wanted number of records per page, 200 to 2,000.
            binds: values of binds, for names that are arguments here.
            values: values of the binds in the text.

        Raises:
            InputError: a bind without a value, a value without a bind, or one that SOQL can't hold.
        """
        return self._query(text, returns, {**(binds or {}), **values}, deleted=False, batch_size=batch_size)

    @overload
    def query_all(
        self,
        text: str,
        /,
        *,
        returns: type[dict[str, Any]] = ...,
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[dict[str, Any]]: ...
    @overload
    def query_all(
        self,
        text: str,
        /,
        *,
        returns: type[R],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[R]: ...
    def query_all(
        self,
        text: str,
        /,
        *,
        returns: type[Any] = dict[str, Any],
        batch_size: int | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncQuery[Any]:
        """Records by SOQL, deleted and archived ones too. Otherwise as `query`."""
        return self._query(text, returns, {**(binds or {}), **values}, deleted=True, batch_size=batch_size)

    @overload
    async def search(
        self,
        text: str,
        /,
        *,
        returns: type[dict[str, Any]] = ...,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> list[dict[str, Any]]: ...
    @overload
    async def search(
        self, text: str, /, *, returns: type[R], binds: Mapping[str, soql.Value] | None = None, **values: soql.Value
    ) -> list[R]: ...
    @overload
    async def search(
        self,
        text: str,
        /,
        *,
        returns: Mapping[str, type[Any]],
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> list[Any]: ...
    async def search(
        self,
        text: str,
        /,
        *,
        returns: type[Any] | Mapping[str, type[Any]] = dict[str, Any],
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> list[Any]:
        """Records by SOSL, of all objects that the search returns, in the server's order: 2,000 at most.

            sf.search("FIND :words IN NAME FIELDS RETURNING Account(Id, Name)", words="Acme")

        Args:
            returns: the type of the records, one that fits them all; or types by object, `{"Account": Account}`, those
                of other objects are dicts.

        Raises:
            MalformedQuery: the search isn't well-formed. InputError: as for `query`.
        """
        from specforce._records import convert_each, decode_search  # noqa: PLC0415 - on first use
        from specforce_api.rest import operations  # noqa: PLC0415 - on first use

        operation = operations.search(q=soql.bind_search(text, {**(binds or {}), **values}))
        reply = await self.session.reply(operation)
        if isinstance(returns, Mapping):
            return convert_each(operation.info, decode_search(operation.info, reply, dict[str, Any]), returns)
        return decode_search(operation.info, reply, returns)

    @overload
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, Sequence[str]] | None = ...,
        *,
        scope: Scope = ...,
        limit: int | None = ...,
        limit_per_object: int | None = ...,
        offset: int = ...,
    ) -> list[dict[str, Any]]: ...
    @overload
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, type[R]],
        *,
        scope: Scope = ...,
        limit: int | None = ...,
        limit_per_object: int | None = ...,
        offset: int = ...,
    ) -> list[R]: ...
    @overload
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, Sequence[str] | type[Any]],
        *,
        scope: Scope = ...,
        limit: int | None = ...,
        limit_per_object: int | None = ...,
        offset: int = ...,
    ) -> list[Any]: ...
    async def find(
        self,
        text: str,
        /,
        objects: Mapping[str, Sequence[str] | type[Any]] | None = None,
        *,
        scope: Scope = "all",
        limit: int | None = None,
        limit_per_object: int | None = None,
        offset: int = 0,
    ) -> list[Any]:
        """Records that hold a text, without SOSL: the text goes out as it is, nothing in it needs escaping.

            sf.find("Acme", {"Account": ["Id", "Name"], "Contact": Contact}, scope="name", limit=50)

        Args:
            text: the words, two characters or more.
            objects: each object's fields, its records are dicts then; or its record class, whose fields are read.
                Without it, the ids of every searchable object's records.
            scope: the fields to look into: `all`, `name`, `email`, `phone` or `sidebar`.
            limit: most records in all, 1 to 2,000.
            limit_per_object: most records of each object, 1 to 2,000.
            offset: records to skip, up to 2,000; with one object only.

        Returns:
            The records in the server's order.

        Raises:
            ApiError: MALFORMED_SEARCH, the server can't search for this. InvalidField: no such field, or object.
                InputError: no text, no fields, a name that can't be one, or a number out of its range.
        """
        from specforce._records import convert_each, decode_search  # noqa: PLC0415 - on first use
        from specforce._text_search import text_search  # noqa: PLC0415 - on first use

        operation, kinds = text_search(
            text, objects, scope=scope, limit=limit, limit_per_object=limit_per_object, offset=offset
        )
        records = decode_search(operation.info, await self.session.reply(operation), dict[str, Any])
        return convert_each(operation.info, records, kinds) if kinds else records

    async def resources(self, version: str | float | None = None) -> Resources:
        """The resources of an API version, by name: their paths from the host's root.

        Args:
            version: `59`, `59.0`, `v59` or `v59.0`; the client's own without one.

        Raises:
            NotFound: the org has no such version; `sf.rest.list_versions()` names those it has. InputError: it isn't a
                version number.
        """
        from specforce_api.rest import operations  # noqa: PLC0415 - on first use

        operation = operations.list_resources()
        return await self.session.send(operation if version is None else of_version(operation, version))

    async def reset_password(self, user_id: str) -> str | None:
        """Reset a user's password, and return the new one; `None` where Salesforce mails it to the user instead.

        Raises:
            NotFound: no such user. InputError: it isn't an id.
        """
        answer = await self.rest.reset_user_password(check_id(user_id, name="user_id"))
        return None if answer is None else answer.new_password

    def _query(
        self, text: str, returns: type[R], values: Mapping[str, soql.Value], *, deleted: bool, batch_size: int | None
    ) -> AsyncQuery[R]:
        from .query import AsyncQuery  # noqa: PLC0415 - on first use

        return AsyncQuery(self.session, soql.bind(text, values), returns, deleted=deleted, batch_size=batch_size)
