"""`/__mock/...`: what a test does to the org from outside, over HTTP, in any language. No login.

GET    /__mock/health                  {"status": "ok", ...}
POST   /__mock/reset                   the first state again
POST   /__mock/seed                    {"Account": [{"Name": "Acme"}]}: records, audit fields too; answers the Ids
POST   /__mock/advance                 {"seconds": 7200, "ticks": 3}: time, and steps of jobs
GET    /__mock/faults                  the fault plans; POST adds one or a list, DELETE all or .../faults/{id}
GET    /__mock/requests                the request log (?operation=query), DELETE empties it
POST   /__mock/jobs                    a plan for the next bulk jobs; PATCH for all others, DELETE forgets both
DELETE /__mock/sessions                end every access token
GET    /__mock/apps                    the connected apps, without their secrets; POST adds or replaces one:
                                       {"client_id": "my-app", "certificate": "-----BEGIN CERTIFICATE-----..."},
                                       DELETE .../apps/{client_id} takes it away
GET    /__mock/apex                    Apex endpoints; POST adds one with a fixed answer, DELETE removes all:
                                       {"method": "GET", "path": "/cases/{id}", "status": 200, "body": {"Id": "5"}}, or
                                       "text" and its "mediaType" in place of "body"; "headers" if wanted
PATCH  /__mock/logins                  {"automatic": true}: login pages ask nobody, the default user allows everything
POST   /__mock/snapshots               keep the records: {"id": "1"}; POST .../snapshots/{id} brings them back
GET    /__mock/schema                  objects, their fields and types

Reports, actions and the outbox are in admin_setup.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import msgspec

from specforce_mockserver.admin_setup import setup_handlers
from specforce_mockserver.apex import ApexResponse
from specforce_mockserver.bulk.jobs import BulkJobs
from specforce_mockserver.calls import Answer, ApiError, empty
from specforce_mockserver.oauth.apps import app_of
from specforce_mockserver.oauth.authorizations import Authorizations
from specforce_mockserver.records import batch_from_json

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.settings import App
    from specforce_mockserver.web.request import Request

Handler = Callable[[list[str], Any], Answer]


class Admin:
    """The administration of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._snapshots: dict[str, bytes] = {}
        self._handlers: dict[tuple[str, str], Handler] = {
            ("GET", "health"): self._health,
            ("POST", "reset"): self._reset,
            ("POST", "seed"): self._seed,
            ("POST", "advance"): self._advance,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("DELETE", "requests"): self._clear_requests,
            ("POST", "jobs"): self._plan_job,
            ("PATCH", "jobs"): self._set_job_default,
            ("DELETE", "jobs"): self._clear_job_plans,
            ("DELETE", "sessions"): self._end_sessions,
            ("GET", "apps"): self._apps,
            ("POST", "apps"): self._put_app,
            ("DELETE", "apps"): self._remove_app,
            ("GET", "apex"): self._apex,
            ("POST", "apex"): self._add_apex,
            ("DELETE", "apex"): self._clear_apex,
            ("PATCH", "logins"): self._set_logins,
            ("POST", "snapshots"): self._snapshot,
            ("GET", "schema"): self._schema,
            **setup_handlers(org),
        }

    def answer(self, request: Request, raw: bytes) -> Answer:
        """Do what a request asks for.

        Raises:
            ApiError: it can't be understood.
        """
        resource, *rest = request.segments[1:] or ["health"]
        if (request.method, resource) == ("GET", "requests"):
            return self._requests(request.argument("operation"))
        handler = self._handlers.get((request.method, resource))
        if handler is None:
            raise _bad(404, f"nothing answers {request.method} /__mock/{resource}")
        try:
            body = msgspec.json.decode(raw) if raw.strip() else None
            return handler(rest, body)
        except (ValueError, TypeError, KeyError) as error:
            raise _bad(400, str(error)) from error

    def _health(self, _rest: list[str], _body: Any) -> Answer:
        org = self._org
        return Answer(
            {"status": "ok", "clock": org.clock.kind, "now": org.clock.stored_now(), "orgId": org.identity.org_id}
        )

    def _reset(self, _rest: list[str], _body: Any) -> Answer:
        self._org.reset()
        return empty()

    def _seed(self, _rest: list[str], body: Any) -> Answer:
        org = self._org
        made: dict[str, list[str | None]] = {}
        with org.database.write():
            for name, records in _object(body).items():
                sobject = org.schema.type(name)
                if sobject is None:
                    raise _bad(400, f"there is no object {name}")
                batch = batch_from_json(org.schema, sobject, [_object(each) for each in _list(records)])
                results = org.records.insert(batch, user_id=org.identity.admin_id, with_audit_fields=True)
                for row, result in enumerate(results):
                    if result.error is not None:
                        raise _bad(400, f"{name}[{row}]: {result.error.code}: {result.error.message}")
                made[sobject.name] = [result.id for result in results]
        return Answer(made, 201)

    def _advance(self, _rest: list[str], body: Any) -> Answer:
        wanted = _object(body)
        self._org.clock.advance(float(wanted.get("seconds", 0)))
        self._org.clock.tick(int(wanted.get("ticks", 0)))
        return Answer({"now": self._org.clock.stored_now()})

    def _faults(self, _rest: list[str], _body: Any) -> Answer:
        return Answer([each.public() for each in self._org.faults.listed()])

    def _add_fault(self, _rest: list[str], body: Any) -> Answer:
        plans: list[Any] = [*body] if isinstance(body, list) else [body]
        return Answer([self._org.faults.add(_object(each)).public() for each in plans], 201)

    def _clear_faults(self, rest: list[str], _body: Any) -> Answer:
        if not rest:
            self._org.faults.clear()
        elif not self._org.faults.remove(int(rest[0])):
            raise _bad(404, f"there is no fault {rest[0]}")
        return empty()

    def _requests(self, operation: str | None) -> Answer:
        log = self._org.requests
        return Answer([each.public() for each in (log.of(operation) if operation else log)])

    def _clear_requests(self, _rest: list[str], _body: Any) -> Answer:
        self._org.requests.clear()
        return empty()

    def _plan_job(self, _rest: list[str], body: Any) -> Answer:
        self._org.part(BulkJobs).plans.add(_object(body))
        return empty()

    def _set_job_default(self, _rest: list[str], body: Any) -> Answer:
        self._org.part(BulkJobs).plans.set_default(**_object(body))
        return empty()

    def _clear_job_plans(self, _rest: list[str], _body: Any) -> Answer:
        self._org.part(BulkJobs).plans.clear()
        return empty()

    def _end_sessions(self, _rest: list[str], _body: Any) -> Answer:
        self._org.sessions.expire_all()
        return empty()

    def _apps(self, _rest: list[str], _body: Any) -> Answer:
        return Answer([_public(each) for each in self._org.apps.listed()])

    def _put_app(self, _rest: list[str], body: Any) -> Answer:
        app = app_of(_object(body))
        self._org.apps.put(app)
        return Answer(_public(app), 201)

    def _remove_app(self, rest: list[str], _body: Any) -> Answer:
        if not rest or not self._org.apps.remove(rest[0]):
            raise _bad(404, f"there is no app {'/'.join(rest)}")
        return empty()

    def _apex(self, _rest: list[str], _body: Any) -> Answer:
        return Answer([{"method": each.method, "path": each.path} for each in self._org.apex])

    def _add_apex(self, _rest: list[str], body: Any) -> Answer:
        wanted = _object(body)
        content = msgspec.json.encode(wanted["body"]) if "body" in wanted else wanted.get("text")
        media_type = wanted.get("mediaType", "application/json" if "body" in wanted else None)
        headers = _object(wanted.get("headers", {}))
        answer = ApexResponse(content, int(wanted.get("status", 200)), headers, media_type)
        self._org.apex.route(wanted["method"], wanted["path"], lambda: answer)
        return empty(201)

    def _clear_apex(self, _rest: list[str], _body: Any) -> Answer:
        self._org.apex.clear()
        return empty()

    def _set_logins(self, _rest: list[str], body: Any) -> Answer:
        automatic = _object(body)["automatic"]
        if not isinstance(automatic, bool):
            raise _bad(400, "automatic must be true or false")
        self._org.part(Authorizations).automatic = automatic
        return empty()

    def _snapshot(self, rest: list[str], _body: Any) -> Answer:
        if rest:
            self._org.restore(self._snapshots[rest[0]])
            return empty()
        name = str(len(self._snapshots) + 1)
        self._snapshots[name] = self._org.snapshot()
        return Answer({"id": name}, 201)

    def _schema(self, _rest: list[str], _body: Any) -> Answer:
        return Answer(
            {
                sobject.name: {
                    "keyPrefix": sobject.key_prefix,
                    "fields": {field.name: field.type for field in sobject.fields},
                }
                for sobject in self._org.schema.values()
            }
        )


def _public(app: App) -> dict[str, Any]:
    return {name: value for name, value in asdict(app).items() if name != "client_secret"}


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        message = "the body must be a JSON object"
        raise TypeError(message)
    return cast("dict[str, Any]", body)


def _list(body: Any) -> list[Any]:
    if not isinstance(body, list):
        message = "records must be a JSON array"
        raise TypeError(message)
    return [*body]


def _bad(status: int, message: str) -> ApiError:
    return ApiError(status, "MOCK_ADMIN", message)
