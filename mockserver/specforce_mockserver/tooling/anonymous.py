"""Anonymous Apex: whether it could compile, and what it is answered. Nothing is run.

What is refused is what no compiler takes: brackets that don't match, a text or comment without end, a statement
without its semicolon. Source: specs/reference/tooling.md section 3; the wording of problems is [E?].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

Json = Any
KIND = "anonymousApex"
NEXT = "next"
_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<bad>/\*|')", re.DOTALL
)
_CLOSES = {"(": ")", "{": "}", "[": "]"}
_SUCCESS = {
    "line": -1,
    "column": -1,
    "compiled": True,
    "success": True,
    "compileProblem": None,
    "exceptionStackTrace": None,
    "exceptionMessage": None,
}


def plan_next(org: Org, given: dict[str, Json]) -> Json:
    """Set what the next run is answered; keys that aren't given are those of a success.

    Raises:
        ValueError: a key that the answer doesn't have.
    """
    unknown = given.keys() - _SUCCESS.keys()
    if unknown:
        message = f"the answer has no {', '.join(sorted(unknown))}"
        raise ValueError(message)
    answer = {**_SUCCESS, **given}
    org.documents.put(KIND, NEXT, answer)
    return answer


def execute(org: Org, code: str) -> Json:
    """What a run is answered."""
    problem = _problem(code)
    if problem is not None:
        offset, text = problem
        before = code[:offset]
        place = {"line": before.count("\n") + 1, "column": offset - before.rfind("\n")}
        return {**_SUCCESS, **place, "compiled": False, "success": False, "compileProblem": text}
    planned = org.documents.get(KIND, NEXT)
    if planned is None:
        return dict(_SUCCESS)
    org.documents.delete(KIND, NEXT)
    return planned


def _problem(code: str) -> tuple[int, str] | None:
    """Where and why code doesn't compile; None when nothing is seen."""
    waiting: list[str] = []
    kept: list[str] = []
    after = 0
    for token in _TOKEN.finditer(code):
        kept.append(code[after : token.start()])
        after = token.end()
        if token["bad"]:
            return token.start(), f"Unexpected token '{token[0]}'."
        if token["open"]:
            waiting.append(_CLOSES[token[0]])
        elif token["close"] and (not waiting or waiting.pop() != token[0]):
            return token.start(), f"Unexpected token '{token[0]}'."
        if not token[0].startswith(("//", "/*")):
            kept.append(token[0])
    if waiting:
        return len(code), f"Missing '{waiting[-1]}' at '<EOF>'"
    statements = ("".join(kept) + code[after:]).rstrip()
    if statements and statements[-1] not in ";}":
        return len(code), "Missing ';' at '<EOF>'"
    return None
