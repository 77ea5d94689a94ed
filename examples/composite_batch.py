"""Three reads in one call, each by itself: `python -m examples.composite_batch`."""

from __future__ import annotations

from specforce import Salesforce
from specforce.errors import ApiError


def main() -> None:
    """A request that is refused doesn't stop the others; its error is raised when its answer is asked for."""
    with Salesforce.from_env() as sf:
        batch = sf.batch()
        account = batch.request("GET", "/sobjects/Account/describe")
        contact = batch.request("GET", "/sobjects/Contact/describe")
        nothing = batch.request("GET", "/sobjects/Nothing/describe")
        answers = batch.send()
    for request in (account, contact):
        print(f"{answers[request]['name']}: {len(answers[request]['fields'])} fields")
    try:
        print(answers[nothing])
    except ApiError as error:
        print(f"refused: {error.error_code}")


if __name__ == "__main__":
    main()
