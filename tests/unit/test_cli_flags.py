"""Messages of the library in the words of the command line."""

from __future__ import annotations

import pytest

from specforce.cli.flags import as_flags


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("needs external_id=, the field", "needs --external-id, the field"),
        ("external_id='Code__c' goes with", "--external-id Code__c goes with"),
        ("pass delimiter=';' (SEMICOLON)", "pass --delimiter ';' (SEMICOLON)"),
        ("rename it with mapping=, or", "rename it with --map, or"),
        ("mapping={'Total Price': 'Total__c'} renames it", "--map 'Total Price=Total__c' renames it"),
        ("with mapping={'A': None, 'B': None} and so on", "with --map A= --map B= and so on"),
        ("timeout_s=-1.5: it can't", "--timeout -1.5: it can't"),
        ("null_values=('NA',)", "--null NA"),
        ("check_header=False lets Salesforce judge", "--no-check-header lets Salesforce judge"),
        ("leave results=False out", "leave --no-results out"),
        ("journal= begins a load and resume= continues one", "--journal begins a load and --resume continues one"),
        ("or use sf.bulk.export", "or use specforce export"),
        ("a field my_encoding=1 and SOQL x=1", "a field my_encoding=1 and SOQL x=1"),
    ],
)
def test_arguments_become_flags(text: str, said: str) -> None:
    assert as_flags(text) == said
