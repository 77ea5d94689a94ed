"""The request log, read from outside."""

from __future__ import annotations

from collections import Counter

from specforce_mockserver.admin.orders import Order, carries
from specforce_mockserver.calls import Answer, empty


@carries("listRequests")
def requests(order: Order) -> Answer:
    """The requests that fit, oldest first."""
    return Answer([each.public() for each in order.org.requests.find(**order.query)])


@carries("countRequests")
def count_requests(order: Order) -> Answer:
    """How many requests fit, and how they are spread."""
    found = order.org.requests.find(**order.query)
    return Answer(
        {
            "total": len(found),
            "byOperation": Counter(each.operation or "none" for each in found),
            "byStatus": Counter("none" if each.status is None else str(each.status) for each in found),
        }
    )


@carries("deleteRequests")
def clear_requests(order: Order) -> Answer:
    """Forget the requests that fit."""
    order.org.requests.clear(**order.query)
    return empty()
