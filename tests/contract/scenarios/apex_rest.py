"""Scenarios of Apex REST: endpoints with fixed answers, put in place over HTTP."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Scene, Stage, scenario

Json = Any
PATH = "cases/500xx000000bZkdAAE"


def _endpoint(stage: Stage, method: str, **answer: Json) -> None:
    stage.request("POST", "/__mock/apex", json={"method": method, "path": "/cases/{id}", **answer})


@scenario("getApexRest")
def get_apex_rest(stage: Stage) -> Scene:
    _endpoint(stage, "GET", body="Noise")
    return Scene({"apex_path": PATH}, lambda answer: answer == b'"Noise"')


@scenario("headApexRest")
def head_apex_rest(stage: Stage) -> Scene:
    _endpoint(stage, "GET", status=204)
    return Scene({"apex_path": PATH}, lambda answer: answer is None, status=204)


@scenario("deleteApexRest")
def delete_apex_rest(stage: Stage) -> Scene:
    _endpoint(stage, "DELETE", status=204)
    return Scene({"apex_path": PATH}, lambda answer: answer is None, status=204)


def _sending(operation_id: str, method: str, body: Json) -> None:
    @scenario(operation_id)
    def prepare(stage: Stage) -> Scene:
        _endpoint(stage, method, status=201, body="done")
        return Scene({"apex_path": PATH}, lambda answer: answer == b'"done"', body, 201)


for _method in ("post", "put", "patch"):
    _sending(f"{_method}ApexRest", _method.upper(), {"subject": "Noise", "level": 2})
    _sending(f"{_method}ApexRestXml", _method.upper(), "<request><subject>Noise</subject></request>")
    _sending(f"{_method}ApexRestText", _method.upper(), "Noise")
    _sending(f"{_method}ApexRestBinary", _method.upper(), "Noise")
