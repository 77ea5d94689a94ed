"""The certificate authority of a fake org: what it keeps, whom it vouches for."""

from __future__ import annotations

import datetime as dt
import gc
import ssl
import stat
from typing import TYPE_CHECKING, Any, cast

import pytest
from cryptography import x509

from specforce_mockserver.network import certificates
from specforce_mockserver.network.authority import Authority
from specforce_mockserver.network.hosts import Hosts, split_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    authority = Authority(tmp_path / "ca", names=["fake-org"])
    yield authority
    authority.close()


def handshake(authority: Authority, name: str | None, *, at: str | None = None) -> list[str]:
    """The names of the certificate that a client of the authority accepts from a server that is asked for one."""
    trusting = ssl.create_default_context(cafile=str(authority.bundle))
    trusting.check_hostname = name is not None
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    server = authority.context(at).wrap_bio(to_server, to_client, server_side=True)
    done: set[ssl.SSLObject] = set()
    while len(done) < 2:
        for side in (client, server):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                pass
    certificate = client.getpeercert()
    assert certificate is not None
    return [str(value) for _kind, value in cast("Any", certificate)["subjectAltName"]]


@pytest.mark.parametrize(
    "name", ["login.salesforce.com", "acme--dev.sandbox.my.salesforce.com", "acme.lightning.force.com", "a.localhost"]
)
def test_a_host_that_is_asked_for_gets_a_certificate_of_exactly_its_name(authority: Authority, name: str) -> None:
    assert handshake(authority, name) == [name]
    assert handshake(authority, name.upper(), at="login.salesforce.com") == [name]


def test_who_asks_for_this_machine_or_for_nobody_gets_its_names(authority: Authority) -> None:
    assert sorted(handshake(authority, None)) == ["0:0:0:0:0:0:0:1", "127.0.0.1", "fake-org", "localhost"]
    assert "127.0.0.1" in handshake(authority, "127.0.0.1")
    assert "fake-org" in handshake(authority, "fake-org")


def test_a_tunnel_whose_client_names_nobody_is_of_the_host_that_it_leads_to(authority: Authority) -> None:
    assert handshake(authority, None, at="acme.my.salesforce.com") == ["acme.my.salesforce.com"]


@pytest.mark.parametrize("name", ["example.com", "salesforce.com.example.com", "notsalesforce.com", "xn--a.example"])
def test_nobody_else_is_vouched_for(authority: Authority, name: str) -> None:
    with pytest.raises(ssl.SSLError):
        handshake(authority, name)


def test_a_folder_keeps_its_authority_whose_key_only_the_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "ca"
    first = Authority(folder)
    kept = first.bundle.read_bytes()
    (folder / "ca-key.pem").chmod(0o644)
    second = Authority(folder)

    assert second.bundle.read_bytes() == kept
    assert stat.S_IMODE((folder / "ca-key.pem").stat().st_mode) == 0o600
    assert b"PRIVATE" not in kept
    assert sorted(each.name for each in folder.iterdir()) == ["ca-key.pem", "ca.pem"]
    first.close()
    second.close()


def test_a_bundle_that_was_lost_is_written_again(tmp_path: Path) -> None:
    first = Authority(tmp_path)
    kept = first.bundle.read_bytes()
    first.bundle.unlink()

    assert Authority(tmp_path).bundle.read_bytes() == kept


def test_an_authority_that_ends_soon_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "AUTHORITY_DAYS", certificates.SPARE_DAYS - 1)
    Authority(tmp_path).close()
    monkeypatch.undo()

    bundle = Authority(tmp_path).bundle.read_bytes()

    assert x509.load_pem_x509_certificate(bundle).not_valid_after_utc > dt.datetime.now(dt.UTC) + dt.timedelta(days=700)


@pytest.mark.parametrize("content", [b"", b"my notes", certificates.Signer.new().certificate_pem])
def test_what_is_no_authority_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ca-key.pem").write_bytes(content)

    with pytest.raises(ValueError, match="isn't the authority of a fake org"):
        Authority(tmp_path)

    assert (tmp_path / "ca-key.pem").read_bytes() == content


def test_the_key_and_the_certificate_must_belong_together_and_sign() -> None:
    one, other = certificates.Signer.new(), certificates.Signer.new()
    host = one.vouch(["localhost"], one.key)

    with pytest.raises(ValueError, match="isn't the certificate's"):
        certificates.Signer.read(one.certificate_pem + other.pem.removeprefix(other.certificate_pem))
    with pytest.raises(ValueError, match="isn't an authority's"):
        certificates.Signer.read(host)


def test_a_temporary_authority_leaves_nothing_behind() -> None:
    authority = Authority()
    folder = authority.bundle.parent
    authority.context("login.salesforce.com")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    authority.close()

    assert not folder.exists()


def test_an_authority_that_nobody_closes_takes_its_folder_along() -> None:
    folder = Authority().bundle.parent
    gc.collect()

    assert not folder.exists()


@pytest.mark.parametrize("name", ["", "a b", "-a", "a..b", "*.salesforce.com", "ä.example", "a" * 64])
def test_a_name_that_no_host_has_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="isn't"):
        Authority(names=[name])
    with pytest.raises(ValueError, match="isn't"):
        Hosts((name,))


def test_domains_hold_what_is_below_them() -> None:
    hosts = Hosts(("Example.COM",))

    assert all(each in hosts for each in ("login.salesforce.com", "SALESFORCE.com", "a.example.com", "x.my.site.com"))
    assert not any(each in hosts for each in ("badsalesforce.com", "salesforce.com.evil.net", "site.com", "", "com"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Login.Salesforce.com:443", ("login.salesforce.com", 443)),
        ("[::1]:8080", ("::1", 8080)),
        ("[::1]", ("::1", None)),
        ("localhost", ("localhost", None)),
    ],
)
def test_host_and_port_are_told_apart(text: str, parts: tuple[str, int | None]) -> None:
    assert split_port(text) == parts


@pytest.mark.parametrize(
    "text", ["", ":443", "a:b", "a:99999", "a:", "a:-1", "a b:1", "[::1", "[x]:1", "a:1:2", "a:\N{SUPERSCRIPT TWO}"]
)
def test_what_is_no_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"port|host|address"):
        split_port(text)
