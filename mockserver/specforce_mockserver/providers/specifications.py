"""OpenAPI documents of the org's objects: asked for, then fetched.

Source: specs/reference/rest.md section 13.
"""

from __future__ import annotations

from specforce_mockserver.calls import Answer, ApiError, Call, empty
from specforce_mockserver.registry import provides
from specforce_mockserver.specifications.document import MOUNT
from specforce_mockserver.specifications.requests import SpecificationRequests


@provides("createSpecification", writes=True)
def create_specification(call: Call) -> Answer:
    """Ask for a document."""
    resources: list[str] = call.body["resources"]
    for each in resources:
        if each != "*" and not each.startswith(f"{call.data_path}/"):
            message = f"The resource {each} isn't one of {call.data_path}"
            raise ApiError(400, "INVALID_INPUT", message)
    requests = call.org.part(SpecificationRequests)
    locator = requests.ask(resources, base_url=call.base_url, version=call.api_version)
    href = f"{call.path.removeprefix(MOUNT).rstrip('/')}/{locator}"
    return Answer({"href": href}, 202)


@provides("getSpecification", blocking=True)
def get_specification(call: Call) -> Answer:
    """Fetch a document."""
    document = call.org.part(SpecificationRequests).look(call.params["locator"])
    return empty(202) if document is None else Answer(document)
