"""Addresses and record ids, checked as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce._ids import check_id, long_id
from specforce._urls import base_url
from specforce.auth import ClientCredentials
from specforce.errors import InputError
from tests.covers import covers

CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
        (" HTTPS://acme.my.salesforce.com ", "https://acme.my.salesforce.com"),
        ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("acme", "https://acme.my.salesforce.com"),
        ("acme--dev.sandbox", "https://acme--dev.sandbox.my.salesforce.com"),
        ("acme--dev.sandbox.my.salesforce.com", "https://acme--dev.sandbox.my.salesforce.com"),
        ("login", "https://login.salesforce.com"),
        ("test", "https://test.salesforce.com"),
        ("test.salesforce.com", "https://test.salesforce.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("localhost:8080", "https://localhost:8080"),
        ("localhost", "https://localhost"),
        ("https://gateway.example/salesforce/prod/", "https://gateway.example/salesforce/prod"),
    ],
)
@covers("D10")
def test_an_address_is_read_in_every_form(text: str, url: str) -> None:
    assert base_url(text, name="login_url") == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "https://",
        "https://https://acme.my.salesforce.com",
        "https://http://acme.my.salesforce.com",
        "ftp://acme.my.salesforce.com",
        "https://user:pass@acme.my.salesforce.com",
        "https://acme.my.salesforce.com?x=1",
        "https://acme.my.salesforce.com#x",
        "https://acme.my.salesforce.com:port",
        "https://ac me.com",
        "https://acme.com\r\nX: y",
        "https://acme.lightning.force.com",
    ],
)
@covers("T18")
def test_what_is_no_address_is_refused_by_its_setting(text: str) -> None:
    """No doubled scheme, no address that is only nearly one."""
    with pytest.raises(InputError, match="login_url"):
        base_url(text, name="login_url")


@pytest.mark.parametrize("login_url", ["login", "https://test.salesforce.com", "https://login.salesforce.com/"])
def test_client_credentials_need_the_org_s_own_address(login_url: str) -> None:
    with pytest.raises(InputError, match="the org's own address"):
        ClientCredentials("id", "secret", login_url=login_url)


@pytest.mark.parametrize("login_url", ["https://a.my.salesforce.com", "http://127.0.0.1:1", "a"])
@covers("D3")
def test_a_full_address_is_never_made_one_twice(login_url: str) -> None:
    once = ClientCredentials("id", "secret", login_url=login_url).login_url

    assert ClientCredentials("id", "secret", login_url=once).login_url == once
    assert once.count("://") == 1


def test_the_reference_s_example_id_has_its_checksum() -> None:
    assert long_id("001xx000003DGb2") == "001xx000003DGb2AAG"
    assert long_id("000000000000000") == "000000000000000AAA"


@given(st.text(CHARACTERS, min_size=15, max_size=15))
def test_every_id_of_15_passes_and_so_does_its_form_of_18(short: str) -> None:
    assert check_id(short) == short
    assert check_id(long_id(short)) == long_id(short)


@given(st.text(CHARACTERS, min_size=15, max_size=15), st.integers(0, 14))
def test_a_letter_in_the_wrong_case_is_found(short: str, place: int) -> None:
    long = long_id(short)
    swapped = long[:place] + long[place].swapcase() + long[place + 1 :]

    if swapped != long:
        with pytest.raises(InputError, match="don't fit"):
            check_id(swapped)
