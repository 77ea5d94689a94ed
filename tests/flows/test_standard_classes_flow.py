"""The record classes that ship, through both halves: what they read, write and leave alone."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import specforce_specs
from specforce import sobjects
from specforce.sobjects import Account, Contact, Opportunity
from tests.halves import ACCOUNT_ID, ScriptedServer, json_answer

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half


class Deal(Opportunity):
    """An opportunity with its account."""

    Account: sobjects.Account | None = None


def test_every_standard_object_has_a_class() -> None:
    assert sorted(sobjects.__dir__()) == specforce_specs.sobject_names()
    for name in specforce_specs.sobject_names():
        assert getattr(sobjects, name).__sobject__ == name


def test_what_is_set_is_sent_and_everything_is_read(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    saved = half.run(sf.sobject(Account).create(Account(Name="Acme", Industry="Energy")))
    half.run(sf.sobject(Account).update(saved.id, Account(NumberOfEmployees=7)))
    read = half.run(sf.sobject(Account).get(saved.id))

    assert (read.Name, read.Industry, read.NumberOfEmployees, read.IsDeleted) == ("Acme", "Energy", 7, False)
    assert read.CreatedDate is not None
    assert read.CreatedDate.utcoffset() is not None


def test_fields_that_an_org_lacks_are_not_asked_for(half: Half) -> None:
    server = ScriptedServer(json_answer({"attributes": {"type": "Account"}, "Id": ACCOUNT_ID, "Name": "Acme"}))
    read = half.run(half.connect(server).sobject(Account).get(ACCOUNT_ID))

    assert (read.Name, read.Industry) == ("Acme", None)
    assert server.requests[0].url.query == b""


def test_a_subclass_reads_what_it_declares_beside(half: Half, org: FakeOrg) -> None:
    ids = org.seed({"Account": [{"Name": "Acme"}]})
    sf = half.login(org.auth())
    saved = half.run(
        sf.sobject("Opportunity").create(
            {"Name": "Lamps", "StageName": "Prospecting", "CloseDate": "2026-12-01", "AccountId": ids["Account"][0]}
        )
    )
    deal = half.run(sf.sobject(Deal).get(saved.id))

    assert (deal.Name, deal.Account.Name) == ("Lamps", "Acme")


def test_queries_and_many_reads_are_typed_too(half: Half, org: FakeOrg) -> None:
    [contact] = org.seed({"Contact": [{"LastName": "Ek"}]})["Contact"]
    sf = half.login(org.auth())

    assert half.run(sf.query("SELECT LastName FROM Contact", returns=Contact).all())[0].LastName == "Ek"
    assert half.run(sf.sobject(Contact).get_many([contact], fields=["LastName"]))[0].LastName == "Ek"
    assert half.run(sf.sobject(Contact).get_many([contact]))[0].Id == contact


def test_a_class_is_loaded_when_it_is_asked_for() -> None:
    program = (
        "import sys; from specforce.sobjects import Account; "
        "print(sum(name.startswith('specforce_api.sobjects._') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "1\n"
