"""Whatever the text, a search is answered or refused in SOSL's words: no other error, ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce_mockserver.org import Org
from specforce_mockserver.soql import SoqlError
from specforce_mockserver.sosl.find import Search
from specforce_mockserver.sosl.statement import StatementError, Wanted, take_apart
from specforce_mockserver.sosl.terms import TermError, search_for
from tests.mock.soql_generated import examples

ORG = Org()
USER = ORG.identity.admin_id
PIECES = [
    "FIND", "{", "}", "{acme}", "{a OR b}", '{"a b"}', "{*}", "{ab*c?}", "IN", "ALL FIELDS", "NAME FIELDS", "RETURNING",
    "Account", "Contact(Id", "(", ")", ",", "Name", "WHERE", "Name = 'x)'", "USING ListView =", "ORDER BY", "LIMIT",
    "OFFSET",
    "1", "-1", "99999999999999999999", "WITH", "SNIPPET", "METADATA = 'LABELS'", "NETWORK IN ('x')", "UPDATE TRACKING",
    "'", "\\", "|", "&", "é", "\x00", "\ud800",
]  # fmt: skip
TERMS = [
    "acme",
    "a",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    '"',
    "*",
    "?",
    "\\",
    "'",
    "-",
    "東",
    "é",
    "\x00",
    "\ud800",
    "\ue000",
]


def answered_or_refused(text: str) -> None:
    refused: Exception | None = None
    try:
        statement = take_apart(text)
        search = Search(ORG, search_for(statement.terms), statement.scope, api_version="67.0", user_id=USER)
        search.all_records(statement.wanted or [Wanted("Account")], statement.limit)
    except (StatementError, TermError, SoqlError) as error:
        refused = error
    assert refused is None or str(refused)


@pytest.fixture(autouse=True, scope="module")
def some_account() -> None:
    with ORG.database.write() as writer:
        writer.execute("INSERT INTO Account (Id, Name) VALUES ('001000000000001AAA', 'acme (b) é 東')")


@examples(200)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14))
def test_heaps_of_pieces(pieces: list[str]) -> None:
    answered_or_refused(" ".join(pieces))


@examples(200)
@given(pieces=st.lists(st.sampled_from(TERMS), max_size=12), between=st.sampled_from(["", " "]))
def test_heaps_of_terms(pieces: list[str], between: str) -> None:
    answered_or_refused(f"FIND {{{between.join(pieces)}}} RETURNING Account(Name LIMIT 5)")
    for plain in (True, False):
        try:
            term = search_for(between.join(pieces), plain=plain)
        except TermError:
            continue
        Search(ORG, term, "NAME", api_version="67.0", user_id=USER).all_records([Wanted("Account")], None)


@examples(200)
@given(text=st.text(max_size=60))
def test_any_text(text: str) -> None:
    answered_or_refused(text)
    answered_or_refused(f"FIND {{{text}}}")
    answered_or_refused(f"FIND {{acme}} RETURNING Account(Name WHERE Name = '{text}')")
    answered_or_refused(f"FIND {{acme}} RETURNING Account({text})")
