"""Quick actions and invocable actions of the fake org, through both halves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from specforce.errors import ApiError, DecodeError, InputError, NotFound
from tests.covers import covers
from tests.halves import ScriptedServer, json_answer

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half


@covers("C8")
def test_quick_actions_are_listed_for_the_org_and_for_an_object(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())

    everywhere = {each.name for each in half.run(sf.quick_actions())}
    of_accounts = {each.name for each in half.run(sf.sobject("Account").quick_actions())}

    assert "NewTask" in everywhere
    assert "Account.NewContact" in of_accounts - everywhere
    with pytest.raises(NotFound):
        half.run(sf.sobject("Nothing__c").quick_actions())


@covers("C8")
def test_an_object_s_action_starts_from_a_record(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    [account_id] = org.seed({"Account": [{"Name": "Acme"}]})["Account"]
    action = sf.sobject("Account").quick_action("Account.NewContact")

    assert half.run(action.describe()).target_sobject_type == "Contact"
    assert half.run(action.default_values())["LastName"] is None
    assert half.run(action.default_values(on=account_id))["AccountId"] == account_id
    born = date(1815, 12, 10)
    done = half.run(action.perform({"LastName": "Ek", "Birthdate": born}, on=account_id))

    contact = half.run(sf.sobject("Contact").get(done.id, fields=["LastName", "AccountId", "Birthdate"]))
    assert (done.created, done.context_id) == (True, account_id)
    assert (contact["AccountId"], contact["Birthdate"]) == (account_id, "1815-12-10")


def test_a_global_action_is_performed_on_nothing(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    action = sf.quick_action("LogACall")

    done = half.run(action.perform())

    assert half.run(action.describe()).name == "LogACall"
    assert half.run(sf.quick_action("NewTask").default_values())["Priority"] == "Normal"
    assert done.created
    assert half.run(sf.sobject("Task").get(done.id, fields=["Id"]))["Id"] == done.id


def test_a_quick_action_that_is_refused_raises(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    new_contact = sf.sobject("Account").quick_action("Account.NewContact")

    with pytest.raises(ApiError, match="LastName"):
        half.run(new_contact.perform())
    with pytest.raises(NotFound):
        half.run(sf.quick_action("Nothing").describe())


def test_a_quick_action_that_says_it_was_not_done_raises(half: Half) -> None:
    error = {"statusCode": "REQUIRED_FIELD_MISSING", "message": "LastName is missing", "fields": ["LastName"]}
    sf = half.connect(ScriptedServer(json_answer({"created": False, "success": False, "errors": [error]})))

    with pytest.raises(ApiError) as caught:
        half.run(sf.quick_action("NewContact").perform({"FirstName": "Ada"}))

    assert (caught.value.error_code, caught.value.errors[0].fields) == ("REQUIRED_FIELD_MISSING", ("LastName",))


def test_wrong_quick_actions_are_refused_before_anything_is_sent(half: Half) -> None:
    server = ScriptedServer(json_answer({}))
    sf = half.connect(server)

    with pytest.raises(InputError, match="empty"):
        sf.quick_action(" ")
    with pytest.raises(InputError, match="on="):
        half.run(sf.quick_action("NewTask").perform({}, on="acme"))
    with pytest.raises(InputError, match="on="):
        half.run(sf.sobject("Account").quick_action("Account.NewContact").default_values(on="acme"))
    with pytest.raises(InputError, match="global"):
        half.run(sf.quick_action("NewTask").default_values(on="001000000000001AAA"))

    assert not server.requests


@covers("C6")
@pytest.mark.parametrize("slash", ["", "/"])
def test_invocable_actions_are_listed_and_described_with_a_slash_and_without(
    half: Half, org: FakeOrg, slash: str
) -> None:
    org.org.actions.register_canned("apex", "Greet", inputs={"who": "STRING"}, output={"text": "Hello"})
    sf = half.login(org.auth())

    assert "emailSimple" in {each.name for each in half.run(sf.actions(f"{slash}standard"))}
    assert [each.name for each in half.run(sf.actions(f"{slash}custom/apex"))] == ["Greet"]
    for name in ("standard/emailSimple", "emailSimple", "custom/apex/Greet"):
        described = half.run(sf.describe_action(slash + name))
        assert described.name == name.rpartition("/")[2]
        assert described.inputs


def test_actions_are_the_standard_ones_unless_told(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())

    assert half.run(sf.actions()) == half.run(sf.actions("standard"))


@pytest.mark.parametrize("kind", ["", "custom", "apex", "custom/apex/Greet"])
def test_what_is_no_kind_of_actions_is_refused_before_anything_is_sent(half: Half, kind: str) -> None:
    server = ScriptedServer(json_answer({"actions": []}))

    with pytest.raises(InputError, match="kind="):
        half.run(half.connect(server).actions(kind))

    assert not server.requests


def test_a_list_of_actions_that_says_unchanged_unasked_raises(half: Half) -> None:
    with pytest.raises(DecodeError, match="nothing changed"):
        half.run(half.connect(ScriptedServer(json_answer(None, 304))).actions())


def test_inputs_of_an_action_are_sent_to_the_last_digit(half: Half) -> None:
    server = ScriptedServer(
        json_answer([{"actionName": "Greet", "errors": None, "isSuccess": True, "outputValues": None}])
    )
    values: dict[str, Any] = {"on": date(2026, 1, 2), "amount": Decimal("1.10")}

    half.run(half.connect(server).invoke("custom/apex/Greet", values))

    assert server.requests[0].content == b'{"inputs":[{"on":"2026-01-02","amount":1.10}]}'
