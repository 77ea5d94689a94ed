"""Redis and PostgreSQL for tests: started on unix sockets in a folder of their own, stopped and removed after.

Both come from Debian's packages, as `make test` installs them. Nothing is skipped where one is missing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis server without persistence; yields its URL."""
    with _folder() as folder:
        socket = folder / "redis.sock"
        options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]
        with _running([_program("redis-server"), *options], "ready to accept connections"):
            yield f"unix://{socket}?db=0"


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server that doesn't wait for disks; yields a connection string."""
    with _folder() as folder:
        user = _unprivileged()
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user: dict[str, Any] = (
            {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        )
        data = folder / "data"
        initdb: list[Any] = [_program("initdb"), "-D", data, "-A", "trust", "-U", "tests", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **as_user)
        options: list[Any] = [
            "-D",
            data,
            "-k",
            folder,
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "max_connections=100",
        ]
        with _running([_program("postgres"), *options], "ready to accept connections", cwd=folder, **as_user):
            yield f"host={folder} user=tests dbname=postgres"


def _program(name: str) -> str:
    found = shutil.which(name) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None)
    if found is None:
        raise FileNotFoundError(f"{name} isn't installed: apt-get install redis-server postgresql")
    return found


def _unprivileged() -> pwd.struct_passwd:
    """Who PostgreSQL runs as: it refuses root."""
    return pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket's."""
    folder = Path(tempfile.mkdtemp(prefix="specforce-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(command: list[Any], ready: str, **options: Any) -> Iterator[None]:
    """Run a server from when it says that it is ready."""
    output: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(list(map(str, command)), **output, **options) as server:
        assert server.stdout is not None, "it is a pipe"
        try:
            lines: list[str] = []
            while not lines or ready not in lines[-1].lower():
                line = server.stdout.readline()
                if not line:
                    raise RuntimeError(f"{command[0]} didn't start:\n{''.join(lines)}")
                lines.append(line)
            # Nobody waits for what else it says, but a full pipe would stop it.
            threading.Thread(target=server.stdout.read, daemon=True).start()
            yield
        finally:
            server.send_signal(signal.SIGINT)  # to PostgreSQL it means: don't wait for clients
            server.wait()
