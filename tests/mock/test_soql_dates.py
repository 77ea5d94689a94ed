"""Date literals and date functions. Rows: specs/reference/soql.md sections 1 and 3."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from specforce_mockserver.soql import Settings
from specforce_mockserver.soql.dates import day_range
from specforce_mockserver.soql.settings import Context
from tests.mock.reference import row
from tests.mock.soql_world import NOW, World

# NOW is Tuesday 2026-03-10 10:30 UTC. Ranges are half-open: first day, first day after.
RANGES = {
    "YESTERDAY": ("2026-03-09", "2026-03-10"),
    "TODAY": ("2026-03-10", "2026-03-11"),
    "TOMORROW": ("2026-03-11", "2026-03-12"),
    "LAST_WEEK": ("2026-03-01", "2026-03-08"),
    "THIS_WEEK": ("2026-03-08", "2026-03-15"),
    "NEXT_WEEK": ("2026-03-15", "2026-03-22"),
    "LAST_MONTH": ("2026-02-01", "2026-03-01"),
    "THIS_MONTH": ("2026-03-01", "2026-04-01"),
    "NEXT_MONTH": ("2026-04-01", "2026-05-01"),
    "LAST_90_DAYS": ("2025-12-10", "2026-03-11"),
    "NEXT_90_DAYS": ("2026-03-11", "2026-06-09"),
    "LAST_N_DAYS:3": ("2026-03-07", "2026-03-11"),
    "NEXT_N_DAYS:3": ("2026-03-11", "2026-03-14"),
    "N_DAYS_AGO:3": ("2026-03-07", "2026-03-08"),
    "LAST_N_WEEKS:2": ("2026-02-22", "2026-03-08"),
    "NEXT_N_WEEKS:2": ("2026-03-15", "2026-03-29"),
    "N_WEEKS_AGO:2": ("2026-02-22", "2026-03-01"),
    "LAST_N_MONTHS:4": ("2025-11-01", "2026-03-01"),
    "NEXT_N_MONTHS:10": ("2026-04-01", "2027-02-01"),
    "N_MONTHS_AGO:4": ("2025-11-01", "2025-12-01"),
    "THIS_QUARTER": ("2026-01-01", "2026-04-01"),
    "LAST_QUARTER": ("2025-10-01", "2026-01-01"),
    "NEXT_QUARTER": ("2026-04-01", "2026-07-01"),
    "LAST_N_QUARTERS:2": ("2025-07-01", "2026-01-01"),
    "NEXT_N_QUARTERS:2": ("2026-04-01", "2026-10-01"),
    "N_QUARTERS_AGO:2": ("2025-07-01", "2025-10-01"),
    "THIS_YEAR": ("2026-01-01", "2027-01-01"),
    "LAST_YEAR": ("2025-01-01", "2026-01-01"),
    "NEXT_YEAR": ("2027-01-01", "2028-01-01"),
    "LAST_N_YEARS:2": ("2024-01-01", "2026-01-01"),
    "NEXT_N_YEARS:2": ("2027-01-01", "2029-01-01"),
    "N_YEARS_AGO:2": ("2024-01-01", "2025-01-01"),
    "THIS_FISCAL_QUARTER": ("2026-02-01", "2026-05-01"),
    "LAST_FISCAL_QUARTER": ("2025-11-01", "2026-02-01"),
    "NEXT_FISCAL_QUARTER": ("2026-05-01", "2026-08-01"),
    "LAST_N_FISCAL_QUARTERS:2": ("2025-08-01", "2026-02-01"),
    "NEXT_N_FISCAL_QUARTERS:2": ("2026-05-01", "2026-11-01"),
    "N_FISCAL_QUARTERS_AGO:2": ("2025-08-01", "2025-11-01"),
    "THIS_FISCAL_YEAR": ("2026-02-01", "2027-02-01"),
    "LAST_FISCAL_YEAR": ("2025-02-01", "2026-02-01"),
    "NEXT_FISCAL_YEAR": ("2027-02-01", "2028-02-01"),
    "LAST_N_FISCAL_YEARS:2": ("2024-02-01", "2026-02-01"),
    "NEXT_N_FISCAL_YEARS:2": ("2027-02-01", "2029-02-01"),
    "N_FISCAL_YEARS_AGO:2": ("2024-02-01", "2025-02-01"),
    # Kept inside the years that SOQL knows, whatever the number.
    "LAST_N_DAYS:99999999999": ("1700-01-01", "2026-03-11"),
    "NEXT_N_YEARS:99999999999": ("2027-01-01", "4000-12-01"),
    "n_days_ago : 3": ("2026-03-07", "2026-03-08"),
}
FEBRUARY = Settings(fiscal_year_start_month=2)


@pytest.mark.parametrize(("literal", "days"), RANGES.items(), ids=[f"soql.md#3 {each}" for each in RANGES])
@row("soql.md#3", "_DAY")
@row("soql.md#3", "_WEEK")
@row("soql.md#3", "_MONTH")
@row("soql.md#3", "_QUARTER")
@row("soql.md#3", "_FISCAL")
@row("soql.md#3", "YESTERDAY")
def test_a_date_literal_means_the_days_of_the_reference(literal: str, days: tuple[str, str]) -> None:
    assert day_range(literal, Context(NOW, "67.0", settings=FEBRUARY)).days() == days


@pytest.mark.parametrize(
    ("weekday", "first"),
    [(6, "2026-03-08"), (0, "2026-03-09"), (1, "2026-03-10"), (2, "2026-03-04"), (5, "2026-03-07")],
)
def test_weeks_begin_on_the_locale_s_day(weekday: int, first: str) -> None:
    """soql.md#3: from the locale's first weekday."""
    context = Context(NOW, "67.0", settings=Settings(first_weekday=weekday))
    assert day_range("THIS_WEEK", context).days()[0] == first


