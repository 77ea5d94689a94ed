"""The page for people in Debian's Chromium: with the mouse, with the keyboard, without scripts, from another site."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.page_org import HOSTILE, look, org_to_look_at


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What one run of the script saw."""
    with org_to_look_at() as raw:
        found: dict[str, Any] = json.loads(look(raw))
        return found


def test_records_are_found_and_their_text_is_never_markup(seen: dict[str, Any]) -> None:
    assert seen["records"] == {"found": 1, "name": HOSTILE, "images": 0}


def test_jobs_are_brought_up_to_date_while_somebody_looks(seen: dict[str, Any]) -> None:
    assert seen["jobs"] == {
        "before": ["Open", "UploadComplete"],
        "during": ["Open", "UploadComplete", "InProgress", "InProgress 4"],
        "after": ["Open", "UploadComplete", "InProgress", "InProgress 4", "InProgress 8", "JobComplete 10"],
    }


def test_faults_are_planned_and_taken_away_by_forms(seen: dict[str, Any]) -> None:
    (planned,) = seen["faults"]["planned"]
    assert (planned["operation"], planned["status"], planned["times"]) == ("getLimits", 429, 3)
    assert seen["faults"]["alert"] == "times takes a number, not many"
    assert seen["faults"]["left"] == []


def test_requests_are_shown_with_both_bodies(seen: dict[str, Any]) -> None:
    sent, answered = seen["requests"]["bodies"]
    assert seen["requests"]["heading"] == "POST /services/data/v67.0/jobs/ingest"
    assert json.loads(sent) == {"object": "Contact", "operation": "insert"}
    assert json.loads(answered)["state"] == "Open"


def test_the_keyboard_leads_to_the_content_first_then_to_the_pages(seen: dict[str, Any]) -> None:
    assert seen["keyboard"] == [
        "Skip to the content",
        "Overview",
        "Objects",
        "Jobs",
        "Requests",
        "Faults and clock",
        seen["keyboard"][-1],
    ]


def test_text_can_be_read_in_light_and_in_dark(seen: dict[str, Any]) -> None:
    assert min(seen["contrast"].values()) >= 4.5


def test_the_browser_complains_of_nothing_and_loads_nothing_from_elsewhere(seen: dict[str, Any]) -> None:
    assert (seen["problems"], seen["elsewhere"]) == ([], [])


def test_a_form_of_another_site_is_refused(seen: dict[str, Any]) -> None:
    assert seen["otherSite"] == 403


def test_the_page_works_without_scripts(seen: dict[str, Any]) -> None:
    assert seen["withoutScripts"] == {"jobs": 1, "refresh": 1, "afterReset": 0}
