"""From a request to a page, and from a form to what the administration does.

What a form sends is done by the operations of the administration and checked by their document. It is done for pages of
this server only: a browser says by `Origin`, or by `Sec-Fetch-Site`, which page a form was on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from specforce_mockserver.admin.orders import refusal
from specforce_mockserver.calls import Answer, ApiError, empty
from specforce_mockserver.ids import to_18
from specforce_mockserver.page.controls import faults
from specforce_mockserver.page.frame import ASSETS, PAGES, View, asset, page
from specforce_mockserver.page.html import tag
from specforce_mockserver.page.jobs import jobs
from specforce_mockserver.page.overview import overview
from specforce_mockserver.page.records import objects, record, records
from specforce_mockserver.page.requests import request as one_request
from specforce_mockserver.page.requests import requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.admin import Admin
    from specforce_mockserver.org import Org
    from specforce_mockserver.orgs import Orgs
    from specforce_mockserver.web.request import Request

PAGE = "page"
MAX_FORM_FIELDS = 100


class Page:
    """The pages of one org."""

    def __init__(self, org: Org, admin: Admin, orgs: Orgs | None = None) -> None:
        """Show an org.

        Args:
            org: which.
            admin: does what forms ask for.
            orgs: all of the process; just this one, unless given.
        """
        self._org = org
        self._admin = admin
        self._orgs = orgs

    @staticmethod
    def has(segments: Sequence[str]) -> bool:
        """Whether a path below `/__mock` is one of the pages'."""
        return segments[1:2] in ([], [PAGE])

    def answer(self, request: Request, raw: bytes) -> Answer:
        """A page, or what becomes of a form."""
        view = self._view(request)
        try:
            if request.method == "POST":
                return self._done(view, request, raw)
            if request.method not in {"GET", "HEAD"}:
                raise refusal(405, f"{request.method} is nothing that a page takes", allow="GET, HEAD, POST")
            return self._shown(view) or page(view, "", "There is no such page", status=404)
        except ApiError as error:
            if error.status == 400:
                return faults(view, error.message)
            shown = page(view, "", "Refused", tag("p", error.message, class_="alert"), status=error.status)
            shown.headers.update(error.headers)
            return shown

    def _view(self, request: Request) -> View:
        names = [each.settings.my_domain for each in self._orgs or ()]
        others = [(name, f"/orgs/{name}/__mock/") for name in names]
        return View(
            self._org,
            f"{request.root_path}/__mock",
            request.segments[2:],
            dict(reversed(request.query)),
            others,
            request.base_url,
        )

    def _shown(self, view: View) -> Answer | None:
        match list(view.rest):
            case []:
                return overview(view)
            case [name] if name in ASSETS:
                return asset(name)
            case ["objects"]:
                return objects(view)
            case ["objects", name, *rest] if (sobject := self._org.schema.type(name)) is not None and len(rest) < 2:
                return record(view, sobject, to_18(rest[0]) or "") if rest else records(view, sobject)
            case ["jobs"]:
                return jobs(view)
            case ["requests"]:
                return requests(view)
            case ["requests", number] if number.isdecimal() and len(number) < 9:
                return one_request(view, int(number))
            case ["faults"]:
                return faults(view)
            case _:
                return None

    def _done(self, view: View, request: Request, raw: bytes) -> Answer:
        """Do what a form asks for, then lead back to its page."""
        refuse_other_pages(request)
        form = _form(raw)
        back = form.pop("back", "")
        match list(view.rest):
            case ["faults"]:
                self._admin.perform("addFaults", body=self._typed("Fault", form))
                back = "page/faults"
            case ["faults", "clear"]:
                self._admin.perform("deleteFaults")
                back = "page/faults"
            case ["faults", number, "delete"]:
                self._admin.perform("deleteFault", {"fault_id": number})
                back = "page/faults"
            case ["requests", "clear"]:
                self._admin.perform("deleteRequests")
                back = "page/requests"
            case ["clock"]:
                self._admin.perform("advanceClock", body=self._typed("advanceClock", form))
            case ["reset"]:
                self._admin.perform("resetOrg")
            case _:
                raise refusal(404, "no form leads there")
        return empty(303, {"location": view.path(back if back in PAGES else "")})

    def _typed(self, name: str, form: Mapping[str, str]) -> dict[str, Any]:
        """What was filled in, with numbers as numbers, by the schema of an operation's body or of a component."""
        members = self._admin.members(name)
        return {key: _number(key, text, members.get(key, {})) for key, text in form.items() if text.strip()}


def refuse_other_pages(request: Request) -> None:
    """Do nothing for a form that isn't on a page of this server.

    Raises:
        ApiError: 403.
    """
    origin = request.header("origin")
    same = urlsplit(origin).netloc == request.header("host") if origin else False
    if not same and request.header("sec-fetch-site") != "same-origin":
        raise refusal(403, "forms are taken from pages of this server only")


def _form(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))
    except ValueError as error:
        raise refusal(400, "the form has too many fields") from error


def _number(name: str, text: str, schema: Mapping[str, Any]) -> Any:
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind not in {"integer", "number"}:
        return text
    try:
        number = int(text) if kind == "integer" else float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise refusal(400, f"{name} takes a number, not {text}")
    return number
