"""Lint tells where a mistake is and what to write, and nothing of specs that are right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from specforce_generator.lint import lint
from tests.generator.golden_cases import SPECS

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A copy of small specs that are right, to make a mistake in."""
    return Path(shutil.copytree(SPECS, tmp_path / "specs"))


def changed(specs: Path, file: str, old: str, new: str) -> list[str]:
    """What lint says once `old` is `new` in a file."""
    path = specs / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return [str(finding) for finding in lint(specs)]


def test_specs_that_are_right_have_no_findings() -> None:
    assert lint(SPECS) == []


def test_the_specs_of_this_repository_are_right() -> None:
    assert [str(finding) for finding in lint(REPOSITORY / "specs")] == []


DEMO = "openapi/demo.yaml"
WSDL = "wsdl/things.wsdl"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (WSDL, "<documentation>Make things.</documentation>", "", "things.wsdl:94: operation makeThings: no documenta"),
        (WSDL, "facts.md#1", "demo.md#9", "things.wsdl:94: operation makeThings: reference/ has no row demo.md#9"),
        (WSDL, ' x:most="3"', "", "things.wsdl:49: makeThings/things: how many entries it takes isn't said"),
        (WSDL, "<xsd:documentation>A thing.<", "<xsd:documentation><", "things.wsdl:23: Thing has no documentation"),
        (WSDL, 'name="made"', 'name="unknown"', "things.wsdl:39: ThingResult: generated code uses the name unknown"),
        (WSDL, 'type="tns:color"', 'type="tns:colour"', "things.wsdl:1: zeep can't compile it"),
        (WSDL, "</types>", "</type>", "things.wsdl:84: isn't XML"),
        (DEMO, "paths:", "paths: [", "demo.yaml:9: isn't YAML"),
        (DEMO, "    get:\n", "    get:\n      tags: [demo]\n", "demo.yaml:15: the key 'tags' stands here twice"),
        (
            DEMO,
            'x-since: "31.0"\n      x-until',
            'x-since: "62.0"\n      x-until',
            "x-until is 60.0, before x-since",
        ),
        (DEMO, "  schemas:\n", "  schemas:\n    x_y: {type: string, description: One.}\n", "x_y becomes a class"),
        (
            DEMO,
            "headers: {}",
            "headers: []",
            "demo.yaml:36: not an OpenAPI document at /paths/",
        ),
        (DEMO, "{type: string, description: Its id.}", "{type: strin}", 'isn\'t a schema: "strin" is not valid'),
        (DEMO, "openapi: 3.1.0", "openapi: 3.0.3", "demo.yaml:1: write openapi: 3.1.0"),
        (DEMO, "/services/data/v{api", "/data/v{api", "demo.yaml:4: the server is 'https://{my_domain}/data/v"),
        (DEMO, "      tags: [demo]", "      tags: 5", "demo.yaml:14: getThing: tags must be the API's id"),
        (DEMO, "requestBody:", "requestBody: 5 #", "isn't YAML"),
        (DEMO, "common.yaml#/thing_id", "common.yaml#/thing", "demo.yaml:11: $ref 'common.yaml#/thing' points nowhere"),
        (DEMO, "common.yaml#/thing_id", "comon.yaml#/thing_id", "refers to openapi/comon.yaml, and there is no such"),
        (
            DEMO,
            "{type: string, description: Its id.}",
            '{$ref: "#/components/schemas/Part"}',
            "Part contains itself: write type: object",
        ),
        (DEMO, 'x-since: "60.0"', 'x-sinc: "60.0"', "there is no x-sinc: write x-since"),
        (DEMO, "operationId: findThing", "operationId: getThing", "getThing is also in openapi/demo.yaml"),
        (DEMO, '      x-route-when: {label: "^[A-Z]"}\n', "", "/things/{label} has the shape of /things/{thing_id}"),
        (DEMO, "state: Open, parts: []", "state: Shut, parts: []", '"Shut" is not one of'),
        ("waiters.toml", '"Failed"', '"Fail"', "waiters.toml:1: thing: Fail isn't a state of getThing"),
        ("waiters.toml", '"getThing"', '"getThings"', "operation is 'getThings', and the specs have no such operation"),
        ("waiters.toml", "factor = 1.6", "factor =", "waiters.toml:1: isn't TOML"),
        ("index.toml", 'class = "DemoApi"', "", 'index.toml:1: [[api]] needs class = "..."'),
        ("sobjects/flights.toml", "Airport__c)", "Airfield__c)", "points at Airfield__c, and there is no such object"),
        ("sobjects/flights.toml", 'keyPrefix = "005"', "", "a standard object needs its keyPrefix"),
        ("sobjects/flights.toml", 'label = "User"', 'lable = "User"', "User: there is no key 'lable'"),
    ],
)
def test_a_mistake_is_found_where_it_stands(specs: Path, file: str, old: str, new: str, expected: str) -> None:
    findings = changed(specs, file, old, new)

    assert any(expected in finding for finding in findings), findings


def test_a_row_of_the_parity_table_that_is_called_done_is_an_operation(specs: Path) -> None:
    (specs / "parity").mkdir()
    rows = '[[operation]]\nname = "one"\nours = ["sf.demo.get_thing"]\nstatus = "done"\n\n'
    rows += '[[operation]]\nname = "two"\nours = "sf.demo.fly"\nstatus = "done"\n\n'
    rows += '[[operation]]\nname = "three"\nours = "sf.demo.later"\nstatus = "planned"\n'
    (specs / "parity" / "ballerina.toml").write_text(rows)

    assert [str(finding) for finding in lint(specs)] == [
        "parity/ballerina.toml:7: sf.demo.fly is called done, and the specs have no such operation [parity]"
    ]
