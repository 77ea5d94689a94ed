"""The login of Salesforce's own command line: its token, asked for by `sf org display --json`.

What the command prints holds tokens, so none of it gets into a message but its own error text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from specforce_api.runtime.errors import AuthError, InputError

from ._credentials import Credentials
from ._token import Token

_CONNECTED = "Connected"


@dataclass(frozen=True)
class SfCli(Credentials):
    """An org that the `sf` command is logged in to. It is asked again whenever its token is refused.

    Args:
        target_org: an alias or username as `sf org list` shows it; without one, the command's default org.
        executable: the command, if it isn't `sf` on PATH.
        timeout_s: seconds that it may take.

    Raises:
        InputError: the name can't be one of an org.
    """

    target_org: str | None = None
    executable: str = field(default="sf", kw_only=True)
    timeout_s: float = field(default=60, kw_only=True)

    flow: ClassVar[str] = "sf_cli"

    def __post_init__(self) -> None:
        if self.target_org is not None and (not self.target_org.strip() or self.target_org.startswith("-")):
            raise InputError(f"target_org={self.target_org!r}: an alias or username of `sf org list` is wanted")

    def token(self) -> Token:
        """The command's token; blocks while it runs.

        Raises:
            AuthError: there is no such command, or it isn't logged in to the org.
        """
        answer = self._asked()
        result: Any = answer.get("result")
        found = cast("dict[str, Any]", result) if isinstance(result, dict) else {}
        state = str(found.get("connectedStatus") or _CONNECTED)
        if answer.get("status") != 0 or state != _CONNECTED:
            raise self._refused(str(answer.get("message") or state), str(answer.get("name") or ""))
        try:
            return Token(str(found.get("accessToken") or ""), str(found.get("instanceUrl") or "") or None)
        except InputError:
            raise self._refused("its answer holds no access token that can be used") from None

    def _asked(self) -> dict[str, Any]:
        """What the command prints.

        Raises:
            AuthError: it can't be run, or prints something else than one JSON object.
        """
        import shutil  # noqa: PLC0415 - only this login needs it
        import subprocess  # noqa: PLC0415 - only this login needs it

        command = shutil.which(self.executable)
        if command is None:
            raise AuthError(
                f"there is no command {self.executable!r}",
                hint="install the Salesforce CLI (npm install --global @salesforce/cli), or log in otherwise",
            )
        target = [] if self.target_org is None else ["--target-org", self.target_org]
        try:
            done = subprocess.run(
                [command, "org", "display", *target, "--json"],
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                timeout=self.timeout_s,
            )
        except subprocess.TimeoutExpired:
            raise self._refused(f"it didn't answer within {self.timeout_s:g} s") from None
        except OSError as error:
            raise self._refused(f"it can't be run: {error.strerror}") from None
        try:
            answer: Any = json.loads(done.stdout)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._refused(f"it ended with code {done.returncode} and printed no JSON object")
        return cast("dict[str, Any]", answer)

    def _refused(self, reason: str, name: str = "") -> AuthError:
        alias = f" --alias {self.target_org}" if self.target_org else ""
        return AuthError(
            f"{self.executable} org display: {reason}",
            error=name,
            hint=f"run `sf org login web{alias}`, then try again",
        )