def test_days_are_the_user_s() -> None:
    """soql.md#3: user time zone; at 10:30 UTC it is the next day already in Kiritimati."""
    context = Context(NOW, "67.0", settings=Settings(time_zone="Pacific/Kiritimati"))
    today = day_range("TODAY", context)
    assert today.days() == ("2026-03-11", "2026-03-12")
    assert today.moments(context) == ("2026-03-10T10:00:00.000Z", "2026-03-11T10:00:00.000Z")


def test_a_day_may_have_23_hours() -> None:
    """soql.md#3: from midnight to midnight on the wall clock, here over the change to summer time."""
    settings = Settings(time_zone="America/New_York")
    noon = datetime(2026, 3, 8, 12, tzinfo=ZoneInfo("America/New_York")).timestamp()
    context = Context(noon, "67.0", settings=settings)
    assert day_range("TODAY", context).moments(context) == ("2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z")


def test_ranges_that_include_today_end_now() -> None:
    """soql.md#3: LAST_N_DAYS and LAST_90_DAYS go on until now, this moment included."""
    context = Context(NOW, "67.0")
    assert day_range("LAST_N_DAYS:1", context).moments(context) == (
        "2026-03-09T00:00:00.000Z",
        "2026-03-10T10:30:00.001Z",
    )


@pytest.fixture(scope="module")
def world() -> World:
    """One opportunity closes on each day around NOW, one was made at each quarter of an hour around it."""
    made = World()
    for shift in range(-40, 41):
        day = date(2026, 3, 10) + timedelta(days=shift)
        made.add("Opportunity", Name=day.isoformat(), CloseDate=day.isoformat())
    for shift in range(-200, 201):
        moment = datetime(2026, 3, 10, 10, 30, tzinfo=UTC) + timedelta(minutes=15 * shift)
        made.add("Case", Subject=f"{moment:%m-%d %H:%M}", CreatedDate=f"{moment:%Y-%m-%dT%H:%M:%S}.000Z")
    made.add("Opportunity", Name="never")
    return made


OPERATORS = {
    "=": ("2026-03-01", "2026-03-31"),
    "<": ("2026-01-29", "2026-02-28"),
    "<=": ("2026-01-29", "2026-03-31"),
    ">": ("2026-04-01", "2026-04-19"),
    ">=": ("2026-03-01", "2026-04-19"),
}


@pytest.mark.parametrize(("operator", "ends"), OPERATORS.items(), ids=[f"soql.md#3 {each}" for each in OPERATORS])
def test_a_date_is_compared_with_the_whole_range(world: World, operator: str, ends: tuple[str, str]) -> None:
    """soql.md#3: `=` means inside, `<` before the start, `>` after the end."""
    found = world.values(f"SELECT Name FROM Opportunity WHERE CloseDate {operator} THIS_MONTH ORDER BY CloseDate")
    assert (found[0], found[-1]) == ends


