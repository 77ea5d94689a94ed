"""The pass that finds mistakes in specs: each with file, line and what to write instead.

Rules are functions over the read specs that yield findings. Structure and references come first: while these are
broken, no other rule is asked. They hold what the rest of the
generator, the fake org and Prism rely on, so that a mistake is told of here and not as a traceback there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_generator.sources import SourceError

from .context import Context, read_context
from .examples import lint_examples
from .finding import Finding
from .operations import lint_operations
from .parameters import lint_parameters
from .references import lint_references, lint_unused
from .routes import lint_routes
from .schemas import lint_keywords, lint_schemas
from .structure import lint_structure
from .tables import lint_parity, lint_sobjects, lint_waiters
from .wsdl import lint_wsdls

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Context", "Finding", "lint"]

_RULES = (
    lint_operations,
    lint_parameters,
    lint_schemas,
    lint_routes,
    lint_examples,
    lint_unused,
    lint_waiters,
    lint_parity,
    lint_sobjects,
    lint_wsdls,
)


def lint(folder: Path) -> list[Finding]:
    """Check a specs folder.

    Returns:
        What is wrong, by file and line; empty if nothing is.
    """
    try:
        context = read_context(folder)
    except SourceError as error:
        return [Finding.of(error)]
    for rule in (lint_structure, lint_keywords, lint_references):
        broken = sorted(set(rule(context)))
        if broken:
            return broken
    return sorted({finding for rule in _RULES for finding in rule(context)})
