"""The one seam to HTTP: no other handwritten module imports httpx, and these do when the first request goes out.

Requests go straight to httpx transports: no cookies, no merging of URLs, no redirect that a caller doesn't know of.
Both halves are here, async and sync, because they differ in every line; what they decide alike is in plain functions.
Redirects are followed on the same host only, so that no header, token included, reaches another. Every failure of the
transport becomes a `TransportError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .replies import AsyncStreamedReply, StreamedReply
from .senders import AsyncHttp, Http

if TYPE_CHECKING:
    from .senders import AsyncTransport as AsyncTransport
    from .senders import Transport as Transport

__all__ = ["AsyncHttp", "AsyncStreamedReply", "Http", "StreamedReply"]
