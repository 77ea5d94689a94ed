"""Which words of a search find which texts: operators, phrases, wildcards, escapes, scripts. Over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import schema_of_text
from tests.mock.raw_org import serving
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.raw_org import RawOrg

NAMES = {
    "uk": "Acme Rockets (UK)",
    "tools": "Acme Rocket-Tools & Sons",
    "zoe": "Zoë Ångström",
    "tokyo": "東京タワー",
    "ohara": "O'Hara",
    "path": "C:\\temp* [new]?",
    "mail": "Sales sales.team@acme.example",
}
SCHEMA = """
[Solution]
keyPrefix = "501"

[Solution.fields]
SolutionName = "string(255) required nameField"
"""


@pytest.fixture(scope="module")
def named() -> Iterator[RawOrg]:
    """An org with accounts, and solutions of the same names."""
    with serving(Org(schema_of_text(SCHEMA))) as raw:
        raw.mock("POST", "seed", json={"Account": [{"Name": name} for name in NAMES.values()]})
        raw.mock("POST", "seed", json={"Solution": [{"SolutionName": name} for name in NAMES.values()]})
        yield raw


def found(raw: RawOrg, terms: str, returning: str = "Account(Name)") -> list[str]:
    keys = {name: key for key, name in NAMES.items()}
    body = raw.get("/search", params={"q": f"FIND {{{terms}}} RETURNING {returning}"})
    return [keys[list(each.values())[1]] for each in body["searchRecords"]]


WORDS = {
    "a word": ("rockets", ["uk"]),
    "words are joined by AND": ("acme rockets", ["uk"]),
    "in any case": ("aCME ROCKETS", ["uk"]),
    "AND": ("acme AND sons", ["tools"]),
    "OR": ("rockets or sons", ["uk", "tools"]),
    "AND binds before OR": ("hara OR acme AND sons", ["tools", "ohara"]),
    "side by side binds before OR": ("hara OR acme sons", ["tools", "ohara"]),
    "AND NOT": ("acme AND NOT rockets", ["tools", "mail"]),
    "NOT alone": ("acme NOT rockets NOT sales", ["tools"]),
    "parentheses": ("acme AND (rockets OR sons)", ["uk", "tools"]),
    "a phrase": ('"acme rocket"', ["tools"]),
    "a phrase in order": ('"rocket acme"', []),
    "signs for operators": ("acme && (rockets || sons)", ["uk", "tools"]),
    "an operator in a phrase is a word": ('"acme OR rockets"', []),
    "a star at the end": ("rock*", ["uk", "tools"]),
    "a star in the middle": ("r*ts", ["uk"]),
    "a question mark": ("rocket?", ["uk"]),
    "several wildcards": ("?oc*t*", ["uk", "tools"]),
    "a star in a phrase": ('"acme rock*"', ["uk", "tools"]),
    "a pattern that nothing fits": ("x*y?", []),
    "nothing or something": ("x*y? OR rockets", ["uk"]),
    "marks part words": ("rocket-tools", ["tools"]),
    "a mark alone is passed over": ("acme & sons", ["tools"]),
    "accents don't matter": ("zoe angstrom", ["zoe"]),
    "accents in the search": ("zoé", ["zoe"]),
    "accents in a pattern": ("zö?", ["zoe"]),
    "characters that are words": ("京", ["tokyo"]),
    "characters in order": ("東京", ["tokyo"]),
    "characters out of order": ("京東", []),
    "an e-mail address": ("sales.team@acme.example", ["mail"]),
    "an apostrophe": ("O'Hara", ["ohara"]),
}


@row("soql.md#7", "* Terms: words default AND")
@pytest.mark.parametrize(("terms", "keys"), WORDS.values(), ids=WORDS)
def test_words_find_texts(named: RawOrg, terms: str, keys: list[str]) -> None:
    assert found(named, terms) == keys


@row("soql.md#7", "Escape `? & | !")
@pytest.mark.parametrize(
    ("terms", "keys"),
    [
        (r"rockets \(uk\)", ["uk"]),
        (r"rocket\-tools \& sons", ["tools"]),
        (r"O\'Hara", ["ohara"]),
        (r"temp\* \[new\]\?", ["path"]),
        (r"C\:\\temp", ["path"]),
        (r"\{rockets\} \+ \^ \~ \! \| \"uk\"", ["uk"]),
        (r"rocke\*", []),
        (r"rocket\?", ["tools"]),
        (r"acme\ rocket", ["tools"]),
    ],
)
def test_reserved_characters_are_escaped(named: RawOrg, terms: str, keys: list[str]) -> None:
    assert found(named, terms) == keys


@row("soql.md#7", "* Terms: words default AND")
def test_any_word_will_do_for_solutions_unless_it_is_said_otherwise(named: RawOrg) -> None:
    solutions = "Solution(SolutionName)"

    assert found(named, "hara sons", solutions) == ["tools", "ohara"]
    assert found(named, "hara AND sons", solutions) == []
    assert found(named, "hara sons", "Account(Name)") == []


@row("soql.md#7", "* SearchQuery > 10,000 chars")
def test_a_long_search_loses_its_operators_and_a_longer_one_finds_nothing(named: RawOrg) -> None:
    either = "rockets OR sons"

    assert found(named, f"{either}{' ' * 3_900}") == ["uk", "tools"]
    assert found(named, f"{either}{' ' * 4_100}") == []
    assert found(named, f"rockets uk{' ' * 4_100}") == ["uk"]
    assert found(named, f"rockets{' ' * 10_100}") == []


@pytest.mark.parametrize(
    "terms",
    [
        "AND acme",
        "acme OR",
        "NOT acme",
        "(acme",
        "acme)",
        "()",
        "acme AND AND x",
        "(" * 60 + "acme" + ")" * 60,
        "-",
        "a",
    ],
)
def test_terms_that_cant_be_understood_are_refused(named: RawOrg, terms: str) -> None:
    status, (error,) = named.refused("GET", "/search", params={"q": f"FIND {{{terms}}}"})

    assert (status, error["errorCode"]) == (400, "MALFORMED_SEARCH")


@pytest.mark.parametrize(
    "terms",
    [
        " AND ".join(["acme"] * 700),
        " ".join(["acme"] * 1_900),
        " NOT ".join(["acme"] * 700),
        "(" * 50 + "acme" + ")" * 50,
        '"',
        'acme "',
        "\\",
        "acme\\",
        "*" * 500 + "acme",
        "a\x00b \ud7ff\ue001 acme",
        "acme" + "?" * 3_000,
    ],
)
def test_odd_terms_are_answered_or_refused(named: RawOrg, terms: str) -> None:
    assert named.send("GET", "/search", params={"q": f"FIND {{{terms}}}"}).status_code in {200, 400}
