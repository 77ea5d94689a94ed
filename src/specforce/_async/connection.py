"""How a client is made and ended, and the APIs that it reaches."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from specforce import _settings
from specforce._http import AsyncHttp
from specforce._http_options import MAX_RESPONSE_BYTES, HttpOptions
from specforce.auth import SfCli, StaticToken
from specforce.auth._credentials import credentials
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.versions import DEFAULT

from .session import AsyncSession

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from specforce._aio import Clock
    from specforce._hooks import Hooks
    from specforce._http import AsyncTransport
    from specforce._limits import ApiUsage
    from specforce._retry import Retry
    from specforce._tls import Certificate
    from specforce.auth import Credentials
    from specforce.auth._credentials import TokenFunction
    from specforce.stores import AsyncStore
    from specforce_api.apex_rest import AsyncApexRestApi
    from specforce_api.auth import AsyncAuthApi
    from specforce_api.bulk_v2 import AsyncBulkV2Api
    from specforce_api.rest import AsyncRestApi
    from specforce_api.tooling import AsyncToolingApi

    from .apex import AsyncApex
    from .bulk import AsyncBulk
    from .bulk_v1 import AsyncBulkV1
    from .schema import AsyncSchema
    from .soap import AsyncSoap


class AsyncConnection:
    """One session and the APIs that it reaches; `AsyncSalesforce` says what the arguments are."""

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
        max_api_fraction: float | None = None,
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
            max_api_fraction=max_api_fraction,
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
    def schema(self) -> AsyncSchema:
        """The org's objects as files: pulled for a fake org or for classes, and compared with the org."""
        from .schema import AsyncSchema  # noqa: PLC0415 - on first use

        return AsyncSchema(self.session)

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
