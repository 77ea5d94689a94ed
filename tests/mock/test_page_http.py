"""The page for people over raw HTTP: what it shows, what its forms do, and that text of an org is never markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.faults import Fault
from specforce_mockserver.org import Org
from specforce_mockserver.orgs import Orgs, settings_for
from specforce_mockserver.page.html import Html, tag
from specforce_mockserver.server import MockServer
from tests.mock.bulk_client import BulkClient
from tests.mock.raw_org import RawOrg, serving

if TYPE_CHECKING:
    import httpx

HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(1)>'&amp;</pre>"""
# Elements and attributes that no page has: what would do something, in a page that text got into.
FORBIDDEN = {"img", "iframe", "object", "embed", "style", "svg", "base"}
PLACES = ("", "page/objects", "page/objects/Account", "page/jobs", "page/requests", "page/faults")
FILLED: dict[str, str] = {"kind": "status", "operation": "getLimits", "times": "2", "status": "429", "probability": "1"}


class Markup(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "

    @property
    def dangers(self) -> list[str]:
        """What would run, or would load something from elsewhere."""
        return [
            f"{name} {attribute}={value}"
            for name, attributes in self.elements
            for attribute, value in [*attributes.items(), ("", "")]
            if name in FORBIDDEN
            or attribute.startswith("on")
            or attribute == "style"
            or (attribute in {"href", "src", "action"} and not (value or "").startswith(("/", "#", "?")))
            or (name == "script" and attribute not in {"src", "defer", ""})
        ]


def look(raw: RawOrg, place: str, answered: int = 200, /, **query: str) -> Markup:
    answer = raw.http.get(f"/__mock/{place}", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (answered, "text/html;charset=UTF-8")
    return Markup(answer)


def submit(raw: RawOrg, place: str, **form: str) -> httpx.Response:
    return raw.http.post(f"/__mock/{place}", data=form, headers={"Origin": raw.url})


@pytest.mark.parametrize("place", PLACES)
def test_a_page_is_small_shut_and_whole_without_scripts(raw: RawOrg, place: str) -> None:
    answer = raw.http.get(f"/__mock/{place}", headers={"Accept-Encoding": "identity"})

    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert (answer.headers["x-frame-options"], answer.headers["cache-control"]) == ("DENY", "no-store")
    assert len(answer.content) < 12_000
    page = Markup(answer)
    assert page.dangers == []
    labels = sum(name == "label" for name, _ in page.elements)
    fields = [each for name, each in page.elements if name in {"input", "select"} and each.get("type") != "hidden"]
    assert labels == len(fields)
    assert ("html", {"lang": "en"}) in page.elements


def test_style_and_script_are_small_and_of_this_server(raw: RawOrg) -> None:
    style, script = (raw.http.get(f"/__mock/page/{name}") for name in ("style.css", "page.js"))

    assert (style.headers["content-type"], script.headers["content-type"]) == (
        "text/css;charset=UTF-8",
        "text/javascript;charset=UTF-8",
    )
    assert len(style.content) + len(script.content) < 8_000
    assert "http" not in style.text + script.text
    assert "prefers-color-scheme: dark" in style.text


def test_the_first_page_says_how_clients_reach_the_org_but_no_secret(raw: RawOrg) -> None:
    text = look(raw, "").text

    assert raw.url in text
    assert "test-client" in text
    assert "test-secret" not in text
    assert raw.http.get("/__mock").text == raw.http.get("/__mock/").text


def test_records_are_found_by_any_text_and_shown_in_pages(raw: RawOrg) -> None:
    raw.mock("POST", "seed", json={"Account": [{"Name": f"Acme {number}", "Site": "50%_"} for number in range(60)]})

    first, last = look(raw, "page/objects/account"), look(raw, "page/objects/Account", page="3")
    found = look(raw, "page/objects/Account", q="acme 59")

    assert "60 records" in first.text
    assert "Page 1 of 3" in first.text
    assert ("Acme 59" in first.text, "Acme 34" in first.text, "Acme 9 " in last.text) == (True, False, True)
    assert ("1 record," in found.text, "Acme 59" in found.text) == (True, True)
    assert "60 records" in look(raw, "page/objects/Account", q="50%_").text
    assert "0 records" in look(raw, "page/objects/Account", q="5_%").text
    assert "Page 3 of 3" in look(raw, "page/objects/Account", page="999").text


def test_every_object_has_its_page(raw: RawOrg) -> None:
    for name in raw.mock("GET", "schema"):
        assert "newest first" in look(raw, f"page/objects/{name}").text


def test_a_record_shows_all_its_fields_and_leads_to_others(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    contact = raw.create("Contact", LastName="Ek", AccountId=account)

    page = look(raw, f"page/objects/Contact/{contact}")

    assert "Ek" in page.text
    assert ("a", {"href": f"/__mock/page/objects/Account/{account}"}) in page.elements
    assert "LastModifiedById" in page.text


def test_deleted_records_are_shown_to_those_who_want_them(raw: RawOrg) -> None:
    raw.send("DELETE", f"/sobjects/Account/{raw.create('Account', Name='Gone')}")

    assert "Gone" not in look(raw, "page/objects/Account").text
    shown = look(raw, "page/objects/Account", deleted="1")
    assert "Gone" in shown.text
    assert ("tr", {"class": "gone"}) in shown.elements


@pytest.mark.parametrize(
    "place",
    [
        "page/nothing",
        "page/objects/Nothing",
        "page/objects/Account/x",
        "page/objects/Account/a/b",
        "page/requests/9",
        "page/requests/x",
    ],
)
def test_what_isnt_there_is_a_page_that_says_so(raw: RawOrg, place: str) -> None:
    assert "There is no such page" in look(raw, place, 404).text


def test_text_of_an_org_is_never_markup(raw: RawOrg, org: Org) -> None:
    record_id = raw.create("Account", Name=HOSTILE, Description=HOSTILE)
    raw.send("POST", "/sobjects/Account", json={"Name": HOSTILE}, headers={"X-Hostile": HOSTILE})
    raw.send("GET", f"/query/?q={quote(HOSTILE)}")
    raw.send("GET", f"/{quote(HOSTILE)}")
    org.faults.add(Fault("fail_job", "insert", message=HOSTILE))
    org.faults.add(Fault("record_errors", HOSTILE, path=HOSTILE))
    with BulkClient(raw.url) as bulk:
        bulk.load("LastName\nA\n")

    pages = [
        *(look(raw, place) for place in PLACES),
        *(look(raw, place, q=HOSTILE) for place in PLACES),
        look(raw, "page/objects/Account", page=HOSTILE, deleted=HOSTILE),
        look(raw, "page/requests", operation=HOSTILE, method=HOSTILE, path=HOSTILE, status=HOSTILE, until=HOSTILE),
        look(raw, f"page/objects/Account/{record_id}"),
        *(look(raw, f"page/requests/{number}") for number in range(1, len(org.requests) + 1)),
        look(raw, f"page/{quote(HOSTILE, safe='')}", 404),
    ]

    assert [page.dangers for page in pages] == [[]] * len(pages)
    assert sum("<script>alert(1)</script>" in page.text for page in pages) > 8


def test_bodies_are_shown_without_secrets(raw: RawOrg, org: Org) -> None:
    raw.login()

    shown = look(raw, f"page/requests/{[each.number for each in org.requests][-1]}").text

    assert "grant_type=client_credentials" in shown
    assert '"access_token": "***"' in shown
    assert raw.token not in shown
    assert "test-secret" not in shown


def test_requests_are_searched_and_shown_in_pages(raw: RawOrg) -> None:
    raw.mock("DELETE", "requests")
    for _ in range(51):
        raw.send("GET", "/limits")
    raw.send("GET", "/nothing")

    first = look(raw, "page/requests")
    (older,) = [attributes["href"] for name, attributes in first.elements if "until=" in (attributes.get("href") or "")]

    assert "52 requests" in first.text
    assert "1 request," in look(raw, "page/requests", status="404").text
    assert "2 requests" in Markup(raw.http.get(str(older))).text
    assert submit(raw, "page/requests/clear").headers["location"] == "/__mock/page/requests"
    assert "0 requests" in look(raw, "page/requests").text


def test_a_fault_is_planned_hit_shown_and_taken_away(raw: RawOrg) -> None:
    planned = submit(raw, "page/faults", **FILLED, message="", error_code="  ")
    assert (planned.status_code, planned.headers["location"]) == (303, "/__mock/page/faults")
    assert raw.send("GET", "/limits").status_code == 429

    (fault,) = raw.mock("GET", "faults")
    page = look(raw, "page/faults")

    assert (fault["operation"], fault["times"], fault["hits"], fault["message"]) == ("getLimits", 2, 1, None)
    assert "status = 429" in page.text
    assert submit(raw, f"page/faults/{fault['id']}/delete").status_code == 303
    assert raw.mock("GET", "faults") == []
    submit(raw, "page/faults", **FILLED)
    submit(raw, "page/faults/clear")
    assert raw.mock("GET", "faults") == []


@pytest.mark.parametrize(
    ("place", "form", "told"),
    [
        ("page/faults", {"kind": "magic"}, "the body at /kind"),
        ("page/faults", {**FILLED, "times": "many"}, "times takes a number, not many"),
        ("page/faults", {**FILLED, "probability": "nan"}, "probability takes a number, not nan"),
        ("page/faults", {**FILLED, "colour": "<b>"}, "'colour' was unexpected"),
        ("page/clock", {"seconds": "-1"}, "the body at /seconds"),
        ("page/clock", {"seconds": "inf"}, "seconds takes a number, not inf"),
    ],
)
def test_a_form_that_cant_be_understood_is_told_why(raw: RawOrg, place: str, form: dict[str, str], told: str) -> None:
    answer = submit(raw, place, **form)

    page = Markup(answer)
    assert (answer.status_code, told in page.text, page.dangers) == (400, True, [])
    assert raw.mock("GET", "faults") == []


def test_time_is_let_pass_and_the_org_made_new(raw: RawOrg, org: Org) -> None:
    before = org.clock.now()
    raw.create("Account", Name="Acme")

    moved = submit(raw, "page/clock", seconds="90.5", ticks="0", back="page/faults")
    after = org.clock.now()
    reset = submit(raw, "page/reset")

    assert (after - before, moved.headers["location"]) == (90.5, "/__mock/page/faults")
    assert (reset.status_code, reset.headers["location"]) == (303, "/__mock/")
    assert "0 records" in look(raw, "page/objects/Account").text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("place", ["page/reset", "page/faults", "page/clock", "page/requests/clear"])
def test_forms_of_other_sites_do_nothing(raw: RawOrg, headers: dict[str, str], place: str) -> None:
    raw.create("Account", Name="Acme")

    answer = raw.http.post(f"/__mock/{place}", data=FILLED, headers=headers)

    assert answer.status_code == 403
    assert raw.mock("GET", "faults") == []
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 1
    assert raw.mock("GET", "requests") != []


def test_a_page_never_leads_elsewhere_after_a_form(raw: RawOrg) -> None:
    assert submit(raw, "page/clock", back="//evil.example").headers["location"] == "/__mock/"
    assert submit(raw, "page/nothing").status_code == 404
    assert raw.http.put("/__mock/page/faults").status_code == 405


def test_jobs_are_shown_with_their_way_through_the_states() -> None:
    with serving(Org(clock=Clock("manual"))) as raw, BulkClient(raw.url) as bulk:
        bulk.json("PATCH", "/__mock/jobs", json={"records_per_tick": 4})
        job_id = bulk.open_job()
        bulk.upload(job_id, b"LastName\n" + b"A\n" * 10)
        bulk.close(job_id)
        for _ in range(3):
            submit(raw, "page/clock", ticks="1", back="page/jobs")
        half = look(raw, "page/jobs")
        bulk.tick(3)
        whole = look(raw, "page/jobs")

    assert ("noscript", {}) in half.elements
    assert "InProgress InProgress 4 InProgress 8" in " ".join(half.text.split())
    assert "Open UploadComplete InProgress InProgress 4 InProgress 8 JobComplete 10" in " ".join(whole.text.split())


def test_every_org_of_a_process_has_a_page_and_they_lead_to_each_other() -> None:
    orgs = Orgs(Org(settings=settings_for("first")))
    second = orgs.make(settings_for("second"))
    with MockServer(orgs) as server:
        raw = RawOrg(server.url)
        page = Markup(raw.http.get("/orgs/second/__mock/"))
        raw.http.post("/orgs/second/__mock/page/faults", data=FILLED, headers={"Origin": server.url})
        planned = (len(orgs.first.faults), len(second.faults))
        raw.http.close()
        links: list[Any] = [attributes.get("href") for _, attributes in page.elements]
    orgs.close()

    assert {"/orgs/first/__mock/", "/orgs/second/__mock/", "/orgs/second/__mock/page/jobs"} <= set(links)
    assert planned == (0, 1)


def test_what_isnt_html_is_escaped_wherever_it_goes() -> None:
    assert tag("a", "<", [Html("<b>"), None, 3], title='"<', hidden=True, class_=None) == (
        '<a title="&quot;&lt;" hidden>&lt;<b>3</a>'
    )
    assert tag("input", name="x", aria_label="a'b") == '<input name="x" aria-label="a&#x27;b">'
