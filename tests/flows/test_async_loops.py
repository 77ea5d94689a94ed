"""An asynchronous client belongs to the event loop that it was first used in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from specforce import AsyncSalesforce
from specforce.errors import InputError

if TYPE_CHECKING:
    from specforce.testing import FakeOrg

QUERY = "SELECT Id FROM Account"


async def used(sf: AsyncSalesforce) -> AsyncSalesforce:
    await sf.query(QUERY).all()
    return sf


def test_a_client_of_a_loop_that_has_ended_says_so(org: FakeOrg) -> None:
    with asyncio.Runner() as first:
        sf = first.run(used(AsyncSalesforce(org.auth())))
        # Connections can't be closed any more once their loop has ended, so they are before.
        first.run(sf.session._http.aclose())

    with asyncio.Runner() as second:
        with pytest.raises(InputError, match=r"another event loop, which has ended: .* Make a client in each loop"):
            second.run(used(sf))
        with pytest.raises(InputError, match="another event loop"):
            second.run(sf.bulk.load(b"Name\nAcme\n", "Account"))


def test_a_client_of_a_loop_that_still_runs_says_so(org: FakeOrg) -> None:
    with asyncio.Runner() as first:
        sf = first.run(used(AsyncSalesforce(org.auth())))

        async def elsewhere() -> None:
            with pytest.raises(InputError, match="another event loop, which still runs"):
                await asyncio.to_thread(asyncio.run, used(sf))

        first.run(elsewhere())
        first.run(used(sf))
        first.run(sf.aclose())
