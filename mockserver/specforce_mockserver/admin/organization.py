"""The org as a whole: whether it answers, its objects and records, resets and snapshots."""

from __future__ import annotations

from specforce_mockserver.admin.orders import Order, carries, refusal
from specforce_mockserver.calls import Answer, empty
from specforce_mockserver.seed_files import seed_records


@carries("getHealth")
def health(order: Order) -> Answer:
    """Say that the org answers, and what it is."""
    org = order.org
    return Answer(
        {"status": "ok", "clock": org.clock.kind, "now": org.clock.stored_now(), "orgId": org.identity.org_id}
    )


@carries("resetOrg")
def reset(order: Order) -> Answer:
    """Make the org as new."""
    order.org.reset()
    return empty()


@carries("seedRecords")
def seed(order: Order) -> Answer:
    """Put records into the org, all of them or none."""
    org = order.org
    made: dict[str, list[str | None]] = {}
    with org.database.write():
        for name, records in order.body.items():
            made[name] = seed_records(org, name, records)
    return Answer(made, 201)


@carries("getSchema")
def schema(order: Order) -> Answer:
    """The objects, their fields and types."""
    return Answer(
        {
            sobject.name: {
                "keyPrefix": sobject.key_prefix,
                "fields": {field.name: field.type for field in sobject.fields},
            }
            for sobject in order.org.schema.values()
        }
    )


@carries("listSnapshots")
def snapshots(order: Order) -> Answer:
    """The snapshots that there are."""
    return Answer([{"id": name} for name in order.snapshots.names()])


@carries("takeSnapshot")
def take_snapshot(order: Order) -> Answer:
    """Keep the records as they are now."""
    return Answer({"id": order.snapshots.take()}, 201)


@carries("restoreSnapshot")
def restore_snapshot(order: Order) -> Answer:
    """Bring back the records of a snapshot."""
    return _found(order, there=order.snapshots.restore(order.path["snapshot_id"]))


@carries("deleteSnapshot")
def delete_snapshot(order: Order) -> Answer:
    """Forget a snapshot."""
    return _found(order, there=order.snapshots.forget(order.path["snapshot_id"]))


def _found(order: Order, *, there: bool) -> Answer:
    if not there:
        raise refusal(404, f"there is no snapshot {order.path['snapshot_id']}")
    return empty()
