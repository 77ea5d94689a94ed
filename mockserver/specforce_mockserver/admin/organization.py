"""The org as a whole: whether it answers, its objects and records, resets and snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.admin.orders import Order, carries, refusal
from specforce_mockserver.calls import Answer, empty
from specforce_mockserver.records import SaveOptions, batch_from_json

if TYPE_CHECKING:
    from specforce_mockserver.org import Org


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
            made[name] = _seeded(org, name, records)
    return Answer(made, 201)


def _seeded(org: Org, name: str, records: list[dict[str, object]]) -> list[str | None]:
    sobject = org.schema.type(name)
    if sobject is None:
        raise refusal(400, f"there is no object {name}")
    batch = batch_from_json(org.schema, sobject, records)
    results = org.records.insert(batch, user_id=org.identity.admin_id, options=SaveOptions(with_audit_fields=True))
    for row, result in enumerate(results):
        if result.error is not None:
            raise refusal(400, f"{name}[{row}]: {result.error.code}: {result.error.message}")
    return [result.id for result in results]


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
