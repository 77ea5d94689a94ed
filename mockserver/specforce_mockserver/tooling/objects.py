"""The objects of the Tooling API that the fake org has, in the short form of specs/README.md.

Names, types and flags of fields are recall, as those of the standard objects are. `User` is the one of the REST API,
so that queries can go over `CreatedBy`.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from specforce_mockserver.schema import Schema
from specforce_mockserver.schema_files import schema_of_text

_LEVELS: Final = (
    'type = "picklist(NONE, ERROR, WARN, INFO, DEBUG, FINE, FINER, FINEST) restrictedPicklist", length = 40'
)
_LOG_TYPES: Final = "DEVELOPER_LOG, USER_DEBUG, CLASS_TRACING, PROFILING"
_TRACED: Final = "ApexClass, ApexTrigger, User"
_SYSTEM: Final = """
layoutable = false
mruEnabled = false
triggerable = false
undeletable = false
systemFields = ["Id", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"]
"""
_CODE: Final = """
NamespacePrefix = { type = "string(15)", label = "Namespace Prefix" }
Name = "string(255) nameField"
ApiVersion = { type = "double(18, 1)", label = "Api Version", defaultValue = 67.0 }
Status = { type = "picklist(Inactive, Active, Deleted) restrictedPicklist", length = 40, defaultValue = "Active" }
IsValid = { type = "boolean", label = "Is Valid", defaultValue = true }
Body = "textarea(1000000) required"
LengthWithoutComments = { type = "int(9)", label = "Size Without Comments" }
"""
_TEXT: Final = f"""
[ApexClass]
label = "Apex Class"
labelPlural = "Apex Classes"
keyPrefix = "01p"
updateable = false
{_SYSTEM}
[ApexClass.fields]
{_CODE}

[ApexTrigger]
label = "Apex Trigger"
keyPrefix = "01q"
{_SYSTEM}
[ApexTrigger.fields]
TableEnumOrId = {{ type = "string(40)", label = "Custom Object Definition ID" }}
UsageBeforeInsert = "boolean"
UsageAfterInsert = "boolean"
UsageBeforeUpdate = "boolean"
UsageAfterUpdate = "boolean"
UsageBeforeDelete = "boolean"
UsageAfterDelete = "boolean"
UsageIsBulk = "boolean"
UsageAfterUndelete = "boolean"
{_CODE}

[DebugLevel]
label = "Debug Level"
keyPrefix = "7dl"
{_SYSTEM}
[DebugLevel.fields]
DeveloperName = "string(80) required nameField unique"
Language = {{ type = "picklist(en_US, de, es, fr, it, ja) unsure", length = 40, defaultValue = "en_US" }}
MasterLabel = {{ type = "string(80) required", label = "Label" }}
ApexCode = {{ {_LEVELS}, defaultValue = "DEBUG" }}
ApexProfiling = {{ {_LEVELS}, defaultValue = "NONE" }}
Callout = {{ {_LEVELS}, defaultValue = "NONE" }}
Database = {{ {_LEVELS}, defaultValue = "NONE" }}
System = {{ {_LEVELS}, defaultValue = "NONE" }}
Validation = {{ {_LEVELS}, defaultValue = "NONE" }}
Visualforce = {{ {_LEVELS}, defaultValue = "NONE" }}
Workflow = {{ {_LEVELS}, defaultValue = "NONE" }}

[TraceFlag]
label = "Trace Flag"
keyPrefix = "7tf"
{_SYSTEM}
[TraceFlag.fields]
DebugLevelId = "reference(DebugLevel) required"
LogType = {{ type = "picklist({_LOG_TYPES}) required restrictedPicklist", length = 40 }}
TracedEntityId = {{ type = "reference({_TRACED}) required createOnly", relationshipName = "TracedEntity" }}
StartDate = "datetime"
ExpirationDate = "datetime required"

[ApexLog]
label = "Apex Debug Log"
keyPrefix = "07L"
createable = false
updateable = false
{_SYSTEM}
[ApexLog.fields]
LogUserId = {{ type = "reference(User) readOnly", relationshipName = "LogUser" }}
LogLength = "int(9) readOnly"
Request = "string(40) readOnly nameField"
Operation = "string(255) readOnly"
Application = "string(80) readOnly"
Status = "textarea(32000) readOnly"
DurationMilliseconds = "int(9) readOnly"
StartTime = "datetime readOnly"
Location = {{ type = "picklist(Monitoring, SystemLog, HeapDump) readOnly", length = 40 }}
"""
_NAMES: Final = ("ApexClass", "ApexTrigger", "ApexLog", "DebugLevel", "TraceFlag", "User")


@cache
def tooling_schema() -> Schema:
    """The objects."""
    whole = schema_of_text(_TEXT)
    return Schema([whole[name] for name in _NAMES])


@cache
def tooling_tables() -> Schema:
    """Those of the objects whose records are kept for the Tooling API alone."""
    return Schema(each for each in tooling_schema().values() if each.name != "User")
