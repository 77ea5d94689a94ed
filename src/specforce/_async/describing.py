"""Descriptions of objects, each fetched once per client, and again only to learn whether it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._describes import Described, modified_at
from specforce_api.rest import operations
from specforce_api.runtime.errors import DecodeError
from specforce_api.runtime.types import UNSET

if TYPE_CHECKING:
    from specforce_api.rest.models import DescribeSObjectResult

    from .session import AsyncSession


async def described(session: AsyncSession, name: str, *, refresh: bool = False) -> DescribeSObjectResult:
    """The description of an object.

    Args:
        refresh: ask whether it changed, and fetch it if it did.

    Raises:
        NotFound: no such object, or the user may not see it. ApiError, TransportError: it can't be had.
    """
    known = session.describes.get(name)
    if known is not None and not refresh:
        return known.result
    operation = operations.describe_sobject(name, if_modified_since=(known and known.modified) or UNSET)
    reply = await session.reply(operation)
    found = operation.decode(reply)
    if found is not None:
        known = Described(found, modified_at(reply.headers))
    elif known is None:
        raise DecodeError("describe answered that nothing changed, though nothing was known")
    session.describes.put(name, known)
    return known.result
