"""The first page: what org this is, how clients reach it, what it holds, and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.admin.jobs import all_jobs
from specforce_mockserver.page.controls import clock
from specforce_mockserver.page.frame import View, page, posting
from specforce_mockserver.page.html import Child, Html, tag

if TYPE_CHECKING:
    from specforce_mockserver.calls import Answer


def overview(view: View) -> Answer:
    """What there is."""
    org, settings = view.org, view.org.settings
    jobs = all_jobs(org)
    under_way = sum(not each.ended for each in jobs)
    reach: dict[str, Child] = {
        "Login and instance URL": tag("code", view.origin),
        "Client id": tag("code", settings.client_id),
        "User": tag("code", settings.username),
        "Org Id": tag("code", org.identity.org_id),
        "API versions": f"{settings.oldest_version} to {settings.newest_version}",
    }
    holds: dict[str, Child] = {
        "Objects": view.link("page/objects", len(org.schema)),
        "Jobs": view.link("page/jobs", f"{len(jobs)}, {under_way} under way"),
        "Requests": view.link("page/requests", len(org.requests)),
        "Faults": view.link("page/faults", len(org.faults)),
        "Messages sent": len(org.outbox),
        "Administration": view.link("openapi.json", "openapi.json"),
    }
    reset = tag("details", tag("summary", "Make the org as new"), posting(view, "page/reset", tag("button", "Reset")))
    return page(
        view,
        "",
        "Overview",
        tag("h2", "How clients reach it"),
        _facts(reach),
        tag("h2", "What it holds"),
        _facts(holds),
        tag("h2", "Clock"),
        clock(view, ""),
        reset,
    )


def _facts(facts: dict[str, Child]) -> Html:
    return tag("dl", [(tag("dt", name), tag("dd", value)) for name, value in facts.items()])