def test_a_date_outside_a_range_or_missing_differs_from_it(world: World) -> None:
    found = world.values("SELECT Name FROM Opportunity WHERE CloseDate != THIS_MONTH ORDER BY CloseDate")
    assert found[0] == "never"
    assert len(found) == 81 - 31 + 1


@pytest.mark.parametrize(
    ("literal", "ends"),
    {
        "TODAY": ("03-10 00:00", "03-10 23:45"),
        "YESTERDAY": ("03-09 00:00", "03-09 23:45"),
        "LAST_N_DAYS:1": ("03-09 00:00", "03-10 10:30"),
        "NEXT_N_DAYS:1": ("03-11 00:00", "03-11 23:45"),
    }.items(),
)
def test_a_moment_is_inside_the_days_of_a_literal(world: World, literal: str, ends: tuple[str, str]) -> None:
    found = world.values(f"SELECT Subject FROM Case WHERE CreatedDate = {literal} ORDER BY CreatedDate")
    assert (found[0], found[-1]) == ends


def test_a_moment_is_inside_the_user_s_day(world: World) -> None:
    """soql.md#3: the user's time zone."""
    text = "SELECT Subject FROM Case WHERE CreatedDate = TODAY ORDER BY CreatedDate"
    found = world.values(text, settings=Settings(time_zone="America/Los_Angeles"))
    assert (found[0], found[-1]) == ("03-10 07:00", "03-11 06:45")


FUNCTIONS = {
    "CALENDAR_YEAR": 2026,
    "CALENDAR_QUARTER": 1,
    "CALENDAR_MONTH": 3,
    "DAY_IN_MONTH": 8,
    "DAY_IN_WEEK": 1,
    "DAY_IN_YEAR": 67,
    "DAY_ONLY": "2026-03-08",
    "HOUR_IN_DAY": 1,
    "WEEK_IN_MONTH": 2,
    "WEEK_IN_YEAR": 10,
    "FISCAL_YEAR": 2026,
    "FISCAL_QUARTER": 1,
    "FISCAL_MONTH": 2,
}


@pytest.mark.parametrize(("function", "value"), FUNCTIONS.items(), ids=[f"soql.md#1 {each}" for each in FUNCTIONS])
@row("soql.md#1", "| Date functions |")
def test_a_date_function_gives_a_part_of_the_day(function: str, value: int | str) -> None:
    """2026-03-08 is a Sunday, day 1 of the week; fiscal years begin in February here."""
    world = World()
    world.add("Lead", LastName="x", CreatedDate="2026-03-08T01:30:00.000Z")
    call = f"{function}(CreatedDate)"
    assert world.values(f"SELECT {call} FROM Lead GROUP BY {call}", settings=FEBRUARY) == [value]
    written = value if isinstance(value, int) else "2026-03-08"
    assert world.run(f"SELECT COUNT() FROM Lead WHERE {call} = {written}", settings=FEBRUARY).total_size == 1


def test_convert_timezone_moves_a_moment_to_the_user_s_day() -> None:
    """soql.md#1: UTC unless convertTimezone."""
    world = World()
    world.add("Lead", LastName="x", CreatedDate="2026-03-08T01:30:00.000Z")
    calls = "DAY_ONLY(convertTimezone(CreatedDate)), HOUR_IN_DAY(convertTimezone(CreatedDate))"
    (record,) = world.records(
        f"SELECT {calls} FROM Lead GROUP BY {calls}", settings=Settings(time_zone="America/New_York")
    )
    assert (record["expr0"], record["expr1"]) == ("2026-03-07", 20)


@pytest.mark.parametrize(("by_end", "years"), [(False, [2024, 2025]), (True, [2025, 2026])])
def test_a_fiscal_year_has_the_number_of_its_start_or_its_end(by_end: bool, years: list[int]) -> None:
    world = World()
    for day in ("2025-06-30", "2025-07-01"):
        world.add("Opportunity", CloseDate=day)
    settings = Settings(fiscal_year_start_month=7, fiscal_year_named_by_end=by_end)
    text = (
        "SELECT FISCAL_YEAR(CloseDate) FROM Opportunity GROUP BY FISCAL_YEAR(CloseDate) ORDER BY FISCAL_YEAR(CloseDate)"
    )
    assert world.values(text, settings=settings) == years
