"""Searches for a text without SOSL in the fake org, through both halves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - read by msgspec
from typing import TYPE_CHECKING, Any

import pytest

from specforce.errors import DecodeError, InputError, InvalidField, SalesforceError
from tests.covers import covers
from tests.halves import ScriptedServer, json_answer

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half


@dataclass
class Account:
    Id: str
    Name: str
    CreatedDate: datetime


@dataclass
class Wrong:
    Name: int


@covers("W8")
def test_each_object_s_hits_come_as_it_was_asked_for(half: Half, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Zeppelin"}], "Contact": [{"LastName": "Zeppelin"}]})
    sf = half.login(org.auth())

    account, contact = half.run(sf.find("Zeppelin", {"Account": Account, "Contact": ["Id", "LastName"]}))

    assert (type(account), account.Name, account.CreatedDate.utcoffset() is None) == (Account, "Zeppelin", False)
    assert (contact["attributes"]["type"], contact["LastName"]) == ("Contact", "Zeppelin")


def test_every_object_is_searched_unless_told(half: Half, org: FakeOrg) -> None:
    made = org.seed({"Account": [{"Name": "Zeppelin"}], "Contact": [{"LastName": "Zeppelin"}]})

    hits = half.run(half.login(org.auth()).find("Zeppelin"))

    assert {hit["Id"] for hit in hits} == {*made["Account"], *made["Contact"]}


def test_an_old_version_s_bare_answer_is_read_too(half: Half, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Zeppelin"}]})
    sf = half.login(org.auth(), api_version="36.0")

    (hit,) = half.run(sf.search("FIND {Zeppelin} RETURNING Account(Name)"))

    assert hit["Name"] == "Zeppelin"


@pytest.mark.parametrize("text", ["O'Neill & Sons", "Acme {North}", "Acme-North (Oslo)", 'Acme "North"', "Zoë: Acme"])
def test_what_sosl_would_read_as_signs_is_text(half: Half, org: FakeOrg, text: str) -> None:
    org.seed({"Account": [{"Name": text}, {"Name": "Bolt"}]})

    hits = half.run(half.login(org.auth()).find(text, {"Account": ["Name"]}))

    assert [hit["Name"] for hit in hits] == [text]


def test_scope_limits_and_offset_narrow_a_search(half: Half, org: FakeOrg) -> None:
    org.seed(
        {
            "Account": [{"Name": f"Zeppelin {n}"} for n in range(5)] + [{"Name": "Bolt", "Phone": "5550100"}],
            "Contact": [{"LastName": f"Zeppelin {n}"} for n in range(5)],
        }
    )
    sf = half.login(org.auth())
    both = {"Account": ["Id"], "Contact": ["Id"]}

    assert len(half.run(sf.find("Zeppelin", both))) == 10
    assert len(half.run(sf.find("Zeppelin", both, limit=3))) == 3
    assert len(half.run(sf.find("Zeppelin", both, limit_per_object=2))) == 4
    assert len(half.run(sf.find("Zeppelin", {"Account": ["Id"]}, offset=4))) == 1
    assert len(half.run(sf.find("5550100", {"Account": ["Id"]}, scope="phone"))) == 1
    assert not half.run(sf.find("5550100", {"Account": ["Id"]}, scope="name"))


def test_a_search_that_is_refused_or_that_does_not_fit_raises(half: Half, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Zeppelin"}]})
    sf = half.login(org.auth())

    with pytest.raises(InvalidField, match="Colour__c"):
        half.run(sf.find("Zeppelin", {"Account": ["Colour__c"]}))
    with pytest.raises(SalesforceError, match="Nothing__c"):
        half.run(sf.find("Zeppelin", {"Nothing__c": ["Id"]}))
    with pytest.raises(DecodeError, match="Wrong"):
        half.run(sf.find("Zeppelin", {"Account": Wrong}))


def test_what_goes_out_names_the_fields_of_each_object(half: Half) -> None:
    server = ScriptedServer(json_answer({"searchRecords": []}))

    assert half.run(half.connect(server).find("Acme", {"Account": Account}, scope="sidebar", limit=7)) == []

    assert json.loads(server.requests[0].content) == {
        "q": "Acme",
        "in": "SIDEBAR",
        "sobjects": [{"name": "Account", "fields": ["Id", "Name", "CreatedDate"]}],
        "overallLimit": 7,
    }


@pytest.mark.parametrize(
    ("text", "objects", "options", "named"),
    [
        (" ", None, {}, "text is empty"),
        ("Acme", {}, {}, "objects="),
        ("Acme", "Account", {}, "objects="),
        ("Acme", {"Account": []}, {}, r"objects\['Account'\]"),
        ("Acme", {"Account": "Name"}, {}, r"objects\['Account'\]"),
        ("Acme", {"Account": dict}, {}, r"objects\['Account'\]"),
        ("Acme", {"Account": ["Id, Name"]}, {}, "objects"),
        ("Acme", {"Ac count": ["Id"]}, {}, "objects"),
        ("Acme", None, {"scope": "fax"}, "scope="),
        ("Acme", None, {"limit": 0}, "limit="),
        ("Acme", None, {"limit_per_object": 2001}, "limit_per_object="),
        ("Acme", {"Account": ["Id"]}, {"offset": -1}, "offset="),
        ("Acme", {"Account": ["Id"], "Contact": ["Id"]}, {"offset": 1}, "exactly one object"),
        ("Acme", None, {"offset": 1}, "exactly one object"),
    ],
)
def test_a_search_that_cannot_be_is_refused_before_anything_is_sent(
    half: Half, text: str, objects: Any, options: dict[str, Any], named: str
) -> None:
    server = ScriptedServer(json_answer({"searchRecords": []}))

    with pytest.raises(InputError, match=named):
        half.run(half.connect(server).find(text, objects, **options))

    assert not server.requests
