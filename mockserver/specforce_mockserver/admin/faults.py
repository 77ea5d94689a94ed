"""Fault plans, put in place from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.admin.orders import Order, carries, refusal
from specforce_mockserver.calls import Answer, empty

if TYPE_CHECKING:
    from specforce_mockserver.faults import Fault


@carries("listFaults")
def faults(order: Order) -> Answer:
    """The plans in place, with how often each hit."""
    return Answer([each.public() for each in order.org.faults.listed()])


@carries("addFaults")
def add_faults(order: Order) -> Answer:
    """Plan a fault, or several."""
    return Answer([order.org.faults.add(each).public() for each in order.bodies], 201)


@carries("deleteFaults")
def clear_faults(order: Order) -> Answer:
    """Take all plans away."""
    order.org.faults.clear()
    return empty()


@carries("getFault")
def fault(order: Order) -> Answer:
    """One plan."""
    return Answer(_found(order).public())


@carries("deleteFault")
def remove_fault(order: Order) -> Answer:
    """Take one plan away."""
    order.org.faults.remove(_found(order).id)
    return empty()


def _found(order: Order) -> Fault:
    wanted = order.path["fault_id"]
    found = next((each for each in order.org.faults.listed() if str(each.id) == wanted), None)
    if found is None:
        raise refusal(404, f"there is no fault {wanted}")
    return found
