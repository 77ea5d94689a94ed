"""A compressed download is inflated in bounded pieces, however well it was compressed and however it was cut."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import isal_zlib

from specforce._body import BodyReader
from specforce._deflate import fastest
from specforce.errors import ConnectionCut, DecodeError

if TYPE_CHECKING:
    from types import ModuleType

HEADERS = {"content-encoding": "gzip"}
MB = 1 << 20
MOST = 1 << 18


@given(
    st.lists(st.tuples(st.binary(max_size=50), st.sampled_from([1, 50, 30_000])), min_size=1, max_size=4),
    st.sampled_from([1, 7, 1000, 100_000]),
    st.sampled_from([zlib, isal_zlib]),
)
def test_any_members_cut_anywhere_inflate_to_what_they_were(
    members: list[tuple[bytes, int]], size: int, module: ModuleType
) -> None:
    data = [seed * times for seed, times in members]
    packed = b"".join(map(gzip.compress, data))
    if len(packed) // size > 2_000:
        size = len(packed) // 2_000 + 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("specforce._body.fastest", lambda: module)
        reader = BodyReader(HEADERS)
        pieces = [piece for at in range(0, len(packed), size) for piece in reader.feed(packed[at : at + size])]
        reader.end()

    assert b"".join(pieces) == b"".join(data)
    assert max(map(len, pieces), default=0) <= MOST


@pytest.mark.parametrize("module", [zlib, isal_zlib])
def test_a_piece_that_inflates_a_thousandfold_comes_in_pieces(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("specforce._body.fastest", lambda: module)
    packed = gzip.compress(bytes(20 * MB))
    reader = BodyReader(HEADERS)

    sizes = [len(piece) for piece in reader.feed(packed)]
    reader.end()

    assert sum(sizes) == 20 * MB
    assert max(sizes) == MOST


@pytest.mark.parametrize("module", [zlib, isal_zlib])
def test_a_stream_that_is_broken_or_short_is_an_error(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("specforce._body.fastest", lambda: module)
    packed = gzip.compress(bytes(range(256)) * 100)
    short, broken = BodyReader(HEADERS), BodyReader(HEADERS)

    list(short.feed(packed[:-9]))
    with pytest.raises(ConnectionCut, match="ended early"):
        short.end()
    with pytest.raises(DecodeError, match="compression is broken"):
        list(broken.feed(packed[:20] + b"\xff" * 100 + packed[120:]))


def test_the_faster_module_is_taken_where_it_is_installed() -> None:
    assert fastest() is isal_zlib
