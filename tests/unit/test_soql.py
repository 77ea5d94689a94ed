"""Values in SOQL: nothing in a value becomes part of the query, and every value is written as SOQL writes it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce import soql
from specforce.errors import InputError

OSLO = timezone(timedelta(hours=1))
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


class Stage(Enum):
    WON = "Closed Won"


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("Acme", "'Acme'"),
        ("O'Hara", r"'O\'Hara'"),
        ("a\\", r"'a\\'"),
        ('say "hi"', r"'say \"hi\"'"),
        ("a\nb\tc\rd\be\f", r"'a\nb\tc\rd\be\f'"),
        ("\x00\x7f", r"'\u0000\u007F'"),
        ("日本", "'日本'"),
        (True, "TRUE"),
        (False, "FALSE"),
        (None, "NULL"),
        (5, "5"),
        (-2.5, "-2.5"),
        (1e20, "100000000000000000000"),
        (1e-7, "0.0000001"),
        (Decimal("10.10"), "10.10"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 10, tzinfo=UTC), "2026-03-01T10:00:00.000Z"),
        (datetime(2026, 3, 1, 10, 0, 0, 5000, tzinfo=OSLO), "2026-03-01T09:00:00.005Z"),
        (time(10, 30), "10:30:00.000Z"),
        (Stage.WON, "'Closed Won'"),
        (["a", "b'"], r"('a', 'b\'')"),
        ((1, 2), "(1, 2)"),
        ({"b", "a"}, "('a', 'b')"),
        (frozenset([None]), "(NULL)"),
        (soql.contains("50%_\\"), r"'%50\%\_\\%'"),
        (soql.starts_with("O'"), r"'O\'%'"),
        (soql.ends_with("x"), "'%x'"),
    ],
)
def test_each_type_is_written_as_soql_writes_it(value: object, literal: str) -> None:
    assert soql.literal(value) == literal  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 3, 1), "time zone"),  # noqa: DTZ001 - a naive one is what is refused
        (float("nan"), "no literal"),
        (float("inf"), "no literal"),
        (Decimal("NaN"), "no literal"),
        ([], "empty"),
        (set(), "empty"),
        ([["a"]], "list can't be"),
        ({"a": 1}, "dict can't be"),
        (b"a", "bytes can't be"),
        (time(10, tzinfo=OSLO), "UTC"),
        ("\ud800", "surrogate"),
    ],
)
def test_what_soql_has_no_literal_for_is_refused(value: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        soql.literal(value, name="x")  # type: ignore[arg-type]


def test_binds_are_replaced_outside_of_string_literals_only() -> None:
    text = r"SELECT Id FROM A WHERE N = 'it\'s :name' AND M = :name AND T >= 2026-01-01T10:00:00Z"

    bound = soql.bind(text, name="x")

    assert bound == r"SELECT Id FROM A WHERE N = 'it\'s :name' AND M = 'x' AND T >= 2026-01-01T10:00:00Z"


def test_a_bind_may_stand_right_after_a_word() -> None:
    assert soql.bind("WHERE Id IN:ids", ids=["a"]) == "WHERE Id IN('a')"


@pytest.mark.parametrize("literal", ["LAST_N_DAYS", "next_n_fiscal_quarters", "N_WEEKS_AGO"])
def test_a_date_literal_takes_its_number(literal: str) -> None:
    assert soql.bind(f"WHERE D > {literal}:n", n=30) == f"WHERE D > {literal}:30"
    assert soql.bind(f"WHERE D > {literal}:30") == f"WHERE D > {literal}:30"


@pytest.mark.parametrize("number", ["30", True, 1.5, None])
def test_the_number_of_a_date_literal_is_a_number(number: object) -> None:
    with pytest.raises(InputError, match="whole number"):
        soql.bind("WHERE D > LAST_N_DAYS:n", n=number)  # type: ignore[arg-type]


def test_a_bind_without_a_value_is_refused_and_the_near_name_named() -> None:
    with pytest.raises(InputError, match=r":industri, .*did you mean industry"):
        soql.bind("WHERE I = :industri", industry="Energy")


def test_a_value_without_a_bind_is_refused() -> None:
    with pytest.raises(InputError, match="no :name"):
        soql.bind("WHERE Name = 'x'", name="x")


def test_a_string_literal_without_an_end_is_refused() -> None:
    with pytest.raises(InputError, match="has no end"):
        soql.bind("WHERE Name = 'O'Hara' AND X = :x", x=1)


def test_values_are_not_bound_a_second_time() -> None:
    assert soql.bind("WHERE A = :a AND B = :b", a=":b", b="x") == "WHERE A = ':b' AND B = 'x'"


@pytest.mark.parametrize("name", ["Account", "Flight__c", "ns__Field__c", "Origin__r.Code__c", "a"])
def test_api_names_are_accepted(name: str) -> None:
    assert soql.identifier(name) == name


@pytest.mark.parametrize("name", ["", "1a", "a b", "a'", "a;b", "a.", ".a", "a..b", "Näme", "a\n", "../x", "_a"])
def test_what_is_no_api_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="API name"):
        soql.identifier(name)


def test_search_words_are_escaped_in_their_braces() -> None:
    bound = soql.bind_search("FIND :q IN ALL FIELDS RETURNING Account(Id WHERE N = :n)", q="Joe's {x}-y", n="a'b")

    assert bound == r"FIND {Joe\'s \{x\}\-y} IN ALL FIELDS RETURNING Account(Id WHERE N = 'a\'b')"


def test_words_in_braces_are_left_alone() -> None:
    assert soql.bind_search("FIND {it's :x \\} y} RETURNING A(Id)") == "FIND {it's :x \\} y} RETURNING A(Id)"


@given(TEXT)
def test_any_text_comes_back_from_its_literal(text: str) -> None:
    assert unquoted(soql.quote(text)) == text


@given(TEXT, TEXT)
def test_no_text_can_leave_its_literal(one: str, two: str) -> None:
    bound = soql.bind("SELECT Id FROM A WHERE B = :one AND C = :two", one=one, two=two)

    first, second = re.findall(r"'(?:[^'\\]|\\.)*'", bound)
    assert bound == f"SELECT Id FROM A WHERE B = {first} AND C = {second}"
    assert (unquoted(first), unquoted(second)) == (one, two)


@given(TEXT)
def test_a_pattern_matches_its_text_only_as_it_is(text: str) -> None:
    pattern = soql.literal(soql.contains(text))

    assert pattern.startswith("'%")
    assert pattern.endswith("%'")
    assert not re.search(r"(?<!\\)(?:\\\\)*[%_]", pattern[2:-2])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_is_written_without_an_exponent_and_exactly(number: float) -> None:
    written = soql.literal(number)

    assert "e" not in written.lower()
    assert float(written) == number


@given(st.dates(date(1700, 1, 2), date(3999, 1, 1)), st.times(), st.sampled_from([UTC, OSLO]))
def test_any_moment_is_written_in_utc_to_the_millisecond(day: date, at: time, zone: timezone) -> None:
    moment = datetime.combine(day, at, zone)

    written = datetime.fromisoformat(soql.literal(moment))

    assert abs(written - moment) < timedelta(milliseconds=1)


def unquoted(literal: str) -> str:
    """Read a SOQL string literal, as reference/soql.md 2 describes them."""
    names = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    inner = literal.removeprefix("'").removesuffix("'")

    def plain(escape: re.Match[str]) -> str:
        return chr(int(escape["code"], 16)) if escape["code"] else names.get(escape["char"], escape["char"])

    return re.sub(r"\\(?:u(?P<code>[0-9A-F]{4})|(?P<char>.))", plain, inner, flags=re.DOTALL)
