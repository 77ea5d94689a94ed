"""What a query takes from the records of its user and org: time zone, first day of the week, fiscal year. Raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.asking import settings_of
from specforce_mockserver.clock import Clock
from specforce_mockserver.locales import first_weekday
from specforce_mockserver.org import Org
from specforce_mockserver.settings import OrgSettings
from tests.mock.raw_org import serving
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.raw_org import RawOrg

SUNDAY_EVENING = 1_773_010_800.0  # 2026-03-08T23:00:00Z: Monday 08:00 in Tokyo


@pytest.fixture
def evening() -> Iterator[RawOrg]:
    """An org on a Sunday evening in UTC, with an account of the Monday before, of now, and of eight hours ahead."""
    org = Org(clock=Clock("manual", start_s=SUNDAY_EVENING))
    with serving(org) as raw:
        for name, moment in (
            ("a week ago", "2026-03-02T10:00:00.000Z"),
            ("now", "2026-03-08T23:00:00.000Z"),
            ("ahead", "2026-03-09T07:00:00.000Z"),
        ):
            record_id = raw.create("Account", Name=name)
            with org.database.write() as writer:
                writer.execute('UPDATE "Account" SET CreatedDate = ? WHERE Id = ?', (moment, record_id))
        yield raw


def names(raw: RawOrg, literal: str) -> list[str]:
    found = raw.query(f"SELECT Name FROM Account WHERE CreatedDate = {literal} ORDER BY CreatedDate")
    return [each["Name"] for each in found["records"]]


def change_user(raw: RawOrg, **fields: str) -> None:
    user_id = raw.query("SELECT Id FROM User")["records"][0]["Id"]
    raw.json("PATCH", f"/sobjects/User/{user_id}", json=fields)


@row("soql.md#3", "YESTERDAY / TODAY")
def test_today_is_the_day_of_the_user_s_time_zone(evening: RawOrg) -> None:
    assert names(evening, "TODAY") == ["now"]

    change_user(evening, TimeZoneSidKey="Asia/Tokyo")

    assert names(evening, "TODAY") == ["now", "ahead"]
    assert names(evening, "YESTERDAY") == []


def test_a_bulk_query_has_the_user_s_day_too(evening: RawOrg) -> None:
    change_user(evening, TimeZoneSidKey="Asia/Tokyo")
    text = "SELECT Name FROM Account WHERE CreatedDate = TODAY"

    job = evening.json("POST", "/jobs/query", json={"operation": "query", "query": text})["id"]
    evening.mock("POST", "advance", json={"ticks": 5})

    assert evening.send("GET", f"/jobs/query/{job}/results").text.split() == ['"Name"', '"now"', '"ahead"']


@row("soql.md#3", "LAST_WEEK / THIS_WEEK")
def test_a_week_begins_on_the_day_of_the_user_s_locale(evening: RawOrg) -> None:
    assert names(evening, "THIS_WEEK") == ["now", "ahead"]

    change_user(evening, LocaleSidKey="de_DE")

    assert names(evening, "THIS_WEEK") == ["a week ago", "now"]


@pytest.mark.parametrize(
    ("locale", "day"),
    [("en_US", 6), ("pt_BR", 6), ("ar_EG", 5), ("de_AT_EURO", 0), ("nl", 0), ("", 6), (None, 6), ("x_y_z", 0)],
)
def test_the_first_day_of_the_week_by_locale(locale: str | None, day: int) -> None:
    assert first_weekday(locale) == day


@row("soql.md#3", "_FISCAL_QUARTER,")
@pytest.mark.parametrize(("by_start", "year"), [(True, 2025), (False, 2026)])
def test_the_fiscal_year_is_the_organization_s(*, by_start: bool, year: int) -> None:
    settings = OrgSettings(fiscal_year_start_month=4, fiscal_year_named_by_start=by_start)
    with serving(Org(clock=Clock("manual", start_s=SUNDAY_EVENING), settings=settings)) as raw:
        raw.create("Opportunity", Name="x", StageName="x", CloseDate="2026-03-31")

        found = raw.query(
            "SELECT FISCAL_YEAR(CloseDate) y, FISCAL_QUARTER(CloseDate) q, COUNT(Id) FROM Opportunity "
            "WHERE CloseDate = THIS_FISCAL_YEAR GROUP BY FISCAL_YEAR(CloseDate), FISCAL_QUARTER(CloseDate)"
        )

    assert [(each["y"], each["q"]) for each in found["records"]] == [(year, 4)]


@pytest.mark.parametrize(("kept", "used"), [("../../etc/passwd", "UTC"), ("GMT", "UTC"), ("Asia/Tokyo", "Asia/Tokyo")])
def test_a_time_zone_that_nobody_knows_is_utc(kept: str, used: str) -> None:
    org = Org(settings=OrgSettings(time_zone=kept))

    assert settings_of(org, org.identity.admin_id).time_zone == used
    org.close()


def test_a_user_who_may_not_see_users_has_a_time_zone_nevertheless() -> None:
    org = Org(settings=OrgSettings(time_zone="Asia/Tokyo"))
    me = org.identity.admin_id
    org.permissions.set(me, objects={"User": [], "Organization": []})

    seen = org.seen_by(me)

    assert seen.schema.type("User") is None
    assert settings_of(seen, me).time_zone == "Asia/Tokyo"
    org.close()
