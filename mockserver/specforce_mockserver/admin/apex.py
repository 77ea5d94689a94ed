"""Apex REST endpoints with fixed answers, for tests that aren't written in Python."""

from __future__ import annotations

import msgspec

from specforce_mockserver.admin.orders import Order, carries
from specforce_mockserver.apex import ApexResponse
from specforce_mockserver.calls import Answer, empty


@carries("listApexEndpoints")
def endpoints(order: Order) -> Answer:
    """The endpoints that there are."""
    return Answer([{"method": each.method, "path": each.path} for each in order.org.apex])


@carries("addApexEndpoint")
def add_endpoint(order: Order) -> Answer:
    """Add an endpoint that always answers the same."""
    wanted = order.body
    content = msgspec.json.encode(wanted["body"]) if "body" in wanted else wanted.get("text")
    media_type = wanted.get("mediaType", "application/json" if "body" in wanted else None)
    answer = ApexResponse(content, wanted.get("status", 200), wanted.get("headers", {}), media_type)
    order.org.apex.route(wanted["method"], wanted["path"], lambda: answer)
    return empty(201)


@carries("deleteApexEndpoints")
def clear_endpoints(order: Order) -> Answer:
    """Take all endpoints away."""
    order.org.apex.clear()
    return empty()
