"""The org's time, set from outside."""

from __future__ import annotations

from specforce_mockserver.admin.orders import Order, carries
from specforce_mockserver.calls import Answer


@carries("advanceClock")
def advance(order: Order) -> Answer:
    """Let time pass, and let jobs take steps."""
    clock = order.org.clock
    clock.advance(float(order.body.get("seconds", 0)))
    clock.tick(int(order.body.get("ticks", 0)))
    return Answer({"now": clock.stored_now()})
