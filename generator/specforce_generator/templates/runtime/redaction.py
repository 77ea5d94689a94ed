"""What keeps tokens, secrets and passwords out of messages."""

from __future__ import annotations

import re

# Plain words (`token`, `code`) are secrets' names only where they name a value: `"token":`, `token=`, `<token>`. Else
# messages such as `unexpected token: 'SELEKT'` would lose what they are about.
_SECRETS = re.compile(
    r"""(?ix)
    (?P<key>\b(?:access_token|refresh_token|id_token|client_secret|client_assertion|code_verifier|security_token
        |sessionids?|session_id)\b["']?\s*[=:>]\s*["']?
      | \b(?:assertion|(?:old|new)?password|token|code|sid)(?:=["']?|["']\s*:\s*["']|>))(?P<value>[^"'&<\s,;}]+)
    | (?P<scheme>\bBearer\s+|\b(?:OAuth|Basic)\s+(?=[A-Za-z._~+/-]*[0-9!=]))(?P<credential>[A-Za-z0-9!._~+/=-]{4,})
    | (?P<session>\b00D[A-Za-z0-9]{9,15}!)[A-Za-z0-9._]+
    """
)


def redact(text: str) -> str:
    """Replace whatever looks like a token, secret or password in `text` with `***`."""

    def mask(match: re.Match[str]) -> str:
        return f"{match['key'] or match['scheme'] or match['session']}***"

    return _SECRETS.sub(mask, text)


__all__ = ["redact"]
