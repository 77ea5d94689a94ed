"""The derivation of synchronous code: what the golden file doesn't show."""

from __future__ import annotations

import pytest

from specforce_generator.emit_sync import derive, derive_all, rename


@pytest.mark.parametrize(
    ("asynchronous", "synchronous"),
    [
        ("x = await (await a.b())[0]\n", "x = (a.b())[0]\n"),
        ("async with a as b, c: pass\n", "with a as b, c: pass\n"),
        ("async  def f(): return [x async for x in y if await x]\n", "def f(): return [x for x in y if x]\n"),
        ("def f() -> AsyncGenerator[dict[str, int]]: ...\n", "def f() -> Generator[dict[str, int], None, None]: ...\n"),
        (
            "def f() -> AsyncGenerator[tuple[int, str], None]: ...\n",
            "def f() -> Generator[tuple[int, str], None, None]: ...\n",
        ),
        ("from a import AsyncGenerator\n", "from a import Generator\n"),
        ("class _AsyncThing(AsyncThing): ...\n", "class _Thing(Thing): ...\n"),
        ("# an AsyncSession, asynchronous\n", "# an Session, asynchronous\n"),
        ('"await sf.query(x) and await the end"\n', '"sf.query(x) and await the end"\n'),
        ("é = 'ü'; await x\n", "é = 'ü'; x\n"),
        ("s = 'a\\x0cb\u2028c'; await x\n", "s = 'a\\x0cb\u2028c'; x\n"),
    ],
)
def test_one_construct(asynchronous: str, synchronous: str) -> None:
    assert derive(asynchronous) == synchronous


@pytest.mark.parametrize("name", ["Async", "asyncio", "AsyncIO", "is_async", "_async_body", "Asynchronous"])
def test_only_prefixes_of_class_names_are_renamed(name: str) -> None:
    assert rename(name) == {"AsyncIO": "IO"}.get(name, name)


def test_synchronous_code_is_left_as_it_is() -> None:
    source = 'def f(x: int) -> str:\n    """One."""\n    return f"{x!r:>{3}}"  # two\n'

    assert derive(source) == source


def test_paths_follow() -> None:
    assert derive_all({"bulk/_async_parts.py": "x = 1\n"}) == {"bulk/_sync_parts.py": "x = 1\n"}
