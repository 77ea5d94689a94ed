"""`composite` and `batch`: several requests in one.

Source: specs/reference/rest.md section 10, errors_and_limits.md section 6. Codes and texts for requests that are
too large or malformed are [E].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import NOTHING, Answer, ApiError, Call, Subanswer, Subrequest
from specforce_mockserver.composite import requests
from specforce_mockserver.composite.requests import malformed
from specforce_mockserver.limits import API_REQUESTS
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = Any
MAX_QUERIES = 5
BATCH_OLDEST = 34.0
_RESOURCES_SINCE = {"tree": 34.0, "batch": 34.0, "sobjects": 42.0, "graph": 50.0}
_COUNTED = re.compile(r"/services/data/v[\d.]+/(?:query|queryAll|composite/sobjects)(?:[/?]|\Z)", re.IGNORECASE)
_BATCH_URL = re.compile(r"/?(?:services/data/)?(v(\d{1,3}\.0)/.*)\Z", re.ASCII | re.DOTALL)
_HALTED = [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}]


@provides("listCompositeResources", served="static")
def list_composite_resources(call: Call) -> Answer:
    """The resources of the family that this version has."""
    found = (name for name, since in _RESOURCES_SINCE.items() if call.version >= since)
    return Answer({name: f"{call.data_path}/composite/{name}" for name in found})


@provides("composite", blocking=True, on_violation=malformed)
def composite(call: Call) -> Answer:
    """Run up to 25 requests, later ones using what earlier ones answered."""
    subrequests: Sequence[Mapping[str, Json]] = call.body["compositeRequest"]
    requests.check_names(call, subrequests)
    if sum(bool(_COUNTED.match(each["url"])) for each in subrequests) > MAX_QUERIES:
        raise ApiError(400, "LIMIT_EXCEEDED", f"At most {MAX_QUERIES} subrequests can be queries or collections")
    all_or_none = bool(call.body.get("allOrNone"))
    answers, _success = requests.run(call, subrequests, requests.permit_rest, all_or_none=all_or_none)
    return Answer({"compositeResponse": answers})


@provides("compositeBatch", blocking=True, on_violation=malformed)
def composite_batch(call: Call) -> Answer:
    """Run up to 25 requests that don't know of each other; each counts against the day's limit."""
    halt = bool(call.body.get("haltOnError"))
    results: list[Json] = []
    failed = False
    for each in call.body["batchRequests"]:
        if failed and halt:
            results.append({"statusCode": 412, "result": _HALTED})
            continue
        answer = _batched(call, each)
        failed = failed or answer.status >= 400
        results.append({"statusCode": answer.status, "result": answer.body})
    return Answer({"hasErrors": failed, "results": results})


def _batched(call: Call, subrequest: Mapping[str, Json]) -> Subanswer:
    """The answer to one subrequest of a batch."""
    call.org.limits.use(API_REQUESTS)
    match = _BATCH_URL.match(subrequest["url"])
    if match is None or not BATCH_OLDEST <= float(match[2]) <= call.version:
        return _refused(f"The URL must begin with an API version from v{BATCH_OLDEST} to v{call.api_version}")
    if "binaryPartName" in subrequest:
        return _refused("A batch that isn't multipart has no binary parts")
    body = subrequest.get("richInput")
    request = Subrequest(subrequest["method"], f"/services/data/{match[1]}", {}, NOTHING if body is None else body)
    return call.run(request, requests.permit_rest)


def _refused(message: str) -> Subanswer:
    return Subanswer(None, 400, {}, [{"errorCode": "INVALID_INPUT", "message": message}])
