"""Salesforce for Python: typed sync and async clients, bulk loads that can't lose a row, a fake org to test against.

    from specforce import Salesforce
    from specforce.auth import ClientCredentials

    with Salesforce(ClientCredentials("key", "secret", login_url="https://acme.my.salesforce.com")) as sf:
        for account in sf.query("SELECT Id, Name FROM Account WHERE Industry = :industry", industry="Energy"):
            print(account["Name"])

Nothing is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specforce import auth, errors, schema, soql, stores
    from specforce._async.apex import AsyncApex
    from specforce._async.client import AsyncSalesforce
    from specforce._async.composite import AsyncBatch, AsyncComposite, AsyncGraphs
    from specforce._async.query import AsyncQuery
    from specforce._async.quick_actions import AsyncQuickAction
    from specforce._async.reports import AsyncReport
    from specforce._async.sobject import AsyncSObject
    from specforce._collections import PartlySaved, SavedRow, SavedRows, saved_rows_of
    from specforce._hooks import Hooks, LoginEvent, OutcomeEvent, RequestEvent, ResponseEvent, RetryEvent, TaskEvent
    from specforce._limits import ApiUsage
    from specforce._records import Saved
    from specforce._references import Reference
    from specforce._reports import ReportOutcome, ReportRow
    from specforce._retry import Retry
    from specforce._subresults import Results
    from specforce._sync.apex import Apex
    from specforce._sync.client import Salesforce
    from specforce._sync.composite import Batch, Composite, Graphs
    from specforce._sync.query import Query
    from specforce._sync.quick_actions import QuickAction
    from specforce._sync.reports import Report
    from specforce._sync.sobject import SObject
    from specforce._trees import TreeNode
    from specforce.errors import SalesforceError
    from specforce_api.runtime.operation import Reply

__version__ = "0.1.0"

__all__ = [
    "Apex",
    "ApiUsage",
    "AsyncApex",
    "AsyncBatch",
    "AsyncComposite",
    "AsyncGraphs",
    "AsyncQuery",
    "AsyncQuickAction",
    "AsyncReport",
    "AsyncSObject",
    "AsyncSalesforce",
    "Batch",
    "Composite",
    "Graphs",
    "Hooks",
    "LoginEvent",
    "OutcomeEvent",
    "PartlySaved",
    "Query",
    "QuickAction",
    "Reference",
    "Reply",
    "Report",
    "ReportOutcome",
    "ReportRow",
    "RequestEvent",
    "ResponseEvent",
    "Results",
    "Retry",
    "RetryEvent",
    "SObject",
    "Salesforce",
    "SalesforceError",
    "Saved",
    "SavedRow",
    "SavedRows",
    "TaskEvent",
    "TreeNode",
    "__version__",
    "auth",
    "errors",
    "saved_rows_of",
    "schema",
    "soql",
    "stores",
]

_HOMES = {
    "Apex": "specforce._sync.apex",
    "ApiUsage": "specforce._limits",
    "AsyncApex": "specforce._async.apex",
    "AsyncBatch": "specforce._async.composite",
    "AsyncComposite": "specforce._async.composite",
    "AsyncGraphs": "specforce._async.composite",
    "AsyncQuery": "specforce._async.query",
    "AsyncQuickAction": "specforce._async.quick_actions",
    "AsyncReport": "specforce._async.reports",
    "AsyncSObject": "specforce._async.sobject",
    "AsyncSalesforce": "specforce._async.client",
    "Batch": "specforce._sync.composite",
    "Composite": "specforce._sync.composite",
    "Graphs": "specforce._sync.composite",
    "Hooks": "specforce._hooks",
    "LoginEvent": "specforce._hooks",
    "OutcomeEvent": "specforce._hooks",
    "PartlySaved": "specforce._collections",
    "Query": "specforce._sync.query",
    "QuickAction": "specforce._sync.quick_actions",
    "Reference": "specforce._references",
    "Reply": "specforce_api.runtime.operation",
    "Report": "specforce._sync.reports",
    "ReportOutcome": "specforce._reports",
    "ReportRow": "specforce._reports",
    "RequestEvent": "specforce._hooks",
    "ResponseEvent": "specforce._hooks",
    "Results": "specforce._subresults",
    "Retry": "specforce._retry",
    "RetryEvent": "specforce._hooks",
    "SObject": "specforce._sync.sobject",
    "Salesforce": "specforce._sync.client",
    "SalesforceError": "specforce.errors",
    "Saved": "specforce._records",
    "SavedRow": "specforce._collections",
    "SavedRows": "specforce._collections",
    "saved_rows_of": "specforce._collections",
    "TaskEvent": "specforce._hooks",
    "TreeNode": "specforce._trees",
}
_MODULES = ("auth", "errors", "schema", "soql", "stores")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"specforce.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'specforce' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
