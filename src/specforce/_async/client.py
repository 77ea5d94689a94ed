"""The client: one session, and everything that can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from specforce._ids import check_id
from specforce._versions import of_version

from .finding import AsyncFinding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_api.rest.models import (
        DescribeInvocableAction,
        InvocableAction,
        InvocableActionResult,
        Resources,
    )
    from specforce_api.rest.models import (
        QuickAction as QuickActionSummary,
    )

    from .composite import AsyncBatch, AsyncComposite, AsyncGraphs
    from .quick_actions import AsyncQuickAction
    from .reports import AsyncReport
    from .sobject import AsyncSObject

R = TypeVar("R")


class AsyncSalesforce(AsyncFinding):
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
        max_api_fraction: the share of the org's requests a day, such as 0.9, from which on nothing more is begun:
            `BudgetReached` is raised instead. Jobs under way are still waited for and their results read.
        clock: what time is measured and waited with, for tests.

    Attributes:
        session: what sends; a sender for the generated resource classes.

    Raises:
        InputError: a setting makes no sense.
    """

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
