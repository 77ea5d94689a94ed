"""Asking describe whether a load's header fits, once per object and client; where nobody can, the load goes on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from specforce._async.describing import described
from specforce.bulk.field_check import FieldCheck
from specforce.bulk.progress import HeaderNotChecked
from specforce_api.runtime.errors import (
    ApiError,
    DecodeError,
    InputError,
    InvalidSession,
    RequestLimitExceeded,
    TransportError,
)

if TYPE_CHECKING:
    from specforce._async.session import AsyncSession
    from specforce.bulk.columns import Columns
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.progress import Telling
    from specforce_api.rest.models import DescribeSObjectResult

_log = logging.getLogger("specforce")


async def check_header(session: AsyncSession, columns: Columns, options: LoadOptions, tell: Telling) -> None:
    """Hold a header against the object's description.

    What the client has described already isn't asked for again, unless it speaks against the header: fields may be new.

    Raises:
        InputError: it doesn't fit; the message lists all that is wrong.
    """
    await session.token()  # whoever can't log in can't load either
    try:
        known = session.describes.get(options.sobject) is not None
        problems = await _problems(session, columns, options, refresh=False)
        if problems and known:
            problems = await _problems(session, columns, options, refresh=True)
    except (InvalidSession, RequestLimitExceeded):
        raise
    except (ApiError, DecodeError, TransportError) as error:
        _log.warning("the header of a load into %s isn't checked: %s", options.sobject, error)
        tell(HeaderNotChecked(done=0, total=len(columns.sent), reason=str(error)))
        return
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise InputError(
            f"the header doesn't fit {options.operation} of {options.sobject}, and nothing was sent:\n{listed}\n"
            "  hint: mapping= renames columns and leaves them out; check_header=False lets Salesforce judge"
        )


async def _problems(session: AsyncSession, columns: Columns, options: LoadOptions, *, refresh: bool) -> list[str]:
    describe = await described(session, options.sobject, refresh=refresh)
    check = FieldCheck(columns, options.operation, options.table.external_id, describe)
    parents: dict[str, DescribeSObjectResult] = {}
    for name in sorted(check.parents()):
        try:
            parents[name] = await described(session, name, refresh=refresh)
        except ApiError as error:  # the user may not see it: what it would say stays open
            _log.info("%s isn't described: %s", name, error)
    return check.problems(parents)
