"""Files of records, up and down over real HTTP, in pieces."""

from __future__ import annotations

import io
import tracemalloc
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce.errors import ConnectionCut, InputError, NotFound
from tests.halves import ACCOUNT_ID, ScriptedServer, json_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from specforce.testing import FakeOrg
    from tests.halves import Half

SAVED = json_answer({"id": ACCOUNT_ID, "success": True, "errors": []}, 201)
CONTENT = bytes(range(256)) * 4000


@pytest.mark.parametrize("kind", ["path", "bytes", "open file"])
def test_a_file_goes_up_and_comes_down_as_it_was(half: Half, org: FakeOrg, tmp_path: Path, kind: str) -> None:
    version = half.login(org.auth()).sobject("ContentVersion")
    path = tmp_path / "plan ü.bin"
    path.write_bytes(CONTENT)
    source: Any = {"path": path, "bytes": CONTENT, "open file": io.BytesIO(b"skip" + CONTENT)}[kind]
    if kind == "open file":
        source.seek(4)

    made = half.run(version.upload({"Title": "Plan", "PathOnClient": "plan.bin"}, source))
    size = half.run(version.download(made.id, tmp_path / "back.bin"))

    assert (size, (tmp_path / "back.bin").read_bytes()) == (len(CONTENT), CONTENT)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["back.bin", "plan ü.bin"]


def test_attachments_have_their_own_field(half: Half, org: FakeOrg, tmp_path: Path) -> None:
    sf = half.login(org.auth())
    parent = half.run(sf.sobject("Account").create({"Name": "Acme"})).id

    made = half.run(sf.sobject("Attachment").upload({"Name": "a.txt", "ParentId": parent}, b"hello"))

    assert half.run(sf.sobject("Attachment").download(made.id, tmp_path / "a.txt")) == 5


def test_an_upload_is_repeated_whole_when_its_token_is_refused(half: Half, tmp_path: Path) -> None:
    server = ScriptedServer(SAVED)
    server.refused.add("00Dxx!token-1")
    path = tmp_path / "a.bin"
    path.write_bytes(CONTENT)

    half.run(half.connect(server).sobject("Document").upload({"Name": "a"}, path))

    first, second = server.requests
    assert first.content == second.content
    assert int(first.headers["content-length"]) == len(first.content)
    assert b'name="Body"; filename="a.bin"' in first.content


def test_a_download_that_is_cut_is_tried_again_and_leaves_nothing_half_done(
    half: Half, org: FakeOrg, tmp_path: Path
) -> None:
    version = half.login(org.auth()).sobject("ContentVersion")
    made = half.run(version.upload({"Title": "Plan", "PathOnClient": "p"}, CONTENT))
    target = tmp_path / "back.bin"

    org.faults.add("getBlob", "cut", after_bytes=1000)
    assert half.run(version.download(made.id, target)) == len(CONTENT)
    target.write_bytes(b"old")
    org.faults.add("getBlob", "cut", after_bytes=1000, times=None)
    with pytest.raises(ConnectionCut):
        half.run(version.download(made.id, target))

    assert (target.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"old", ["back.bin"])


def test_a_large_file_is_never_in_memory(half: Half, org: FakeOrg, tmp_path: Path) -> None:
    piece, count = bytes(1 << 20), 24

    def answer(_: httpx.Request) -> httpx.Response:
        if half.name == "sync":
            return httpx.Response(200, content=(piece for _ in range(count)))

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(count):
                yield piece

        return httpx.Response(200, content=pieces())

    document = half.connect(ScriptedServer(answer)).sobject("Document")
    tracemalloc.start()
    try:
        size = half.run(document.download(ACCOUNT_ID, tmp_path / "large"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (size, peak < 8 << 20) == (count << 20, True)


@pytest.mark.parametrize(
    ("sobject", "source", "options", "words"),
    [
        ("Account", b"x", {}, "which field of Account"),
        ("Document", "/nowhere/at/all", {}, "there is no file"),
        ("Document", b"x", {"filename": "a\r\nX: 1"}, "control characters"),
        ("Document", b"x", {"field": "a b"}, "field"),
    ],
)
def test_an_upload_that_cannot_be_is_refused(
    half: Half, sobject: str, source: Any, options: dict[str, str], words: str
) -> None:
    server = ScriptedServer(SAVED)

    with pytest.raises(InputError, match=words):
        half.run(half.connect(server).sobject(sobject).upload({"Name": "a"}, source, **options))

    assert server.requests == []


def test_a_file_that_is_not_there_is_not_found(half: Half, org: FakeOrg, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        half.run(half.login(org.auth()).sobject("ContentVersion").download("068000000000000AAA", tmp_path / "x"))

    assert list(tmp_path.iterdir()) == []
