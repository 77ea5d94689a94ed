"""Conditional requests, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

LONG_AGO = "Sun, 01 Mar 2015 10:00:00 GMT"
LATER = "Sun, 01 Mar 2099 10:00:00 GMT"


def account(raw: RawOrg) -> tuple[str, str, str]:
    path = f"/sobjects/Account/{raw.create('Account', Name='Acme')}"
    headers = raw.send("GET", path).headers
    return path, headers["etag"], headers["last-modified"]


@row("rest.md#1", "| ETag |")
@row("rest.md#1", "| If-Match / If-None-Match |")
@row("rest.md#1", "Precondition results")
def test_an_account_is_answered_once_per_tag(raw: RawOrg) -> None:
    path, tag, _ = account(raw)

    assert tag.endswith('--gzip"')
    unchanged = raw.send("GET", path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    raw.mock("POST", "advance", json={"seconds": 5})
    raw.json("PATCH", path, json={"Name": "B"})
    assert raw.send("GET", path, headers={"If-None-Match": f'"other", {tag}'}).status_code == 200


@row("rest.md#1", "Precondition results")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": '"other"'}, 412),
        ({"If-None-Match": "TAG"}, 412),
        ({"If-Match": "TAG"}, 204),
        ({"If-Unmodified-Since": LONG_AGO}, 412),
        ({"If-Unmodified-Since": LATER}, 204),
        ({"If-Modified-Since": LATER}, 412),
        ({"If-Unmodified-Since": "yesterday"}, 400),
    ],
)
def test_a_change_that_doesnt_meet_its_condition_isnt_made(raw: RawOrg, headers: dict[str, str], status: int) -> None:
    path, tag, _ = account(raw)
    given = {name: value.replace("TAG", tag) for name, value in headers.items()}

    answer = raw.send("PATCH", path, json={"Name": "B"}, headers=given)

    assert answer.status_code == status
    assert raw.get(path)["Name"] == ("B" if status == 204 else "Acme")


@row("rest.md#1", "| If-Modified-Since / If-Unmodified-Since |")
@row("rest.md#1", "| Last-Modified |")
@pytest.mark.parametrize("path", ["/sobjects", "/sobjects/Account/describe"])
def test_describes_are_answered_once_per_change(raw: RawOrg, path: str) -> None:
    first = raw.send("GET", path)

    again = raw.send("GET", path, headers={"If-Modified-Since": first.headers["last-modified"]})

    assert (again.status_code, again.content) == (304, b"")
    assert len(first.headers["etag"]) == 10
    assert raw.send("GET", path, headers={"If-Modified-Since": LONG_AGO}).status_code == 200


def test_other_objects_have_dates_but_no_tags(raw: RawOrg) -> None:
    path = f"/sobjects/Contact/{raw.create('Contact', LastName='Ek')}"

    headers = raw.send("GET", path).headers

    assert ("etag" in headers, "last-modified" in headers) == (False, True)
    assert raw.send("GET", path, headers={"If-Modified-Since": LATER}).status_code == 304
