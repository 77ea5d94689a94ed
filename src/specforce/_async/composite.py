"""Several requests in one: with references between them, all or none; as graphs; or as a batch of independent ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specforce._records import encode_raw
from specforce._subrequests import MAX_QUERIES, QueryingSubrequests, Subrequests
from specforce._subresults import Results, subreply
from specforce_api.rest import operations
from specforce_api.runtime.errors import InputError, IntegrityError

if TYPE_CHECKING:
    from specforce_api.runtime.operation import Reply

    from .session import AsyncSession

MAX_GRAPHS = 75
MAX_NODES = 500


class AsyncComposite(QueryingSubrequests):
    """Up to 25 requests that may use what earlier ones answer, at most 5 of them queries or collections.

        c = sf.composite(all_or_none=True)
        account = c.create("Account", {"Name": "Acme"})
        c.create("Contact", {"LastName": "Ek", "AccountId": account.id})
        results = c.send()
        results[account].id

    Args:
        all_or_none: undo everything if one request is refused.
    """

    def __init__(self, session: AsyncSession, *, all_or_none: bool = False) -> None:
        super().__init__(session.api_version)
        self._session = session
        self._all_or_none = all_or_none

    async def send(self) -> Results:
        """Send the requests.

        Returns:
            Their answers; a refused request raises when its answer is asked for, or by `raise_for_errors`.

        Raises:
            InputError: no requests, or too many queries. ApiError: the whole was refused, nothing ran.
        """
        _check_some(len(self))
        if self.count_queries() > MAX_QUERIES:
            raise InputError(
                f"{self.count_queries()} queries and collections: {MAX_QUERIES} are allowed among the requests"
            )
        body = {"allOrNone": self._all_or_none, "compositeRequest": self.composite_request()}
        answer = await self._session.send(replace(operations.composite(body={}), body=encode_raw(body)))
        return self.results(_replies(answer.composite_response))


class AsyncBatch(QueryingSubrequests):
    """Up to 25 requests that know nothing of each other, one after the other; each counts against the API quota.

    Args:
        halt_on_error: don't run the others once one was refused.
    """

    def __init__(self, session: AsyncSession, *, halt_on_error: bool = False) -> None:
        super().__init__(session.api_version)
        self._session = session
        self._halt_on_error = halt_on_error

    async def send(self) -> Results:
        """Send the requests. Returns and raises as `AsyncComposite.send`."""
        _check_some(len(self))
        if self._placeholders:
            raise InputError("the requests of a batch can't refer to each other: use sf.composite()")
        requests: list[dict[str, Any]] = []
        for entry in self.composite_request():
            if "httpHeaders" in entry:
                raise InputError(f"{entry['referenceId']}: the requests of a batch have no headers of their own")
            url = entry["url"].removeprefix("/services/data/")
            body = {"richInput": entry["body"]} if "body" in entry else {}
            requests.append({"method": entry["method"], "url": url, **body})
        sent = {"haltOnError": self._halt_on_error, "batchRequests": requests}
        answer = await self._session.send(replace(operations.composite_batch(body={}), body=encode_raw(sent)))
        replies = [subreply(each.status_code, each.result) for each in answer.results]
        if len(replies) != len(self):
            raise IntegrityError(
                f"{len(self)} requests were sent and {len(replies)} answered", expected=len(self), actual=len(replies)
            )
        return self.results(dict(zip(self._references, replies, strict=True)))


class AsyncGraphs:
    """Graphs of requests, each of them all or none; 75 graphs and 500 requests at most. Requests are of records.

    graphs = sf.composite_graphs()
    first = graphs.graph("first")
    account = first.create("Account", {"Name": "Acme"})
    results = graphs.send()
    results["first"][account].id
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._graphs: dict[str, Subrequests] = {}

    def graph(self, graph_id: str) -> Subrequests:
        """A further graph, to put requests into.

        Raises:
            InputError: there is one of this id, or too many.
        """
        if not graph_id or graph_id in self._graphs:
            raise InputError(f"graph_id={graph_id!r} is taken, or empty")
        if len(self._graphs) >= MAX_GRAPHS:
            raise InputError(f"one request holds {MAX_GRAPHS} graphs at most")
        return self._graphs.setdefault(graph_id, Subrequests(self._session.api_version, limit=MAX_NODES))

    async def send(self) -> dict[str, Results]:
        """Send the graphs.

        Returns:
            By graph id, the answers to its requests; of a graph that failed, each is an error.

        Raises:
            InputError: no requests, or too many. ApiError: the whole was refused, nothing ran.
        """
        count = sum(map(len, self._graphs.values()))
        _check_some(min(map(len, self._graphs.values()), default=0))
        if count > MAX_NODES:
            raise InputError(f"{count} requests in the graphs: {MAX_NODES} are allowed")
        graphs = [
            {"graphId": graph_id, "compositeRequest": graph.composite_request()}
            for graph_id, graph in self._graphs.items()
        ]
        sent = replace(operations.composite_graph(body={}), body=encode_raw({"graphs": graphs}))
        answer = await self._session.send(sent)
        found = {each.graph_id: _replies(each.graph_response.composite_response) for each in answer.graphs}
        if found.keys() != self._graphs.keys():
            raise IntegrityError(f"{len(self._graphs)} graphs were sent and {len(found)} answered")
        return {graph_id: graph.results(found[graph_id]) for graph_id, graph in self._graphs.items()}


def _replies(answers: list[Any]) -> dict[str, Reply]:
    return {
        each.reference_id: subreply(each.http_status_code, each.body, each.http_headers.to_dict()) for each in answers
    }


def _check_some(count: int) -> None:
    if not count:
        raise InputError("there are no requests to send")
