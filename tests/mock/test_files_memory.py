"""A large file is written and read in pieces: what is held in memory doesn't depend on its size."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import httpx
import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.server import MockServer
from tests.mock.raw_org import RawOrg

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = bytes(range(256)) * 256
PIECES = 480
MAX_PEAK_BYTES = 6_000_000
HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="entity_content"\r\nContent-Type: application/json\r\n\r\n'
    b'{"PathOnClient": "big.bin"}\r\n'
    b'--x\r\nContent-Disposition: form-data; name="VersionData"; filename="big.bin"\r\n\r\n'
)


@pytest.fixture
def raw() -> Iterator[RawOrg]:
    org = Org()
    with MockServer(org) as server:
        found = RawOrg(server.url)
        found.login()
        yield found
        found.http.close()
    org.close()


def body() -> Iterator[bytes]:
    """A request with a file of 30 MB, piece by piece."""
    yield HEAD
    for _ in range(PIECES):
        yield PIECE
    yield b"\r\n--x--\r\n"


def test_thirty_megabytes_go_in_and_out_in_pieces(raw: RawOrg) -> None:
    headers = {"Authorization": f"Bearer {raw.token}", "Content-Type": "multipart/form-data; boundary=x"}
    url = f"{raw.url}/services/data/v67.0/sobjects/ContentVersion"

    tracemalloc.start()
    made = httpx.post(url, content=body(), headers=headers, trust_env=False, timeout=60)
    _now, written = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    count = 0
    with raw.http.stream("GET", f"{url}/{made.json()['id']}/VersionData", headers=headers) as answer:
        for piece in answer.iter_bytes():
            assert piece[:1] == bytes([count % 256])
            count += len(piece)
    _now, read = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert made.status_code == 201
    assert count == PIECES * len(PIECE)
    assert raw.get(f"/sobjects/ContentVersion/{made.json()['id']}")["ContentSize"] == count
    assert max(written, read) < MAX_PEAK_BYTES
