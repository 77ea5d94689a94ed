"""zeep, unmodified, at https://login.salesforce.com, which its environment alone leads to the fake org."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from specforce.testing import FakeOrg
from tests.thirdparty.sessions import SCHEMA, played

SCRIPT = Path(__file__).with_name("zeep_session.py")
WSDL = Path(__file__).parents[2] / "specs" / "wsdl" / "partner.wsdl"


@pytest.fixture(scope="module")
def session() -> dict[str, Any]:
    """What one run of the script saw."""
    with FakeOrg(SCHEMA, proxy=True) as org:
        seen: dict[str, Any] = json.loads(played(org.environment("zeep"), sys.executable, SCRIPT, WSDL))
    return seen


def test_it_logs_in_and_out(session: dict[str, Any]) -> None:
    assert session["server"].startswith("https://acme.my.salesforce.com/services/Soap/u/64.0/00D")
    assert session["user"] == "user@example.com"
    assert session["after"][0] == "sf:INVALID_SESSION_ID"


def test_it_creates_queries_searches_and_deletes(session: dict[str, Any]) -> None:
    assert session["created"] == [200, [False, "REQUIRED_FIELD_MISSING"]]
    assert session["pages"] == [[230, False, 200], [230, True, 30]]
    assert (session["search"], session["deleted"]) == (230, 200)


def test_it_describes(session: dict[str, Any]) -> None:
    assert session["described"] == "003"
    assert session["objects"] > 20


def test_it_reads_every_refusal(session: dict[str, Any]) -> None:
    codes = {name: refused[0] for name, refused in session["refused"].items()}

    assert codes == {"password": "sf:INVALID_LOGIN", "session": "sf:INVALID_SESSION_ID", "soql": "sf:INVALID_FIELD"}
