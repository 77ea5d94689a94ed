"""What somebody may set: faults, the clock; and the way back to a new org."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from specforce_mockserver.faults import FaultKind
from specforce_mockserver.faults.plan import ANY_OPERATION
from specforce_mockserver.page.frame import View, labelled, page, posting, table
from specforce_mockserver.page.html import Child, Html, tag

if TYPE_CHECKING:
    from specforce_mockserver.calls import Answer
    from specforce_mockserver.faults import Fault

PLACE = "page/faults"
_WIDE = ("operation", "message")
# The members of a fault that the form has, by the groups in which people look for them; the rest is for programs.
_GROUPS = {
    "Which calls": {
        "operation": "Operation (* for any)",
        "method": "Method",
        "path": "Path",
        "user": "User",
        "sobject": "Object",
        "job": "Job",
    },
    "How often": {"times": "Times", "skip": "After how many", "probability": "Probability", "seed": "Seed"},
    "Error": {"status": "Status", "error_code": "Error code", "message": "Message"},
    "Time and size": {
        "delay_s": "Delay (s)",
        "bytes_per_s": "Bytes/s out",
        "request_bytes_per_s": "Bytes/s in",
        "after_bytes": "After bytes",
        "after_lines": "After lines",
    },
    "Bulk jobs": {
        "after_records": "After records",
        "every": "Each n-th row",
        "column": "Column",
        "equals": "Equals",
        "matches": "Matches",
    },
}
_USUAL = {"operation": ANY_OPERATION, "times": "1"}


def faults(view: View, message: str | None = None) -> Answer:
    """The plans in place, a form for another one, and the clock."""
    org = view.org
    kinds = tag("select", [tag("option", kind) for kind in get_args(FaultKind)], name="kind")
    groups = [_group(legend, members) for legend, members in _GROUPS.items()]
    return page(
        view,
        PLACE,
        "Faults and clock",
        tag("p", message, class_="alert", role="alert") if message else None,
        tag("h2", "Clock"),
        clock(view, PLACE),
        tag("h2", "Faults"),
        table(
            ["#", "Kind", "Operation", "Details", "Hits", "Left", ""],
            [_row(view, each) for each in org.faults.listed()],
            caption="Faults",
            numbers=("#", "Hits", "Left"),
        ),
        tag("h2", "Plan a fault"),
        posting(view, PLACE, tag("label", "Kind", kinds), groups, tag("button", "Plan it")),
        posting(view, "page/faults/clear", tag("button", "Take all away")) if org.faults else None,
        status=400 if message else 200,
    )


def clock(view: View, back: str) -> Html:
    """The time, and forms that move it."""
    org = view.org
    kinds = {
        "real": "the machine's time: jobs work on their own",
        "auto": "stands still: jobs move when they are looked at",
        "manual": "stands still: jobs move by ticks",
    }
    return tag(
        "div",
        tag("p", tag("strong", org.clock.stored_now()), f" · {org.clock.kind}: {kinds[org.clock.kind]}"),
        posting(
            view,
            "page/clock",
            labelled("Seconds", "seconds", type="number", min="0", step="any", value="0", class_="short"),
            labelled("Ticks", "ticks", type="number", min="0", value="0", class_="short"),
            tag("input", type="hidden", name="back", value=back),
            tag("button", "Let time pass"),
        ),
    )


def _group(legend: str, members: dict[str, str]) -> Html:
    fields: list[Child] = [
        labelled(label, name, value=_USUAL.get(name), class_=None if name in _WIDE else "short")
        for name, label in members.items()
    ]
    return tag("fieldset", tag("legend", legend), fields)


def _row(view: View, fault: Fault) -> Html:
    usual = type(fault)(fault.kind).public()
    shown = {"id", "kind", "operation", "hits", "times"}
    details = [
        f"{name} = {value}"
        for name, value in fault.public().items()
        if name not in shown and value != usual[name] and value is not None
    ]
    left = "all" if fault.times is None else str(fault.times - fault.hits)
    away = tag("button", "Take away", aria_label=f"Take fault {fault.id} away")
    return tag(
        "tr",
        tag("td", fault.id, class_="n"),
        tag("td", fault.kind),
        tag("td", fault.operation),
        tag("td", [(each, tag("br")) for each in details]),
        tag("td", fault.hits, class_="n"),
        tag("td", left, class_="n"),
        tag("td", posting(view, f"{PLACE}/{fault.id}/delete", away)),
    )
