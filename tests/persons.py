"""A person at a fake org's login pages, who has no browser but fills in its forms."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


class _Form(HTMLParser):
    """The first form of a page: where it goes, and the values that it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found["action"]
        elif tag == "input":
            self.fields[found["name"]] = found.get("value", "")


class Person:
    """Answers login pages.

    Attributes:
        seen: the answers that the app's own page gave, as (status, text).
    """

    def __init__(self, decision: str = "allow", username: str = "user@example.com", password: str = "password") -> None:
        self.answer = {"username": username, "password": password, "decision": decision}
        self.seen: list[tuple[int, str]] = []
        self.visited: list[str] = []

    def visit(self, url: str) -> bool:
        """Open a page, answer it, and go where that leads; as browsers do, true."""
        self.visited.append(url)
        with httpx.Client(trust_env=False, verify=False, timeout=20) as http:
            page = http.get(url)
            if page.status_code == 200:
                page = self._sent(http, page)
            back = http.get(page.headers["location"])
            self.seen.append((back.status_code, back.text))
        return True

    def type_code(self, verification_uri: str, user_code: str) -> None:
        """Type a device's code into its page."""
        with httpx.Client(trust_env=False, verify=False, timeout=20) as http:
            self._sent(http, http.get(verification_uri), user_code=user_code)

    def _sent(self, http: httpx.Client, page: httpx.Response, **more: str) -> httpx.Response:
        form = _Form(page.text)
        return http.post(urljoin(str(page.url), form.action), data={**form.fields, **self.answer, **more})
