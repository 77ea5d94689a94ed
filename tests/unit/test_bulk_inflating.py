"""A compressed download is inflated in bounded pieces, however well it was compressed and however it was cut."""

from __future__ import annotations

import gzip

from hypothesis import given
from hypothesis import strategies as st

from specforce._body import BodyReader

HEADERS = {"content-encoding": "gzip"}
MB = 1 << 20


@given(
    st.lists(st.tuples(st.binary(max_size=50), st.sampled_from([1, 50, 30_000])), min_size=1, max_size=4),
    st.sampled_from([1, 7, 1000, 100_000]),
)
def test_any_members_cut_anywhere_inflate_to_what_they_were(members: list[tuple[bytes, int]], size: int) -> None:
    data = [seed * times for seed, times in members]
    packed = b"".join(map(gzip.compress, data))
    if len(packed) // size > 2_000:
        size = len(packed) // 2_000 + 1
    reader = BodyReader(HEADERS)

    pieces = [piece for at in range(0, len(packed), size) for piece in reader.feed(packed[at : at + size])]
    reader.end()

    assert b"".join(pieces) == b"".join(data)
    assert max(map(len, pieces), default=0) <= MB


def test_a_piece_that_inflates_a_thousandfold_comes_in_pieces() -> None:
    packed = gzip.compress(bytes(20 * MB))
    reader = BodyReader(HEADERS)

    sizes = [len(piece) for piece in reader.feed(packed)]
    reader.end()

    assert sum(sizes) == 20 * MB
    assert max(sizes) == MB
