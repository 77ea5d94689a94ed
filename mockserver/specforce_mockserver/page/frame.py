"""What all pages have around them: the head, the ways to other pages and orgs, the headers that keep strangers out.

Scripts and styles come from this server only and there are none within a page, so that text of an org that should find
its way into one unescaped would still do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer
from specforce_mockserver.page.html import Child, Html, document, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.org import Org

HTML = "text/html;charset=UTF-8"
HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
ASSETS: Mapping[str, str] = {"style.css": "text/css;charset=UTF-8", "page.js": "text/javascript;charset=UTF-8"}
PAGES: Mapping[str, str] = {
    "": "Overview",
    "page/objects": "Objects",
    "page/jobs": "Jobs",
    "page/requests": "Requests",
    "page/faults": "Faults and clock",
}
REFRESH_S = 3


@dataclass(frozen=True, slots=True)
class View:
    """A look at an org.

    Attributes:
        org: what is looked at.
        root: the path of `/__mock`, without a slash at its end.
        rest: the segments of the page's path, after `page`.
        query: the first value of each parameter.
        others: names of the process's orgs and the paths of their pages; this one among them.
        origin: where the caller found the server.
    """

    org: Org
    root: str
    rest: Sequence[str] = ()
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    others: Sequence[tuple[str, str]] = ()
    origin: str = ""

    def path(self, place: str) -> str:
        """The path of a page, an asset or a form's target: `page/jobs`."""
        return f"{self.root}/{place}"

    def link(self, place: str, *children: Child) -> Html:
        """A link to a page."""
        return tag("a", *children, href=self.path(place))


def page(view: View, place: str, title: str, *content: Child, status: int = 200, live: bool = False) -> Answer:
    """A whole page.

    Args:
        view: what it is a look at.
        place: which of `PAGES` it belongs to.
        title: its heading.
        content: what is below that.
        status: of the answer.
        live: whether it changes by itself, so that browsers without scripts load it again.
    """
    refresh = tag("noscript", tag("meta", http_equiv="refresh", content=REFRESH_S)) if live else None
    name = view.org.settings.organization_name
    links = [
        tag("a", label, href=view.path(path), aria_current="page" if path == place else None)
        for path, label in PAGES.items()
    ]
    orgs = [tag("a", other, href=path) for other, path in view.others]
    body = document(
        tag(
            "html",
            tag(
                "head",
                tag("meta", charset="utf-8"),
                tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
                tag("title", f"{title} · {name}"),
                refresh,
                tag("link", rel="stylesheet", href=view.path("page/style.css")),
                tag("script", src=view.path("page/page.js"), defer=True),
            ),
            tag(
                "body",
                tag("a", "Skip to the content", href="#content", class_="skip"),
                tag(
                    "header",
                    tag("strong", f"{name} (fake org)"),
                    tag("nav", links, aria_label="Pages"),
                    tag("nav", orgs, aria_label="Orgs") if len(orgs) > 1 else None,
                ),
                tag("main", tag("h1", title), content, id="content"),
            ),
            lang="en",
        )
    )
    return Answer(status=status, content=body, media_type=HTML, headers=dict(HEADERS))


def asset(name: str) -> Answer:
    """The style or the script."""
    content = Path(__file__).with_name(name).read_bytes()
    headers = {**HEADERS, "cache-control": "no-cache"}
    return Answer(content=content, media_type=ASSETS[name], headers=headers)


def table(heads: Sequence[str], rows: Sequence[Child], *, caption: str, numbers: Sequence[str] = ()) -> Html:
    """A table that scrolls by itself where it is too wide; `numbers` are heads of columns that are set right."""
    if not rows:
        return tag("p", "None.", class_="note")
    cells = [tag("th", each, scope="col", class_="n" if each in numbers else None) for each in heads]
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", cells)), tag("tbody", rows), aria_label=caption),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def labelled(label: str, name: str, **attributes: str | int | bool | None) -> Html:
    """A field of a form, with its label."""
    return tag("label", label, tag("input", name=name, **attributes))


def posting(view: View, place: str, *content: Child) -> Html:
    """A form that changes something."""
    return tag("form", *content, method="post", action=view.path(place), class_="row")
