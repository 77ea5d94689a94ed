"""What every org begins with: its Organization record, a profile, the administrator, the standard price book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.oauth.identity import Identity
from specforce_mockserver.records.put import put_record

if TYPE_CHECKING:
    from specforce_mockserver.org import Org


def seed_defaults(org: Org) -> Identity:
    """Make the first records, unless a database on file has them already."""
    found = (
        org.database.reader()
        .execute(
            "SELECT (SELECT Id FROM Organization), (SELECT Id FROM User ORDER BY rowid), "
            "(SELECT Id FROM Profile ORDER BY rowid)"
        )
        .fetchone()
    )
    if all(found):
        with org.database.write() as writer:
            writer.execute('UPDATE "User" SET Username = ? WHERE Id = ?', (org.settings.username, found[1]))
        return Identity(*found)
    org_id = org.settings.organization_id or org.counters.new_id("00D")
    identity = Identity(org_id, org.counters.new_id("005"), org.counters.new_id("00e"))
    settings = org.settings
    time_zone = "GMT" if settings.time_zone == "UTC" else settings.time_zone
    with org.database.write():
        put_record(
            org,
            "Organization",
            identity.org_id,
            identity.admin_id,
            Name=settings.organization_name,
            OrganizationType="Developer Edition",
            InstanceName="SF1",
            IsSandbox=0,
            LanguageLocaleKey="en_US",
            DefaultLocaleSidKey="en_US",
            TimeZoneSidKey=time_zone,
            FiscalYearStartMonth=settings.fiscal_year_start_month,
            UsesStartDateAsFiscalYearName=int(settings.fiscal_year_named_by_start),
        )
        put_record(
            org, "Profile", identity.profile_id, identity.admin_id, Name="System Administrator", UserType="Standard"
        )
        put_record(
            org,
            "User",
            identity.admin_id,
            identity.admin_id,
            Username=settings.username,
            Email=settings.username,
            FirstName="Admin",
            LastName="User",
            Name="Admin User",
            Alias="admin",
            CommunityNickname="admin",
            ProfileId=identity.profile_id,
            UserType="Standard",
            IsActive=1,
            TimeZoneSidKey=time_zone,
            LocaleSidKey="en_US",
            LanguageLocaleKey="en_US",
            EmailEncodingKey="UTF-8",
        )
        if "Pricebook2" in org.schema:
            put_record(
                org,
                "Pricebook2",
                org.counters.new_id("01s"),
                identity.admin_id,
                Name="Standard Price Book",
                IsStandard=1,
                IsActive=1,
            )
    return identity
