"""From an operation to the request that goes out: address, version, token and headers put together. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from specforce import __version__
from specforce._http_request import HttpRequest
from specforce._masked import MaskedBytes
from specforce_api.runtime.operation import TokenBody

if TYPE_CHECKING:
    from specforce_api.runtime.operation import Operation

USER_AGENT = f"specforce/{__version__}"


def build(operation: Operation[Any], *, base_url: str, api_version: str, access_token: str | None) -> HttpRequest:
    """The request for `operation`.

    Args:
        base_url: scheme, host, port and prefix, without a slash at the end.
        access_token: `None` for operations that want none.

    Raises:
        SpecError: the operation isn't part of `api_version`.
    """
    url = base_url + operation.url_path(api_version)
    if operation.params:
        url = f"{url}?{urlencode(operation.params, quote_via=quote)}"
    headers = [
        ("User-Agent", USER_AGENT),
        ("Accept", operation.info.accept),
        ("Accept-Encoding", "gzip, deflate"),
        *operation.headers,
    ]
    if access_token is not None and operation.info.token_header:
        headers.append((operation.info.token_header, access_token))
    elif access_token is not None and not isinstance(operation.body, TokenBody):
        headers.append(("Authorization", f"Bearer {access_token}"))
    if operation.content_type is not None:
        headers.append(("Content-Type", operation.content_type))
    body = operation.body_with(access_token)
    if isinstance(operation.body, TokenBody) and isinstance(body, bytes):
        body = MaskedBytes(body)
    return HttpRequest(operation.info.method, url, tuple(headers), body, operation.info.operation_id)
