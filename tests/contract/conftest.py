"""What the contract suite talks to: Prism's mock, the fake org, and the fake org behind Prism's proxy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import specforce_specs
from tests.contract.prism import PrismFleet
from tests.contract.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from specforce_mockserver.server import MockServer

DOCUMENT_OF = {
    operation_id: document.name
    for document in specforce_specs.prism_documents()
    for operation_id in document.operation_ids
}


@pytest.fixture(scope="session")
def prism_documents(request: pytest.FixtureRequest) -> list[Path]:
    """The documents that Prism serves: those of specforce_specs, or those of the folder given on the command line."""
    given: str | None = request.config.getoption("--prism-documents")
    if given:
        return sorted(Path(given).glob("*.json"))
    return [document.path for document in specforce_specs.prism_documents()]


@pytest.fixture(scope="session")
def prism_url(prism_documents: list[Path]) -> Iterator[Callable[[str], str]]:
    """Where Prism answers an operation with the spec's examples."""
    with PrismFleet(prism_documents) as fleet:
        yield lambda operation_id: fleet.url(DOCUMENT_OF[operation_id])


@pytest.fixture(scope="module")
def proxy_url(prism_documents: list[Path], mock_server: MockServer) -> Iterator[Callable[[str], str]]:
    """Where Prism passes an operation on to the fake org, watching both sides."""
    with PrismFleet(prism_documents, in_front_of=mock_server.url) as fleet:
        yield lambda operation_id: fleet.url(DOCUMENT_OF[operation_id])


@pytest.fixture
def stage(mock_server: MockServer) -> Iterator[Stage]:
    """The fake org in its first state."""
    Stage.reset(mock_server.url)
    with Stage(mock_server.url) as found:
        yield found
