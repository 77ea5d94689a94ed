"""What is said where an extra isn't installed: the same class and the same words everywhere."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING

import pytest

from specforce import stores
from specforce._http_options import HttpOptions
from specforce.auth import JwtBearer
from specforce.cli import main
from specforce.errors import InputError
from specforce.testing import FakeOrg

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("gone", "use", "extra"),
    [
        (("pyarrow",), lambda: importlib.import_module("specforce._arrow"), "arrow"),
        (("opentelemetry",), lambda: importlib.import_module("specforce.telemetry"), "otel"),
        (("specforce.stores._redis",), lambda: stores.RedisStore("redis://localhost"), "redis"),
        (("specforce.stores._redis",), lambda: stores.AsyncRedisStore("redis://localhost"), "redis"),
        (("psycopg",), lambda: stores.PostgresStore("postgresql://localhost"), "postgres"),
        (("psycopg",), lambda: stores.AsyncPostgresStore("postgresql://localhost"), "postgres"),
        (
            ("cryptography.exceptions",),
            lambda: JwtBearer("client", "key", "user@example.com", login_url="https://acme.my.salesforce.com"),
            "jwt",
        ),
        (("specforce_mockserver",), FakeOrg, "mock"),
        (("specforce_mockserver.network.authority",), lambda: FakeOrg(tls=True), "mock"),
    ],
    ids=["arrow", "otel", "redis", "async-redis", "postgres", "async-postgres", "jwt", "mock", "mock-tls"],
)
def test_a_missing_extra_is_an_input_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, gone: tuple[str, ...], use: Callable[[], object], extra: str
) -> None:
    with monkeypatch.context() as patched:
        for name in ("specforce._arrow", "specforce.telemetry"):
            patched.delitem(sys.modules, name, raising=False)
        for name in gone:
            patched.setitem(sys.modules, name, None)
            package, _, module = name.rpartition(".")
            if package in sys.modules:
                patched.delattr(sys.modules[package], module, raising=False)
        with pytest.raises(InputError, match=rf" needs \S+: pip install 'specforce\[{extra}\]'$"):
            use()


def test_http2_names_its_package_and_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("specforce._http_options.find_spec", lambda _name: None)

    with pytest.raises(InputError, match=r"^http2=True needs h2: pip install 'specforce\[http2\]'$"):
        HttpOptions(http2=True)


def test_the_command_line_says_it_in_the_same_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err == ("specforce's command line needs typer and rich: pip install 'specforce[cli]'\n")
