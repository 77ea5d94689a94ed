"""The request log for people: what was asked, what came of it, both bodies as far as they are kept; no secrets."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from specforce_mockserver.clock import stored
from specforce_mockserver.page.frame import View, labelled, page, posting, table
from specforce_mockserver.page.html import Child, Html, tag

if TYPE_CHECKING:
    from specforce_mockserver.calls import Answer
    from specforce_mockserver.request_log import LoggedRequest

PLACE = "page/requests"
SHOWN = 50
_FILTERS = ("operation", "method", "path", "status")


def requests(view: View) -> Answer:
    """The newest requests that fit."""
    given = {name: value for name in _FILTERS if (value := view.query.get(name, "").strip())}
    status = given.get("status", "")
    found = view.org.requests.find(
        operation=given.get("operation"),
        method=given.get("method"),
        path=given.get("path"),
        status=int(status) if status.isdecimal() and len(status) < 9 else None,
    )
    until = view.query.get("until", "")
    if until.isdecimal() and len(until) < 9:
        found = [each for each in found if each.number < int(until)]
    fields = [labelled(name.capitalize(), name, value=given.get(name, ""), class_="short") for name in _FILTERS]
    counted = f"{len(found)} {'request' if len(found) == 1 else 'requests'}, newest first; * and ? stand for any text"
    newest = found[: -SHOWN - 1 : -1]
    older: Child = None
    if len(found) > SHOWN:
        query = urlencode({**given, "until": newest[-1].number})
        older = tag("nav", tag("a", "Older", href=f"{view.path(PLACE)}?{query}"), aria_label="Pages of requests")
    return page(
        view,
        PLACE,
        "Requests",
        tag("form", fields, tag("button", "Search"), class_="row", role="search"),
        tag("p", counted, class_="note"),
        table(
            ["#", "Time", "Request", "Operation", "Status", "Fault", "Bytes in", "Bytes out"],
            [_row(view, each) for each in newest],
            caption="Requests",
            numbers=("#", "Bytes in", "Bytes out"),
        ),
        older,
        posting(view, "page/requests/clear", tag("button", "Empty the log")),
    )


def request(view: View, number: int) -> Answer | None:
    """One request with its bodies; None when there is none of that number."""
    found = next((each for each in view.org.requests if each.number == number), None)
    if found is None:
        return None
    query = f"?{found.query}" if found.query else ""
    facts = {
        "Time": stored(found.at_ms / 1000),
        "Operation": found.operation,
        "Status": "none" if found.status is None else str(found.status),
        "Error": found.error_code,
        "Fault": found.fault,
        "Bytes": f"{found.request_bytes} in, {found.response_bytes} out",
    }
    listed = [(tag("dt", name), tag("dd", value)) for name, value in facts.items() if value]
    headers: list[Child] = []
    for name, value in found.headers.items():
        headers.append(tag("tr", tag("th", name, scope="row"), tag("td", value, class_="code")))
    return page(
        view,
        PLACE,
        f"{found.method} {found.path}",
        tag("p", tag("code", f"{found.method} {found.path}{query}")),
        tag("dl", listed),
        tag("h2", "Headers"),
        table(["Name", "Value"], headers, caption="Headers"),
        tag("h2", "What was sent"),
        _body(found.body, found.request_bytes),
        tag("h2", "What was answered"),
        _body(found.answer, found.response_bytes),
    )


def _row(view: View, entry: LoggedRequest) -> Html:
    look = None if entry.status is None else "good" if entry.status < 400 else "bad"
    return tag(
        "tr",
        tag("td", view.link(f"{PLACE}/{entry.number}", entry.number), class_="n"),
        tag("td", stored(entry.at_ms / 1000)[11:19]),
        tag("td", f"{entry.method} {entry.path}", class_="code"),
        tag("td", entry.operation),
        tag("td", tag("span", "none" if entry.status is None else entry.status, class_=look), " ", entry.error_code),
        tag("td", entry.fault),
        tag("td", entry.request_bytes, class_="n"),
        tag("td", entry.response_bytes, class_="n"),
    )


def _body(content: str | None, size: int) -> Html:
    if content is None:
        return tag("p", "Nothing." if not size else "Not kept.", class_="note")
    with suppress(msgspec.DecodeError, RecursionError):
        content = msgspec.json.format(content, indent=2)
    return tag("pre", content, tabindex=0)
